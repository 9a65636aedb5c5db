--- Shandong Provincial Hospital: metadata.csv and records/A00001.h5 ... (or all in one folder), each with the array `ecg` (12, L) in mV.
--
-- springernature.figshare.com/collections/5779802, CC BY 4.0; Liu et al., "A large-scale multi-label 12-lead electrocardiogram database
-- with standardized diagnostic statements", Scientific Data 9, 272 (2022). 25,770 records of 24,666 patients, 500 samples a second,
-- 10 to 60 s.
-- Statements are AHA codes, "60+310;22": statements 60 (with modifier 310) and 22. Modifiers are passed over.
local core = require "ecgraft.core"
local csv = require "ecgraft.data.csv"
local lfs = require "lfs"
local load = require "ecgraft.data.load"
local options = require "ecgraft.options"
local own = require "ecgraft.data.own"
local signal_file = require "ecgraft.data.signal_file"
local text = require "ecgraft.data.text"

local sph = {}

local WHERE = "data.sph"
local RATE = 500

local schema = load.schema_with{
  classes = {type = "table"},
  unlabelled = {type = "string", default = "keep", choices = {"keep", "drop"}},
}

-- {{name, {code, ...}}, ...} with codes as text, from {NORM = 1, AF = {50}} (names sorted) or {{"NORM", 1}, ...}.
local function check_classes(classes)
  local list = {}
  for i, entry in ipairs(classes) do
    if type(entry) ~= "table" or type(entry[1]) ~= "string" then
      error(("%s: entry %d of classes must be {name, code, ...}, got %s"):format(WHERE, i, options.show(entry)), 3)
    end
    list[i] = {entry[1], table.move(entry, 2, #entry, 1, {})}
  end
  if #list == 0 then
    for _, name in ipairs(options.names(classes)) do
      list[#list + 1] = {name, type(classes[name]) == "table" and classes[name] or {classes[name]}}
    end
  end
  for _, entry in ipairs(list) do
    for k, code in ipairs(entry[2]) do
      entry[2][k] = math.type(code) == "integer" and ("%d"):format(code) or code
      if type(entry[2][k]) ~= "string" or not entry[2][k]:find("^%d+$") then
        error(("%s: class %s: expected an AHA code, got %s"):format(WHERE, entry[1], options.show(code)), 3)
      end
    end
  end
  if #list == 0 then error(WHERE .. ": classes is empty", 3) end
  return list
end

-- The primary statements of "60+310;22": {"60", "22"}; nil where it is none.
local function statements_of(codes)
  local list = {}
  for part in (codes .. ";"):gmatch("([^;]*);") do
    local code = part:match("^%s*0*(%d+)")
    if not code or part:find("[^+%d%s]") then return nil end
    list[#list + 1] = code
  end
  return list
end

-- A class for every statement that occurs, in the order of the numbers.
local function all_classes(rows)
  local seen, list = {}, {}
  for _, row in ipairs(rows) do
    for _, code in ipairs(row.codes) do
      if not seen[code] then seen[code], list[#list + 1] = true, {code, {code}} end
    end
  end
  table.sort(list, function(a, b) return #a[1] < #b[1] or (#a[1] == #b[1] and a[1] < b[1]) end)
  return list
end

local function read_metadata(path)
  local rows, message = csv.records(path, {"ECG_ID", "AHA_Code", "Patient_ID", "Age", "Sex"})
  if not rows then return nil, message end
  local seen = {}
  for _, row in ipairs(rows) do
    local id = row.ECG_ID
    if not id:find("^%w[%w_-]*$") then return nil, ("%s: expected a record's name as ECG_ID, got %s"):format(path, text.show(id)) end
    if seen[id] then return nil, ("%s: record %s is there twice"):format(path, id) end
    seen[id], row.codes = true, statements_of(row.AHA_Code)
    if not row.codes then
      return nil, ("%s, record %s: expected codes as in 60+310;22, got %s"):format(path, id, text.show(row.AHA_Code))
    end
  end
  return rows
end

local sexes = {M = "male", F = "female"}

--- data.sph(dir [, options]): a Dataset, or nil and a message.
--   classes     {NORM = 1, AF = {50, 51}} (AHA codes; names sorted) or {{"NORM", 1}, ...}; by default each statement that occurs
--   unlabelled  "keep" records with none of the classes, or "drop" them
-- Other options: see load.lua. limit counts rows of metadata.csv.
function sph.read(dir, given)
  options.argument(WHERE, 1, "dir", dir, {type = "string"})
  local o = options.check(WHERE, given, schema)
  local classes = o.classes and check_classes(o.classes)
  dir = dir:gsub("(.)/+$", "%1")
  load.uses(o, dir .. "/metadata.csv")
  local rows, message = read_metadata(dir .. "/metadata.csv")
  if not rows then return nil, ("%s: %s"):format(WHERE, message) end
  classes = classes or all_classes(rows)
  o.file_rate, o.columns, o.units, o.signals = RATE, core.wfdb.standard_leads, "mV", "ecg"
  local folder = lfs.attributes(dir .. "/records", "mode") == "directory" and dir .. "/records/" or dir .. "/"
  local count = math.min(#rows, o.limit or #rows)
  local records, about, names = own.new(WHERE, o, count), {}, {}
  for k, class in ipairs(classes) do names[k] = class[1] end
  for i = 1, count do
    local row, has, labels = rows[i], {}, {}
    for _, code in ipairs(row.codes) do has[code] = true end
    for k, class in ipairs(classes) do
      labels[k] = 0
      for _, code in ipairs(class[2]) do if has[code] then labels[k] = 1 end end
    end
    local age, path = tonumber(row.Age), folder .. row.ECG_ID .. ".h5"
    about[row.ECG_ID] = {labels = labels, patient = row.Patient_ID ~= "" and row.Patient_ID or nil, sex = sexes[row.Sex],
      age = age and age >= 0 and age <= 150 and age or nil}
    local done, record = records:done({row.ECG_ID}, {path}), nil
    if not done then record, message = signal_file.read(path, o) end
    if record then
      record.names = {path}
      records:add({row.ECG_ID}, record)
    elseif not done then
      records:fail(row.ECG_ID, message)
    end
    if records:failed() then break end
  end
  return records:finish(about, names, "SPH")
end

return sph
