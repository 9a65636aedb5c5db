--- Fuzzes whole readers of sets: one of the files of a small folder in a set's layout is damaged, the others are sound. The first line of
-- an input says which: "ptbxl/ptbxl_database.csv".
local core = require "ecgraft.core"
require "ecgraft.tensor"
local data = require "ecgraft.data"
local lfs = require "lfs"
local temporary = require "spec.support.temporary"
local writer = require "spec.support.wfdb_writer"

local SHORT = {rate = 100, seconds = .2}

local function with(more)
  local o = {rate = SHORT.rate, seconds = SHORT.seconds}
  for name, value in pairs(more) do o[name] = value end
  return o
end

local function read_file(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function tracings(n) return core.randn(n, 90, 12) end

-- By layout: files that stay as they are, texts of those that are damaged, and the reader.
local layouts = {}

layouts.ptbxl = {
  fill = function(folder)
    for i = 1, 2 do writer.write(folder, ("records100/%05d_lr"):format(i), {rate = 100, length = 20, prefix = ""}) end
  end,
  tables = {
    ["ptbxl_database.csv"] = "ecg_id,patient_id,age,sex,report,scp_codes,strat_fold,filename_lr,filename_hr\n" ..
      "1,15709.0,56.0,1,\"a \"\"b\"\"\",\"{'NORM': 100.0, 'SR': 0.0}\",3,records100/00001_lr,records500/00001_hr\n" ..
      "2,,300.0,0,,\"{'IMI': 15.0}\",9,records100/00002_lr,records500/00002_hr\n",
    ["scp_statements.csv"] = ",description,diagnostic,form,rhythm,diagnostic_class,diagnostic_subclass\n" ..
      "NORM,\"normal, ECG\",1.0,,,NORM,NORM\nIMI,inferior,1.0,,,MI,IMI\nSR,sinus rhythm,,,1.0,,\n",
  },
  read = function(folder, kind)
    return data.ptbxl(folder, with{labels = kind})
  end,
  variants = {"superclass", "subclass", "all"},
}

layouts.cpsc2018 = {
  fill = function(folder)
    for _, name in ipairs{"A1", "A2"} do
      temporary.write(folder .. "/" .. name .. ".mat", read_file "spec/fixtures/sets/struct_packed.mat")
    end
  end,
  tables = {["REFERENCE.csv"] = "Recording,First_label,Second_label,Third_label\nA1,5,,\nA2,1,9,3\n"},
  read = function(folder) return data.cpsc2018(folder, {rate = 500, seconds = .08}) end,
}

layouts.code = {
  fill = function(folder)
    assert(core.store.save(folder .. "/exams_part0.hdf5", {{name = "exam_id", values = {12, 11, 0}},
      {name = "tracings", tensor = tracings(3)}}, {}))
  end,
  tables = {["exams.csv"] = "exam_id,age,is_male,1dAVb,RBBB,LBBB,SB,ST,AF,patient_id,trace_file\n" ..
    "11,50,True,True,False,False,False,False,False,1,exams_part0.hdf5\n12,,,False,False,False,False,False,0,1,exams_part0.hdf5\n"},
  read = function(folder) return data.code(folder, {rate = 400, seconds = .2}) end,
}

layouts.code_test = {
  fill = function(folder) assert(core.store.save(folder .. "/ecg_tracings.hdf5", {{name = "tracings", tensor = tracings(2)}}, {})) end,
  tables = {["annotations/gold_standard.csv"] = "1dAVb,RBBB,LBBB,SB,AF,ST\n1,0,0,0,0,0\n0,0,1,0,0,1\n",
    ["attributes.csv"] = "age,sex\n77,M\n30,F\n"},
  read = function(folder) return data.code(folder, {rate = 400, seconds = .2}) end,
}

layouts.sph = {
  fill = function(folder)
    temporary.write(folder .. "/records/x", "")
    for _, id in ipairs{"A00001", "A00002"} do
      local ecg = tracings(1):select(1, 1):transpose(1, 2):contiguous()
      assert(core.store.save(("%s/records/%s.h5"):format(folder, id), {{name = "ecg", tensor = ecg}}, {}))
    end
  end,
  tables = {["metadata.csv"] = "ECG_ID,AHA_Code,Patient_ID,Age,Sex,N,Date\n" ..
    "A00001,60+310;22,S1,44,M,60,2020-01-01\nA00002,1,S2,61,F,60,2020\n"},
  read = function(folder) return data.sph(folder, {rate = 500, seconds = .1}) end,
}

layouts.challenge = {
  fill = function(folder)
    writer.write(folder, "g1/A1", {rate = 100, length = 20, dx = "426783006,59118001"})
    writer.write(folder, "g1/A2", {rate = 100, length = 20, dx = "164889003"})
    temporary.write(folder .. "/g1/RECORDS", "A1\nA2\n")
  end,
  tables = {["RECORDS"] = "g1/\n", ["g1/RECORDS"] = "A1\nA2\n", ["g1/A1.hea"] = false},
  read = function(folder) return data.challenge(with{path = folder}) end,
}

layouts.ptb = {
  fill = function(folder)
    for i = 1, 2 do
      local name = ("patient%03d/s%d"):format(i, i)
      writer.write(folder, name, {rate = 100, length = 20})
      local path = folder .. "/" .. name .. ".hea"
      local reason = i == 1 and "Healthy control" or "Myocardial infarction"
      temporary.write(path, ("%s# Reason for admission: %s\n"):format(read_file(path), reason))
    end
  end,
  tables = {["patient001/s1.hea"] = false},
  read = function(folder) return data.ptb(folder, SHORT) end,
}

layouts.own = {
  fill = function(folder)
    assert(core.store.save_npy(folder .. "/b.npy", tracings(1):select(1, 1):narrow(2, 1, 2):contiguous()))
  end,
  tables = {["table.csv"] = "file,who,AF,Normal,age,sex,part,rate\na.csv,p1,1,0,60,F,1,100\nb.npy,p2,true,False,,M,2,100\n",
    ["a.csv"] = "II,V1\n" .. ("0.1,0.2\n"):rep(10) .. ",nan\n" .. ("3e-1;4\n"):rep(2):gsub(";", ",") .. ("0,-1\n"):rep(7)},
  read = function(folder)
    return data.from_table(with{csv = folder .. "/table.csv", path_column = "file", label_columns = {"AF", "Normal"},
      patient_column = "who", age_column = "age", sex_column = "sex", fold_column = "part", rate_column = "rate", leads = {"V1", "II"}, unlabelled = "drop"})
  end,
}

local names = {}
for name in pairs(layouts) do names[#names + 1] = name end
table.sort(names)

local root -- of all layouts

local function fill(folder)
  root = folder .. "/sets"
  for _, name in ipairs(names) do
    local layout = layouts[name]
    temporary.write(("%s/%s/x"):format(root, name), "")
    os.remove(("%s/%s/x"):format(root, name))
    layout.fill(root .. "/" .. name)
    for file, text in pairs(layout.tables) do if text then temporary.write(("%s/%s/%s"):format(root, name, file), text) end end
  end
end

-- Texts of headers are those that the writer of records makes.
local seeds = {}
do
  local folder = os.tmpname()
  os.remove(folder)
  lfs.mkdir(folder)
  fill(folder)
  for _, name in ipairs(names) do
    local files = {}
    for file in pairs(layouts[name].tables) do files[#files + 1] = file end
    table.sort(files)
    for _, file in ipairs(files) do
      local text = read_file(("%s/%s/%s"):format(root, name, file))
      layouts[name].tables[file] = text
      seeds[#seeds + 1] = ("%s/%s\n%s"):format(name, file, text)
    end
  end
  os.execute("rm -rf '" .. folder .. "'")
  root = nil
end

-- A set is whole: as many of everything as there are records, nothing that is not finite.
local function check(set)
  assert(#set.records == set.signals:size(1) and #set.patients == #set.records and tostring(set))
  assert(set.signals:count_nonfinite() == 0)
  for _, each in ipairs(set.skipped) do assert(type(each.record) == "string" and each.reason:find(root, 1, true), each.reason) end
end

return {
  file = "input", seeds = seeds, most = 1 << 13,
  words = {",", '"', "\n", "\r\n", "{'NORM': 100.0}", "{", "'", "../", "/", "./", "A1", "A1\n", "g1/\n", "nan", "1e999", "#Dx: ", "#Age: ",
    "Normal", "True", "0", "99999999999999999999999", "exams_part0.hdf5", "b.npy", "a.csv"},
  read = function(path, text)
    if not root then fill(path:match("^(.*)/")) end
    local name, file, content = text:match("^([^/\n]+)/([^\n]+)\n(.*)$")
    local layout = layouts[name]
    if not layout or not layout.tables[file] then return true end
    local place = ("%s/%s/%s"):format(root, name, file)
    temporary.write(place, content)
    local set, message
    for _, variant in ipairs(layout.variants or {false}) do
      set, message = layout.read(root .. "/" .. name, variant)
      if set then check(set) else assert(message:find(root, 1, true), message) end
    end
    temporary.write(place, layout.tables[file])
    if not set then return nil, message end
    return true
  end,
  finish = function() if root then os.execute("rm -rf '" .. root .. "'") end end,
}
