-- What the studies of this folder share: the paper's sets and its six networks (Nguyen & Do, PLoS ONE 20(5) e0316043, 2025).
--
-- As in the paper every nth sample is taken (method = "decimate"), the first 10 s, 100 samples a second. What differs from it: all sets are
-- scaled to [-1, 1] (its PTB is not scaled, of its PTB-XL that is not known); random splits are stratified (of its sets only CPSC is).
local eg = require "ecgraft"
local files = require "ecgraft.files"

-- ORDER SETS: as in the paper. records and classes: of the synthetic set that stands in for one that is not there.
local sets = {
  ptbxl = {records = 21430, classes = {"NORM", "MI", "STD", "LVH", "LBBB"}, like = "A"},
  cpsc2018 = {records = 6871, classes = {"NORM", "AF", "IAVB", "LBBB", "RBBB", "PAC", "VEB", "STD", "STE"}, like = "A"},
  georgia = {records = 10292, classes = {"NORM", "AF", "IAVB", "SB", "LAD", "STach", "TAb", "TInv", "LQT", "PAC"}, like = "B"},
  ptb = {records = 522, classes = {"MI", "NORM"}, like = "B"},
  code = {records = 827, classes = {"NORM", "IAVB", "RBBB", "LBBB", "SB", "AF", "STach"}, like = "B"},
}

local common = {}

--- A function that loads the set `name`: from its folder, or made where that is not there. smoke: made, and few.
function common.set(name, folders, smoke)
  local own = sets[name] or error(name, 2)
  local path = folders[name]
  return function()
    if not smoke and path and files.exists(path) then return eg.data[name](path, {method = "decimate"}) end
    return eg.data.synthetic{records = smoke and 36 or own.records, classes = own.classes, rate = smoke and 50 or 100,
      seconds = smoke and 5 or 10, seed = 1, hospital = {name = name, like = own.like}}
  end
end

--- Sets by name, for upstream and downstream.
function common.sets(names, folders, smoke)
  local list = {}
  for _, name in ipairs(names) do list[name] = common.set(name, folders, smoke) end
  return list
end

--- The paper's six networks, the recurrent ones with all their outputs flattened into the head. smoke: as deep, but narrow.
function common.networks(smoke)
  if not smoke then return {"resnet1d18", "resnet1d50", "resnet1d101", "lstm", "bilstm", "gru"} end
  local list = {}
  for i, name in ipairs{"resnet1d18", "resnet1d50", "resnet1d101"} do list[i] = {name, name = name, width = 2, hidden = 4} end
  for i, name in ipairs{"lstm", "bilstm", "gru"} do list[3 + i] = {name, name = name, hidden = 2} end
  return list
end

return common
