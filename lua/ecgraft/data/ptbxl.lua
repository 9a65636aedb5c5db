--- PTB-XL in its own layout: ptbxl_database.csv, scp_statements.csv, records100/ and records500/ (Wagner et al. 2020).
local core = require "ecgraft.core"
local csv = require "ecgraft.data.csv"
local dataset = require "ecgraft.data.dataset"
local labels = require "ecgraft.data.ptbxl_labels"
local load = require "ecgraft.data.load"
local options = require "ecgraft.options"
local text_of = require "ecgraft.data.text"

local ptbxl = {}

local schema = load.schema_with{
  labels = {type = "string", default = "superclass", choices = labels.kinds},
  unlabelled = {type = "string", default = "drop", choices = {"keep", "drop"}},
  folds = {type = "table"},
}

-- Files at 100 samples a second serve that rate; all others are made from those at 500.
local function file_column(rate) return rate == 100 and "filename_lr" or "filename_hr" end

-- Which folds to read, as a set; nil: all.
local function wanted_folds(given)
  if not given then return nil end
  local wanted = {}
  for _, fold in ipairs(given) do
    if not math.tointeger(fold) or fold < 1 or fold > 10 then
      error("data.ptbxl: option 'folds' must list numbers from 1 to 10, got " .. options.show(fold), 4)
    end
    wanted[math.tointeger(fold)] = true
  end
  if not next(wanted) then error("data.ptbxl: option 'folds' must name at least one fold, got an empty table", 4) end
  return wanted
end

-- The patient of a row, or false: ids are written as 15709.0, and not known for every record.
local function patient_of(row)
  local id = math.tointeger(tonumber(row.patient_id))
  return id and ("%d"):format(id) or false
end

local sex_of = {["0"] = "male", ["1"] = "female"}

-- Ages above 89 are written as 300 for privacy.
local function age_of(row)
  local age = tonumber(row.age)
  return age and age >= 0 and age <= 89 and age or (age == 300 and 90) or false
end

-- Rows of the database that are wanted, each with its labels: lists by row; or nil, message.
local function choose(dir, rows, map, o)
  local seen = {}
  local folds, wanted, column = o.wanted_folds, {paths = {}, ids = {}, rows = {}, labels = {}, without = 0}, file_column(o.rate)
  for i, row in ipairs(rows) do
    local id = text_of.name(row.ecg_id)
    if seen[row.ecg_id] then return nil, ("%s/ptbxl_database.csv: record %s is there twice"):format(dir, id) end
    seen[row.ecg_id] = true
    local fold = math.tointeger(tonumber(row.strat_fold))
    if not fold then
      return nil, ("%s/ptbxl_database.csv: record %s: expected a number as strat_fold, got %s"):format(dir, id,
        text_of.show(row.strat_fold))
    end
    if not folds or folds[fold] then
      local label, any = labels.row(map, row.scp_codes)
      if not label then return nil, ("%s/ptbxl_database.csv: record %s: scp_codes: %s"):format(dir, id, any) end
      if any or o.unlabelled == "keep" then
        local n = #wanted.rows + 1
        row.fold = fold
        wanted.rows[n], wanted.ids[n], wanted.labels[n] = rows[i], row.ecg_id, label
        wanted.paths[n] = dir .. "/" .. row[column] .. ".hea"
      else
        wanted.without = wanted.without + 1
      end
    end
  end
  if #wanted.rows == 0 then return nil, ("%s: no record is left of %d"):format(dir, #rows) end
  return wanted
end

local function build(wanted, read, map, o)
  local set = {labels = {}, records = {}, patients = {}, fold = {}, ages = {}, sexes = {}}
  local unknown = 0
  for n, i in ipairs(read.kept) do
    local row = wanted.rows[i]
    local patient = patient_of(row)
    if not patient then unknown = unknown + 1 end
    set.labels[n], set.records[n], set.fold[n] = wanted.labels[i], row.ecg_id, row.fold
    set.patients[n] = patient or "record " .. row.ecg_id
    set.ages[n], set.sexes[n] = age_of(row), sex_of[row.sex or ""] or false
  end
  local notes = read.notes
  if wanted.without > 0 then
    notes[#notes + 1] = ("%s without a %s statement left out"):format(load.plural(wanted.without, "record", "records"), o.labels)
  end
  if unknown > 0 then
    notes[#notes + 1] = ("the patient of %s is not known: each counts as one"):format(load.plural(unknown, "record", "records"))
  end
  return dataset.new{
    signals = read.signals, labels = core.tensor(set.labels), classes = map.names, records = set.records, patients = set.patients,
    leads = o.leads, rate = o.rate, units = "mV", source = load.source("PTB-XL", read), fold = set.fold,
    ages = set.ages, sexes = set.sexes, skipped = read.skipped, notes = notes,
  }
end

--- data.ptbxl(dir [, options]): a Dataset with folds 1 to 10 in set.fold, or nil and a message.
--   labels      "superclass" (NORM MI STTC HYP CD), "subclass", "diagnostic", "form", "rhythm", "all" (71 statements)
--   unlabelled  "drop" records with no statement of that kind, or "keep" them
--   folds       a list of folds to read, as in {1, 2, 3}; all where it is left out
-- Other options: see load.lua. rate = 100 reads records100, another rate is made from records500.
function ptbxl.read(dir, given)
  options.argument("data.ptbxl", 1, "dir", dir, {type = "string"})
  local o = options.check("data.ptbxl", given, schema)
  o.wanted_folds = wanted_folds(o.folds)
  dir = dir:gsub("(.)/+$", "%1")
  load.uses(o, dir .. "/scp_statements.csv")
  load.uses(o, dir .. "/ptbxl_database.csv")
  local map, message = labels.read(dir .. "/scp_statements.csv", o.labels)
  if not map then return nil, "data.ptbxl: " .. message end
  local rows
  rows, message = csv.records(dir .. "/ptbxl_database.csv",
    {"ecg_id", "patient_id", "age", "sex", "scp_codes", "strat_fold", file_column(o.rate)}, true)
  if not rows then return nil, "data.ptbxl: " .. message end
  local wanted
  wanted, message = choose(dir, rows, map, o)
  if not wanted then return nil, "data.ptbxl: " .. message end
  local read
  read, message = load.records("data.ptbxl", wanted.paths, wanted.ids, o)
  if not read then return nil, message end
  return build(wanted, read, map, o)
end

return ptbxl
