--- A set from arrays of one's own in an HDF5 file.
local core = require "ecgraft.core"
local hdf5_array = require "ecgraft.data.hdf5_array"
local options = require "ecgraft.options"
local own = require "ecgraft.data.own"

local from_hdf5 = {}

local WHERE = "data.from_hdf5"

local BLOCK = 256 -- records read at a time

local schema = own.schema_with{
  path = {type = "string", required = true}, signals = {type = "string", default = "signals"},
  labels = {type = "string", default = "labels"}, classes = {type = "table"}, records = {type = "string"},
  patients = {type = "string"}, fold = {type = "string"},
}

-- A list of n values as text, or nil where no array is named; false, message.
local function list_of(file, path, name, n)
  if not name then return nil end
  local values, message = hdf5_array.list(file, path, name, n)
  if not values then return false, message end
  for i, value in ipairs(values) do
    values[i] = math.tointeger(value) and ("%d"):format(math.tointeger(value)) or tostring(value)
  end
  return values
end

-- Rows of labels: (N, K) of 0 and 1, or N numbers of classes that count from 0.
local function labels_of(file, o, n)
  local shape, message = hdf5_array.numbers(file, o.path, o.labels)
  if not shape then return nil, message end
  if #shape < 1 or #shape > 2 or shape[1] ~= n or shape[2] == 0 then
    return nil, ("%s: expected %s of shape (%d, classes) or (%d), got {%s}"):format(o.path, o.labels, n, n, table.concat(shape, ", "))
  end
  local ok, labels
  ok, message = hdf5_array.explained(o.path, o.labels, shape)
  if not ok then return nil, message end
  labels, message = file:read(o.labels)
  if not labels then return nil, message end
  local rows, classes = labels:totable(), #shape == 2 and shape[2] or #(o.classes or {})
  if #shape == 1 then
    if classes == 0 then return nil, ("%s: %s holds numbers of classes: name them by 'classes'"):format(o.path, o.labels) end
    for i, class in ipairs(rows) do
      if not math.tointeger(class) or class < 0 or class >= classes then
        return nil, ("%s: %s: record %d: expected a class from 0 to %d, got %g"):format(o.path, o.labels, i, classes - 1, class)
      end
      rows[i] = {}
      for k = 1, classes do rows[i][k] = k == class + 1 and 1 or 0 end
    end
  end
  for i, row in ipairs(rows) do
    for _, value in ipairs(row) do
      if value ~= 0 and value ~= 1 then
        return nil, ("%s: %s: record %d: expected 0 or 1, got %g"):format(o.path, o.labels, i, value)
      end
    end
  end
  return rows, classes
end

-- Names of K classes: the option's, the attribute "classes" of the labels or of the file, or class1, class2, ...
local function names_of(file, o, count)
  local names = o.classes
  for _, of in ipairs{o.labels, false} do
    local attributes = not names and file:attributes(of or nil)
    names = names or (attributes and type(attributes.classes) == "table" and #attributes.classes == count and attributes.classes) or nil
  end
  if not names then
    names = {}
    for k = 1, count do names[k] = "class" .. k end
  end
  if #names ~= count then return nil, ("%s: %s has %d classes, and names of %d"):format(o.path, o.labels, count, #names) end
  local seen = {}
  for k, name in ipairs(names) do
    if type(name) ~= "string" or seen[name] then
      return nil, ("%s: expected a name for each class, each once, got %s as class %d"):format(o.path, options.show(name), k)
    end
    seen[name] = true
  end
  return names
end

--- data.from_hdf5{path =, signals = "signals", labels = "labels", file_rate =, ...}: a Dataset, or nil and a message.
--   signals    the array (N, samples, leads) or (N, leads, samples)
--   labels     the array (N, K) of 0 and 1, or (N) of numbers of classes, from 0
--   classes    their names; by default the attribute "classes" of the labels or the file, else class1, class2, ...
--   records, patients, fold     arrays of N ids or numbers, where the file has them
--   file_rate  samples a second in the file; must be given
-- Other options: see own.lua (columns, units, unlabelled, source) and load.lua. A file that set:save wrote is opened by data.open.
function from_hdf5.read(given)
  local o = options.check(WHERE, given, schema)
  if not o.file_rate then error(WHERE .. ": option 'file_rate' is required (number)", 2) end
  local function fail(message) return nil, ("%s: %s"):format(WHERE, message) end
  local file <close>, message = core.store.open(o.path)
  if not file then return fail(message) end
  local shape
  shape, message = hdf5_array.numbers(file, o.path, o.signals)
  if not shape then return fail(message) end
  if #shape ~= 3 then
    return fail(("%s: expected %s of shape (N, samples, leads), got {%s}"):format(o.path, o.signals, table.concat(shape, ", ")))
  end
  if shape[1] == 0 then return fail(("%s: expected %s of one record or more, got none"):format(o.path, o.signals)) end
  local ok
  ok, message = hdf5_array.explained(o.path, o.signals, shape, 2)
  if not ok then return fail(message) end
  local n = shape[1]
  local labels, count = labels_of(file, o, n)
  if not labels then return fail(count) end
  local classes
  classes, message = names_of(file, o, count)
  if not classes then return fail(message) end
  local lists = {}
  for _, name in ipairs{"records", "patients", "fold"} do
    lists[name], message = list_of(file, o.path, o[name], n)
    if lists[name] == false then return fail(message) end
  end
  n = math.min(n, o.limit or n)
  local records, about = own.new(WHERE, o, n), {}
  local block = hdf5_array.rows(shape, BLOCK)
  for first = 1, n, block do
    local last, ids, names = math.min(first + block - 1, n), {}, {}
    for i = first, last do
      local id = lists.records and lists.records[i] or ("%d"):format(i)
      if about[id] then return fail(("%s: record %s is there twice"):format(o.path, id)) end
      about[id] = {labels = labels[i], patient = lists.patients and lists.patients[i],
        fold = lists.fold and math.tointeger(tonumber(lists.fold[i]))}
      ids[#ids + 1], names[#names + 1] = id, ("%s: record %s"):format(o.path, id)
    end
    if not records:done(ids, {o.path}) then
      local signals
      signals, message = file:read(o.signals, first, last)
      if not signals then return fail(message) end
      records:add(ids, {signals = signals, names = names})
    end
    if records:failed() then break end
  end
  return records:finish(about, classes, o.path)
end

return from_hdf5
