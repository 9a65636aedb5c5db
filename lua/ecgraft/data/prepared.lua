--- The prepared file: a Dataset as HDF5, read again at once, or record by record while a net is trained. Other programs read it as well:
--
--   signals (N, L, leads) float32, or int16   labels (N, K) float32       records, patients: N strings
--   fold: N integers                  ages: N reals, NaN: not known       sexes: N strings, "": not known
--   truth: N strings of JSON          hashes: N integers, of the signals  skipped/records, skipped/reasons: strings
--   sources/names, sources/crc32, sources/bytes: the files that the set was made from, where data.prepare knows them
--
-- and in the attributes ecgraft_kind = "dataset", ecgraft_version, classes, leads, rate, units, source, notes, scaler (JSON), scale (int16:
-- what one step is in `units`), preparation (JSON: the reader and its options). Arrays and attributes that a set does not have are left
-- out. Each record is a chunk of its own with a checksum, so that records can be read in any order. The same set gives the same bytes.
-- Nothing in the file is run.
local core = require "ecgraft.core"
local dataset = require "ecgraft.data.dataset"
local files = require "ecgraft.files"
local hdf5_array = require "ecgraft.data.hdf5_array"
local options = require "ecgraft.options"
local quantized = require "ecgraft.data.quantized"
local scaler = require "ecgraft.data.scaler"
local stored = require "ecgraft.data.stored"

local prepared = {}

--- How signals lie in the file; data.prepare takes these as well.
--   dtype        "float32", or "int16": half the bytes, in steps of 1 uV (of 0.001 where the set is scaled), see quantized.lua
--   compression  1 to 9 make smaller files more slowly (0)
prepared.schema = {
  dtype = {type = "string", default = core.scalar, choices = {"float32", "float64", "int16"}},
  compression = {type = "integer", default = 0, min = 0, max = 9},
}

local function map(list, fn)
  if not list then return nil end
  local out = {}
  for i, value in ipairs(list) do out[i] = fn(value) end
  return out
end

local function lists_of(set, sources)
  local items = {{name = "labels", tensor = set.labels}}
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
  add("sources/names", map(sources, function(each) return each[1] end))
  add("sources/crc32", map(sources, function(each) return each[2] end))
  add("sources/bytes", map(sources, function(each) return each[3] end))
  return items
end

local function need(value, message)
  if value == nil then error(message, 0) end
  return value
end

-- Appends all signals; returns their hashes (of the values that will be read again) and the notes with what was clipped.
local function write_signals(writer, set, o, on_block)
  local hashes, clipped, records = {}, 0, 0
  need(writer:reserve("signals", set:shape(), {dtype = o.dtype, compression = o.compression, checksum = true, chunk = 1}))
  for block in set:blocks() do
    local x, back = block, block
    if o.dtype == "int16" then
      local beyond, rows
      x, back, beyond, rows = quantized.steps(x)
      clipped, records = clipped + beyond, records + rows
    end
    need(writer:append("signals", x))
    local list = core.signal.hashes(back)
    table.move(list, 1, #list, #hashes + 1, hashes)
    if on_block then on_block(#x) end
  end
  local notes = table.move(set.notes, 1, #set.notes, 1, {})
  if clipped > 0 then notes[#notes + 1] = quantized.note(clipped, records, set.units) end
  return hashes, notes
end

local function write(writer, set, o, more)
  local hashes, notes = write_signals(writer, set, o, more.on_block)
  need(writer:write{name = "hashes", values = hashes})
  for _, item in ipairs(lists_of(set, more.sources)) do need(writer:write(item)) end
  need(writer:attributes{
    ecgraft_kind = "dataset", ecgraft_version = core.version, classes = set.classes, leads = set.leads, rate = set.rate,
    units = set.units, source = set.source, notes = #notes > 0 and notes or nil,
    scaler = set.scaler and files.to_json(set.scaler:state()) or nil, scale = o.dtype == "int16" and quantized.STEP or nil,
    preparation = more.preparation,
  })
  return need(writer:commit())
end

--- Writes a set with checked options of prepared.schema; more: {preparation (text), sources ({{name, CRC-32, bytes}, ...}), on_block}.
-- true, or nil and a message.
function prepared.write(set, path, o, more)
  local file = set:storage()
  if file and file:lies_in(path) then
    return nil, ("%s: the set's own signals are read from this file: save it under another name"):format(path)
  end
  local writer <close>, message = core.store.create(path)
  if not writer then return nil, message end
  local ok, result = pcall(write, writer, set, o, more)
  if ok then return true end
  if type(result) ~= "string" then error(result, 0) end
  return nil, result
end

--- set:save(path [, options]), see prepared.schema. The file is replaced whole or not at all. true, or nil and a message.
function prepared.save(set, path, given)
  options.argument("set:save", 1, "path", path, {type = "string"})
  return prepared.write(set, path, options.check("set:save", given, prepared.schema), {})
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

-- Reads from an open file; faults are thrown as text.
local function read_lists(file, path, fields, count)
  for _, name in ipairs{"records", "patients", "fold", "ages", "sexes", "truth"} do
    if file:has(name) then
      fields[name] = need(hdf5_array.list(file, path, name, count))
      check_list(name, fields[name])
    end
  end
  fields.ages = map(fields.ages, function(age) return age == age and age end)
  fields.sexes = map(fields.sexes, function(sex) return sex ~= "" and sex end)
  fields.truth = map(fields.truth, function(text)
    local known = need(files.from_json(text))
    if type(known) ~= "table" then error(("truth: expected objects of JSON, got %s"):format(options.show(known)), 0) end
    return known
  end)
  if file:has("skipped/records") and file:has("skipped/reasons") then
    local skipped = file:shape("skipped/records")[1] or 0
    local reasons = need(hdf5_array.list(file, path, "skipped/reasons", skipped))
    fields.skipped = {}
    for i, record in ipairs(need(hdf5_array.list(file, path, "skipped/records", skipped))) do
      fields.skipped[i] = {record = record, reason = reasons[i]}
    end
  end
end

local function signals_of(file, path, leads, scale)
  local shape = file:shape("signals")
  if #shape ~= 3 then error(("signals must have shape (N, L, %d), got {%s}"):format(#leads, table.concat(shape, ", ")), 0) end
  if type(scale) ~= "number" or not (scale > 0 and scale < math.huge) then
    error(("attribute scale must be a number above 0, got %s"):format(options.show(scale)), 0)
  end
  return stored.new{files = {{path = path, count = shape[1]}}, length = shape[2], leads = shape[3], scale = scale}
end

local function read_set(file, path, attributes, stream)
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
  read_lists(file, path, fields, file:shape("signals")[1] or 0)
  fields.notes = attributes.notes
  for _, name in ipairs{"classes", "leads", "notes"} do check_list(name, fields[name]) end
  if fields.rate ~= fields.rate or fields.rate == math.huge then
    error(("rate: expected samples a second, got %g"):format(fields.rate), 0)
  end
  fields.scaler = attributes.scaler and scaler.new(need(files.from_json(attributes.scaler)))
  local signals = signals_of(file, path, fields.leads, attributes.scale or 1)
  fields.signals = stream and signals or signals:gather()
  fields.labels = need(file:read("labels"))
  if fields.labels:count_nonfinite() > 0 then error("labels: expected 0 or 1, got numbers that are not finite", 0) end
  local set = dataset.new(fields)
  -- Known from when the file was written: asking whether records are equal does not read them all.
  local hashes = stream and file:has("hashes") and need(hdf5_array.list(file, path, "hashes", #set))
  if hashes and math.type(hashes[1] or 0) ~= "integer" then error("hashes: expected integers, got something else", 0) end
  if hashes then rawset(set, "hashes", hashes) end
  return set
end

local open_schema = {stream = {type = "boolean", default = false}} -- leave the signals in the file

--- data.open(path [, {stream = false}]): the Dataset that set:save or data.prepare wrote; nil and a message where the file is missing,
-- damaged or something else. stream = true leaves the signals in the file: training reads them ahead, a batch at a time.
function prepared.open(path, given)
  options.argument("data.open", 1, "path", path, {type = "string"})
  local o = options.check("data.open", given, open_schema)
  local file <close>, message = core.store.open(path)
  if not file then return nil, message end
  local attributes
  attributes, message = file:attributes()
  if not attributes then return nil, message end
  if attributes.ecgraft_kind ~= "dataset" then
    return nil, ("%s: expected a prepared dataset, got %s"):format(path, type(attributes.ecgraft_kind) == "string"
      and "a " .. attributes.ecgraft_kind or "an HDF5 file that ecgraft did not write")
  end
  local ok, result = pcall(read_set, file, path, attributes, o.stream) ---@type boolean, any
  if not ok then
    local reason = tostring(result):gsub("^[^:]+%.lua:%d+: ", "")
    return nil, reason:sub(1, #path) == path and reason or ("%s: not a whole dataset: %s"):format(path, reason)
  end
  return result
end

return prepared
