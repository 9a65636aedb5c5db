--- Losses: functions of (outputs, targets, options) to a scalar.
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local loss = {}
local reductions = {mean = 0, sum = 1, none = 2}
local reduction = {type = "string", choices = {"mean", "sum", "none"}, default = "mean"}

local bce_schema = {
  reduction = reduction,          -- of the terms of all records and classes
  pos_weight = {type = "tensor"}, -- (K): the weight of a class's positive records
  weight = {type = "tensor"},     -- (K), or (N, K): the weight of each term
}
local cross_schema = {
  reduction = reduction,          -- of the terms of all records and classes
  weight = {type = "tensor"},     -- (K): the weight of each class
  label_smoothing = {type = "number", min = 0, max = 1, default = 0}, -- share of a target that goes to all classes alike
}
local mse_schema = {
  reduction = reduction,          -- of the terms of all entries
}

--- Binary cross-entropy of sigmoid(logits), stable for large logits: for labels that do not exclude each other. logits (N, K), targets
-- (N, K) in [0, 1].
function loss.bce_with_logits(logits, targets, given)
  local o = options.check("nn.bce_with_logits", given, bce_schema)
  return core.ops.bce_with_logits(logits, targets, o.pos_weight, o.weight, {reduction = reductions[o.reduction]})
end

--- Cross-entropy of softmax(logits): for one class of many. logits (N, K), targets (N) class numbers from 1, or (N, K) probabilities.
function loss.cross_entropy(logits, targets, given)
  local o = options.check("nn.cross_entropy", given, cross_schema)
  return core.ops.cross_entropy(logits, targets, o.weight,
    {reduction = reductions[o.reduction], label_smoothing = o.label_smoothing})
end

--- The mean squared error. outputs and targets have one shape.
function loss.mse(outputs, targets, given)
  local o = options.check("nn.mse", given, mse_schema)
  return core.ops.mse(outputs, targets, {reduction = reductions[o.reduction]})
end

return loss
