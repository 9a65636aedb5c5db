--- Signal quality: noise and hum against SciPy (spec/fixtures/generate_quality.py), each fault put into a clean synthetic record, and
-- no fault found where there is none.
local eg = require "ecgraft"
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local quality = require "ecgraft.data.quality"

local LEADS = core.wfdb.standard_leads
local RATE = 500

-- One clean record, of axis 41 degrees, as rows of numbers, and what is said of it once `change(rows)` was there.
local clean = eg.data.synthetic{records = 1, classes = {"NORM"}, clean = true, rate = RATE, seed = 4}
local function judged(change, limits)
  local rows = clean.signals[1]:totable()
  if change then change(rows) end
  local record = clean:record(1)
  record.signals = eg.tensor(rows)
  return record:quality(limits)
end

local function column(lead)
  for i, name in ipairs(LEADS) do if name == lead then return i end end
end

-- Sets lead to fn(t in seconds, value, row).
local function lead_to(lead, fn)
  local c = column(lead)
  return function(rows)
    for i, row in ipairs(rows) do row[c] = fn((i - 1) / RATE, row[c], row) end
  end
end

--- Limb leads as they would be with other electrodes at the cables: new = what leads I and II become.
local function rewired(signals, new)
  local leads = {}
  for c = 1, 12 do leads[c] = signals:narrow(-1, c, 1) end
  local one, two = new(leads[1], leads[2])
  leads[1], leads[2], leads[3], leads[4], leads[5], leads[6] = one, two, two - one, (one + two) * -.5, one - two * .5, two - one * .5
  return eg.cat(leads, -1)
end
local function arms(one, two) return -one, two - one end
local function arm_and_leg(one, two) return one - two, -two end

describe("noise and hum", function()
  -- Single precision keeps a filtered signal of 1 mV to about 1e-6; a square root of a small difference of powers loses more.
  local double = core.scalar == "float64"
  for _, case in ipairs(assert(files.read_json "spec/fixtures/quality/noise.json")) do
    it(("are SciPy's at %g Hz"):format(case.rate), function()
      local x = eg.tensor(case.x)
      local shape = x:shape()
      local rows = core.quality.leads(x:reshape(1, shape[1], shape[2]), case.rate):totable()[1]
      for c, row in ipairs(rows) do
        local got = {}
        for m, name in ipairs(core.quality.measures) do got[name] = row[m] end
        assert.near(case.noise[c], got.noise, double and 1e-9 or 2e-6)
        assert.near(case.share[c], got.share, double and 1e-9 or 1e-5)
        if case.hum then
          assert.near(case.hum[c], got.hum, double and 1e-9 or 2e-5)
          if case.hum[c] > 1e-3 then assert.equal(case.hum_frequency[c], got.hum_frequency) end
        else
          assert.is_true(got.hum ~= got.hum)
          assert.equal(0, got.hum_frequency)
        end
      end
    end)
  end
end)

describe("record:quality", function()
  it("finds nothing in a clean record, and says so", function()
    local q = judged()
    assert.is_true(q.good)
    assert.equal(clean.records[1] .. ": no fault found", tostring(q))
    assert.is_true(q.beats >= 8 and q.violation < 1e-5)
    assert.is_true(q.leads.V2.noise < 0.005 and q.leads.V2.hum < 0.01 and q.leads.V2.flat == 0 and q.leads.V2.clipped == 0)
  end)

  it("finds flat leads", function()
    local still = judged(lead_to("V3", function() return .2 end))
    assert.same({"V3"}, still.flat)
    assert.equal(1, still.leads.V3.flat)
    assert.is_false(still.good)
    assert.equal(clean.records[1] .. ":\n  flat: V3", tostring(still))
    assert.same({"V3"}, judged(lead_to("V3", function(t) return .004 * math.sin(70 * t) end)).flat)
    assert.same({"V3"}, judged(lead_to("V3", function() return 0 / 0 end)).flat)
    local late = judged(lead_to("V3", function(t, value) return t > 4 and 1 or value end))
    assert.same({"V3"}, late.flat)
    assert.near(.6, late.leads.V3.flat, .05)
    local part = lead_to("V3", function(t, value) return t > 7 and 1 or value end)
    assert.same({}, judged(part).flat)
    assert.same({"V3"}, judged(part, {flat = .2}).flat)
    assert.same({}, judged(lead_to("V3", function(_, value) return value / 20 end)).flat) -- small, but a heart
  end)

  it("finds leads that are cut off", function()
    for _, share in ipairs{.85, .7, .4} do
      local least, most = math.huge, -math.huge
      judged(lead_to("V5", function(_, value)
        least, most = math.min(least, value), math.max(most, value)
        return value
      end))
      local q = judged(lead_to("V5", function(_, value) return math.min(value, share * most) end))
      assert.same({"V5"}, q.saturated)
      q = judged(lead_to("V2", function(_, value) return math.max(value, -.3) end))
      assert.same({"V2"}, q.saturated)
    end
    local rail = judged(lead_to("V6", function(t, value) return t > 5 and t < 7.5 and 5 or value end))
    assert.same({"V6"}, rail.saturated)
    assert.near(.25, rail.leads.V6.clipped, .01)
  end)

  it("finds noise and hum, and tells them apart", function()
    local seed = core.random.uniform(6000, 5)
    local function noisy(size)
      local i = 0
      return lead_to("II", function(_, value)
        i = i + 1
        return value + size * (12 ^ .5) * (seed[i] - .5)
      end)
    end
    assert.same({"II"}, judged(noisy(.1)).noisy)
    assert.near(.1, judged(noisy(.1)).leads.II.noise, .015)
    assert.same({}, judged(noisy(.1)).hum)
    assert.same({}, judged(noisy(.02)).noisy)
    assert.same({"II"}, judged(noisy(.02), {noise = .01}).noisy)
    for _, mains in ipairs{50, 60} do
      local q = judged(lead_to("V1", function(t, value) return value + .1 * math.sin(2 * math.pi * mains * t) end))
      assert.same({"V1"}, q.hum)
      assert.same({}, q.noisy)
      assert.near(.1 / 2 ^ .5, q.leads.V1.hum, .004)
      assert.equal(mains, q.leads.V1.hum_frequency)
    end
  end)

  it("finds limb leads that disagree", function()
    for lead, law in pairs{III = "III = II - I", aVR = "aVR = -(I + II) / 2", aVL = "aVL = I - II / 2", aVF = "aVF = II - I / 2"} do
      local q = judged(lead_to(lead, function(t, value) return value + (t == 2 and .3 or 0) end))
      assert.is_true(q.broken)
      assert.equal(law, q.law)
      assert.near(.3, q.violation, 1e-5)
      assert.matches("limb leads disagree: " .. law:gsub("%p", "%%%0") .. " is off by 0.3 mV", tostring(q))
      assert.is_false(judged(lead_to(lead, function(t, value) return value + (t == 2 and .3 or 0) end), {law = .31}).broken)
    end
    assert.is_true(judged(function(rows)
      for _, row in ipairs(rows) do row[1], row[2] = row[2], row[1] end
    end).broken)
  end)

  it("suspects interchanged electrodes, and changes nothing", function()
    local record = clean:record(1)
    local swapped = rewired(record.signals, arms)
    record.signals = swapped:clone()
    local q = record:quality()
    assert.equal("right and left arm", q.swap)
    assert.is_true(q.violation < 1e-5)
    assert.is_true(record.signals:equal(swapped))
    assert.matches("electrodes swapped%? right and left arm", tostring(q))
    record.signals = rewired(clean.signals[1], arm_and_leg)
    assert.equal("right arm and left leg", record:quality().swap)
  end)

  it("does with the leads that are there", function()
    local record = assert(clean:record(1):select{"V1", "I"})
    local q = record:quality()
    assert.is_true(q.good)
    assert.is_nil(q.violation)
    assert.equal(0, q.beats)
    local slow = assert(clean:record(1):resample(100)):quality()
    assert.is_nil(slow.leads.I.hum)
    assert.is_true(slow.good)
  end)

  it("says what is wrong", function()
    local record = clean:record(1)
    record.units[2] = "uV"
    assert.error_matches(function() record:quality() end, 'lead II of .* must be in mV, got "uV"')
    assert.error_matches(function() judged(nil, {flatt = 1}) end, "unknown option 'flatt'")
    record = clean:record(1)
    record.signals = record.signals:narrow(1, 1, 400)
    assert.error_matches(function() record:quality() end, "quality: expected a second or more, got 400 samples at 500 Hz")
    record.rate = 40
    assert.error_matches(function() record:quality() end, "quality: expected 50 samples a second or more, got 40")
  end)
end)

describe("set:quality", function()
  it("finds nothing in 99 % of 1,000 clean records", function()
    for _, hospital in ipairs{"A", "B"} do
      local set = eg.data.synthetic{records = 1000, hospital = hospital, clean = true, seed = 11}
      local q = set:quality()
      assert(q.counts.good >= 990, tostring(q))
    end
  end)

  it("finds nothing in 99 % of 200 clean records at 500 Hz", function()
    local q = eg.data.synthetic{records = 200, clean = true, rate = 500, seed = 12}:quality()
    assert(q.counts.good >= 198, tostring(q))
  end)

  -- Measured: 0 of 300 suspected wrongly, 195 and 262 of 300 swaps found. Whoever has an axis near 90 degrees looks the same with
  -- the arms either way.
  it("suspects most of the swaps, and few of the others, with noise as well", function()
    local set = eg.data.synthetic{records = 300, seed = 13}
    local normal = eg.data.synthetic{records = 300, seed = 14, classes = {"NORM"}}
    assert(set:quality().counts.swap <= 3, tostring(set:quality()))
    for name, case in pairs{["right and left arm"] = {arms, 180}, ["right arm and left leg"] = {arm_and_leg, 240}} do
      local q = normal:with_signals(rewired(normal.signals, case[1])):quality()
      local found = 0
      for _, record in ipairs(q.records) do found = found + (record.swap == name and 1 or 0) end
      assert(found >= case[2], ("%s: found %d of 300\n%s"):format(name, found, q))
    end
  end)

  it("says which rows, so that they can be left out", function()
    local set = eg.data.synthetic{records = 12, clean = true, seed = 4}
    local signals = set.signals:clone()
    signals[3] = signals[3] * 0
    signals[7] = rewired(signals[7], arms)
    signals[9] = rewired(signals[9], arms)
    local q = set:with_signals(signals):quality()
    assert.same({3}, q.rows.flat)
    assert.same({7, 9}, q.rows.swap)
    assert.same({3, 7, 9}, q.rows.any)
    assert.same({1, 2, 4, 5, 6, 8, 10, 11, 12}, q.rows.good)
    assert.equal(1, q.counts.flat)
    assert.equal(9, q.counts.good)
    assert.same(LEADS, q.records[3].flat)
    assert.same({12, 12, #q.measure_names}, q.measures:shape())
    assert.equal(9, #set:subset(q.rows.good))
    local text = tostring(q)
    assert.matches("^synthetic ECGs, hospital A: 9 of 12 records have no fault\n  flat +1 +8.3 %%   I 1, II 1, .*, V6 1\n", text)
    assert.matches("\n  electrodes swapped%? +2 +16.7 %%   right and left arm 2$", text)
    local threads = eg.num_threads()
    eg.set_num_threads(3)
    assert.equal(text, tostring(set:with_signals(signals):quality()))
    eg.set_num_threads(threads)
  end)

  it("wants millivolts", function()
    local set = eg.data.synthetic{records = 4, seed = 4}
    local scaled = eg.data.scaler.fit(set):apply(set)
    assert.error_matches(function() scaled:quality() end, "set:quality: expected signals in mV, got scaled")
    assert.same({"flat", "saturated", "noisy", "hum", "law", "swap"}, quality.kinds)
  end)
end)
