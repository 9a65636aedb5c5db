--- A user's own recordings: what data.from_reader, data.from_table and data.from_hdf5 have in common. Leads are matched by name, rates and
-- lengths are brought to those asked for, and the set's notes say what was done.
local core = require "ecgraft.core"
local dataset = require "ecgraft.data.dataset"
local load = require "ecgraft.data.load"
local options = require "ecgraft.options"
local rows = require "ecgraft.data.rows"

local own = {}

local Own = {}
Own.__index = Own

--- Options beside those of load.schema:
--   file_rate   samples a second in the files, where they do not say it themselves
--   columns     names of the leads in the files, where they do not say them themselves
--   units       "mV", "uV", "nV", "V", or the mV in one stored unit, where the files do not say it ("mV")
--   unlabelled  "keep" records with none of the classes (their labels are all 0), or "drop" them
--   source      what to call the set
local fields = {
  file_rate = {type = "number", min = 1e-3, max = 1e6},
  columns = {type = "table"},
  units = {type = "string|number", default = "mV"},
  unlabelled = {type = "string", default = "keep", choices = {"keep", "drop"}},
  source = {type = "string"},
}

function own.schema_with(more)
  local schema = load.schema_with(fields)
  for name, field in pairs(more) do schema[name] = field end
  return schema
end

local function factor_of(units)
  if type(units) == "number" then return units > 0 and units or nil end
  return core.wfdb.millivolts(units)
end

--- own.new(where, o [, capacity]): gathers records.
function own.new(where, o, capacity)
  if not factor_of(o.units) then
    error(("%s: option 'units' must be mV, uV, nV, V or a number above 0, got %s"):format(where, options.show(o.units)), 3)
  end
  return setmetatable({where = where, o = o, rows = rows.new(where, capacity, o)}, Own)
end

-- Names of a record's columns: its own, the option's, or those asked for where their number agrees.
local function names_of(self, record, width, count)
  local names = record.leads or self.o.columns
  if names then
    if #names ~= width then return nil, ("has %d columns, and names of %d leads"):format(width, #names) end
    return names
  end
  if width ~= #self.o.leads then
    return nil, ("has %d columns and does not name them: say which leads they are by 'columns'"):format(width)
  end
  self.rows:count("with columns that are not named: taken as " .. table.concat(self.o.leads, ", "), count)
  return self.o.leads
end

-- (L, C) or (n, L, C), whichever of the two the file has last: the dim with as many entries as there are names is that of the leads.
local function time_first(self, x, record)
  local dims = x:dim()
  local names = record.leads or self.o.columns or self.o.leads
  if x:size(dims) ~= #names and x:size(dims - 1) == #names then
    self.rows:count("stored lead by lead: transposed", dims == 3 and #x or 1)
    return x:transpose(dims - 1, dims)
  end
  return x
end

--- Adds a record, or n of them: {signals = (L, C) or (n, L, C), rate =, leads =, units =, names =}. Those that cannot be used are counted.
function Own:add(ids, record)
  local x = record.signals
  local function fail(reason)
    for i, id in ipairs(ids) do self.rows:fail(id, ("%s: %s"):format(record.names and record.names[i] or id, reason)) end
  end
  local single, several = x:dim() == 2 and #ids == 1, x:dim() == 3 and #x == #ids
  if not (single or several) then
    return fail(("expected signals of shape (samples, leads), got {%s}"):format(table.concat(x:shape(), ", ")))
  end
  x = time_first(self, x, record)
  local names, message, columns
  names, message = names_of(self, record, x:size(x:dim()), #ids)
  if names then columns, message = self.rows:columns(names) end
  if not columns then return fail(message) end
  local rate, factor = record.rate or self.o.file_rate, factor_of(record.units or self.o.units)
  if not rate then return fail("does not say how many samples a second it has: say it by 'file_rate'") end
  if not (rate > 0 and rate < math.huge) then return fail(("expected a sampling rate above 0, got %g"):format(rate)) end
  if not factor then return fail("is in units that are no voltage: " .. tostring(record.units)) end
  local before = #self.rows.fates
  self.rows:add(x, ids, {rate = rate, columns = columns, factor = factor, names = record.names})
  for i = before + 1, #self.rows.fates do
    local fate = self.rows.fates[i]
    local longest = self.o.seconds + .5 / self.o.rate
    if not fate.error then
      if rate ~= self.o.rate then self.rows:count(("brought from %g to %g samples a second"):format(rate, self.o.rate)) end
      if fate.length / rate > longest then self.rows:count(("longer than %g s: cropped"):format(self.o.seconds)) end
    end
  end
end

--- As Rows:reads and Rows:done have it.
function Own:reads(ids, paths) self.rows:reads(ids, paths) end
function Own:done(ids, paths) return self.rows:done(ids, paths) end

function Own:fail(id, reason) self.rows:fail(id, reason) end

--- Whether a damaged record ends it (option `strict`).
function Own:failed() return self.rows.failed end

--- The Dataset; `about` maps ids to {labels = {0, 1, ...}, patient =, age =, sex =, fold =, truth =}, `classes` are names. Folds count
-- where every record has one. nil, message where no record is left.
function Own:finish(about, classes, source)
  local read, message = self.rows:finish()
  if not read then return nil, message end
  local set = {labels = {}, records = {}, patients = {}, ages = {}, sexes = {}, fold = {}, truth = {}}
  local labelled, named, folds, measured = {}, false, true, false
  for n, i in ipairs(read.kept) do
    local id = self.rows.ids[i]
    local each, any = about[id], false
    for _, value in ipairs(each.labels) do any = any or value ~= 0 end
    if any then labelled[#labelled + 1] = n end
    set.records[n], set.labels[n], set.patients[n] = id, each.labels, each.patient or id
    set.truth[n] = each.truth or {}
    measured = measured or next(set.truth[n]) ~= nil
    set.ages[n], set.sexes[n], set.fold[n] = each.age or false, each.sex or false, each.fold or false
    named, folds = named or each.patient ~= nil, folds and each.fold ~= nil
  end
  for _, each in ipairs(self.rows.counts) do
    table.insert(read.notes, ("%s %s"):format(load.plural(each[2], "record", "records"), each[1]))
  end
  if not named then table.insert(read.notes, "patients are not named: each record counts as one") end
  local drop = self.o.unlabelled == "drop" and #labelled < #set.records
  if drop and #labelled == 0 then return nil, ("%s: no record has one of the classes"):format(self.where) end
  if drop then
    table.insert(read.notes, ("%s with none of the classes left out"):format(
      load.plural(#set.records - #labelled, "record", "records")))
  end
  local whole = dataset.new{
    signals = read.signals, labels = core.tensor(set.labels), classes = classes, records = set.records, patients = set.patients,
    leads = self.o.leads, rate = self.o.rate, units = "mV", source = self.o.source or source, skipped = read.skipped,
    notes = read.notes, ages = set.ages, sexes = set.sexes, fold = folds and set.fold or nil,
    truth = measured and set.truth or nil,
  }
  return drop and whole:subset(labelled) or whole
end

return own
