--- A convolution and the batch-norm behind it: two ops while something is recorded or trained, one convolution with the norm folded
-- into its weights in evaluation without recording.
--
--   local y = folding.conv_norm(conv, norm, x, residual, relu)
local core = require "ecgraft.core"
local module = require "ecgraft.nn.module"

local folding = {}

local folded = setmetatable({}, {__mode = "k"}) -- norm -> {object, and what it was made of}

local function parts_of(conv, norm)
  local o = conv.options
  return {weight = conv.weight, bias = conv.bias, gamma = norm.weight, beta = norm.bias, mean = norm.running_mean,
    var = norm.running_var, eps = norm.eps, stride = o.stride, padding = o.padding, dilation = o.dilation, groups = o.groups}
end

local function same(a, b)
  for name, value in pairs(a) do
    if name ~= "object" and not rawequal(value, b[name]) then return false end
  end
  return rawequal(a.bias, b.bias) -- which may be absent in `a` alone
end

--- Packed weights take one to two times the room of the weights: not left to the collector.
local function forget(norm)
  local entry = folded[norm]
  folded[norm] = nil
  if entry then getmetatable(entry.object).__close(entry.object) end
end

--- What is folded, made anew where the layers were given other tensors or options; changes in place the object finds itself.
local function object_of(conv, norm)
  local entry, parts = folded[norm], parts_of(conv, norm)
  if entry and same(entry, parts) then return entry.object end
  forget(norm)
  parts.object = core.folded_conv1d(parts)
  folded[norm] = parts
  return parts.object
end

--- norm(conv(x)), plus the residual, and ReLU where relu is true. Forward hooks of either layer are called as ever.
function folding.conv_norm(conv, norm, x, residual, relu)
  if core.is_recording() or norm.training or not module.is_plain(conv, "Conv1d") or not module.is_plain(norm, "BatchNorm1d") then
    forget(norm)
    return norm(conv(x), residual, relu)
  end
  return object_of(conv, norm):apply(x, residual, relu)
end

return folding
