--- A convolution and the batch-norm behind it: two ops while something is recorded or trained, one convolution with the norm folded
-- into its weights in evaluation without recording.
--
--   local y = folding.conv_norm(conv, norm, x, residual, relu)
local core = require "ecgraft.core"

local folding = {}

local folded = setmetatable({}, {__mode = "k"}) -- norm -> {conv = ..., object, the tensors it was made of}

--- What is folded, made anew where a layer was given other tensors; changes in place the object finds itself.
local function object_of(conv, norm)
  local entry = folded[norm]
  if entry and rawequal(entry.weight, conv.weight) and rawequal(entry.bias, conv.bias) and rawequal(entry.gamma, norm.weight)
      and rawequal(entry.beta, norm.bias) and rawequal(entry.mean, norm.running_mean) and rawequal(entry.var, norm.running_var) then
    return entry.object
  end
  entry = {weight = conv.weight, bias = conv.bias, gamma = norm.weight, beta = norm.bias, mean = norm.running_mean,
    var = norm.running_var, eps = norm.eps, stride = conv.stride, padding = conv.padding, dilation = conv.dilation,
    groups = conv.groups}
  entry.object = core.folded_conv1d(entry)
  folded[norm] = entry
  return entry.object
end

--- Whether a layer of this class is called as it is: nobody waits for what lies between the two.
local function plain(layer, name) return layer._name == name and not rawget(layer, "_hook") end

--- norm(conv(x)), plus the residual, and ReLU where relu is true. Forward hooks of either layer are called as ever.
function folding.conv_norm(conv, norm, x, residual, relu)
  if core.is_recording() or norm.training or not plain(conv, "Conv1d") or not plain(norm, "BatchNorm1d") then
    folded[norm] = nil
    return norm(conv(x), residual, relu)
  end
  return object_of(conv, norm):apply(x, residual, relu)
end

return folding
