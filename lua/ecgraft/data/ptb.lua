--- The PTB Diagnostic ECG Database, as first published and in the layout of the PhysioNet/CinC Challenge.
--
-- physionet.org/content/ptbdb, ODC-By 1.0; Bousseljot, Kreiseler & Schnabel, "Nutzung der EKG-Signaldatenbank CARDIODAT der PTB über das
-- Internet", Biomedizinische Technik 40 (1995), and Goldberger et al., "PhysioBank, PhysioToolkit, and PhysioNet", Circulation 101 (2000).
-- 549 records of 290 patients, 1000 samples a second, 38 s and more: 12 leads in .dat, the three Frank leads (vx, vy, vz) in .xyz.
--
-- Dropped: records whose header gives no reason for admission (27 of the 549: no clinical summary, or "n/a"). Kept with no label: other
-- reasons than an infarction or a healthy control. The Challenge's copy (516 records) has codes instead, and its NORM says no more than
-- sinus rhythm.
local challenge = require "ecgraft.data.challenge"
local comments = require "ecgraft.data.comments"
local core = require "ecgraft.core"
local dataset = require "ecgraft.data.dataset"
local listing = require "ecgraft.data.listing"
local load = require "ecgraft.data.load"
local options = require "ecgraft.options"

local ptb = {}

local WHERE = "data.ptb"

local schema = load.schema_with{
  unlabelled = {type = "string", default = "keep", choices = {"keep", "drop"}},
}

ptb.classes = {
  {"MI", "164865005"}, -- myocardial infarction
  {"NORM", "426783006"}, -- sinus rhythm; in the original layout: healthy control
}

-- By reason for admission, in lower case.
local class_of = {["myocardial infarction"] = 1, ["healthy control"] = 2}

-- The reason for admission in lower case; nil where there is none.
local function reason_of(fields)
  local reason = (fields["reason for admission"] or ""):lower()
  return reason ~= "" and reason ~= "n/a" and reason or nil
end

-- Records of a patient share a folder (patient001); a record that lies elsewhere counts as its own patient.
local function patient_of(path, id) return path:match("(patient%d+)/[^/]+$") or id end

-- Lists by record kept, and the rows with a reason and (where others are dropped) a class.
local function people(read, paths, ids, o)
  local set = {labels = {}, records = {}, patients = {}, ages = {}, sexes = {}, rows = {}, reasons = 0, others = 0}
  for row, i in ipairs(read.kept) do
    local fields = comments.fields(comments.lines(read.comments[i]))
    local reason = reason_of(fields)
    local class = class_of[reason]
    set.labels[row] = {class == 1 and 1 or 0, class == 2 and 1 or 0}
    set.records[row], set.patients[row] = ids[i], patient_of(paths[i], ids[i])
    set.ages[row], set.sexes[row] = comments.age(fields) or false, comments.sex(fields) or false
    if reason then set.reasons = set.reasons + 1 end
    if reason and not class then set.others = set.others + 1 end
    if class or (reason and o.unlabelled == "keep") then set.rows[#set.rows + 1] = row end
  end
  return set
end

local function original(dir, paths, ids, read, o)
  local set = people(read, paths, ids, o)
  if #set.rows == 0 then
    return nil, ("%s: %s: none of %s gives a reason for admission that makes a class"):format(WHERE, dir,
      load.plural(#set.records, "record", "records"))
  end
  local notes, without = read.notes, #set.records - set.reasons
  if without > 0 then
    notes[#notes + 1] = ("%s without a reason for admission left out"):format(load.plural(without, "record", "records"))
  end
  if set.others > 0 then
    notes[#notes + 1] = ("%s admitted for another reason than MI or as a control: %s"):format(
      load.plural(set.others, "record", "records"), o.unlabelled == "keep" and "kept with no label" or "left out")
  end
  local whole = dataset.new{
    signals = read.signals, labels = core.tensor(set.labels), classes = {"MI", "NORM"}, records = set.records,
    patients = set.patients, leads = o.leads, rate = o.rate, units = "mV", source = load.source("PTB", read),
    skipped = read.skipped, notes = notes,
    ages = set.ages, sexes = set.sexes,
  }
  return #set.rows < #set.records and whole:subset(set.rows) or whole
end

-- Whether the first header that can be read has diagnosis codes, as the Challenge's have.
local function in_challenge_layout(paths)
  for _, path in ipairs(paths) do
    local header = core.wfdb.header(path)
    if header then return comments.fields(header.comments).dx ~= nil end
  end
  return false
end

--- data.ptb(dir [, options]): a Dataset with the classes MI and NORM, or nil and a message. The layout is found by itself.
--   unlabelled  "keep" records with another diagnosis (their labels are 0), or "drop" them
-- Other options: see load.lua. The Frank leads are read where `leads` names them ("vx", "vy", "vz").
function ptb.read(dir, given)
  options.argument(WHERE, 1, "dir", dir, {type = "string"})
  local o = options.check(WHERE, given, schema)
  local paths, ids = listing.records(dir)
  if not paths then return nil, ("%s: %s"):format(WHERE, ids) end
  if in_challenge_layout(paths) then
    o.path, o.source, o.classes = dir, "PTB", ptb.classes
    return challenge.read(WHERE, o)
  end
  local read, message = load.records(WHERE, paths, ids, o)
  if not read then return nil, message end
  return original(dir, paths, ids, read, o)
end

return ptb
