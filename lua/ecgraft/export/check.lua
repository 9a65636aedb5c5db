--- What every exporter asks of a network first: that its layers are called as their classes define it, so that what is written elsewhere
-- computes what they do.
local module = require "ecgraft.nn.module"
local nn = require "ecgraft.nn"
local options = require "ecgraft.options"

local resnet = require "ecgraft.models.resnet"

-- The classes that may be exported beside those of eg.nn.
local networks = {
  ResNet1d = resnet.class, BasicBlock = resnet.blocks.BasicBlock, Bottleneck = resnet.blocks.Bottleneck,
  RecurrentNet = require("ecgraft.models.recurrent").class,
}

local check = {}

--- A layer's place for messages: "layer '3' (Dropout)", "the network (ResNet1d)".
function check.place(name, layer)
  return name == "" and ("the network (%s)"):format(layer._name) or ("layer '%s' (%s)"):format(name, layer._name)
end

--- Raises unless `net` is a network without forward hooks and without a forward of its own set on one of its layers.
function check.network(where, net)
  if not module.is(net) then
    error(("%s: argument 1 must be a network, got %s"):format(where, options.show(net)), 3)
  end
  for name, layer in net:named_modules() do
    if rawget(layer, "_hook") then
      error(("%s: %s has a forward hook, which cannot be exported; on_forward(nil) removes it"):format(where,
        check.place(name, layer)), 3)
    elseif rawget(layer, "forward") then
      error(("%s: %s has a forward of its own, which cannot be exported"):format(where, check.place(name, layer)), 3)
    end
  end
end

--- Raises unless the file's name ends in `ending`.
function check.path(where, path, ending)
  options.argument(where, 2, "path", path, {type = "string"}, 3)
  if path:sub(-#ending) ~= ending or #path == #ending then
    error(("%s: the path must end in %s, got %s"):format(where, ending, options.show(path)), 3)
  end
end

--- Handlers by class, `handlers[layer._name]`; raises where there is none for this layer.
function check.handler(where, handlers, name, layer)
  local class, handler = layer._name, handlers[layer._name]
  local known = networks[class] or rawget(nn, class) -- a class of the user's own may bear the name of one of ours
  if handler and getmetatable(layer) == known then return handler end
  error(("%s: %s cannot be exported: its class is not one of the library's. Build it from layers of eg.nn, or write down the weights "
    .. "alone (eg.export.safetensors). Known classes: %s"):format(where, check.place(name, layer),
    table.concat(options.names(handlers), ", ")), 0)
end

return check
