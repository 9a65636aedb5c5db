--- CODE's two sets made small, whole and damaged. The real exams: real_sets_spec.lua.
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local temporary = require("spec.support.temporary")

local LENGTH = 64
local HEAD = "exam_id,age,is_male,1dAVb,RBBB,LBBB,SB,ST,AF,patient_id,trace_file\n"

--- Tracings (n, 64, 12): record i has the value i + t / 100 + lead from sample `first` to `last`, zeros elsewhere.
local function tracings(bounds)
  local records = {}
  for i, bound in ipairs(bounds) do
    records[i] = {}
    for t = 1, LENGTH do
      local row = {}
      for k = 1, 12 do row[k] = t >= bound[1] and t <= bound[2] and i + t / 100 + k or 0 end
      records[i][t] = row
    end
  end
  return core.tensor(records)
end

local function code15(folder)
  temporary.write(folder .. "/exams.csv", HEAD .. "11,50,True,True,False,False,False,False,False,1,exams_part0.hdf5\n" ..
    "13,60,False,False,False,False,False,True,True,2,exams_part1.hdf5\n" ..
    "12,,,False,False,False,False,False,False,1,exams_part0.hdf5\n" ..
    "14,60,False,False,False,False,False,False,False,2,exams_part9.hdf5\n" ..
    "15,60,False,False,False,False,False,False,False,2,exams_part1.hdf5\n")
  assert(core.store.save(folder .. "/exams_part0.hdf5", {{name = "exam_id", values = {12, 11, 0}},
    {name = "tracings", tensor = tracings{{1, 64}, {11, 50}, {1, 0}}}}, {}))
  assert(core.store.save(folder .. "/exams_part1.hdf5", {{name = "exam_id", values = {99, 13}},
    {name = "tracings", tensor = tracings{{1, 64}, {3, 60}}}}, {}))
end

local at_400 = {rate = 400, seconds = .1} -- 40 samples

local function with(more)
  local o = {}
  for name, value in pairs(at_400) do o[name] = value end
  for name, value in pairs(more) do o[name] = value end
  return o
end

describe("data.code on CODE-15 %", function()
  it("finds exams by file and id, and cuts the zeros off", function()
    temporary.folder(function(folder)
      code15(folder)
      local set = assert(data.code(folder, at_400))
      assert.same({"1dAVb", "RBBB", "LBBB", "SB", "AF", "ST", "NORM"}, set.classes)
      assert.same({"12", "11", "13"}, set.records)
      assert.same({"1", "1", "2"}, set.patients)
      assert.same({{0, 0, 0, 0, 0, 0, 1}, {1, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 1, 1, 0}}, set.labels:totable())
      assert.same({false, 50, 60}, set.ages)
      assert.same({false, "male", "female"}, set.sexes)
      assert.same({3, 40, 12}, set.signals:shape())
      assert.near(1.01 + 1, set.signals[1][1][1]:item(), 1e-5)
      assert.near(2.11 + 1, set.signals[2][1][1]:item(), 1e-5) -- sample 11 was the first that is not zero
      assert.near(2.50 + 12, set.signals[2][40][12]:item(), 1e-5)
      assert.same({{record = "15", reason = folder .. "/exams_part1.hdf5: has no exam 15"}}, set.skipped)
      assert.matches("note: zeros at both ends cut off 2 records", tostring(set))
      assert.matches("note: 1 exam in 1 file that are not there: exams_part9.hdf5", tostring(set))
      assert.matches("note: stored values taken as mV", tostring(set))
    end)
  end)

  it("keeps the padding, drops short exams and scales where asked", function()
    temporary.folder(function(folder)
      code15(folder)
      local kept = assert(data.code(folder, with{padding = "keep", millivolts = .1}))
      assert.near(.1 * (1.13 + 1), kept.signals[1][1][1]:item(), 1e-5) -- the middle 40 of 64 begin with sample 13
      assert.near(.1 * (2.13 + 1), kept.signals[2][1][1]:item(), 1e-5)
      assert.matches("one stored unit taken as 0.1 mV", tostring(kept))
      local long = assert(data.code(folder, with{seconds = .14, short = "drop"}))
      assert.same({"12", "13"}, long.records)
      assert.equal(2, #long.skipped)
      assert.matches("exam 11: expected at least 0.14 s, got 0.1 s", long.skipped[1].reason)
      assert.near(0, assert(data.code(folder, with{seconds = .14})).signals[2][56][1]:item(), 0)
      assert.same({"11"}, assert(data.code(folder, with{limit = 1})).records)
      local three = assert(data.code(folder, with{leads = {"V6", "I"}}))
      assert.near(1.01 + 12, three.signals[1][1][1]:item(), 1e-5)
    end)
  end)

  it("says what is wrong", function()
    temporary.folder(function(folder)
      local function fails(pattern, given)
        local none, message = data.code(folder, given or at_400)
        assert.is_nil(none)
        assert.matches(pattern, message)
      end
      fails("expected ecg_tracings.hdf5 %(the test set%) or exams.csv %(CODE%-15 %%%), found neither")
      code15(folder)
      fails("exam 15", with{strict = true})
      os.remove(folder .. "/exams_part0.hdf5")
      os.remove(folder .. "/exams_part1.hdf5")
      fails("none of the files that the csv names is there; the first: exams_part0.hdf5")
      temporary.write(folder .. "/exams_part0.hdf5", "no hdf5")
      fails("^data.code: .*exams_part0.hdf5")
      local row = "11,50,True,%s,False,False,False,False,False,1,%s\n"
      temporary.write(folder .. "/exams.csv", HEAD .. row:format("perhaps", "a.hdf5"))
      fails('exam 11: column 1dAVb: expected 0, 1, True or False, got "perhaps"')
      temporary.write(folder .. "/exams.csv", HEAD .. row:format("True", "../a.hdf5"))
      fails('expected the plain name of a file beside it as trace_file, got "../a.hdf5"')
      temporary.write(folder .. "/exams.csv", HEAD .. row:format("True", "a.hdf5"):rep(2))
      fails("exam 11 is there twice")
      assert(core.store.save(folder .. "/exams_part0.hdf5", {{name = "exam_id", values = {11}},
        {name = "tracings", tensor = core.zeros(1, 10, 8)}}, {}))
      temporary.write(folder .. "/exams.csv", HEAD .. row:format("True", "exams_part0.hdf5"))
      fails("expected tracings of shape %(N, 4096, 12%), got {1, 10, 8}")
    end)
  end)
end)

describe("data.code on the test set", function()
  local function write(folder)
    temporary.write(folder .. "/annotations/gold_standard.csv", "1dAVb,RBBB,LBBB,SB,AF,ST\n1,0,0,0,0,0\n0,0,0,0,0,0\n0,0,1,0,0,1\n")
    temporary.write(folder .. "/annotations/dnn.csv", "1dAVb,RBBB,LBBB,SB,AF,ST\n0,0,0,0,0,0\n0,0,0,0,0,0\n0,0,0,0,0,0\n")
    temporary.write(folder .. "/attributes.csv", "age,sex\n77,M\n30,F\n12,\n")
    assert(core.store.save(folder .. "/ecg_tracings.hdf5", {{name = "tracings", tensor = tracings{{1, 64}, {11, 50}, {1, 64}}}}, {}))
  end

  it("pairs tracings and annotations by their order", function()
    temporary.folder(function(folder)
      write(folder)
      local set = assert(data.code(folder .. "/", at_400))
      assert.same({"1", "2", "3"}, set.records)
      assert.same({{1, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 1}, {0, 0, 1, 0, 0, 1, 0}}, set.labels:totable())
      assert.same({77, 30, 12}, set.ages)
      assert.same({"male", "female", false}, set.sexes)
      assert.equal("CODE test", set.source)
      assert.same({"1", "2"}, assert(data.code(folder, with{limit = 2})).records)
      assert.same({0, 0, 3}, {table.unpack(assert(data.code(folder, with{annotator = "dnn"})):counts(), 5, 7)})
      temporary.write(folder .. "/attributes.csv", "age,sex\n77,M\n")
      local none, message = data.code(folder, at_400)
      assert.is_nil(none)
      assert.matches("gold_standard.csv has 3 rows, attributes.csv 1", message)
      os.remove(folder .. "/attributes.csv")
      temporary.write(folder .. "/annotations/gold_standard.csv", "1dAVb,RBBB,LBBB,SB,AF,ST\n1,0,0,0,0,0\n")
      none, message = data.code(folder, at_400)
      assert.is_nil(none)
      assert.matches("has 3 tracings, and annotations of 1", message)
      assert.error_matches(function() data.code(folder, {annotator = "../x"}) end, "must be the plain name")
    end)
  end)
end)
