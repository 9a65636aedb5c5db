--- ecgraft evaluate MODEL DATA: metrics of a model on a labelled set.
local command = {
  name = "evaluate", summary = "Print the metrics of a model on a labelled set with the model's classes.",
  examples = {
    "ecgraft evaluate model.h5 ward.h5",
    "ecgraft evaluate model.h5 /data/georgia --set georgia --json > scores.json",
    "ecgraft evaluate model.h5 /data/ptb-xl --set ptbxl --folds 10",
  },
}

-- Readers of folders whose classes are known without being told.
local readers = {"chapman", "cpsc2018", "georgia", "ningbo", "ptb", "ptbxl", "sph"}

--- {10} of "10", {9, 10} of "9,10"; nil and a message where that is no list of folds.
local function folds_of(text)
  local folds = {}
  for word in text:gmatch "[^,]+" do
    local fold = math.tointeger(tonumber(word))
    if not fold then return nil, ("--folds: expected numbers as in 9,10, got '%s'"):format(text) end
    folds[#folds + 1] = fold
  end
  return folds
end

function command.configure(parser)
  parser:argument("model", "A model file (.h5) written by net:save or a study.")
  parser:argument("data", "A prepared dataset (.h5), or the folder of a set.")
  parser:option("--set", "What the folder holds: " .. table.concat(readers, ", ") .. "."):choices(readers):argname "NAME"
  parser:option("--folds", "With --set ptbxl: the folds to take, as 10 or 9,10."):convert(folds_of):argname "LIST"
  parser:flag("--json", "Everything as JSON.")
end

local function open(a, card)
  local data = require "ecgraft.data"
  if a.set then
    return data[a.set](a.data, {rate = card.rate, seconds = card.rate and card.samples / card.rate, leads = card.leads, folds = a.folds})
  end
  if not a.data:find("%.h5$") then return nil, a.data .. ": say with --set which set the folder holds" end
  return data.open(a.data)
end

local function same(list, other)
  if #list ~= #other then return false end
  for i, value in ipairs(list) do if other[i] ~= value then return false end end
  return true
end

function command.run(a)
  local cli = require "ecgraft.cli"
  if a.folds and a.set ~= "ptbxl" then return cli.wrong_usage "--folds goes with --set ptbxl" end
  local net, message = require("ecgraft.nn").load(a.model)
  if not net then return cli.fail(message) end
  local card = net.card or {}
  local set
  set, message = open(a, card)
  if not set then return cli.fail(message) end
  if not card.classes or not same(card.classes, set.classes) then
    return cli.fail(("the model knows the classes %s, the set has %s"):format(table.concat(card.classes or {}, ", "),
      table.concat(set.classes, ", ")))
  elseif set.rate ~= card.rate or set:shape()[2] < card.samples then
    return cli.fail(("the model expects %d samples at %g Hz, the set has %d at %g Hz"):format(card.samples, card.rate,
      set:shape()[2], set.rate))
  elseif set:shape()[2] > card.samples then
    io.stderr:write(("note: the set's records have %d samples; the model is given the first %d\n"):format(set:shape()[2], card.samples))
    set = set:with_signals(set.signals:narrow(2, 1, card.samples):contiguous())
  end
  local scores = require("ecgraft.train").predict(net, set, {progress = not a.json})
  local evaluation = require("ecgraft.metrics").evaluate(scores, set.labels, {classes = set.classes})
  if a.json then return cli.print_json(evaluation:plain()) end
  print(evaluation)
  return 0
end

return command
