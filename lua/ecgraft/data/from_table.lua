--- A set from a table of one's own: a row for each recording, with its file, labels, patient.
local csv = require "ecgraft.data.csv"
local load = require "ecgraft.data.load"
local options = require "ecgraft.options"
local own = require "ecgraft.data.own"
local signal_file = require "ecgraft.data.signal_file"
local text_of = require "ecgraft.data.text"

local from_table = {}

local WHERE = "data.from_table"

local schema = own.schema_with{
  csv = {type = "string", required = true}, root = {type = "string"},
  path_column = {type = "string"}, path = {type = "function"},
  label_columns = {type = "table", required = true}, id_column = {type = "string"}, patient_column = {type = "string"},
  age_column = {type = "string"}, sex_column = {type = "string"}, fold_column = {type = "string"}, rate_column = {type = "string"},
  truth_columns = {type = "table"},
  signals = {type = "string", default = "signals"},
}

local truth = {["1"] = 1, ["true"] = 1, yes = 1, y = 1, ["0"] = 0, ["false"] = 0, no = 0, n = 0}
local sexes = {m = "male", male = "male", f = "female", female = "female"}

local function number_of(text) return tonumber(text or "") or nil end

-- The labels of a row in the order of the columns; nil, message.
local function labels_of(row, columns)
  local labels = {}
  for k, column in ipairs(columns) do
    local text = text_of.trim(row[column]):lower()
    local value = number_of(text)
    labels[k] = truth[text] or (value == 1 and 1) or (value == 0 and 0) or nil
    if not labels[k] then return nil, ("column %s: expected 0, 1, true or false, got %s"):format(column, text_of.show(row[column])) end
  end
  return labels
end

local function check_columns(o)
  if (o.path_column ~= nil) == (o.path ~= nil) then
    error(WHERE .. ": expected one of the options 'path_column' and 'path'", 3)
  end
  if #o.label_columns == 0 then error(WHERE .. ": option 'label_columns' must name at least one column, got an empty table", 3) end
  local wanted = {}
  for _, name in ipairs(o.label_columns) do
    if type(name) ~= "string" then error(("%s: option 'label_columns' must list names, got %s"):format(WHERE, options.show(name)), 3) end
    wanted[#wanted + 1] = name
  end
  for _, name in ipairs{"path_column", "id_column", "patient_column", "age_column", "sex_column", "fold_column", "rate_column"} do
    wanted[#wanted + 1] = o[name]
  end
  for _, name in ipairs(options.names(o.truth_columns or {})) do
    local column = o.truth_columns[name]
    if type(column) ~= "string" then
      error(("%s: option 'truth_columns' must map names to columns, {qt = \"QT interval\"}, got %s for %s"):format(WHERE,
        options.show(column), name), 3)
    end
    wanted[#wanted + 1] = column
  end
  return wanted
end

-- The file of a row, below root, and its name; nil, message where the table names none.
local function path_of(row, root, o)
  local path
  if o.path then path = o.path(row) else path = row[o.path_column] end
  if o.path and (type(path) ~= "string" or path == "") then
    error(("%s: option 'path' must return a file's name, got %s"):format(WHERE, options.show(path)), 3)
  end
  if path == "" then return nil, ("column %s: expected a file's name, got nothing"):format(o.path_column) end
  return path:sub(1, 1) == "/" and path or root .. "/" .. path, path
end

-- What is measured in a row: numbers; other text counts as not known.
local function truth_of(row, o)
  local known = {}
  for name, column in pairs(o.truth_columns or {}) do known[name] = number_of(row[column]) end
  return known
end

local function about_row(row, labels, o)
  local fold, age = number_of(row[o.fold_column]), number_of(row[o.age_column])
  local patient = o.patient_column and row[o.patient_column]
  return {labels = labels, patient = patient ~= "" and patient or nil, age = age and age >= 0 and age <= 150 and age or nil,
    sex = sexes[(row[o.sex_column] or ""):lower()], fold = math.tointeger(fold), truth = truth_of(row, o)}
end

--- data.from_table{csv =, path_column = or path =, label_columns =, ...}: a Dataset, or nil and a message.
--   csv            the table, with a line of column names
--   root           the folder that files are in (the table's own)
--   path_column    the column with each recording's file; or path = function(row) return name end, row being keyed by column
--   label_columns  columns with 0, 1, true or false: they are the classes
--   id_column, patient_column, age_column, sex_column, fold_column     where the table has them; ids are file names by default
--   rate_column    samples a second of each file; file_rate where all have the same. WFDB files say it themselves
--   truth_columns  {heart_rate = column, qt = column, ...}: measured values, for set.truth; text that is no number counts as not known
--   signals        the name of the array in an HDF5 file ("signals")
-- Files: WFDB (.hea, .dat, .mat, or no ending), .csv, .txt or .tsv (a column for each lead, named in the first line), .npy, .h5 or
-- .hdf5, the last two of shape (samples, leads) or (leads, samples). Other options: see own.lua (columns, units, unlabelled, source) and
-- load.lua. limit counts rows of the table.
function from_table.read(given)
  local o = options.check(WHERE, given, schema)
  local wanted = check_columns(o)
  load.uses(o, o.csv)
  local list, message = csv.records(o.csv, wanted)
  if not list then return nil, ("%s: %s"):format(WHERE, message) end
  local root = (o.root or o.csv:match("^(.*)/[^/]*$") or "."):gsub("(.)/+$", "%1")
  local count = math.min(#list, o.limit or #list)
  local records, about = own.new(WHERE, o, count), {}
  for i = 1, count do
    local row = list[i]
    local path, name = path_of(row, root, o)
    if not path then return nil, ("%s: %s, row %d: %s"):format(WHERE, o.csv, i, name) end
    local id = o.id_column and row[o.id_column] or name
    local labels, reason = labels_of(row, o.label_columns)
    if about[id] then reason = "is there twice" end
    if reason then return nil, ("%s: %s, record %s: %s"):format(WHERE, o.csv, text_of.name(id), reason) end
    about[id] = about_row(row, labels, o)
    local done, record = records:done({id}, signal_file.files(path)), nil
    if not done then record, message = signal_file.read(path, o) end
    if record then
      record.rate = record.rate or number_of(row[o.rate_column])
      record.names = {path}
      records:add({id}, record)
    elseif not done then
      records:fail(id, message)
    end
    if records:failed() then break end
  end
  return records:finish(about, o.label_columns, o.csv)
end

return from_table
