--- PTB-XL's own layout, made small: labels of every kind, folds, patients, what is missing or damaged.
require("ecgraft") -- for the methods of tensors
local data = require("ecgraft.data")
local temporary = require("spec.support.temporary")
local writer = require("spec.support.wfdb_writer")

local STATEMENTS = [[
,description,diagnostic,form,rhythm,diagnostic_class,diagnostic_subclass
NDT,"non-diagnostic, T",1.0,1.0,,STTC,STTC
NORM,normal ECG,1.0,,,NORM,NORM
IMI,inferior infarction,1.0,,,MI,IMI
ASMI,anteroseptal infarction,1.0,,,MI,AMI
ABQRS,abnormal QRS,,1.0,,,
SR,sinus rhythm,,,1.0,,
]]

local HEAD = "ecg_id,patient_id,age,sex,report,scp_codes,strat_fold,filename_lr,filename_hr\n"

local function row(id, patient, codes, fold, more)
  more = more or {}
  return ('%d,%s,%s,%s,"a, ""report""\nof two lines","%s",%s,records100/%05d_lr,records500/%05d_hr\n'):format(id, patient,
    more.age or "56.0", more.sex or "1", codes, fold, id, id)
end

local function ptbxl(rows, fn)
  temporary.folder(function(folder)
    temporary.write(folder .. "/scp_statements.csv", STATEMENTS)
    temporary.write(folder .. "/ptbxl_database.csv", HEAD .. table.concat(rows))
    for i = 1, #rows do
      writer.write(folder, ("records100/%05d_lr"):format(i), {rate = 100, length = 1000, prefix = ""})
    end
    fn(folder)
  end)
end

local rows = {
  row(1, "15709.0", "{'NORM': 100.0, 'SR': 0.0}", 3),
  row(2, "", "{'IMI': 15.0, 'NDT': 50.0, 'ABQRS': 0.0}", 9, {age = "300.0", sex = "0"}),
  row(3, "15709.0", "{'SR': 0.0}", 10),
  row(4, "7.0", "{'ASMI': 0.0, 'IMI': 0.0}", 10, {age = "", sex = ""}),
}

describe("data.ptbxl", function()
  it("gives the five superclasses, whatever the likelihood", function()
    ptbxl(rows, function(folder)
      local set = assert(data.ptbxl(folder))
      assert.same({"NORM", "MI", "STTC", "HYP", "CD"}, set.classes)
      assert.same({{1, 0, 0, 0, 0}, {0, 1, 1, 0, 0}, {0, 1, 0, 0, 0}}, set.labels:totable())
      assert.same({"1", "2", "4"}, set.records)
      assert.same({"15709", "record 2", "7"}, set.patients)
      assert.same({3, 9, 10}, set.fold)
      assert.same({56, 90, false}, set.ages)
      assert.same({"female", "male", false}, set.sexes)
      assert.same({3, 1000, 12}, set.signals:shape())
      assert.same({"1 record without a superclass statement left out",
        "the patient of 1 record is not known: each counts as one"}, set.notes)
      assert.equal(2, #set:filter(function(r) return r.fold >= 9 end))
      assert.same({"2"}, assert(data.ptbxl(folder, {folds = {1, 9}})).records)
      assert.same({"1", "2", "3", "4"}, assert(data.ptbxl(folder, {unlabelled = "keep"})).records)
      assert.same({"1", "2"}, assert(data.ptbxl(folder, {limit = 2})).records)
    end)
  end)

  it("gives the other kinds of labels, in the order of the statements", function()
    ptbxl(rows, function(folder)
      local function classes(kind) return assert(data.ptbxl(folder, {labels = kind})) end
      assert.same({"STTC", "NORM", "IMI", "AMI"}, classes("subclass").classes)
      assert.same({{0, 1, 0, 0}, {1, 0, 1, 0}, {0, 0, 1, 1}}, classes("subclass").labels:totable())
      assert.same({"NDT", "NORM", "IMI", "ASMI"}, classes("diagnostic").classes)
      assert.same({"NDT", "ABQRS"}, classes("form").classes)
      assert.same({"SR"}, classes("rhythm").classes)
      assert.same({"1", "3"}, classes("rhythm").records)
      local all = classes("all")
      assert.same({"NDT", "NORM", "IMI", "ASMI", "ABQRS", "SR"}, all.classes)
      assert.same({{0, 1, 0, 0, 0, 1}, {1, 0, 1, 0, 1, 0}, {0, 0, 0, 0, 0, 1}, {0, 0, 1, 1, 0, 0}}, all.labels:totable())
    end)
  end)

  it("reads records500 for other rates", function()
    ptbxl(rows, function(folder)
      writer.write(folder, "records500/00001_hr", {rate = 500, length = 5000, prefix = ""})
      local set = assert(data.ptbxl(folder, {rate = 250}))
      assert.same({"1"}, set.records)
      assert.same({1, 2500, 12}, set.signals:shape())
      assert.equal(2, #set.skipped)
      assert.equal("2", set.skipped[1].record)
      assert.matches("records500/00002_hr%.hea: No such file", set.skipped[1].reason)
    end)
  end)

  it("names the file, the column or the record that is wrong", function()
    local function fails(change, pattern, given)
      ptbxl(rows, function(folder)
        change(folder)
        local none, message = data.ptbxl(folder, given)
        assert.is_nil(none)
        assert.matches(pattern, message)
      end)
    end
    local function database(text) return function(folder) temporary.write(folder .. "/ptbxl_database.csv", text) end end
    fails(function(folder) os.remove(folder .. "/scp_statements.csv") end, "^data.ptbxl: .*scp_statements%.csv: No such file")
    fails(function(folder) os.remove(folder .. "/ptbxl_database.csv") end, "^data.ptbxl: .*ptbxl_database%.csv: No such file")
    fails(database((HEAD:gsub("scp_codes", "codes"))), "ptbxl_database%.csv: has no column 'scp_codes'; its columns are ecg_id, ")
    fails(database(HEAD .. row(1, "", "{'NORM': ", 1)), "record 1: scp_codes: expected a value at character 10")
    fails(database(HEAD .. row(1, "", "{'XYZ': 1}", 1)), "record 1: scp_codes: statement XYZ is not in scp_statements.csv")
    fails(database(HEAD .. row(1, "", "'NORM'", 1)), "record 1: scp_codes: expected a dict")
    fails(database(HEAD .. row(1, "", "{}", "")), 'record 1: expected a number as strat_fold, got ""')
    fails(database(HEAD), "ptbxl_database%.csv: expected rows behind the names of columns, got none")
    fails(function(folder) os.remove(folder .. "/records100/00002_lr.mat") end, "00002_lr%.mat: No such file", {strict = true})
    fails(function(folder) temporary.write(folder .. "/scp_statements.csv", ",diagnostic\n") end, "has no column 'form'")
  end)

  it("says what is wrong with its options", function()
    assert.error_matches(function() data.ptbxl("/nowhere", {labels = "classes"}) end,
      'option \'labels\' must be one of "superclass", "subclass"')
    assert.error_matches(function() data.ptbxl("/nowhere", {folds = {11}}) end, "must list numbers from 1 to 10, got 11")
    assert.error_matches(function() data.ptbxl("/nowhere", {folds = {}}) end, "must name at least one fold")
    assert.error_matches(function() data.ptbxl() end, "argument 1 %(dir%) must be string, got nil")
  end)
end)
