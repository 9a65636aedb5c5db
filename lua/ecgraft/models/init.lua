--- The paper's six networks: models.resnet1d18{leads = 12, classes = 5}, resnet1d50, resnet1d101, lstm, bilstm, gru.
-- Each has features(x), stages(), and head_name, which transfer strategies go by. A new network: a file with a class and a line below.
local nn = require "ecgraft.nn"
local options = require "ecgraft.options"
local resnet = require "ecgraft.models.resnet"
local recurrent = require "ecgraft.models.recurrent"
local weights = require "ecgraft.models.weights"

local models = {load_safetensors = weights.load, save_safetensors = weights.save}

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

--- Puts a new head for so many classes on a net that has a head_name. Returns the net.
function models.new_head(net, classes)
  options.argument("models.new_head", 2, "classes", classes, {type = "integer", min = 1})
  local name = net.head_name
  if not name then
    error(("models.new_head: %s does not say which layer is its head (head_name)"):format(net._name), 2)
  end
  net[name] = nn.Linear(net[name].inputs, classes)
  net[name].training = net.training
  net._arguments[1].classes = classes
  net.options.classes = classes
  return net
end

--- A name that is not there says which are.
return setmetatable(models, {__index = function(_, name)
  error(("models.%s is not there; there are: %s"):format(tostring(name), table.concat(models.names, ", ")), 2)
end})
