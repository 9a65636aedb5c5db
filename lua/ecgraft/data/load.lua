--- From a list of WFDB records to a Dataset: what all sets read from files have in common.
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local load = {}

--- Options that every reader takes; a reader's schema begins with these.
--   rate         samples a second of the result (100)
--   seconds      length of each record: its first seconds (10)
--   leads        names of the columns (the standard 12), found by name in each record
--   method       "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025)
--   edges        what resampling takes to be beyond the ends: "zero" or "hold"
--   short        what becomes of records shorter than `seconds`: "drop" or "pad" (zeros behind)
--   longest_gap  seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1)
--   saturated    "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c
--   verify       whether a sample checksum that disagrees with its header makes a record damaged (true)
--   strict       true: a damaged record is an error; false: it is left out, counted and listed
--   limit        the first so many records only
--   prepared     "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
load.schema = {
  rate = {type = "number", default = 100, min = 1e-3, max = 1e6},
  seconds = {type = "number", default = 10, min = 1e-3, max = 1e6},
  leads = {type = "table", default = core.wfdb.standard_leads},
  method = {type = "string", default = "resample", choices = {"resample", "decimate"}},
  edges = {type = "string", default = "zero", choices = {"zero", "hold"}},
  short = {type = "string", default = "drop", choices = {"drop", "pad"}},
  longest_gap = {type = "number", default = 1, min = 0},
  saturated = {type = "string", default = "keep", choices = {"keep", "repair"}},
  verify = {type = "boolean", default = true},
  strict = {type = "boolean", default = false},
  limit = {type = "integer", min = 1},
  prepared = {type = "table"},
}

--- load.schema with more fields.
function load.schema_with(more)
  local schema = {}
  for name, field in pairs(load.schema) do schema[name] = field end
  for name, field in pairs(more) do schema[name] = field end
  return schema
end

local function check_leads(where, leads)
  local seen = {}
  if #leads == 0 then error(where .. ": option 'leads' must name at least one lead, got an empty table", 4) end
  for i, name in ipairs(leads) do
    if type(name) ~= "string" or seen[name:lower()] then
      error(("%s: option 'leads': entry %d must be a lead's name, each once, got %s"):format(where, i, options.show(name)), 4)
    end
    seen[name:lower()] = true
  end
end

local function plural(n, one, many) return ("%d %s"):format(n, n == 1 and one or many) end

-- What was changed in records that were read, in words.
local function repairs(fates, kept, o)
  local sums = {gaps = 0, repaired = 0, saturated = 0, cut_runs = 0, cut_repaired = 0, cut_left = 0, flat = 0, padded = 0}
  local counts = {}
  for name in pairs(sums) do counts[name] = 0 end
  for _, i in ipairs(kept) do
    for name in pairs(sums) do
      sums[name] = sums[name] + (fates[i][name] or 0) -- parts of a file prepared before may lack a name
      if (fates[i][name] or 0) > 0 then counts[name] = counts[name] + 1 end
    end
  end
  local notes = {}
  local function note(name, format, ...)
    if sums[name] > 0 then notes[#notes + 1] = format:format(...) end
  end
  note("gaps", "%s in %s filled by interpolation, in %s", plural(sums.repaired, "missing sample", "missing samples"),
    plural(sums.gaps, "gap", "gaps"), plural(counts.gaps, "record", "records"))
  if o.saturated == "keep" then
    note("saturated", "%s at the end of the converter's range, in %s, left as they are",
      plural(sums.saturated, "sample", "samples"), plural(counts.saturated, "record", "records"))
  end
  note("cut_repaired", "%s in %s filled where the signal was cut off, in %s", plural(sums.cut_repaired, "saturated sample",
    "saturated samples"), plural(sums.cut_runs, "run", "runs"), plural(counts.cut_runs, "record", "records"))
  note("cut_left", "%s in runs longer than %g s left as they are, in %s", plural(sums.cut_left, "saturated sample",
    "saturated samples"), o.longest_gap, plural(counts.cut_left, "record", "records"))
  note("flat", "%s with one value throughout, in %s, left as they are", plural(sums.flat, "lead", "leads"),
    plural(counts.flat, "record", "records"))
  note("padded", "%s shorter than asked for, filled with zeros behind", plural(counts.padded, "record", "records"))
  return notes
end

--- What the core takes to fit a record to its row.
function load.row_options(where, o)
  check_leads(where, o.leads)
  local length = math.floor(o.seconds * o.rate + 0.5)
  if length < 1 then error(("%s: %g seconds at %g samples a second are no sample"):format(where, o.seconds, o.rate), 4) end
  return {leads = o.leads, rate = o.rate, length = length, method = o.method, edges = o.edges, pad = o.short == "pad",
    longest_gap = o.longest_gap, repair_saturated = o.saturated == "repair"}
end

--- What became of records (`fates`, as core.wfdb.load gives them) as a table: signals (kept, L, leads), kept (indices), comments (by
-- index), skipped, notes; or nil, message where strict is set and a record is damaged, or where no record is left.
function load.sorted(where, ids, fates, signals, o)
  local read = {signals = signals, kept = {}, comments = {}, skipped = {}}
  for i, fate in ipairs(fates) do
    read.comments[i] = fate.comments
    if not fate.error then
      read.kept[#read.kept + 1] = i
    elseif o.strict and not fate.shorter then
      return nil, ("%s: %s"):format(where, fate.error)
    else
      read.skipped[#read.skipped + 1] = {record = ids[i], reason = fate.error}
    end
  end
  if #read.kept == 0 then
    return nil, ("%s: none of %s could be used; the first: %s"):format(where, plural(#fates, "record", "records"),
      fates[1] and fates[1].error or "there is none")
  end
  read.notes = repairs(fates, read.kept, o)
  return read
end

-- A record's files: its header and what that names. One that cannot be read has the header alone; loading it will say why.
local function files_of(path) return core.wfdb.files(path) or {path} end

-- The same into the parts of a prepared file.
local function load_parts(paths, ids, given, o)
  local preparation, fates = o.prepared, {}
  preparation:begin(#paths)
  for first = 1, #paths, preparation.part do
    local last = math.min(first + preparation.part - 1, #paths)
    local names = table.move(ids, first, last, 1, {})
    local part = preparation:recover(names)
    if not part then
      local some, sources = table.move(paths, first, last, 1, {}), {}
      local signals, became = core.wfdb.load(some, given)
      for _, path in ipairs(some) do
        local list = files_of(path)
        table.move(list, 1, #list, #sources + 1, sources)
      end
      part = preparation:add(signals, names, became, sources)
    end
    table.move(part.fates, 1, #part.fates, #fates + 1, fates)
  end
  return preparation:signals(given), fates
end

--- Reads WFDB records. `o` holds checked options of load.schema, `ids` what to call the records in messages and lists.
-- Returns what load.sorted does, indices into paths.
function load.records(where, paths, ids, o)
  local given = load.row_options(where, o)
  given.verify = o.verify
  if o.limit and o.limit < #paths then
    paths, ids = table.move(paths, 1, o.limit, 1, {}), table.move(ids, 1, o.limit, 1, {})
  end
  local signals, fates
  if o.prepared then
    signals, fates = load_parts(paths, ids, given, o)
  else
    signals, fates = core.wfdb.load(paths, given)
  end
  return load.sorted(where, ids, fates, signals, o)
end

--- A table that says which records there are, for what is prepared from it.
function load.uses(o, path)
  if o.prepared then o.prepared:uses(path) end
end

load.files_of = files_of

--- What a set read from WFDB records comes from: `name`, and that it is synthetic where the header of one of them says so.
function load.source(name, read)
  for _, i in ipairs(read.kept) do
    local text = "\n" .. (read.comments[i] or "")
    if text:find("\nSynthetic:", 1, true) or text:find("\nSource: synthetic", 1, true) then return load.synthetic(name) end
  end
  return name
end

--- Readers name the source of synthetic ECGs so, whatever their layout: pictures and reports go by it.
function load.synthetic(name) return "synthetic ECGs in the layout of " .. name end

load.plural = plural

return load
