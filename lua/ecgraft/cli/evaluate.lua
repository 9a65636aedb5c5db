--- ecgraft evaluate MODEL DATA: metrics of a model on a labelled set.
local command = {name = "evaluate", summary = "Print the metrics of a model on a labelled set with the model's classes."}

function command.configure(parser)
  parser:argument("model", "A model file (.h5) written by net:save or a study.")
  parser:argument("data", "A prepared dataset (.h5), or the folder of a set.")
  parser:option("--set", "What the folder holds."):choices{"ptbxl", "cpsc2018", "georgia"}:argname "NAME"
  parser:flag("--json", "Everything as JSON.")
end

local function open(a)
  local data = require "ecgraft.data"
  if a.set then return data[a.set](a.data) end
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
  local net, message = require("ecgraft.nn").load(a.model)
  if not net then return cli.fail(message) end
  local set
  set, message = open(a)
  if not set then return cli.fail(message) end
  local card = net.card or {}
  if not card.classes or not same(card.classes, set.classes) then
    return cli.fail(("the model knows the classes %s, the set has %s"):format(table.concat(card.classes or {}, ", "),
      table.concat(set.classes, ", ")))
  elseif set.rate ~= card.rate or set:shape()[2] ~= card.samples then
    return cli.fail(("the model expects %d samples at %g Hz, the set has %d at %g Hz"):format(card.samples, card.rate,
      set:shape()[2], set.rate))
  end
  local scores = require("ecgraft.train").predict(net, set, {progress = not a.json})
  local evaluation = require("ecgraft.metrics").evaluate(scores, set.labels, {classes = set.classes})
  print(a.json and require("ecgraft.files").to_json(evaluation:plain()) or tostring(evaluation))
  return 0
end

return command
