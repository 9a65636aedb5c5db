--- The layout of the Shandong Provincial Hospital's set, made small.
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local temporary = require("spec.support.temporary")

local function write(folder, lines)
  temporary.write(folder .. "/metadata.csv", "ECG_ID,AHA_Code,Patient_ID,Age,Sex,N,Date\n" .. lines)
  for n, id in ipairs{"A00001", "A00002"} do
    temporary.write(folder .. "/records/x", "")
    local leads = {}
    for k = 1, 12 do
      leads[k] = {}
      for t = 1, 60 do leads[k][t] = n + k + t / 100 end
    end
    assert(core.store.save(("%s/records/%s.h5"):format(folder, id), {{name = "ecg", tensor = core.tensor(leads)}}, {}))
  end
end

local SHORT = {rate = 500, seconds = .1}

describe("data.sph", function()
  it("labels by the primary statements", function()
    temporary.folder(function(folder)
      write(folder, "A00001,60+310;22,S1,44,M,60,2020-01-01\nA00002,1,S2,61,F,60,2020-01-01\nA00003,1,S2,61,F,60,2020-01-02\n")
      local set = assert(data.sph(folder, SHORT))
      assert.same({"1", "22", "60"}, set.classes)
      assert.same({{0, 1, 1}, {1, 0, 0}}, set.labels:totable())
      assert.same({"A00001", "A00002"}, set.records)
      assert.same({"S1", "S2"}, set.patients)
      assert.same({44, 61}, set.ages)
      assert.same({"male", "female"}, set.sexes)
      assert.same({2, 50, 12}, set.signals:shape())
      assert.near(2 + 7 + .03, set.signals[2][3][7]:item(), 1e-5)
      assert.matches("A00003.h5", set.skipped[1].reason)
      assert.matches("2 records stored lead by lead: transposed", tostring(set))
      local named = assert(data.sph(folder, {rate = 500, seconds = .1, classes = {{"NORM", 1}, {"PB", 60, "61"}}, limit = 1}))
      assert.same({"NORM", "PB"}, named.classes)
      assert.same({{0, 1}}, named.labels:totable())
    end)
  end)

  it("says what is wrong", function()
    temporary.folder(function(folder)
      local function fails(lines, pattern)
        write(folder, lines)
        local none, message = data.sph(folder, SHORT)
        assert.is_nil(none)
        assert.matches(pattern, message)
      end
      fails("A00001,normal,S1,44,M,60,x\n", 'record A00001: expected codes as in 60%+310;22, got "normal"')
      fails("../A,1,S1,44,M,60,x\n", "expected a record's name as ECG_ID")
      fails("A00001,1,S1,44,M,60,x\nA00001,1,S1,44,M,60,x\n", "record A00001 is there twice")
      fails("A00009,1,S1,44,M,60,x\n", "none of 1 record could be used")
      assert.error_matches(function() data.sph(folder, {classes = {A = "x"}}) end, 'class A: expected an AHA code, got "x"')
      assert.error_matches(function() data.sph(folder, {classes = {}}) end, "classes is empty")
    end)
  end)
end)
