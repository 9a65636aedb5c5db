--- nn.AttentionPool1d(channels): x (N, L, C) -> (N, C), the mean over time weighted by softmax(v' tanh(W x + b)):
-- additive attention with one query (Bahdanau et al. 2015; as pooling: Yang et al. 2016).
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"
local linear = require "ecgraft.nn.linear"

local AttentionPool1d = module.class "AttentionPool1d"

function AttentionPool1d:init(channels)
  options.argument("nn.AttentionPool1d", 1, "channels", channels, {type = "integer", min = 1}, 3)
  self.key = linear.Linear(channels, channels)
  self.query = linear.Linear(channels, 1, {bias = false})
end

---@param x ecgraft.Tensor (N, L, C)
---@return ecgraft.Tensor
function AttentionPool1d:forward(x)
  local weight = core.ops.softmax(self.query(self.key(x):tanh()), 2) -- (N, L, 1)
  return (x * weight):sum(2)
end

return {AttentionPool1d = AttentionPool1d}
