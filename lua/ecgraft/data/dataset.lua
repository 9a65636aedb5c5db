--- A Dataset: labelled records of one rate, length and set of leads. Its fields:
--
--   signals   tensor (N, L, leads)
--   labels    tensor (N, K) of 0 and 1
--   classes   K names
--   records   N ids, each once
--   patients  N ids: records of one patient share one
--   leads     names of the columns
--   rate      samples a second
--   units     "mV", or "scaled" once a scaler was applied
--   scaler    the one that was applied
--   source    where the records come from
--   fold      N fold numbers, where the set has them
--   ages, sexes  N entries, false where not known, where the set has them
--   truth     N tables of what is known of each record, where the set has them: heart_rate (a minute), pr, qrs, qt (ms) ...
--   skipped   what was left out: {{record =, reason =}, ...}
--   notes     what was repaired or assumed, in words
--
-- A set is not changed once made: subsets, splits and scaled sets are new ones. A subset takes its rows from the set
-- it came from when its signals are first asked for, so that parts that are never used cost nothing.
--
-- The signals of a set may lie in a file (data/stored.lua). Training, prediction and scalers then read them as they go; whatever asks for
-- set.signals reads them all into memory.
local colon = require "ecgraft.colon"
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local printed = require "ecgraft.data.parts"
local quality = require "ecgraft.data.quality"
local split = require "ecgraft.data.split"
local stored = require "ecgraft.data.stored"

local dataset = {}

local Dataset = {}
local methods = {}

--- Lists with an entry for each record that a set may have, and subsets take along.
local LISTS = {"records", "patients", "fold", "ages", "sexes", "truth"}
--- What subsets share with the set they came from.
local SHARED = {"classes", "leads", "rate", "units", "source", "skipped", "notes", "scaler"}

local schema = {
  signals = {type = "tensor|table", required = true}, labels = {type = "tensor", required = true},
  classes = {type = "table", required = true}, records = {type = "table", required = true},
  patients = {type = "table"}, leads = {type = "table", default = core.wfdb.standard_leads},
  rate = {type = "number", required = true, min = 1e-3}, units = {type = "string", default = "mV"},
  source = {type = "string", default = "unnamed"}, fold = {type = "table"}, ages = {type = "table"}, sexes = {type = "table"},
  skipped = {type = "table"}, notes = {type = "table"}, scaler = {type = "table"}, truth = {type = "table"},
}

local function check_shapes(where, o)
  local shape, labels = o.signals:shape(), o.labels:shape()
  if #shape ~= 3 or shape[3] ~= #o.leads then
    error(("%s: signals must have shape (N, L, %d), one column for each lead, got {%s}"):format(where, #o.leads,
      table.concat(shape, ", ")), 4)
  end
  if #labels ~= 2 or labels[1] ~= shape[1] or labels[2] ~= #o.classes then
    error(("%s: labels must have shape (%d, %d), a row for each record and a column for each class, got {%s}"):format(where,
      shape[1], #o.classes, table.concat(labels, ", ")), 4)
  end
  for _, name in ipairs(LISTS) do
    if o[name] and #o[name] ~= shape[1] then
      error(("%s: %s must have an entry for each of %d records, got %d"):format(where, name, shape[1], #o[name]), 4)
    end
  end
end

local function check_unique(where, what, list)
  local seen = {}
  for _, each in ipairs(list) do
    if type(each) ~= "string" then error(("%s: %s must be strings, got %s"):format(where, what, options.show(each)), 4) end
    if seen[each] then error(("%s: %s: %s occurs twice"):format(where, what, options.show(each)), 4) end
    seen[each] = true
  end
end

--- A Dataset from its fields: data.dataset{signals =, labels =, classes =, records =, rate =, ...} (signals may be a value of
-- data/stored.lua); patients default to the records, leads to the standard 12, units to "mV". `truth` may hold N tables of what is known of
-- each record (the synthetic ECG's parameters).
function dataset.new(fields)
  local o = options.check("dataset", fields, schema)
  if type(o.signals) == "table" and not stored.is(o.signals) then
    error(("dataset: option 'signals' must be tensor, got %s"):format(options.show(o.signals)), 2)
  end
  check_shapes("dataset", o)
  check_unique("dataset", "records", o.records)
  check_unique("dataset", "classes", o.classes)
  o.patients = o.patients or o.records
  o.skipped, o.notes = o.skipped or {}, o.notes or {}
  if stored.is(o.signals) then o.file, o.signals = o.signals, nil end
  return setmetatable(o, Dataset)
end

--- Whether a value is a Dataset.
function dataset.is(value) return getmetatable(value) == Dataset end

-- Rows of a tensor along its first dim: a view where they follow each other, else a copy.
local function take_rows(tensor, rows)
  local n = #rows
  if n > 0 and rows[n] - rows[1] == n - 1 then
    local consecutive = true
    for i = 2, n do consecutive = consecutive and rows[i] == rows[i - 1] + 1 end
    if consecutive then return tensor:narrow(1, rows[1], n) end
  end
  return tensor:index_select(core.tensor(rows), 1)
end

-- Fields that are made when first asked for: the signals of a subset, the hashes of signals, the labels as Lua tables.
local made = {}

function made.signals(set)
  local file, rows = set:storage()
  if file then return file:gather(rows) end
  local signals = take_rows(set.root.signals, set.rows)
  set.root, set.rows = nil, nil -- the other set may go
  return signals
end

--- One integer for each record; records with the same signal have the same one.
function made.hashes(set)
  if not set.root then
    local list = {}
    for x in set:blocks() do
      local hashes = core.signal.hashes(x)
      table.move(hashes, 1, #hashes, #list + 1, list)
    end
    return list
  end
  local all, list = set.root.hashes, {}
  for i, row in ipairs(set.rows) do list[i] = all[row] end
  return list
end

function made.label_rows(set) return set.labels:totable() end

function Dataset.__index(set, name)
  if methods[name] then return methods[name] end
  if math.type(name) == "integer" then
    error(("a set is no list: record %d is set:record(%d), some of the records are set:subset{1, 2}"):format(name, name), 2)
  end
  if not made[name] or (name == "signals" and not rawget(set, "root") and not rawget(set, "file")) then return nil end
  local value = made[name](set)
  rawset(set, name, value)
  return value
end

-- For whoever lists the names: at the prompt, in the documentation.
Dataset.methods, Dataset.parts = methods, made

function Dataset.__len(set) return #rawget(set, "records") end

--- Where the signals lie in a file and were not read into memory: the value of data/stored.lua, and for each record its row there (nil:
-- the same). Else nil.
function methods.storage(set)
  if rawget(set, "signals") then return nil end
  local root = rawget(set, "root") or set
  if rawget(root, "signals") then return nil end
  return rawget(root, "file"), rawget(set, "rows")
end

--- {N, L, leads}, the shape of set.signals, which are not read for it.
function methods.shape(set)
  local signals = rawget(set, "signals")
  if signals then return signals:shape() end
  local shape = (rawget(set, "file") or set.root):shape()
  shape[1] = #set
  return shape
end

--- The signals of the records at positions `rows` (a list, from 1), in that order: a new tensor. Reads no others.
function methods.read(set, rows)
  local file, place_of = set:storage()
  if not file then return set.signals:index_select(core.tensor(rows), 1) end
  if not place_of then return file:gather(rows) end
  local places = {}
  for i, row in ipairs(rows) do places[i] = place_of[row] end
  return file:gather(places)
end

--- for x, first in set:blocks() do ... end: all signals in order, in blocks (n, L, leads) of some megabytes; `first` is the position of
-- a block's first record.
function methods.blocks(set)
  local file, step, at = set:storage(), stored.block_rows(set:shape()), 1
  return function()
    local first = at
    at = first + step
    if first > #set then return nil end
    local count = math.min(step, #set - first + 1)
    if not file then return set.signals:narrow(1, first, count), first end
    local rows = {}
    for i = 1, count do rows[i] = first + i - 1 end
    return set:read(rows), first
  end
end

local function subset(set, rows)
  local root, all = rawget(set, "root"), rawget(set, "rows")
  local out = {root = root or set, rows = {}, labels = take_rows(set.labels, rows)}
  for i, row in ipairs(rows) do out.rows[i] = all and all[row] or row end
  for _, name in ipairs(SHARED) do out[name] = rawget(set, name) end
  for _, name in ipairs(LISTS) do
    local list = rawget(set, name)
    if list then
      out[name] = {}
      for i, row in ipairs(rows) do out[name][i] = list[row] end
    end
  end
  return setmetatable(out, Dataset)
end

--- The records at positions `rows` (from 1), in that order; each at most once.
function methods.subset(set, rows)
  options.argument("set:subset", 1, "rows", rows, {type = "table"})
  local seen, list = {}, {}
  for i, row in ipairs(rows) do
    local at = math.tointeger(row)
    if not at or at < 1 or at > #set or seen[at] then
      error(("set:subset: rows must be positions from 1 to %d, each once, got %s"):format(#set, options.show(row)), 2)
    end
    seen[at], list[i] = true, at
  end
  if #list == 0 then error("set:subset: expected at least one position, got none", 2) end
  return subset(set, list)
end

-- What `fn` in filter sees of a record.
local function view(set, i)
  local labels, row = {}, set.label_rows[i]
  for k, name in ipairs(set.classes) do if row[k] ~= 0 then labels[name] = true end end
  return {index = i, record = set.records[i], patient = set.patients[i], labels = labels, fold = set.fold and set.fold[i],
    age = set.ages and set.ages[i] or nil, sex = set.sexes and set.sexes[i] or nil}
end

--- The records for which fn{index, record, patient, fold, age, sex, labels = {NORM = true}} is true.
function methods.filter(set, fn)
  options.argument("set:filter", 1, "function", fn, {type = "function"})
  local rows = {}
  for i = 1, #set do if fn(view(set, i)) then rows[#rows + 1] = i end end
  if #rows == 0 then error(("set:filter: none of %d records is left"):format(#set), 2) end
  return subset(set, rows)
end

-- The parts that the set's own folds make; a patient or a signal in two of them is refused unless by = "record".
local function split_by_folds(set, o)
  local ok, rows = pcall(split.fold_rows, set, o)
  if not ok then error("set:split: " .. rows, 3) end
  local parts, check = {}, require "ecgraft.data.check_parts"
  for name, list in pairs(rows) do parts[name] = subset(set, list) end
  local message = o.by == "patient" and check.first_fault(parts, options.names(parts), true)
  if message then error("set:split: " .. message, 3) end
  return printed(parts)
end

local by_field = {type = "string", default = "patient", choices = {"patient", "record"}}
local seed_field = {type = "integer", default = 1}
local stratified_field = {type = "boolean", default = true}
local share = {type = "number|table", min = 0, max = 1}

local split_schema = {
  train = share, val = share, test = share, -- a share of the records, or a list of fold numbers
  by = by_field,                            -- what stays together
  seed = seed_field,
  stratified = stratified_field,            -- each part has the set's share of each class
}
local folds_schema = {
  k = {type = "integer", default = 4, min = 2},
  by = by_field, seed = seed_field, stratified = stratified_field,
}
local take_schema = {seed = seed_field, by = by_field, stratified = stratified_field}

--- The set in parts: set:split{train = .7, val = .1, test = .2, by = "patient" | "record", seed = 1, stratified = true} -->
-- {train =, val =, test =}. Shares of the records, which must add up to 1; a share that is left out, where others are given, makes no
-- such part.
-- Stratified by the labels, as far as patients allow. A patient's records stay together (by = "patient"), and so do records
-- with the same signal. Or by the folds that the set has: set:split{train = {1, 2, 3}, val = {4}, test = {5}}, where by = "patient" makes a
-- patient or a signal in two parts an error, and seed and stratified have no bearing.
function methods.split(set, given)
  local o = options.check("set:split", given, split_schema)
  for _, name in ipairs{"train", "val", "test"} do
    if type(o[name]) == "table" then return split_by_folds(set, o) end
  end
  if not (o.train or o.val or o.test) then o.train, o.val, o.test = .7, .1, .2 end
  local names, shares, total = {}, {}, 0 ---@type string[], number[], number
  for _, name in ipairs{"train", "val", "test"} do
    if o[name] and o[name] > 0 then
      names[#names + 1], shares[#shares + 1] = name, o[name]
      total = total + o[name]
    end
  end
  if math.abs(total - 1) > 1e-6 then
    error(("set:split: train, val and test must add up to 1, got %g"):format(total), 2)
  end
  local parts, out = split.parts(set, shares, o), {}
  for p, name in ipairs(names) do
    if #parts[p] == 0 then
      error(("set:split: no record is left for %s: %d records of %d patients are too few"):format(name, #set,
        #split.groups(set, o.by)), 2)
    end
    out[name] = subset(set, parts[p])
  end
  return printed(out)
end

--- The set in k folds: set:folds{k = 4, by = "patient", seed = 1, stratified = true} --> list of k {train =, test =};
-- every record is in one test part.
function methods.folds(set, given)
  local o = options.check("set:folds", given, folds_schema)
  local shares = {}
  for p = 1, o.k do shares[p] = 1 / o.k end
  local parts, out = split.parts(set, shares, o), {}
  for p = 1, o.k do
    local train, test = {}, parts[p]
    for q = 1, o.k do if q ~= p then table.move(parts[q], 1, #parts[q], #train + 1, train) end end
    table.sort(train)
    if #test == 0 or #train == 0 then
      error(("set:folds: %d records of %d patients are too few for k = %d"):format(#set, #split.groups(set, o.by), o.k), 2)
    end
    out[p] = printed{train = subset(set, train), test = subset(set, test)}
  end
  return out
end

--- set:take(n, {seed = 1, stratified = true, by = "patient"}): n records at random. With the same seed, take(100) is contained
-- in take(200). Stratified: each prefix of the order in which records are taken has the set's share of each class. By patient: a patient's
-- records follow each other in that order. n = "all" is the whole set.
function methods.take(set, n, given)
  local o = options.check("set:take", given, take_schema)
  if n == "all" then return set end
  local count = math.tointeger(n)
  if not count or count < 1 or count > #set then
    error(("set:take: expected a number of records from 1 to %d or \"all\", got %s"):format(#set, options.show(n)), 2)
  end
  local rows = table.move(split.order(set, o), 1, count, 1, {})
  table.sort(rows)
  return subset(set, rows)
end

--- Record i (from 1), to print, draw or predict on: see data/record.lua.
function methods.record(set, i)
  options.argument("set:record", 1, "i", i, {type = "integer", min = 1})
  if i > #set then error(("set:record: record %d of %d"):format(i, #set), 2) end
  return require("ecgraft.data.record").of_set(set, math.tointeger(i))
end

--- Which records have flat, saturated or noisy leads, hum, limb leads that disagree or look swapped: see data/quality.lua, which has
-- the limits that may be given. set:subset(set:quality().rows.good) leaves them out.
function methods.quality(set, given)
  return quality.of_set(set, given)
end

--- How many records have each class, as a list in the order of the classes; and how many have none.
function methods.counts(set)
  local counts, none = {}, 0
  for k = 1, #set.classes do counts[k] = 0 end
  for _, row in ipairs(set.label_rows) do
    local any = false
    for k, value in ipairs(row) do
      if value ~= 0 then counts[k], any = counts[k] + 1, true end
    end
    if not any then none = none + 1 end
  end
  return counts, none
end

--- How many patients there are.
function methods.patient_count(set)
  return #split.groups(set, "patient", true)
end

--- The same records with other signals (a tensor of the same number of records and leads); `changes` are further fields.
function methods.with_signals(set, signals, changes)
  local out = {signals = signals, labels = set.labels}
  for _, name in ipairs(SHARED) do out[name] = rawget(set, name) end
  for _, name in ipairs(LISTS) do out[name] = rawget(set, name) end
  for name, value in pairs(changes or {}) do out[name] = value end
  return dataset.new(out)
end

--- The same records with fewer leads, or in another order: set:select{"II", "V1"}. Names by case do not count. A set in a file is read into
-- memory. Raises where the set lacks a lead, and where it is scaled already: a scaler is for the leads it was made for.
function methods.select(set, names)
  options.argument("set:select", 1, "names", names, {type = "table"})
  if rawget(set, "scaler") then error("set:select: the set is scaled; take its leads before that", 2) end
  if #names == 0 then error("set:select: expected names of leads, got none", 2) end
  local columns, leads = {}, {}
  for i, name in ipairs(names) do
    for k, lead in ipairs(set.leads) do
      if core.wfdb.same_lead(tostring(name), lead) then columns[i], leads[i] = k, lead end
    end
    if not columns[i] then
      error(("set:select: the set has no lead %s; its leads are %s"):format(options.show(name), table.concat(set.leads, ", ")), 2)
    end
  end
  return set:with_signals(core.ops.index_select(set.signals, core.tensor(columns), 3), {leads = leads})
end

--- The same records with what is known of each: set:with_truth{["id of a record"] = {heart_rate = 71, pr = 160, qrs = 92, qt = 390}, ...},
-- in beats a minute and ms, or any other names and plain values; nothing is known of a record that is not there. An id that the set does
-- not have is passed over. What tasks.intervals learns from. Replaces a truth that the set has.
function methods.with_truth(set, truth)
  options.argument("set:with_truth", 1, "truth", truth, {type = "table"})
  local list, found = {}, 0
  for i, id in ipairs(set.records) do
    local each = truth[id]
    if each ~= nil and type(each) ~= "table" then
      error(("set:with_truth: what is known of record %s must be a table, got %s"):format(id, options.show(each)), 2)
    end
    list[i], found = each or {}, found + (each and 1 or 0)
  end
  if found == 0 then error(("set:with_truth: none of the %d records is among the ids that were given"):format(#set), 2) end
  local rows = {}
  for i = 1, #set do rows[i] = i end
  local out = subset(set, rows)
  rawset(out, "truth", list)
  return out
end

--- Writes the set as an HDF5 file that data.open reads: set:save(path [, {dtype =, compression =}]). true, or nil and a message.
function methods.save(set, path, given)
  return require("ecgraft.data.prepared").save(set, path, given)
end

function Dataset.__tostring(set)
  return require("ecgraft.data.describe")(set)
end

colon.guard(methods, "set", dataset.is)

return dataset
