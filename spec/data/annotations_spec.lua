--- Annotation files as wfdb-python wrote and read them (spec/fixtures/generate_annotations.py), and damaged ones.
require("ecgraft") -- for the methods of tensors
local data = require("ecgraft.data")
local files = require("spec.support.files")
local json = require("dkjson")
local temporary = require("spec.support.temporary")

local FOLDER = "spec/fixtures/annotations/"
local expected = json.decode(files.read(FOLDER .. "expected.json"))

describe("data.read_annotations", function()
  for name, rate in pairs{["beats.atr"] = 360, ["plain.qrs"] = 250, ["own.ann"] = 257.5} do
    it("reads what wfdb-python reads: " .. name, function()
      local list = assert(data.read_annotations(FOLDER .. name))
      local wanted = expected.annotations[name]
      assert.equal(#wanted, #list)
      assert.is_true(#list >= 7)
      assert.equal(rate, list.rate)
      for i, each in ipairs(list) do
        local w = wanted[i]
        assert.same({w.sample, w.symbol, w.subtype, w.channel, w.number, (w.text:gsub("%z+$", ""))},
          {each.sample, each.symbol, each.subtype, each.channel, each.number, each.text or ""})
        assert.near((w.sample - 1) / rate, each.time, 1e-9)
      end
      local twice = assert(data.read_annotations(FOLDER .. name, {rate = 2 * rate}))
      assert.equal(2 * (list[3].sample - 1) + 1, twice[3].sample)
    end)
  end

  it("reads definitions of a file's own", function()
    temporary.folder(function(folder)
      local function note(text)
        return string.pack("<I2I2", 22 << 10, 63 << 10 | #text) .. text .. ("\0"):rep(#text % 2)
      end
      temporary.write(folder .. "/x.ann", note("## time resolution: 500") .. note("## annotation type definitions")
        .. note("42 Z a beat of our own") .. note("## end of definitions") .. string.pack("<I2I2I2", 42 << 10 | 100, 1 << 10 | 50, 0))
      local list = assert(data.read_annotations(folder .. "/x.ann"))
      assert.same({"Z", "N"}, {list[1].symbol, list[2].symbol})
      assert.same({101, 151}, {list[1].sample, list[2].sample})
      assert.near(.3, list[2].time, 1e-12)
    end)
  end)

  it("says what is wrong, wherever a file is cut off", function()
    temporary.folder(function(folder)
      local path = folder .. "/x.atr"
      local function fails(text, pattern)
        temporary.write(path, text)
        local none, message = data.read_annotations(path, {rate = 360})
        assert.is_nil(none)
        assert.matches(pattern, message)
      end
      local whole = files.read(FOLDER .. "beats.atr")
      for i = 0, #whole - 2 do fails(whole:sub(1, i), "x.atr: damaged annotation file: is cut off at byte %d+") end
      fails(string.pack("<I2", 63 << 10 | 4) .. "abcd", "has a field before the first annotation")
      fails(string.pack("<I2i2I2I2", 59 << 10, -1, 0, 1 << 10), "goes back before the beginning")
      temporary.write(path, string.pack("<I2I2", 1 << 10 | 5, 0))
      local none, message = data.read_annotations(path)
      assert.is_nil(none)
      assert.matches("does not say how many ticks a second", message)
      assert.equal(6, assert(data.read_annotations(path, {rate = 100}))[1].sample)
      none, message = data.read_annotations(folder .. "/none.atr")
      assert.is_nil(none)
      assert.matches("No such file", message)
    end)
  end)

  it("survives random bytes", function()
    temporary.folder(function(folder)
      local whole, state = files.read(FOLDER .. "beats.atr"), 1
      for _ = 1, 300 do
        state = (state * 1103515245 + 12345) % 2147483648
        local at = state % #whole + 1
        temporary.write(folder .. "/x.atr", whole:sub(1, at - 1) .. string.char(state >> 20 & 255) .. whole:sub(at + 1))
        local list, message = data.read_annotations(folder .. "/x.atr", {rate = 360})
        assert.is_true(list ~= nil or message:find("x.atr", 1, true) ~= nil)
      end
    end)
  end)

  it("is within reach of a record", function()
    temporary.folder(function(folder)
      local name = "format16"
      for _, ending in ipairs{".hea", ".dat"} do
        temporary.write(folder .. "/" .. name .. ending, files.read("spec/fixtures/wfdb/" .. name .. ending))
      end
      temporary.write(folder .. "/" .. name .. ".atr", string.pack("<I2I2", 5 << 10 | 7, 0))
      local record = assert(data.read_record(folder .. "/" .. name))
      local list = assert(record:annotations())
      assert.same({"V", 8}, {list[1].symbol, list[1].sample})
      assert.is_nil((record:annotations("qrs")))
    end)
  end)
end)
