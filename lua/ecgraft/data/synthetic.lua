--- Synthetic 12-lead ECGs with known findings (csrc/include/ecgraft/synth.h): a set for trying things out, with no
-- download. Two hospitals make a transfer task: they differ in gain, noise, heart rate, prevalence and classes.
local core = require "ecgraft.core"
local dataset = require "ecgraft.data.dataset"
local options = require "ecgraft.options"

local synthetic = {}

-- The classes of each hospital's labels: those of CPSC2018 and of Georgia.
local default_classes = {
  A = {"NORM", "AF", "IAVB", "LBBB", "RBBB", "PAC", "VEB", "STD", "STE"},
  B = {"NORM", "AF", "IAVB", "SB", "LAD", "STach", "TAb", "TInv", "LQT", "PAC"},
}
local sites = {A = 0, B = 1}

local share = {type = "number", min = 0, max = 1}
local positive = {type = "number", min = 0}

local schema = {
  records = {type = "integer", default = 1000, min = 1},
  classes = {type = "table"},
  hospital = {type = "string|table", default = "A", suggest = {"A", "B"}},
  rate = {type = "number", default = 100, min = 50, max = 2000},
  seconds = {type = "number", default = 10, min = 5, max = 3600},
  seed = {type = "integer", default = 1},
  prevalence = {type = "table"},
  several = {type = "boolean|number"},
  repeats = {type = "number", default = .2, min = 0, max = 1},
  noise = {type = "number", default = 1, min = 0, max = 100},
  clean = {type = "boolean", default = false},
}

local hospital_schema = {
  name = {type = "string", required = true}, like = {type = "string", default = "A", choices = {"A", "B"}},
  classes = {type = "table"}, prevalence = {type = "table"},
  several = share, severity = share, heart_rate = {type = "number", min = 65, max = 90},
  gain = {type = "number", min = .01, max = 100}, gain_spread = share, electrode = share, wander = positive, hum = positive,
  muscle = positive, noise_spread = {type = "number", min = 0, max = 2}, hum_frequency = {type = "number", min = 10, max = 1000},
  artefact = share, bandwidth = {type = "number", min = 10, max = 1000},
}

local canonical = {VEB = "PVC"}
for _, name in ipairs(core.synth.classes) do canonical[name] = name end

local function check_name(name, level)
  local class = canonical[name]
  if not class then
    error(("data.synthetic: unknown class %s; known classes: %s (VEB is PVC)"):format(options.show(name),
      table.concat(core.synth.classes, ", ")), level)
  end
  return class
end

local function check_classes(classes)
  local seen = {}
  for _, name in ipairs(classes) do
    local class = check_name(name, 4)
    if seen[class] then error(("data.synthetic: class %s is given twice"):format(class), 3) end
    seen[class] = true
  end
  if next(seen) == nil then error("data.synthetic: classes must be a list of one name or more", 3) end
  return seen
end

-- {name =, site =, classes =, fields = every field of the core's hospital} of "A", "B" or a table.
local function hospital_of(given)
  if type(given) == "string" then
    if not sites[given] then
      error(("data.synthetic: hospital must be \"A\", \"B\" or a table, got %s"):format(options.show(given)), 3)
    end
    return {name = given, site = sites[given], classes = default_classes[given], fields = core.synth.hospital(given)}
  end
  local o = options.check("data.synthetic: hospital", given, hospital_schema, 3)
  if not o.name:find("^[%w_-]+$") or sites[o.name] then
    error(("data.synthetic: hospital: name must be letters, digits, _ and -, and neither A nor B, got %s"):format(
      options.show(o.name)), 3)
  end
  local fields, site = core.synth.hospital(o.like), 0xcbf29ce484222325
  for name in pairs(fields) do
    if name ~= "prevalence" and o[name] ~= nil then fields[name] = o[name] end
  end
  for i = 1, #o.name do site = (site ~ o.name:byte(i)) * 0x100000001b3 end -- FNV-1a: people of another name are others
  return {name = o.name, site = site, classes = o.classes or default_classes[o.like], fields = fields, prevalence = o.prevalence}
end

-- Changes the weights in `prevalence` to those given; a class that is not asked for cannot have one, but for NORM.
local function override(prevalence, given, wanted)
  for _, name in ipairs(options.names(given or {})) do
    local class, weight = check_name(name, 5), given[name]
    if type(weight) ~= "number" or not (weight >= 0 and weight < math.huge) then
      error(("data.synthetic: prevalence of %s must be a number of 0 or more, got %s"):format(name, options.show(weight)), 4)
    end
    if not wanted[class] and class ~= "NORM" then
      error(("data.synthetic: prevalence names %s, which is not among the classes"):format(name), 4)
    end
    prevalence[class] = weight
  end
end

-- Weights of the classes asked for: the hospital's own; where it sees none of a class, the mean weight of the others.
-- Normal records are made also where NORM is no class: they have no label then.
local function prevalence_of(hospital, wanted, given)
  local own, sum, count, out = hospital.fields.prevalence, 0, 0, {}
  for _, class in ipairs(core.synth.classes) do
    if class ~= "NORM" and own[class] > 0 then sum, count = sum + own[class], count + 1 end
  end
  for class in pairs(wanted) do out[class] = own[class] > 0 and own[class] or sum / count end
  out.NORM = own.NORM
  override(out, hospital.prevalence, wanted)
  override(out, given, wanted)
  local total = 0
  for _, class in ipairs(core.synth.classes) do total = total + (out[class] or 0) end
  if total == 0 then error("data.synthetic: prevalence must be above 0 for one class or more", 3) end
  return out
end

local function several_of(o, fields)
  if o.several == nil then return fields.several end
  if o.several == true then return fields.several > 0 and fields.several or .2 end
  if o.several == false then return 0 end
  if not (o.several >= 0 and o.several <= 1) then
    error(("data.synthetic: option 'several' must be true, false or a share from 0 to 1, got %s"):format(o.several), 3)
  end
  return o.several
end

-- Who the records are of; what is said here is taken out of the truth.
local function people(hospital, truth)
  local records, patients, ages, sexes = {}, {}, {}, {}
  for i, each in ipairs(truth) do
    records[i] = ("synthetic-%s-%06d"):format(hospital.name, i)
    patients[i] = ("synthetic-%s-patient-%06d"):format(hospital.name, each.patient)
    ages[i], sexes[i] = each.age, each.sex
    each.patient, each.age, each.sex = nil, nil, nil
  end
  return records, patients, ages, sexes
end

--- data.synthetic{records = 1000, hospital = "A", ...}: a Dataset of made-up ECGs in mV, always labelled as such.
--
--   records, seconds, rate, seed   how many (1000), how long (10), samples a second (100), and which (1)
--   hospital    "A", "B", or a table: name (required), like = "A" | "B", and what differs from that: classes, prevalence, several,
--               severity (0 to 1), heart_rate (a minute), gain, gain_spread, electrode, wander, hum, muscle (RMS, mV), noise_spread,
--               hum_frequency (Hz), artefact (share of records), bandwidth (Hz); see ecgraft/synth.h
--   classes     any of NORM SB STach AF IAVB LBBB RBBB PAC PVC (or VEB) LVH LAD STE STD MI TAb TInv LQT; by default hospital A has
--               CPSC2018's nine and hospital B Georgia's ten
--   prevalence  {AF = .3, ...}: relative weights that replace the hospital's
--   several     probability of a further finding in a record, or false for one at most
--   repeats     share of patients with two or three records, which all show the same findings (0.2)
--   noise       factor on everything that is not heart (1); 0 for none
--   clean       true: the heart through Dower's leads, with neither noise nor variation of gain and electrodes
--
-- Record i of a seed is the same in a set of any size. set.truth[i] = {findings = {"AF"}, heart_rate = (beats a minute), pr, qrs, qt =
-- (ms; no pr in AF), axis = (degrees), region = "anterior" | "inferior" | "lateral" (of STE and MI), beats = {seconds of QRS onsets},
-- beat_types = "NNAV..."}. set.ages and set.sexes are the patients', and have no bearing on the signals.
function synthetic.synthetic(given)
  local o = options.check("data.synthetic", given, schema)
  local hospital = hospital_of(o.hospital)
  local classes = o.classes or hospital.classes ---@type string[]
  local wanted = check_classes(classes)
  hospital.fields.prevalence = prevalence_of(hospital, wanted, o.prevalence)
  hospital.fields.several = several_of(o, hospital.fields)
  local signals, labels, truth = core.synth.generate{
    hospital = hospital.fields, classes = classes, records = o.records, seed = o.seed, site = hospital.site, rate = o.rate,
    length = math.floor(o.rate * o.seconds + .5), ["repeat"] = o.repeats, noise = o.noise, clean = o.clean,
  }
  local records, patients, ages, sexes = people(hospital, truth)
  return dataset.new{
    signals = signals, labels = labels, classes = table.move(classes, 1, #classes, 1, {}), records = records, patients = patients,
    ages = ages, sexes = sexes, rate = o.rate, units = "mV", source = "synthetic ECGs, hospital " .. hospital.name, truth = truth,
    notes = {"synthetic: made by a generator, from no patient"},
  }
end

return synthetic
