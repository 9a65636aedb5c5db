--- A user's own recordings: from a function, a table of files of every kind, arrays in an HDF5 file.
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local temporary = require("spec.support.temporary")
local writer = require("spec.support.wfdb_writer")

--- (L, leads): sample i of lead k is i / 10 + k.
local function ramp(length, leads)
  local rows = {}
  for i = 1, length do
    rows[i] = {}
    for k = 1, leads do rows[i][k] = i / 10 + k end
  end
  return rows
end

local function reader_of(list)
  local i = 0
  return function()
    i = i + 1
    return list[i]
  end
end

local SHORT = {rate = 100, seconds = .2, leads = {"V1", "II"}} -- 20 samples

local function with(more)
  local o = {}
  for name, value in pairs(SHORT) do o[name] = value end
  for name, value in pairs(more or {}) do o[name] = value end
  return o
end

describe("data.from_reader", function()
  it("matches leads by name, brings rates and lengths to those asked for, and says so", function()
    local set = assert(data.from_reader(reader_of{
      {id = "a", signals = ramp(20, 3), rate = 100, leads = {"I", "lead ii", "v1"}, labels = {"AF", "MI"}, patient = "p"},
      {id = "b", signals = core.tensor(ramp(60, 2)), rate = 200, leads = {"II", "V1"}, labels = {"AF"}, age = 61, sex = "female",
        truth = {heart_rate = 71}},
      {id = "c", signals = ramp(20, 2), rate = 100, leads = {"I", "II"}},
      {id = "d", error = "no such tape"},
      {id = "e", signals = core.tensor(ramp(20, 2)):transpose(1, 2), rate = 100, units = "uV"},
      {id = "f", signals = ramp(10, 2), rate = 100},
    }, with()))
    assert.same({"AF", "MI"}, set.classes)
    assert.same({"a", "b", "e"}, set.records)
    assert.same({{1, 1}, {1, 0}, {0, 0}}, set.labels:totable())
    assert.same({"p", "b", "e"}, set.patients)
    assert.same({false, 61, false}, set.ages)
    assert.same({{}, {heart_rate = 71}, {}}, set.truth)
    assert.same({3, 20, 2}, set.signals:shape())
    assert.near(.1 + 3, set.signals[1][1][1]:item(), 1e-6)
    assert.near(.1 + 2, set.signals[1][1][2]:item(), 1e-6)
    assert.near((2 + 1) / 1000, set.signals[3][20][1]:item(), 1e-6)
    local wanted = core.signal.resample(core.tensor(ramp(60, 2)), 200, 100)
    assert.near(wanted[5][2]:item(), set.signals[2][5][1]:item(), 1e-6)
    local reasons = {}
    for _, each in ipairs(set.skipped) do reasons[each.record] = each.reason end
    assert.equal("c: has no lead V1; its leads are I, II", reasons.c)
    assert.equal("no such tape", reasons.d)
    assert.matches("expected at least 0.2 s, got 0.1 s", reasons.f)
    local text = tostring(set)
    for _, note in ipairs{"1 record brought from 200 to 100 samples a second", "1 record longer than 0.2 s: cropped",
      "1 record stored lead by lead: transposed", "columns that are not named: taken as V1, II"} do
      assert.matches(note, text, 1, true)
    end
  end)

  it("takes classes, drops the unlabelled, and any number of records", function()
    local n = 0
    local function reader()
      n = n + 1
      return n <= 1100 and {id = "r" .. n, signals = {{n, 1}}, labels = {n % 2 == 0 and "B" or "other"}} or nil
    end
    local set = assert(data.from_reader(reader, {rate = 100, seconds = .01, leads = {"I", "II"}, file_rate = 100, classes = {"A", "B"},
      unlabelled = "drop", units = .5}))
    assert.equal(550, #set)
    assert.same({0, 550}, (set:counts()))
    for i = 1, 550, 61 do assert.equal(i, set.signals[i][1][1]:item()) end
    assert.matches("patients are not named", tostring(set))
  end)

  it("says what is wrong", function()
    local function raises(record, pattern, given)
      assert.error_matches(function() data.from_reader(reader_of{record}, given or with()) end, pattern)
    end
    raises({signals = {{1, 2}}}, "data.from_reader: record 1: option 'id' is required")
    raises({id = "a"}, "record 1 %(a%) has neither signals nor an error")
    raises({id = "a", signals = {{1, 2}}, label = {}}, "record 1: unknown option 'label'")
    raises({id = "a", signals = {{1, 2}}, labels = {1}}, "labels must be a list of class names, got 1")
    raises({}, "option 'units' must be mV", with{units = "mmHg"})
    local function fails(record, pattern)
      local none, message = data.from_reader(reader_of{record}, with{classes = {"A"}})
      assert.is_nil(none)
      assert.matches(pattern, message)
    end
    fails({id = "a", signals = ramp(20, 2)}, "does not say how many samples a second it has")
    fails({id = "a", signals = ramp(20, 3), rate = 100}, "has 3 columns and does not name them")
    fails({id = "a", signals = ramp(20, 2), rate = 100, leads = {"I"}}, "has 2 columns, and names of 1 leads")
    fails({id = "a", signals = core.zeros(20), rate = 100}, "expected signals of shape %(samples, leads%), got {20}")
    fails({id = "a", signals = ramp(20, 2), rate = -1}, "expected a sampling rate above 0, got %-1")
    fails(nil, "none of 0 records could be used")
  end)
end)

describe("data.from_table", function()
  local function fill(folder)
    local lines = {}
    for i, row in ipairs(ramp(20, 3)) do lines[i] = table.concat(row, ";") end
    temporary.write(folder .. "/a.csv", "time;V1;II\n" .. table.concat(lines, "\n") .. "\n")
    assert(core.store.save_npy(folder .. "/b.npy", core.tensor(ramp(20, 2))))
    assert(core.store.save(folder .. "/c.h5", {{name = "ecg", tensor = core.tensor(ramp(20, 2)):transpose(1, 2):contiguous()}}, {}))
    writer.write(folder, "d", {rate = 100, length = 20, value = function(i, k) return i * 10 + k end})
    temporary.write(folder .. "/table.csv", "file,who,AF,Normal,age,sex,part\na.csv,p1,1,0,60,F,1\nb.npy,p1,true,False,,M,2\n" ..
      "c.h5,p2,0,1.0,30,,1\nd.hea,,no,yes,30,,1\ngone.npy,p3,0,0,1,,3\n")
  end

  local function given(folder, more)
    local o = with{csv = folder .. "/table.csv", path_column = "file", label_columns = {"AF", "Normal"}, patient_column = "who",
      age_column = "age", sex_column = "sex", fold_column = "part", file_rate = 100, signals = "ecg"}
    for name, value in pairs(more or {}) do o[name] = value end
    return o
  end

  it("reads CSV, NPY, HDF5 and WFDB", function()
    temporary.folder(function(folder)
      fill(folder)
      local set = assert(data.from_table(given(folder)))
      assert.same({"a.csv", "b.npy", "c.h5", "d.hea"}, set.records)
      assert.same({"AF", "Normal"}, set.classes)
      assert.same({{1, 0}, {1, 0}, {0, 1}, {0, 1}}, set.labels:totable())
      assert.same({"p1", "p1", "p2", "d.hea"}, set.patients)
      assert.same({60, false, 30, 30}, set.ages)
      assert.same({"female", "male", false, false}, set.sexes)
      assert.same({1, 2, 1, 1}, set.fold)
      local third = {}
      for n = 1, 4 do third[n] = set.signals[n][3]:totable() end
      for n, wanted in ipairs{{2.3, 3.3}, {1.3, 2.3}, {1.3, 2.3}, {.037, .032}} do
        for k = 1, 2 do assert.near(wanted[k], third[n][k], 1e-5) end
      end
      assert.matches("gone.npy", set.skipped[1].reason)
      assert.is_nil(set.truth)
      local named = given(folder, {path = function(row) return folder .. "/" .. row.file end, limit = 2})
      named.path_column = nil
      assert.same({folder .. "/a.csv", folder .. "/b.npy"}, assert(data.from_table(named)).records)
      local other = assert(data.from_table(given(folder, {csv = folder .. "/table.csv", root = folder .. "/", limit = 2})))
      assert.equal(2, #other)
    end)
  end)

  it("says what is wrong", function()
    temporary.folder(function(folder)
      fill(folder)
      local function fails(more, pattern)
        local none, message = data.from_table(given(folder, more))
        assert.is_nil(none)
        assert.matches(pattern, message)
      end
      fails({label_columns = {"MI"}}, "has no column 'MI'")
      fails({label_columns = {"age"}}, 'record a.csv: column age: expected 0, 1, true or false, got "60"')
      fails({id_column = "who"}, "record p1: is there twice")
      fails({strict = true}, "gone.npy")
      fails({csv = folder .. "/none.csv"}, "No such file")
      fails({signals = "other", strict = true}, "c.h5: has no array 'other'; its arrays are ecg")
      temporary.write(folder .. "/a.csv", "V1,II\n1,2\n3,x\n")
      fails({strict = true}, 'a.csv: row 3: expected a number, got "x"')
      temporary.write(folder .. "/a.csv", "V1,II\n1,2\n3\n")
      fails({strict = true}, "a.csv: row 3 has 1 fields, the first 2")
      assert.error_matches(function() data.from_table(given(folder, {label_columns = {}})) end, "must name at least one column")
      assert.error_matches(function() data.from_table{csv = "x", label_columns = {"a"}} end, "expected one of the options 'path_column'")
    end)
  end)

  it("takes measured values along; what is no number is not known", function()
    temporary.folder(function(folder)
      fill(folder)
      local set = assert(data.from_table(given(folder, {truth_columns = {qt = "age", axis = "part", pr = "who"}})))
      assert.same({{qt = 60, axis = 1}, {axis = 2}, {qt = 30, axis = 1}, {qt = 30, axis = 1}}, set.truth)
      assert(set:save(folder .. "/set.h5"))
      assert.same(set.truth, assert(data.open(folder .. "/set.h5")).truth)
      assert.matches("has no column 'QT'", select(2, data.from_table(given(folder, {truth_columns = {qt = "QT"}}))))
      assert.error_matches(function() data.from_table(given(folder, {truth_columns = {qt = 3}})) end,
        "'truth_columns' must map names to columns, {qt = \"QT interval\"}, got 3 for qt")
    end)
  end)

  it("fills short gaps of a CSV file", function()
    temporary.folder(function(folder)
      fill(folder)
      temporary.write(folder .. "/a.csv", "II,V1\n" .. ("1,2\n"):rep(9) .. ",nan\n" .. ("3,4\n"):rep(10))
      local set = assert(data.from_table(given(folder, {limit = 1})))
      assert.near(3, set.signals[1][10][1]:item(), 1e-6)
      assert.near(2, set.signals[1][10][2]:item(), 1e-6)
      assert.matches("2 missing samples in 2 gaps filled", tostring(set))
    end)
  end)
end)

describe("data.from_hdf5", function()
  it("reads arrays under any name", function()
    temporary.folder(function(folder)
      local path = folder .. "/x.h5"
      local all = {}
      for i = 1, 300 do all[i] = {{i, 2}, {3, 4}} end
      local labels, ids = {}, {}
      for i = 1, 300 do labels[i], ids[i] = {i % 2, 0, 1}, 1000 + i end
      assert(core.store.save(path, {{name = "x", tensor = core.tensor(all)}, {name = "y", tensor = core.tensor(labels),
        attributes = {classes = {"A", "B", "C"}}}, {name = "id", values = ids}}, {}))
      local o = {path = path, signals = "x", labels = "y", records = "id", patients = "id", file_rate = 100, seconds = .02,
        leads = {"V1", "II"}, columns = {"II", "V1"}}
      local set = assert(data.from_hdf5(o))
      assert.equal(300, #set)
      assert.same({"A", "B", "C"}, set.classes)
      assert.equal("1300", set.records[300])
      assert.same({{2, 299}, {4, 3}}, set.signals[299]:totable())
      assert.same({150, 0, 300}, (set:counts()))
      local function fails(more, pattern)
        local changed = {}
        for name, value in pairs(o) do changed[name] = value end
        for name, value in pairs(more) do changed[name] = value end
        local none, message = data.from_hdf5(changed)
        assert.is_nil(none)
        assert.matches(pattern, message)
      end
      fails({signals = "z"}, "has no array 'z'; its arrays are x, y, id")
      fails({signals = "y"}, "expected y of shape %(N, samples, leads%), got {300, 3}")
      fails({labels = "id", classes = {"A"}}, "record 1: expected a class from 0 to 0, got 1001")
      fails({labels = "id"}, "holds numbers of classes: name them")
      fails({classes = {"A"}}, "has 3 classes, and names of 1")
      fails({columns = {"II"}}, "has 2 columns, and names of 1 leads")
      assert.error_matches(function() data.from_hdf5{path = path} end, "option 'file_rate' is required")
    end)
  end)
end)
