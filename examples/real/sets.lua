-- The sets of the studies in this folder: real records at 100 Hz, 10 s, from the folders in ../paper/folders.lua. smoke: few, synthetic.
local eg = require "ecgraft"
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or ""
local folders = dofile(here .. "../paper/folders.lua")

local sets = {}

local function made(records, classes, seed)
  return eg.data.synthetic{records = records, classes = classes, rate = 50, seconds = 5, seed = seed}
end

local seed = 0

--- A function that makes a few records where smoke is set, other ones for each set, and else reads the set with `read`.
local function set(classes, read)
  seed = seed + 1
  local own = seed
  return function(smoke)
    return function()
      if smoke then return made(36, classes, own) end
      return assert(read())
    end
  end
end

sets.ptbxl = set({"NORM", "MI", "LVH"}, function() return eg.data.ptbxl(folders.ptbxl) end)
sets.cpsc2018 = set({"NORM", "AF", "RBBB"}, function() return eg.data.cpsc2018(folders.cpsc2018) end)
sets.georgia = set({"NORM", "SB", "STach"}, function() return eg.data.georgia(folders.georgia) end)

--- As many synthetic records as folds 1 to 4 have, of findings that PTB-XL's statements name, from a hospital of its own.
sets.synthetic = set({"NORM", "AF", "LBBB"}, function()
  return eg.data.synthetic{records = 3200, seed = 11, hospital = {name = "synthetic", like = "B"},
    classes = {"NORM", "AF", "SB", "STach", "IAVB", "LBBB", "RBBB", "PAC", "PVC", "LVH", "MI", "STE", "STD", "TAb", "TInv", "LQT"}}
end)

--- Form and rhythm statements together, as classes of one set; records with neither are kept, with no label.
sets.statements = set({"NORM", "AF", "PVC"}, function()
  local folds = {1, 2, 3, 4}
  local form, message = eg.data.ptbxl(folders.ptbxl, {labels = "form", folds = folds, unlabelled = "keep"})
  if not form then return nil, message end
  local rhythm = assert(eg.data.ptbxl(folders.ptbxl, {labels = "rhythm", folds = folds, unlabelled = "keep"}))
  local classes = table.move(form.classes, 1, #form.classes, 1, {})
  for _, name in ipairs(rhythm.classes) do classes[#classes + 1] = name end
  return eg.data.dataset{signals = form.signals, labels = eg.cat({form.labels, rhythm.labels}, 2), classes = classes,
    records = form.records, patients = form.patients, rate = form.rate, source = "PTB-XL, form and rhythm, folds 1-4"}
end)

--- {train =, val =, test =} by folds.
function sets.superclasses(smoke)
  if smoke then
    local parts = made(80, {"NORM", "MI", "LVH"}, 0):split{train = .5, val = .2, test = .3}
    return {train = parts.train, val = parts.val, test = parts.test}
  end
  return function()
    local all = assert(eg.data.ptbxl(folders.ptbxl, {folds = {5, 6, 7, 8, 9, 10}}))
    local function of(first, last) return all:filter(function(record) return record.fold >= first and record.fold <= last end) end
    return {train = of(5, 8), val = of(9, 9), test = of(10, 10)}
  end
end

return sets
