--- Gradient times input over time, for networks without feature maps: at each sample the sum over leads of |x d logit / d x|, smoothed
-- over a fiftieth of the record (0.2 s of 10 s), about the width of a QRS complex and what is beside it.
local gradcam = require "ecgraft.explain.gradcam"
local still = require "ecgraft.explain.still"

local gradient = {}

-- The mean over `half` samples on both sides, fewer at the ends.
---@param values number[]
---@param half integer
local function smoothed(values, half)
  local sums = {[0] = 0.0}
  for i, value in ipairs(values) do sums[i] = sums[i - 1] + value end
  local out, count = {}, #values
  for i = 1, count do
    local first, last = math.max(1, i - half), math.min(count, i + half)
    out[i] = (sums[last] - sums[first - 1]) / (last - first + 1)
  end
  return out
end

--- |x d logit / d x| of record 1 of x (1, L, leads), summed over leads: a list of L.
function gradient.raw(net, x, place)
  local input = x:detach():clone():requires_grad(true) ---@type ecgraft.Tensor
  still(net, function() net(input):select(2, place):sum():backward() end)
  return (input:detach() * input:grad()):abs():sum(3)[1]:totable()
end

--- The same smoothed, the largest 1.
function gradient.weights(net, x, place)
  local raw = gradient.raw(net, x, place)
  return gradcam.normalized(smoothed(raw, #raw // 100))
end

return gradient
