--- The paper's six networks: models.resnet1d18{leads = 12, classes = 5}, resnet1d50, resnet1d101, lstm, bilstm, gru.
-- Each has features(x), sequence(x), stages(), and head_name, which transfer strategies and pretraining tasks go by. A new network: a
-- file with a class and a line below.
local head = require "ecgraft.models.head"
local options = require "ecgraft.options"
local resnet = require "ecgraft.models.resnet"
local recurrent = require "ecgraft.models.recurrent"
local weights = require "ecgraft.models.weights"

local models = {
  load_weights = weights.load, load_safetensors = weights.load_safetensors, save_safetensors = weights.save,
  from_weights = weights.from,
}

-- ORDER MODELS: as in the paper.
local builders = {
  {"resnet1d18", resnet.class, {depth = 18}},
  {"resnet1d50", resnet.class, {depth = 50}},
  {"resnet1d101", resnet.class, {depth = 101}},
  {"lstm", recurrent.class, {cell = "lstm"}},
  {"bilstm", recurrent.class, {cell = "lstm", bidirectional = true}},
  {"gru", recurrent.class, {cell = "gru"}},
}

--- The names of all networks.
models.names = {}

for i, each in ipairs(builders) do
  local name, class, fixed = table.unpack(each)
  models.names[i] = name
  models[name] = function(given)
    if given ~= nil and type(given) ~= "table" then
      error(("models.%s: expected a table of options, got %s"):format(name, options.show(given)), 2)
    end
    local all = {}
    for key, value in pairs(given or {}) do
      if fixed[key] ~= nil then error(("models.%s: option '%s' is fixed for this network"):format(name, key), 2) end
      all[key] = value
    end
    for key, value in pairs(fixed) do all[key] = value end
    local net = class(all)
    rawset(net, "model_name", name)
    return net
  end
end

--- Puts a new head for so many classes on a net that has a head_name: models.new_head(net, classes [, {mlp =, mlp_dropout =}]), the
-- options being the network's own unless given (head.lua). Returns the net.
---@param net ecgraft.Module
function models.new_head(net, classes, given)
  options.argument("models.new_head", 2, "classes", classes, {type = "integer", min = 1})
  local name = net.head_name
  if not name then
    error(("models.new_head: %s does not say which layer is its head (head_name)"):format(net._name), 2)
  end
  local built, own = net._arguments[1], net.options
  if type(built) ~= "table" or type(own) ~= "table" or not own.classes then
    error(("models.new_head: %s must be made from a table of options with classes, which it keeps in net.options, as those of eg.models")
      :format(net._name), 2)
  end
  local o = options.check("models.new_head", given, head.fields)
  for option in pairs(head.fields) do
    if not given or given[option] == nil then o[option] = own[option] or o[option] end
  end
  net[name] = head.new(net[name].inputs, classes, o)
  if not net.training then net[name]:eval() end
  for _, each in ipairs{built, own} do -- the one goes into its file
    each.classes, each.mlp, each.mlp_dropout = classes, o.mlp, o.mlp_dropout
  end
  if net.card then net.card.task = nil end
  return net
end

--- A name that is not there says which are.
return setmetatable(models, {complete = true, __index = function(_, name)
  error(("models.%s is not there; there are: %s"):format(tostring(name), table.concat(models.names, ", ")), 2)
end})
