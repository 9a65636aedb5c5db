--- Neural networks. Layouts are (records, time, channels).
local named = require "ecgraft.named"
local recording = require "ecgraft.recording"
local module = require "ecgraft.nn.module"

local nn = {module = module.class, is_module = module.is, init = named.module(require "ecgraft.nn.initialize", "eg.nn.init")}

--- Marks a tensor as a parameter: a field of a module that is set to it is trained.
function nn.parameter(tensor) return tensor:requires_grad(true) end

-- Each file returns a table of classes. ORDER LAYERS: as one meets them.
for _, file in ipairs{"linear", "conv", "batch_norm", "pooling", "activation", "dropout", "shape", "recurrent", "attention", "container"} do
  for name, class in pairs(require("ecgraft.nn." .. file)) do nn[name] = class end
end

for name, loss in pairs(require "ecgraft.nn.loss") do nn[name] = loss end

--- Reads a model file written by net:save. Returns the net in evaluation mode, or nil and a message.
function nn.load(path) return require("ecgraft.nn.file").load(path) end

--- The first module whose output is not finite, by name, when the net is given x; nil where all are.
function nn.find_nonfinite(net, ...)
  local found
  local input = table.pack(...)
  for name, each in net:named_modules() do
    each:on_forward(function(_, y, ...)
      if not found and type(y) == "userdata" and y:count_nonfinite() > 0 then found = name end
      return y, ...
    end)
  end
  local ok, message = pcall(recording.off, net, table.unpack(input, 1, input.n))
  for _, each in net:named_modules() do each:on_forward(nil) end
  if not ok then error(message, 0) end
  return found
end

return nn
