-- A set written as WFDB records and read back by the readers of real sets.
require("ecgraft") -- for the methods of tensors
local core = require "ecgraft.core"
local data = require "ecgraft.data"
local temporary = require "spec.support.temporary"

local function largest(x) return x:abs():max():item() end

describe("data.write_wfdb", function()
  it("writes what data.cpsc2018 reads back: signals to half a microvolt, labels, ids", function()
    temporary.folder(function(folder)
      local set = data.synthetic{records = 12, seconds = 6, several = .5}
      assert(data.write_wfdb(set, folder .. "/deep/set"))
      local again = assert(data.cpsc2018(folder .. "/deep/set", {seconds = 6, strict = true}))
      assert.same(set.records, again.records)
      assert.same(set.classes, again.classes)
      assert.equal("synthetic ECGs in the layout of CPSC2018", again.source)
      assert.is_true(again.labels:equal(set.labels))
      local off = largest(again.signals - set.signals)
      assert.is_true(off < 5.1e-4 and off > 1e-4)
      local record = assert(data.read_record(folder .. "/deep/set/" .. set.records[1]))
      assert.truthy(table.concat(record.comments, "\n"):find("Source: synthetic ECGs, hospital A", 1, true))
      assert.truthy(table.concat(record.comments, "\n"):find("Patient: " .. set.patients[1], 1, true))
    end)
  end)

  it("writes beats as annotations, long pauses too", function()
    temporary.folder(function(folder)
      local set = data.synthetic{records = 4, rate = 1000, classes = {"PVC", "PAC", "SB"}, prevalence = {NORM = 0}, several = 1}
      local pauses = 0
      assert(data.write_wfdb(set, folder))
      for i, truth in ipairs(set.truth) do
        local beats = assert(assert(data.read_record(folder .. "/" .. set.records[i])):annotations())
        assert.equal(#truth.beats, #beats)
        for b, beat in ipairs(beats) do
          assert.is_true(math.abs(beat.sample - 1 - truth.beats[b] * 1000) <= 1)
          assert.equal(truth.beat_types:sub(b, b), beat.symbol)
          if b > 1 and truth.beats[b] - truth.beats[b - 1] > 1.023 then pauses = pauses + 1 end
        end
      end
      assert.is_true(pauses > 0)
    end)
  end)

  it("keeps missing samples missing, ages, sexes and other classes", function()
    temporary.folder(function(folder)
      local rows = {}
      for t = 1, 600 do
        rows[t] = {}
        for lead = 1, 12 do rows[t][lead] = (t * lead % 97) / 50 - 1 end
      end
      rows[7][3] = 0 / 0
      local set = data.dataset{signals = core.tensor{rows}, labels = core.tensor{{1, 0}}, classes = {"Odd", "NORM"},
        records = {"r.1"}, rate = 100, ages = {61}, sexes = {"female"}}
      assert(data.write_wfdb(set, folder))
      local record = assert(data.read_record(folder .. "/r.1.hea"))
      assert.equal(1, record.missing)
      assert.equal(61, record.age)
      assert.equal("female", record.sex)
      assert.truthy(table.concat(record.comments, "\n"):find("Labels: Odd", 1, true))
      local value = record.signals:select(1, 7):select(1, 3):item()
      assert.is_true(value ~= value)
      assert.is_true(math.abs(record.signals:select(1, 8):select(1, 3):item() - rows[8][3]) < 1e-6)
    end)
  end)

  it("says what it cannot write", function()
    temporary.folder(function(folder)
      local set = data.synthetic{records = 1, seconds = 5}
      local none, message = data.write_wfdb(set:with_signals(set.signals * 1e3), folder)
      assert.is_nil(none)
      assert.matches("synthetic%-A%-000001: expected samples from %-32.767 to 32.767 mV, got .* in lead", message)
      temporary.write(folder .. "/file", "x")
      none, message = data.write_wfdb(set, folder .. "/file")
      assert.is_nil(none)
      assert.matches("/file", message)
      assert.error_matches(function() data.write_wfdb({}, folder) end, "data.write_wfdb: argument 1 must be a set, got a table")
      assert.error_matches(function() data.write_wfdb(set:with_signals(set.signals, {units = "scaled"}), folder) end, "must be in mV")
      assert.error_matches(function() data.write_wfdb(set:with_signals(set.signals, {records = {"../x"}}), folder) end, '"%.%./x"')
      assert.error_matches(function() data.write_wfdb(set, nil) end, "argument 2 %(folder%)")
    end)
  end)
end)
