--- The readers' option saturated: what was cut off at an end of the range is filled, counted and told (csrc/ecg/saturation.c).
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local real_data = require("spec.support.real_data")
local temporary = require("spec.support.temporary")
local writer = require("spec.support.wfdb_writer")

local LENGTH = 1000

--- uV: waves of 1.2 mV, another height in each lead, so that each lead has its own extremes.
local function wave(i, k)
  local t = (i % 250 - 125) / 9
  return math.floor((1200 + 20 * k) * math.exp(-t * t / 2) + 40 * math.sin(i / 50) + .5)
end

describe("the option saturated", function()
  it("fills what is at an end of a WFDB format's range", function()
    temporary.folder(function(folder)
      local function value(i, k)
        if k == 2 and (i == 301 or i == 302) then return 32767 end -- two samples lost
        if k == 5 and i > 700 and i <= 800 then return -32767 end  -- 0.2 s
        if k == 6 and i <= 600 then return 32767 end               -- 1.2 s, longer than what is filled
        return wave(i, k)
      end
      writer.write(folder, "a", {dx = "426783006", length = LENGTH, value = value})
      writer.write(folder, "b", {dx = "426783006", length = LENGTH, value = wave})
      local given = {path = folder, rate = 500, seconds = 2, saturated = "repair", strict = true}
      local set = assert(data.challenge(given))
      local text = tostring(set)
      assert.matches("note: 102 saturated samples in 2 runs filled where the signal was cut off, in 1 record\n", text)
      assert.matches("note: 600 saturated samples in runs longer than 1 s left as they are, in 1 record\n", text)
      local rows = set.signals[1]:totable()
      for i = 1, LENGTH do
        local left = i <= 600 and 32.767 or wave(i, 6) / 1000
        assert.near(left, rows[i][6], 1e-5)
        local line = i > 700 and i <= 800 and (wave(700, 5) + (wave(801, 5) - wave(700, 5)) * (i - 700) / 101) or wave(i, 5)
        assert.near(line / 1000, rows[i][5], 1e-5)
        assert.near(wave(i, 2) / 1000, rows[i][2], .005) -- rounded to 1 uV, and the cubic is no Gauss
      end
      assert.is_true(set.signals[2]:equal(assert(data.read_record(folder .. "/b")).signals))
      given.saturated, given.longest_gap = nil, .1
      local kept = assert(data.challenge(given))
      assert.matches("note: 702 samples at the end of the converter's range, in 1 record, left as they are\n", tostring(kept))
      assert.is_true(kept.signals[1]:equal(assert(data.read_record(folder .. "/a")).signals))
      given.saturated = "mend"
      assert.error_matches(function() data.challenge(given) end, "saturated")
    end)
  end)

  it("fills plateaus at a lead's own extremes, in readers of all kinds", function()
    local function recording(top)
      local rows = {}
      for i = 1, LENGTH do rows[i] = {math.min(wave(i, 1) / 1000, top), wave(i, 2) / 1000} end
      return core.tensor(rows)
    end
    local function read(saturated)
      local count = 0
      return assert(data.from_reader(function()
        count = count + 1
        if count > 2 then return nil end
        return {id = "r" .. count, signals = recording(count == 1 and .9 or 9), rate = 500, leads = {"I", "II"}, labels = {"A"}}
      end, {leads = {"I", "II"}, rate = 500, seconds = 2, saturated = saturated}))
    end
    local kept, set = read("keep"), read("repair")
    assert.is_true(kept.signals[1]:equal(recording(.9)))
    assert.is_true(kept.signals[2]:equal(set.signals[2])) -- peaks that are whole stay
    local whole = recording(9)
    assert.near(.36, (kept.signals[1] - whole):abs():max():item(), .01)
    assert.is_true((set.signals[1] - whole):abs():max():item() < .12)
    assert.matches("note: %d+ saturated samples in 4 runs filled where the signal was cut off, in 1 record\n", tostring(set))
    local again, report = core.signal.repair_saturated(kept.signals, 500)
    assert.is_true(again:equal(set.signals))
    assert.equal(4, report.runs)
    assert.equal(0, report.left)
    assert.error_matches(function() core.signal.repair_saturated(whole, 0) end, "expected a rate above 0")
  end)

  it("comes nearer to real waves than leaving them cut off, or a straight line", function()
    for _, name in ipairs{"georgia", "cpsc2018"} do
      local folder, reason = real_data.folder(name)
      if not folder then return pending(reason) end
      local set = assert(data[name](folder, {rate = 500, leads = {"II", "V5"}, limit = 40}))
      local before, after, line, count = 0, 0, 0, 0
      for i = 1, #set do
        local x = set.signals[i]:narrow(2, i % 2 + 1, 1)
        local middle, top = x:mean():item(), x:max():item()
        if top - middle > .5 then
          local cut = x:minimum(middle + .7 * (top - middle))
          local filled = core.signal.repair_saturated(cut, 500)
          local straight = core.signal.repair(cut / cut:eq(filled)) -- infinite where it was filled
          before, after = before + (cut - x):square():sum():item(), after + (filled - x):square():sum():item()
          line, count = line + (straight - x):square():sum():item(), count + 1
        end
      end
      assert.is_true(count > 10)
      -- Measured: squared errors 0.28 and 0.19 of the cut waves', those of the line 2.0 and 1.9.
      assert(after < .4 * before and before < line, ("%s: %g, cut off %g, line %g"):format(name, after, before, line))
    end
  end)
end)
