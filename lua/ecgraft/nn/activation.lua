--- Activations without parameters: nn.ReLU(), Tanh, Sigmoid, GELU, SiLU, Softplus, LeakyReLU(slope = 0.01), ELU(alpha = 1), Softmax(dim).
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"

local layers = {}

for name, op in pairs{ReLU = "relu", Tanh = "tanh", Sigmoid = "sigmoid", GELU = "gelu", SiLU = "silu", Softplus = "softplus"} do
  local Activation = module.class(name)
  function Activation:forward(x) return core.ops[op](x) end -- luacheck: ignore self
  layers[name] = Activation
end

for name, field in pairs{LeakyReLU = {"leaky_relu", "slope", 0.01}, ELU = {"elu", "alpha", 1}} do
  local Activation = module.class(name)
  function Activation:init(slope)
    self.slope = options.argument("nn." .. name, 1, field[2], slope, {type = "number", min = 0, default = field[3]}, 3)
  end
  function Activation:forward(x) return core.ops[field[1]](x, self.slope) end
  layers[name] = Activation
end

layers.Softmax = module.class "Softmax"
function layers.Softmax:init(dim) self.dim = options.argument("nn.Softmax", 1, "dim", dim, {type = "integer", default = -1}, 3) end
function layers.Softmax:forward(x) return core.ops.softmax(x, self.dim) end

return layers
