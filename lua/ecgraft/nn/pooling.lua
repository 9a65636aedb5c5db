--- Pooling over time. x (N, L, C).
--   nn.MaxPool1d(kernel, {stride = kernel, padding = 0})       the largest of each window -> (N, Lo, C)
--   nn.AvgPool1d(kernel, {stride = kernel, padding = 0, count_padding = true})     the mean of each window -> (N, Lo, C)
--   nn.GlobalAvgPool1d()       the mean over time -> (N, C)
--   nn.GlobalMaxPool1d()       the largest over time -> (N, C)
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"

local known = {stride = {type = "integer", min = 1}, padding = {type = "integer", min = 0, default = 0}}

local function pool(name, op, schema)
  local Pool = module.class(name)

  function Pool:init(kernel, given)
    options.argument("nn." .. name, 1, "kernel", kernel, {type = "integer", min = 1}, 3)
    local o = options.check("nn." .. name, given, schema, 3)
    self.options = {kernel = kernel, stride = o.stride or kernel, padding = o.padding, count_padding = o.count_padding}
  end

  function Pool:forward(x) return core.ops[op](x, self.options) end

  return Pool
end

local function global_pool(name, op)
  local Pool = module.class(name)
  function Pool.forward(_, x) return core.ops[op](x) end
  return Pool
end

return {
  MaxPool1d = pool("MaxPool1d", "max_pool1d", known),
  AvgPool1d = pool("AvgPool1d", "avg_pool1d", {stride = known.stride, padding = known.padding,
    count_padding = {type = "boolean", default = true}}),
  GlobalAvgPool1d = global_pool("GlobalAvgPool1d", "global_avg_pool1d"),
  GlobalMaxPool1d = global_pool("GlobalMaxPool1d", "global_max_pool1d"),
}
