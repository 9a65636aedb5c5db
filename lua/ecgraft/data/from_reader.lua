--- A set from a function of one's own that yields one record after the other.
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local own = require "ecgraft.data.own"

local from_reader = {}

local WHERE = "data.from_reader"

local schema = own.schema_with{classes = {type = "table"}}

local record_schema = {
  id = {type = "string", required = true}, signals = {type = "tensor|table"}, rate = {type = "number"}, leads = {type = "table"},
  units = {type = "string|number"}, labels = {type = "table", default = {}}, patient = {type = "string"}, age = {type = "number"},
  sex = {type = "string", choices = {"male", "female"}}, fold = {type = "integer"}, truth = {type = "table"}, error = {type = "string"},
}

-- Class names in order: the option's, or all that occur, sorted.
local function class_names(given, labels)
  if given then return given end
  local names, seen = {}, {}
  for _, list in pairs(labels) do
    for _, name in ipairs(list) do
      if not seen[name] then seen[name], names[#names + 1] = true, name end
    end
  end
  table.sort(names)
  return names
end

local function check_labels(record, index)
  for _, name in ipairs(record.labels) do
    if type(name) ~= "string" then
      error(("%s: record %d (%s): labels must be a list of class names, got %s"):format(WHERE, index, record.id, options.show(name)), 4)
    end
  end
end

--- data.from_reader(fn [, options]): a Dataset, or nil and a message. fn() returns a record and, behind the last, nil:
--   {id = "a1", signals = tensor (samples, leads) or a table of rows, rate = 500, leads = {"I", "II"}, labels = {"AF"}, patient = "p1",
--    units = "mV", age = 61, sex = "female", fold = 3, truth = {heart_rate = 71, qt = 390}}     all but id and signals may be left out
--   {id = "a2", error = "why it could not be read"}        counted as skipped
-- classes: names in order; by default every label that occurs, sorted. With classes given, other labels are passed over.
-- Other options: see own.lua and load.lua; limit ends the reading.
function from_reader.read(fn, given)
  options.argument(WHERE, 1, "reader", fn, {type = "function"})
  local o = options.check(WHERE, given, schema)
  local records, about, labels, index = own.new(WHERE, o), {}, {}, 0
  while not records:failed() and not (o.limit and index >= o.limit) do
    local yielded = fn()
    if yielded == nil then break end
    index = index + 1
    local record = options.check(("%s: record %d"):format(WHERE, index), yielded, record_schema)
    if about[record.id] then error(("%s: record %d: id %s was given before"):format(WHERE, index, options.show(record.id)), 2) end
    if not record.error and not record.signals then
      error(("%s: record %d (%s) has neither signals nor an error"):format(WHERE, index, record.id), 2)
    end
    check_labels(record, index)
    about[record.id], labels[record.id] = record, record.labels
    records:reads({record.id}, {})
    if record.error then
      records:fail(record.id, record.error)
    else
      local signals = type(record.signals) == "table" and core.tensor(record.signals) or record.signals
      records:add({record.id}, {signals = signals, rate = record.rate, leads = record.leads, units = record.units})
    end
    record.signals = nil
  end
  local classes, place = class_names(o.classes, labels), {}
  for k, name in ipairs(classes) do place[name] = k end
  if #classes == 0 then return nil, ("%s: no record has a label, and 'classes' names none"):format(WHERE) end
  for id, list in pairs(labels) do
    local row = {}
    for k = 1, #classes do row[k] = 0 end
    for _, name in ipairs(list) do if place[name] then row[place[name]] = 1 end end
    about[id].labels = row
  end
  return records:finish(about, classes, "own reader")
end

return from_reader
