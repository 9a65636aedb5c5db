--- The prepared file: a Dataset as HDF5, read again at once. Other programs read it as well:
--
--   signals (N, L, leads) float32     labels (N, K) float32           records, patients: N strings
--   fold: N integers                  ages: N reals, NaN: not known   sexes: N strings, "": not known
--   truth: N strings of JSON          skipped/records, skipped/reasons: strings
--
-- and in the attributes ecgraft_kind = "dataset", ecgraft_version, classes, leads, rate, units, source, notes, scaler (JSON). Arrays and
-- attributes that a set does not have are left out. Nothing in the file is run.
local core = require "ecgraft.core"
local dataset = require "ecgraft.data.dataset"
local files = require "ecgraft.files"
local hdf5_array = require "ecgraft.data.hdf5_array"
local options = require "ecgraft.options"
local scaler = require "ecgraft.data.scaler"

local prepared = {}

local function map(list, fn)
  if not list then return nil end
  local out = {}
  for i, value in ipairs(list) do out[i] = fn(value) end
  return out
end

local function items_of(set, o)
  local items = {
    {name = "signals", tensor = set.signals, checksum = true, compression = o.compression},
    {name = "labels", tensor = set.labels},
  }
  local function add(name, values)
    if values and #values > 0 then items[#items + 1] = {name = name, values = values} end
  end
  add("records", set.records)
  add("patients", set.patients)
  add("fold", set.fold)
  add("ages", map(set.ages, function(age) return age and age + 0.0 or 0 / 0 end))
  add("sexes", map(set.sexes, function(sex) return sex or "" end))
  add("truth", map(set.truth, files.to_json))
  add("skipped/records", map(set.skipped, function(each) return each.record end))
  add("skipped/reasons", map(set.skipped, function(each) return each.reason end))
  return items
end

--- set:save(path [, {compression = 0}]): compression 1 to 9 makes smaller files more slowly. true, or nil and a message.
function prepared.save(set, path, given)
  options.argument("set:save", 1, "path", path, {type = "string"})
  local o = options.check("set:save", given, {compression = {type = "integer", default = 0, min = 0, max = 9}})
  return core.store.save(path, items_of(set, o), {
    ecgraft_kind = "dataset", ecgraft_version = core.version, classes = set.classes, leads = set.leads, rate = set.rate,
    units = set.units, source = set.source, notes = #set.notes > 0 and set.notes or nil,
    scaler = set.scaler and files.to_json(set.scaler:state()) or nil,
  })
end

-- Reads from an open file; faults are thrown as text.
local function need(value, message)
  if value == nil then error(message, 0) end
  return value
end

local kinds = {records = "string", fold = "number", ages = "number", sexes = "string", truth = "string", classes = "string",
  leads = "string", notes = "string"}

-- That a list holds what it should.
local function check_list(name, list)
  for i, value in ipairs(kinds[name] and type(list) == "table" and list or {}) do
    if type(value) ~= kinds[name] then
      error(("%s: expected a list of %ss, got %s as entry %d"):format(name, kinds[name], options.show(value), i), 0)
    end
  end
end

local function read_lists(file, fields)
  for _, name in ipairs{"records", "patients", "fold", "ages", "sexes", "truth"} do
    if file:has(name) then
      fields[name] = need(file:values(name))
      check_list(name, fields[name])
    end
  end
  fields.ages = map(fields.ages, function(age) return age == age and age end)
  fields.sexes = map(fields.sexes, function(sex) return sex ~= "" and sex end)
  fields.truth = map(fields.truth, function(text) return need(files.from_json(text)) end)
  if file:has("skipped/records") and file:has("skipped/reasons") then
    local reasons = need(file:values("skipped/reasons"))
    fields.skipped = {}
    for i, record in ipairs(need(file:values("skipped/records"))) do
      fields.skipped[i] = {record = record, reason = reasons[i] or ""}
    end
  end
end

local function read_set(path, file, attributes)
  local fields = {}
  for _, name in ipairs{"classes", "leads", "rate", "units", "source"} do
    fields[name] = need(attributes[name], "it has no attribute " .. name)
  end
  for _, name in ipairs{"signals", "labels", "records"} do
    if not file:has(name) then error("it has no array " .. name, 0) end
  end
  for _, name in ipairs{"signals", "labels"} do
    need(hdf5_array.explained(path, name, need(hdf5_array.numbers(file, path, name))))
  end
  read_lists(file, fields)
  fields.notes = attributes.notes
  for _, name in ipairs{"classes", "leads", "notes"} do check_list(name, fields[name]) end
  if fields.rate ~= fields.rate or fields.rate == math.huge then
    error(("rate: expected samples a second, got %g"):format(fields.rate), 0)
  end
  fields.scaler = attributes.scaler and scaler.new(need(files.from_json(attributes.scaler)))
  fields.signals = need(file:read("signals"))
  fields.labels = need(file:read("labels"))
  if fields.labels:count_nonfinite() > 0 then error("labels: expected 0 or 1, got numbers that are not finite", 0) end
  return dataset.new(fields)
end

--- data.open(path): the Dataset that set:save wrote; nil and a message where the file is missing, damaged or something else.
function prepared.open(path)
  options.argument("data.open", 1, "path", path, {type = "string"})
  local file <close>, message = core.store.open(path)
  if not file then return nil, message end
  local attributes
  attributes, message = file:attributes()
  if not attributes then return nil, message end
  if attributes.ecgraft_kind ~= "dataset" then
    return nil, ("%s: expected a prepared dataset, got %s"):format(path, type(attributes.ecgraft_kind) == "string"
      and "a " .. attributes.ecgraft_kind or "an HDF5 file that ecgraft did not write")
  end
  local ok, result = pcall(read_set, path, file, attributes)
  if not ok then
    local reason = tostring(result):gsub("^[^:]+%.lua:%d+: ", "")
    return nil, reason:sub(1, #path) == path and reason or ("%s: not a whole dataset: %s"):format(path, reason)
  end
  return result
end

return prepared
