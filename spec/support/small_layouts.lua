--- Small sound sets in the layout of every reader, two records each, for specs and fuzzers that damage them. By name:
--
--   fill(folder)            writes the set
--   read(folder, variant)   reads it: a Dataset, or nil and a message; variants = {...} where there is more than one way
--   tables                  files that are read as text, for the set as a whole
--   signals                 {file = record, ...}: files of one record's signals
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local temporary = require("spec.support.temporary")
local writer = require("spec.support.wfdb_writer")

local layouts = {}

local function read_file(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function tracings(...) return core.randn(..., 90, 12) end

layouts.ptbxl = {
  fill = function(folder)
    for i = 1, 2 do writer.write(folder, ("records100/%05d_lr"):format(i), {rate = 100, length = 20, prefix = ""}) end
    temporary.write(folder .. "/ptbxl_database.csv", "ecg_id,patient_id,age,sex,report,scp_codes,strat_fold,filename_lr,filename_hr\n" ..
      "1,15709.0,56.0,1,\"a \"\"b\"\"\",\"{'NORM': 100.0, 'SR': 0.0}\",3,records100/00001_lr,records500/00001_hr\n" ..
      "2,,300.0,0,,\"{'IMI': 15.0}\",9,records100/00002_lr,records500/00002_hr\n")
    temporary.write(folder .. "/scp_statements.csv", ",description,diagnostic,form,rhythm,diagnostic_class,diagnostic_subclass\n" ..
      "NORM,\"normal, ECG\",1.0,,,NORM,NORM\nIMI,inferior,1.0,,,MI,IMI\nSR,sinus rhythm,,,1.0,,\n")
  end,
  tables = {"ptbxl_database.csv", "scp_statements.csv"},
  signals = {["records100/00001_lr.hea"] = "1", ["records100/00002_lr.mat"] = "2"},
  variants = {"superclass", "subclass", "all"},
  read = function(folder, kind) return data.ptbxl(folder, {rate = 100, seconds = .2, labels = kind}) end,
}

-- As first published: a struct ECG of 12 leads and 40 samples.
layouts.cpsc2018 = {
  fill = function(folder)
    temporary.write(folder .. "/REFERENCE.csv", "Recording,First_label,Second_label,Third_label\nA1,5,,\nA2,1,9,3\n")
    for _, name in ipairs{"A1", "A2"} do
      temporary.write(folder .. "/" .. name .. ".mat", read_file("spec/fixtures/sets/struct_packed.mat"))
    end
  end,
  tables = {"REFERENCE.csv"}, signals = {["A2.mat"] = "A2"},
  read = function(folder) return data.cpsc2018(folder, {rate = 500, seconds = .08}) end,
}

-- CODE-15 %, each exam in a part of its own.
layouts.code = {
  fill = function(folder)
    temporary.write(folder .. "/exams.csv", "exam_id,age,is_male,1dAVb,RBBB,LBBB,SB,ST,AF,patient_id,trace_file\n" ..
      "11,50,True,True,False,False,False,False,False,1,exams_part0.hdf5\n12,,,False,False,False,False,False,0,1,exams_part0.hdf5\n")
    assert(core.store.save(folder .. "/exams_part0.hdf5", {{name = "exam_id", values = {12, 11, 0}},
      {name = "tracings", tensor = tracings(3)}}, {}))
  end,
  tables = {"exams.csv"}, signals = {}, arrays = {"exams_part0.hdf5"},
  read = function(folder) return data.code(folder, {rate = 400, seconds = .2}) end,
}

layouts.code_test = {
  fill = function(folder)
    temporary.write(folder .. "/annotations/gold_standard.csv", "1dAVb,RBBB,LBBB,SB,AF,ST\n1,0,0,0,0,0\n0,0,1,0,0,1\n")
    temporary.write(folder .. "/attributes.csv", "age,sex\n77,M\n30,F\n")
    assert(core.store.save(folder .. "/ecg_tracings.hdf5", {{name = "tracings", tensor = tracings(2)}}, {}))
  end,
  tables = {"annotations/gold_standard.csv", "attributes.csv"}, signals = {}, arrays = {"ecg_tracings.hdf5"},
  read = function(folder) return data.code(folder, {rate = 400, seconds = .2}) end,
}

layouts.sph = {
  fill = function(folder)
    temporary.write(folder .. "/metadata.csv", "ECG_ID,AHA_Code,Patient_ID,Age,Sex,N,Date\n" ..
      "A00001,60+310;22,S1,44,M,60,2020-01-01\nA00002,1,S2,61,F,60,2020\n")
    temporary.write(folder .. "/records/x", "")
    for _, id in ipairs{"A00001", "A00002"} do
      local ecg = tracings(1):select(1, 1):transpose(1, 2):contiguous()
      assert(core.store.save(("%s/records/%s.h5"):format(folder, id), {{name = "ecg", tensor = ecg}}, {}))
    end
  end,
  tables = {"metadata.csv"}, signals = {["records/A00002.h5"] = "A00002"},
  read = function(folder) return data.sph(folder, {rate = 500, seconds = .1}) end,
}

layouts.challenge = {
  fill = function(folder)
    writer.write(folder, "g1/A1", {rate = 100, length = 20, dx = "426783006,59118001"})
    writer.write(folder, "g1/A2", {rate = 100, length = 20, dx = "164889003"})
    temporary.write(folder .. "/RECORDS", "g1/\n")
    temporary.write(folder .. "/g1/RECORDS", "A1\nA2\n")
  end,
  tables = {"RECORDS", "g1/RECORDS"}, signals = {["g1/A1.hea"] = "A1", ["g1/A2.mat"] = "A2"},
  variants = {"challenge", "georgia", "cpsc2018"},
  read = function(folder, name)
    if name ~= "challenge" then return data[name](folder, {rate = 100, seconds = .2}) end
    return data.challenge{path = folder, rate = 100, seconds = .2}
  end,
}

layouts.ptb = {
  fill = function(folder)
    for i, reason in ipairs{"Healthy control", "Myocardial infarction"} do
      local name = ("patient%03d/s%d"):format(i, i)
      writer.write(folder, name, {rate = 100, length = 20})
      local path = folder .. "/" .. name .. ".hea"
      temporary.write(path, ("%s# Reason for admission: %s\n"):format(read_file(path), reason))
    end
    temporary.write(folder .. "/RECORDS", "patient001/s1\npatient002/s2\n")
  end,
  tables = {"RECORDS"}, signals = {["patient001/s1.hea"] = "s1", ["patient002/s2.mat"] = "s2"},
  read = function(folder) return data.ptb(folder, {rate = 100, seconds = .2}) end,
}

-- A table of one's own, a recording in each kind of file.
layouts.own = {
  fill = function(folder)
    local two = tracings(1):select(1, 1):narrow(1, 1, 20):narrow(2, 1, 2):contiguous()
    temporary.write(folder .. "/table.csv", "file,who,AF,Normal,age,sex,part,rate\na.csv,p1,1,0,60,F,1,100\n" ..
      "b.npy,p2,true,False,,M,2,100\nc.h5,p3,0,1,,,1,100\nd.hea,p4,0,1,,,1,\n")
    temporary.write(folder .. "/a.csv", "II,V1\n" .. ("0.1,0.2\n"):rep(10) .. ",nan\n" .. ("3e-1,4\n"):rep(2) .. ("0,-1\n"):rep(7))
    assert(core.store.save_npy(folder .. "/b.npy", two))
    assert(core.store.save(folder .. "/c.h5", {{name = "signals", tensor = two}}, {}))
    writer.write(folder, "d", {rate = 100, length = 20})
  end,
  tables = {"table.csv"},
  signals = {["a.csv"] = "a.csv", ["b.npy"] = "b.npy", ["c.h5"] = "c.h5", ["d.hea"] = "d.hea", ["d.mat"] = "d.hea"},
  read = function(folder)
    return data.from_table{csv = folder .. "/table.csv", path_column = "file", label_columns = {"AF", "Normal"}, patient_column = "who",
      age_column = "age", sex_column = "sex", fold_column = "part", rate_column = "rate", leads = {"V1", "II"}, unlabelled = "drop",
      rate = 100, seconds = .2}
  end,
}

local function arrays(folder)
  assert(core.store.save(folder .. "/x.h5", {{name = "signals", tensor = tracings(2)}, {name = "records", values = {"a", "b"}},
    {name = "labels", tensor = core.tensor{{1, 0}, {0, 1}}}}, {classes = {"A", "B"}}))
end

layouts.from_hdf5 = {
  fill = arrays, tables = {}, signals = {}, arrays = {"x.h5"},
  read = function(folder)
    return data.from_hdf5{path = folder .. "/x.h5", records = "records", file_rate = 100, rate = 100, seconds = .2}
  end,
}

layouts.prepared = {
  fill = function(folder)
    arrays(folder)
    assert(assert(layouts.from_hdf5.read(folder)):save(folder .. "/x.h5"))
  end,
  tables = {}, signals = {}, arrays = {"x.h5"},
  read = function(folder) return data.open(folder .. "/x.h5") end,
}

return layouts
