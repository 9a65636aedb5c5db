--- The CODE sets of the Telehealth Network of Minas Gerais: the test set (827 exams) and CODE-15 % (345,779 exams).
--
-- Test set: zenodo.org/records/3765780, CC BY 4.0; Ribeiro et al., "Automatic diagnosis of the 12-lead ECG using a deep neural network",
-- Nature Communications 11, 1760 (2020). ecg_tracings.hdf5, attributes.csv, annotations/gold_standard.csv, rows in the same order.
-- CODE-15 %: zenodo.org/records/4916206, CC BY 4.0; Ribeiro et al. (2021). exams.csv, exams_part0.hdf5 ... exams_part17.hdf5, found by
-- trace_file and exam_id; the last row of each part is an empty record 0.
--
-- Signals are (N, 4096, 12) at 400 samples a second, 7 or 10 s in the middle of zeros, which are cut off.
--
-- Units: the sets' documentation says "scale 1e-4 V", and in the same sentence that volts are multiplied by 1000 to get there, which makes
-- millivolts; the PhysioNet Challenge of 2025 reads them as millivolts too, and so is done here. Amplitudes of CODE-15 % are about
-- twice those of other hospitals' ECGs all the same: see `millivolts`.
--
-- Dropped: the empty record 0, rows of the csv whose part is not there (counted), and exams that no row of the csv names.
local core = require "ecgraft.core"
local csv = require "ecgraft.data.csv"
local dataset = require "ecgraft.data.dataset"
local hdf5_array = require "ecgraft.data.hdf5_array"
local lfs = require "lfs"
local load = require "ecgraft.data.load"
local options = require "ecgraft.options"
local rows = require "ecgraft.data.rows"
local text_of = require "ecgraft.data.text"

local code = {}

local WHERE = "data.code"

local RATE, BLOCK = 400, 256 -- samples a second; records read at a time, where they are no longer than published

--- ORDER CODE: as in the papers' tables. NORM: none of them (in CODE-15 % the column normal_ecg says something else, and is not used).
local findings = {"1dAVb", "RBBB", "LBBB", "SB", "AF", "ST"}

local schema = load.schema_with{
  short = {type = "string", default = "pad", choices = {"drop", "pad"}},
  padding = {type = "string", default = "cut", choices = {"cut", "keep"}},
  millivolts = {type = "number", default = 1, min = 1e-9, max = 1e9},
  annotator = {type = "string", default = "gold_standard"},
}

local truth = {["1"] = 1, ["1.0"] = 1, ["true"] = 1, ["0"] = 0, ["0.0"] = 0, ["false"] = 0}

-- The labels of a row of a csv: six findings and NORM; nil, message.
local function labels_of(row)
  local label, any = {}, 0
  for k, name in ipairs(findings) do
    label[k] = truth[row[name]:lower()]
    if not label[k] then return nil, ("column %s: expected 0, 1, True or False, got %s"):format(name, text_of.show(row[name])) end
    any = math.max(any, label[k])
  end
  label[#findings + 1] = 1 - any
  return label
end

local function age_of(text)
  local age = tonumber(text)
  return age and age >= 0 and age <= 150 and age or false
end

local function exists(path) return lfs.attributes(path, "mode") ~= nil end

local sexes = {m = "male", f = "female"}

-- The test set as exams: {id, patient, label, age, sex, file, row}; or nil, message.
local function read_test(dir, o)
  local path = ("%s/annotations/%s.csv"):format(dir, o.annotator)
  load.uses(o, path)
  local answers, message = csv.records(path, findings)
  if not answers then return nil, message end
  local people
  if exists(dir .. "/attributes.csv") then
    load.uses(o, dir .. "/attributes.csv")
    people, message = csv.records(dir .. "/attributes.csv", {"age", "sex"})
    if not people then return nil, message end
    if #people ~= #answers then
      return nil, ("%s has %d rows, attributes.csv %d"):format(path, #answers, #people)
    end
  end
  local exams = {}
  for i, row in ipairs(answers) do
    local label, reason = labels_of(row)
    if not label then return nil, ("%s, row %d: %s"):format(path, i, reason) end
    local id, person = ("%d"):format(i), people and people[i]
    exams[i] = {id = id, patient = id, label = label, age = person and age_of(person.age),
      sex = person and sexes[person.sex:lower()], file = "ecg_tracings.hdf5", row = i, rows = #answers}
  end
  return exams
end

local function male(text)
  local value = truth[text:lower()]
  return value == 1 and "male" or value == 0 and "female" or nil
end

-- CODE-15 % as exams, without rows yet.
local function read_15(dir, o)
  local path = dir .. "/exams.csv"
  load.uses(o, path)
  local table_rows, message = csv.records(path, {"exam_id", "age", "is_male", "patient_id", "trace_file", table.unpack(findings)})
  if not table_rows then return nil, message end
  local exams, seen = {}, {}
  for i, row in ipairs(table_rows) do
    local label, reason = labels_of(row)
    if not label then return nil, ("%s, exam %s: %s"):format(path, text_of.name(row.exam_id), reason) end
    local id = math.tointeger(tonumber(row.exam_id))
    if not id then return nil, ("%s, row %d: expected a number as exam_id, got %s"):format(path, i, text_of.show(row.exam_id)) end
    if seen[id] then return nil, ("%s: exam %d is there twice"):format(path, id) end
    seen[id] = true
    if not row.trace_file:find("^[%w_.-]+$") or row.trace_file:find("^%.") then
      return nil, ("%s, exam %d: expected the plain name of a file beside it as trace_file, got %s"):format(path, id,
        text_of.show(row.trace_file))
    end
    exams[i] = {id = ("%d"):format(id), patient = row.patient_id, label = label, age = age_of(row.age), sex = male(row.is_male),
      file = row.trace_file, exam = id, synthetic = row.synthetic and truth[row.synthetic:lower()] == 1}
  end
  return exams
end

-- Exams by file, in the order in which files are first named.
local function by_file(exams)
  local groups, of = {}, {}
  for _, exam in ipairs(exams) do
    if not of[exam.file] then
      of[exam.file] = {name = exam.file}
      groups[#groups + 1] = of[exam.file]
    end
    table.insert(of[exam.file], exam)
  end
  return groups
end

-- Opens a part; fills in the rows of exams by exam_id. Returns the file and the number of its rows; or nil, message.
local function open_part(path, group)
  local file, message = core.store.open(path)
  if not file then return nil, message end
  local shape
  shape, message = hdf5_array.numbers(file, path, "tracings")
  if not shape then return nil, message end
  if #shape ~= 3 or shape[3] ~= 12 then
    return nil, ("%s: expected tracings of shape (N, 4096, 12), got {%s}"):format(path, table.concat(shape, ", "))
  end
  local ok
  ok, message = hdf5_array.explained(path, "tracings", shape, 2)
  if not ok then return nil, message end
  if group[1].exam then
    local ids
    ids, message = hdf5_array.list(file, path, "exam_id", shape[1])
    if not ids then return nil, message end
    local row_of = {}
    for row, id in ipairs(ids) do row_of[id] = row end
    for _, exam in ipairs(group) do exam.row = row_of[exam.exam] end
  elseif shape[1] ~= group[1].rows then
    return nil, ("%s: has %d tracings, and annotations of %d"):format(path, shape[1], group[1].rows)
  end
  return file, shape
end

-- Adds the exams of a part, a block of rows that are near each other at a time.
local function add_part(to, path, group, file, shape, o)
  local given = {rate = RATE, factor = o.millivolts, trim = o.padding == "cut", columns = to:columns(core.wfdb.standard_leads)}
  -- Padding that is kept: the middle of the 4096 samples, as the paper has it.
  if o.padding == "keep" then given.skip = math.max(0, (shape[2] - math.floor(o.seconds * RATE + .5)) // 2) end
  local found, most = {}, hdf5_array.rows(shape, BLOCK)
  for _, exam in ipairs(group) do
    if exam.row then found[#found + 1] = exam
    elseif not to:done({exam.id}, {path}) then to:fail(exam.id, ("%s: has no exam %s"):format(path, exam.id)) end
  end
  table.sort(found, function(a, b) return a.row < b.row end)
  local at = 1
  while at <= #found and not to.failed do
    local first, stop = found[at].row, at
    while found[stop + 1] and found[stop + 1].row < first + most do stop = stop + 1 end
    local ids, names, picked = {}, {}, {}
    for i = at, stop do
      ids[#ids + 1], picked[#picked + 1] = found[i].id, found[i].row - first + 1
      names[#names + 1] = ("%s: exam %s"):format(path, found[i].id)
    end
    local done = to:done(ids, {path})
    local block, message
    if not done then block, message = file:read("tracings", first, found[stop].row) end
    if block then
      given.names = names
      to:add(#picked == found[stop].row - first + 1 and block or block:index_select(core.tensor(picked), 1), ids, given)
    elseif not done then
      for _, id in ipairs(ids) do to:fail(id, message) end
    end
    at = stop + 1
  end
end

-- All exams into rows; read.absent are names of files that are not there, with how many exams they hold.
local function read_exams(dir, exams, o)
  local there, absent, count = {}, {}, 0
  for _, group in ipairs(by_file(exams)) do
    if exists(dir .. "/" .. group.name) then
      there[#there + 1] = group
      count = count + #group
    else
      absent[#absent + 1] = {name = group.name, count = #group}
    end
  end
  if #there == 0 then
    return nil, ("%s: %s: none of the files that the csv names is there; the first: %s"):format(WHERE, dir,
      absent[1] and absent[1].name or "it names none")
  end
  local to = rows.new(WHERE, count, o)
  for _, group in ipairs(there) do
    local path = dir .. "/" .. group.name
    local file <close>, shape = open_part(path, group)
    if not file then return nil, ("%s: %s"):format(WHERE, shape) end
    add_part(to, path, group, file, shape, o)
  end
  local read, message = to:finish()
  if not read then return nil, message end
  read.ids, read.absent, read.fates = to.ids, absent, to.fates
  return read
end

local function note_parts(read, o)
  local notes, cut, missing = read.notes, 0, 0
  for _, i in ipairs(read.kept) do if read.fates[i].cut > 0 then cut = cut + 1 end end
  if cut > 0 then
    notes[#notes + 1] = ("zeros at both ends cut off %s"):format(load.plural(cut, "record", "records"))
  end
  for _, each in ipairs(read.absent) do missing = missing + each.count end
  if missing > 0 then
    notes[#notes + 1] = ("%s in %s that are not there: %s%s"):format(load.plural(missing, "exam", "exams"),
      load.plural(#read.absent, "file", "files"), read.absent[1].name, #read.absent > 1 and " and others" or "")
  end
  notes[#notes + 1] = o.millivolts == 1 and "stored values taken as mV (the set's documentation is not clear about its units)"
    or ("one stored unit taken as %g mV"):format(o.millivolts)
end

--- data.code(dir [, options]): a Dataset, or nil and a message. The test set where dir holds ecg_tracings.hdf5, CODE-15 % where it holds
-- exams.csv. Classes: 1dAVb, RBBB, LBBB, SB, AF, ST, and NORM where there is none of these.
--   padding     "cut": zeros at both ends are found and cut off; "keep": the middle `seconds` of the 4096 samples (Nguyen & Do 2025)
--   short       "pad" here: half of the exams last 7 s; "drop"
--   millivolts  mV in one stored unit (1)
--   annotator   test set: the file of annotations/, "gold_standard", "cardiologist1", ...
-- Other options: see load.lua. limit counts rows of the csv.
function code.read(dir, given)
  options.argument(WHERE, 1, "dir", dir, {type = "string"})
  local o = options.check(WHERE, given, schema)
  if not o.annotator:find("^[%w_-]+$") then
    error(("%s: option 'annotator' must be the plain name of a file in annotations/, got %q"):format(WHERE, o.annotator), 2)
  end
  dir = dir:gsub("(.)/+$", "%1")
  local test = exists(dir .. "/ecg_tracings.hdf5")
  if not test and not exists(dir .. "/exams.csv") then
    return nil, ("%s: %s: expected ecg_tracings.hdf5 (the test set) or exams.csv (CODE-15 %%), found neither"):format(WHERE, dir)
  end
  local listed, message = (test and read_test or read_15)(dir, o)
  if not listed then return nil, ("%s: %s"):format(WHERE, message) end
  local exams = o.limit and o.limit < #listed and table.move(listed, 1, o.limit, 1, {}) or listed
  local read
  read, message = read_exams(dir, exams, o)
  if not read then return nil, message end
  local exam_of = {}
  for _, exam in ipairs(exams) do exam_of[exam.id] = exam end
  local set = {labels = {}, records = {}, patients = {}, ages = {}, sexes = {}}
  local source = test and "CODE test" or "CODE-15 %"
  for n, i in ipairs(read.kept) do
    local exam = exam_of[read.ids[i]]
    set.records[n], set.labels[n], set.patients[n] = exam.id, exam.label, exam.patient
    set.ages[n], set.sexes[n] = exam.age or false, exam.sex or false
    if exam.synthetic then source = load.synthetic "CODE-15 %" end -- a column that data.write_layout adds
  end
  note_parts(read, o)
  local classes = table.move(findings, 1, #findings, 1, {})
  classes[#classes + 1] = "NORM"
  return dataset.new{
    signals = read.signals, labels = core.tensor(set.labels), classes = classes, records = set.records, patients = set.patients,
    leads = o.leads, rate = o.rate, units = "mV", source = source, skipped = read.skipped,
    notes = read.notes, ages = set.ages, sexes = set.sexes,
  }
end

return code
