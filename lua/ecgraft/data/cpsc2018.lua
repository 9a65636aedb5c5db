--- The China Physiological Signal Challenge 2018, in the layout of the PhysioNet/CinC Challenge and as first published.
--
-- Challenge layout: physionet.org/content/challenge-2020, CC BY 4.0; first publication: 2018.icbeb.org/Challenge.html (REFERENCE.csv and
-- MAT files of the struct ECG: sex, age, data (12 x L) in mV, 500 samples a second, 6 to 60 s). 6877 records. Liu et al., "An open access
-- database for evaluating the algorithms of electrocardiogram rhythm and morphology abnormality detection", Journal of Medical Imaging and
-- Health Informatics 8 (2018). Patients are not named. Dropped by default: records shorter than 10 s (6 of 6877).
local challenge = require "ecgraft.data.challenge"
local core = require "ecgraft.core"
local csv = require "ecgraft.data.csv"
local dataset = require "ecgraft.data.dataset"
local files = require "ecgraft.files"
local lfs = require "lfs"
local load = require "ecgraft.data.load"
local options = require "ecgraft.options"
local rows = require "ecgraft.data.rows"
local text_of = require "ecgraft.data.text"

local cpsc2018 = {}

local WHERE = "data.cpsc2018"
local RATE = 500

--- ORDER CPSC: as in the original REFERENCE.csv, 1 to 9.
cpsc2018.classes = {
  {"NORM", "426783006"}, -- sinus rhythm
  {"AF", "164889003"}, -- atrial fibrillation
  {"IAVB", "270492004"}, -- first-degree atrioventricular block
  {"LBBB", "164909002"}, -- left bundle branch block
  {"RBBB", "59118001"}, -- right bundle branch block
  {"PAC", "284470004"}, -- premature atrial contraction
  {"VEB", "164884008"}, -- ventricular ectopic beats
  {"STD", "429622005"}, -- ST depression
  {"STE", "164931005"}, -- ST elevation
}

local LABELS = {"First_label", "Second_label", "Third_label"}

local read_challenge = challenge.reader(WHERE, "CPSC2018", cpsc2018.classes)

-- The layout as first published has MAT files and REFERENCE.csv, and no headers. Which it looks like: "original", "challenge", or nil where
-- there are MAT files and nothing beside them.
local function layout_of(dir)
  local has = {}
  local names = lfs.attributes(dir, "mode") == "directory" and files.names(dir)
  for _, name in ipairs(names or {}) do has[name:match("%.%w+$") or name] = true end
  if not names or has[".hea"] or has.RECORDS then return "challenge" end
  if lfs.attributes(dir .. "/REFERENCE.csv", "mode") then return "original" end
  return not has[".mat"] and "challenge" or nil
end

-- The label row of a row of REFERENCE.csv: up to three numbers from 1 to 9; nil, message.
local function labels_of(row)
  local label = {}
  for k = 1, #cpsc2018.classes do label[k] = 0 end
  for _, column in ipairs(LABELS) do
    local text = row[column]
    if text ~= "" then
      local class = math.tointeger(tonumber(text))
      if not class or not label[class] then
        return nil, ("%s: expected a number from 1 to %d, got %s"):format(column, #label, text_of.show(text))
      end
      label[class] = 1
    end
  end
  return label
end

-- Rows of REFERENCE.csv with plain names, each once.
local function read_reference(dir)
  local path = dir .. "/REFERENCE.csv"
  local reference, message = csv.records(path, {"Recording", table.unpack(LABELS)})
  if not reference then return nil, message end
  local seen = {}
  for _, row in ipairs(reference) do
    local name = row.Recording
    if not name:find("^%w[%w_.-]*$") then
      return nil, ("%s: expected a file's name as Recording, got %s"):format(path, text_of.show(name))
    end
    if seen[name] then return nil, ("%s: recording %s is there twice"):format(path, name) end
    seen[name] = true
    row.label, message = labels_of(row)
    if not row.label then return nil, ("%s, recording %s: %s"):format(path, name, message) end
  end
  return reference
end

-- The signals (L, 12), age and sex of a MAT file; nil, message.
local function read_ecg(path)
  local mat, message = core.mat.load(path)
  if not mat then return nil, message end
  local signals = mat["ECG.data"]
  if type(signals) ~= "userdata" or signals:dim() ~= 2 or signals:size(1) ~= 12 then
    return nil, ("%s: expected ECG.data of shape (12, L), got %s"):format(path, type(signals) ~= "userdata" and "none"
      or "{" .. table.concat(signals:shape(), ", ") .. "}")
  end
  local age, sex = mat["ECG.age"], mat["ECG.sex"]
  age = type(age) == "userdata" and age:numel() == 1 and age:item() or false
  sex = type(sex) == "string" and sex:lower()
  return signals:transpose(1, 2), age and age >= 0 and age <= 150 and age, (sex == "male" or sex == "female") and sex
end

local function read_original(dir, o)
  load.uses(o, dir .. "/REFERENCE.csv")
  local reference, message = read_reference(dir)
  if not reference then return nil, ("%s: %s"):format(WHERE, message) end
  local count = math.min(#reference, o.limit or #reference)
  local to, people = rows.new(WHERE, count, o), {}
  local columns
  columns, message = to:columns(core.wfdb.standard_leads)
  if not columns then return nil, ("%s: %s: %s"):format(WHERE, dir, message) end
  for i = 1, count do
    local row = reference[i]
    local path = ("%s/%s.mat"):format(dir, row.Recording)
    to:reads({row.Recording}, {path})
    local signals, age, sex = read_ecg(path)
    if signals then to:add(signals, {row.Recording}, {rate = RATE, columns = columns, names = {path}})
    else to:fail(row.Recording, age) end
    people[i] = {age = signals and age or false, sex = signals and sex or false}
    if to.failed then break end
  end
  local read
  read, message = to:finish()
  if not read then return nil, message end
  local set = {labels = {}, records = {}, ages = {}, sexes = {}, classes = {}}
  for k, class in ipairs(cpsc2018.classes) do set.classes[k] = class[1] end
  for n, i in ipairs(read.kept) do
    set.records[n], set.labels[n] = reference[i].Recording, reference[i].label
    set.ages[n], set.sexes[n] = people[i].age, people[i].sex
  end
  table.insert(read.notes, "patients are not named in these files: each record counts as one")
  return dataset.new{
    signals = read.signals, labels = core.tensor(set.labels), classes = set.classes, records = set.records, leads = o.leads,
    rate = o.rate, units = "mV", source = "CPSC2018", skipped = read.skipped, notes = read.notes, ages = set.ages, sexes = set.sexes,
  }
end

--- data.cpsc2018(dir [, options]): a Dataset, or nil and a message. The layout is found by itself.
-- Options: see load.lua; in the Challenge layout also those of data.challenge, without path.
function cpsc2018.read(dir, given)
  options.argument(WHERE, 1, "dir", dir, {type = "string"})
  local root = dir:gsub("(.)/+$", "%1")
  local layout = layout_of(root)
  if not layout then
    return nil, ("%s: %s: expected headers (.hea, the Challenge's layout) or REFERENCE.csv (as first published) beside its MAT files"
      ):format(WHERE, root)
  end
  if layout == "challenge" then return read_challenge(dir, given) end
  return read_original(root, options.check(WHERE, given, load.schema))
end

return cpsc2018
