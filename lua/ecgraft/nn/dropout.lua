--- nn.Dropout(p = 0.5): in training each value is 0 with probability p, the others are divided by 1 - p (Srivastava et al. 2014).
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"

local Dropout = module.class "Dropout"

function Dropout:init(p)
  self.p = options.argument("nn.Dropout", 1, "p", p, {type = "number", min = 0, max = 1, default = 0.5}, 3)
end

function Dropout:forward(x)
  if not self.training or self.p == 0 then return x end
  return core.ops.dropout(x, {p = self.p, training = true})
end

return {Dropout = Dropout}
