--- nn.Linear(inputs, outputs, {bias = true}): y = x W' + b over the last dim. x (..., inputs) -> (..., outputs).
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"
local initialize = require "ecgraft.nn.initialize"

local Linear = module.class "Linear"
Linear.keeps_nothing = true

local known = {bias = {type = "boolean", default = true}}

function Linear:init(inputs, outputs, given)
  self.inputs = options.argument("nn.Linear", 1, "inputs", inputs, {type = "integer", min = 1}, 3)
  self.outputs = options.argument("nn.Linear", 2, "outputs", outputs, {type = "integer", min = 1}, 3)
  local o = options.check("nn.Linear", given, known, 3)
  self.weight = initialize.default(core.zeros(outputs, inputs), inputs):requires_grad(true)
  if o.bias then self.bias = initialize.default(core.zeros(outputs), inputs):requires_grad(true) end
end

function Linear:forward(x) return core.ops.linear(x, self.weight, self.bias) end

return {Linear = Linear}
