--- Activations without parameters; the result has the shape of the input.
--   nn.ReLU()                  max(x, 0)
--   nn.LeakyReLU(slope = 0.01) x where x > 0, else slope x
--   nn.ELU(alpha = 1)          x where x > 0, else alpha (exp(x) - 1)
--   nn.GELU()                  x times the normal distribution's P(X <= x)
--   nn.SiLU()                  x sigmoid(x)
--   nn.Softplus()              log(1 + exp(x))
--   nn.Sigmoid()               1 / (1 + exp(-x))
--   nn.Tanh()                  the hyperbolic tangent
--   nn.Softmax(dim = -1)       exp(x) / sum of exp(x) along a dim, the last by default
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"

local layers = {}

for name, op in pairs{ReLU = "relu", Tanh = "tanh", Sigmoid = "sigmoid", GELU = "gelu", SiLU = "silu", Softplus = "softplus"} do
  local Activation = module.class(name)
  function Activation.forward(_, x) return core.ops[op](x) end
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
