--- Grad-CAM over time (Selvaraju et al., ICCV 2017): the last feature maps A (time, channels), each channel weighted by the mean over
-- time of d logit / d A, summed, and what is below 0 left out; then spread over the samples of the record.
local evaluating = require "ecgraft.train.evaluating"
local still = require "ecgraft.explain.still"

local gradcam = {}

--- Weights at the centres of the map's steps to weights at `length` samples, linear between them. Step t (from 0) is about sample
-- t * stride + offset; before the first and after the last centre the value stays.
local function spread(values, length, stride, offset)
  local out, count = {}, #values
  for i = 0, length - 1 do
    local at = (i - offset) / stride
    local low = math.max(0, math.min(count - 1, math.floor(at)))
    local part = math.max(0, math.min(1, at - low)) ---@type number
    local a, b = values[low + 1], values[math.min(count, low + 2)]
    out[i + 1] = a + part * (b - a)
  end
  return out
end

--- The same with the largest 1.
function gradcam.normalized(values)
  local most = 0
  for _, value in ipairs(values) do most = math.max(most, value) end
  local out = {}
  for i, value in ipairs(values) do out[i] = most > 0 and value / most or 0 end
  return out
end

--- The plain Grad-CAM of record 1 of x (1, L, leads): a list with a value for each step of the maps, not normalized.
function gradcam.raw(net, x, place)
  local maps = evaluating(net, function() return net:maps(x) end):detach():clone():requires_grad(true) ---@type ecgraft.Tensor
  still(net, function() net:classify(maps):select(2, place):sum():backward() end)
  local weights = maps:grad():mean(2, true)
  return (maps:detach() * weights):sum(3):relu()[1]:totable()
end

--- Weights of record 1 of x (1, L, leads), one for each sample, the largest 1.
function gradcam.weights(net, x, place)
  local steps, length = gradcam.raw(net, x, place), x:size(2)
  -- A net may say how far apart its maps' centres are (ResNets: 32 samples, the first at sample 1); else they share out the record.
  local stride = net.map_stride or length / #steps
  return gradcam.normalized(spread(steps, length, stride, net.map_stride and 0 or (stride - 1) / 2))
end

return gradcam
