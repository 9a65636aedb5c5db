--- nn.BatchNorm1d(channels, {momentum = 0.1, eps = 1e-5}): Ioffe & Szegedy 2015 over all dims but the last.
-- In training the batch's statistics normalise and the running ones follow (variance unbiased); in evaluation the running ones are used,
-- and also while the layer's weight is frozen. forward(x [, residual [, relu]]): a residual is added and ReLU applied in the same pass.
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"

local BatchNorm1d = module.class "BatchNorm1d"
BatchNorm1d.keeps_nothing = true

local known = {
  momentum = {type = "number", min = 0, max = 1, default = 0.1}, -- the share of the batch in the running statistics
  eps = {type = "number", min = 0, default = 1e-5},
}

function BatchNorm1d:init(channels, given)
  self.channels = options.argument("nn.BatchNorm1d", 1, "channels", channels, {type = "integer", min = 1}, 3)
  local o = options.check("nn.BatchNorm1d", given, known, 3)
  self.momentum, self.eps = o.momentum, o.eps
  self.weight = core.ones(channels):requires_grad(true)
  self.bias = core.zeros(channels):requires_grad(true)
  self:buffer("running_mean", core.zeros(channels))
  self:buffer("running_var", core.ones(channels))
end

function BatchNorm1d:forward(x, residual, relu)
  return core.ops.batch_norm(x, self.weight, self.bias, self.running_mean, self.running_var, residual, {
    training = self.training and self.weight:requires_grad(), relu = relu or false, momentum = self.momentum, eps = self.eps})
end

return {BatchNorm1d = BatchNorm1d}
