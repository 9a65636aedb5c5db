--- The model file: HDF5, one dataset a parameter or buffer under its name; in the attributes how the network is built, and its card (class
-- labels, leads, rate, units, samples, scaler): enough to predict on a new record with nothing else. It runs no code when read.
local core = require "ecgraft.core"
local describe = require "ecgraft.nn.describe"
local files = require "ecgraft.files"
local is_tensor = require("ecgraft.tensor").is

local file = {}

local function plain_card(card)
  local plain = {}
  for key, value in pairs(card or {}) do plain[key] = value end
  if plain.scaler then plain.scaler = plain.scaler:state() end
  return plain
end

--- Writes a net. true, or nil and a message.
function file.save(net, path)
  local list = {}
  for name, tensor in net:named_state() do list[#list + 1] = {name = name, tensor = tensor:detach()} end
  local card = net.card or {}
  return core.store.save(path, list, {
    ecgraft_kind = "model", ecgraft_version = core.version, architecture = files.to_json(describe.plan(net)),
    card = files.to_json(plain_card(card)), model_name = net.model_name or net._name,
    classes = card.classes, leads = card.leads, rate = card.rate, units = card.units, -- beside the card, for other readers
  })
end

local ROOM = 1 << 28 -- bytes that building may take beside its weights: far more than any network does

--- Builds a network whose weights are in a file; its description may say sizes of which the file has nothing.
local function build_within(tensors, architecture)
  local values = 0
  for _, tensor in pairs(tensors) do values = values + (is_tensor(tensor) and tensor:numel() or 0) end
  local _ <close> = setmetatable({}, {__close = function() core.memory_limit(0) end})
  core.memory_limit(16 * values + ROOM)
  local ok, net = pcall(describe.build, architecture)
  if ok then return net end
  if type(net) == "string" and net:find("more than is allowed here", 1, true) then
    net = "the description of the network is damaged: it is of a much larger one than the arrays of the file"
  end
  error(net, 0)
end

--- A net from how it is built and its card, plain tables as a file has them, in evaluation mode, with initial weights. tensors: the weights
-- that the file has for it. Raises where they are damaged.
function file.build(architecture, card, model_name, tensors)
  require "ecgraft.models" -- so that its classes are known
  local net = build_within(tensors, architecture)
  if type(card) ~= "table" then error("the card of the network is damaged: expected an object", 0) end
  if card.scaler then card.scaler = require("ecgraft.data.scaler").new(card.scaler) end
  rawset(net, "card", card)
  rawset(net, "model_name", model_name)
  return net:eval()
end

--- The net of a file, in evaluation mode; nil and a message where it is missing, damaged or no model.
function file.load(path)
  local tensors, attributes = core.store.load(path)
  if not tensors then return nil, attributes end
  if attributes.ecgraft_kind ~= "model" then
    return nil, ("%s is not a model file (%s)"):format(path, attributes.ecgraft_kind and "it holds a " .. attributes.ecgraft_kind
      or "it was not written by ecgraft")
  end
  local ok, result = pcall(function()
    local net = file.build(files.from_json(attributes.architecture), files.from_json(attributes.card), attributes.model_name, tensors)
    net:load_state(tensors)
    return net
  end)
  if not ok then return nil, ("%s: %s"):format(path, tostring(result)) end
  return result
end

return file
