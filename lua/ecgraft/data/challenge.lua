--- Any folder of the PhysioNet/CinC Challenges of 2020 and 2021: headers with #Age, #Sex and #Dx, .mat files beside them.
local codes = require "ecgraft.data.codes"
local comments = require "ecgraft.data.comments"
local core = require "ecgraft.core"
local dataset = require "ecgraft.data.dataset"
local listing = require "ecgraft.data.listing"
local load = require "ecgraft.data.load"
local options = require "ecgraft.options"

local challenge = {}

local schema = load.schema_with{
  path = {type = "string", required = true},
  classes = {type = "table"},
  unlabelled = {type = "string", default = "keep", choices = {"keep", "drop"}}, -- records of none of the classes
  source = {type = "string"},
}

-- For each record kept: its codes, age and sex.
local function people_of(read)
  local people = {codes = {}, ages = {}, sexes = {}}
  for row, i in ipairs(read.kept) do
    local fields = comments.fields(comments.lines(read.comments[i]))
    people.codes[row] = comments.codes(fields) or {}
    people.ages[row], people.sexes[row] = comments.age(fields) or false, comments.sex(fields) or false
  end
  return people
end

--- Reads checked options; data.georgia and data.cpsc2018 come here with their class tables.
function challenge.read(where, o)
  local map = o.classes and codes.classes(where, o.classes)
  local paths, ids = listing.records(o.path)
  if not paths then return nil, ("%s: %s"):format(where, ids) end
  local read, message = load.records(where, paths, ids, o)
  if not read then return nil, message end
  local people = people_of(read)
  map = map or codes.all(people.codes)
  if #map.names == 0 then return nil, ("%s: %s: no record names a diagnosis (#Dx)"):format(where, o.path) end
  local labels, records, labelled = {}, {}, {}
  for row, i in ipairs(read.kept) do
    local any
    labels[row], any = codes.row(map, people.codes[row])
    records[row] = ids[i]
    if any then labelled[#labelled + 1] = row end
  end
  local notes, drop = read.notes, o.unlabelled == "drop" and #labelled < #records
  notes[#notes + 1] = "patients are not named in these files: each record counts as one"
  if drop then
    if #labelled == 0 then return nil, ("%s: %s: no record has one of the classes"):format(where, o.path) end
    notes[#notes + 1] = ("%s with none of the classes left out"):format(load.plural(#records - #labelled, "record", "records"))
  end
  local set = dataset.new{
    signals = read.signals, labels = core.tensor(labels), classes = map.names, records = records, patients = records,
    leads = o.leads, rate = o.rate, units = "mV", source = load.source(o.source or o.path, read), skipped = read.skipped, notes = notes,
    ages = people.ages, sexes = people.sexes,
  }
  return drop and set:subset(labelled) or set
end

--- data.challenge{path =, classes =, ...}: a Dataset, or nil and a message.
-- classes: {NORM = "426783006", CONDUCTION = {"59118001", "LBBB"}}, names sorted; or {{"NORM", "426783006"}, ...} in this order; or the
-- Challenge's abbreviations (challenge_codes.lua) alone, {"NSR", "AF"}; left out: each code that occurs is a class.
-- Codes that the Challenges score as equal are equal here.
-- unlabelled: "keep" records with none of the classes (their labels are all 0), or "drop" them.
-- Other options: see load.lua.
function challenge.challenge(given)
  return challenge.read("data.challenge", options.check("data.challenge", given, schema))
end

--- A reader for one set with its class table in order; `check(dir)` may return a message that ends it.
function challenge.reader(where, source, classes, check)
  local own = load.schema_with{
    classes = {type = "table", default = classes},
    unlabelled = schema.unlabelled,
  }
  --- Reads the set of that name from the folder where it lies: a Dataset, or nil and a message. Its classes and their codes are the file's;
  -- another table of classes, as for data.challenge, may be given.
  return function(dir, given)
    options.argument(where, 1, "dir", dir, {type = "string"})
    local o = options.check(where, given, own)
    local message = check and check(dir)
    if message then return nil, ("%s: %s"):format(where, message) end
    o.path, o.source = dir, source
    return challenge.read(where, o)
  end
end

return challenge
