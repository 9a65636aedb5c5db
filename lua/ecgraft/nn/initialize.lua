--- Initial values, written in place into a tensor; drawn from this Lua state's generator (eg.manual_seed).
-- Weights are laid out (out, in) for linear and (out, kernel, in) for convolution: fan_in is all but the first dim.
local options = require "ecgraft.options"
local recording = require "ecgraft.recording"

local initialize = {}

local function in_place(tensor, method, ...)
  return recording.off(tensor[method], tensor, ...)
end

--- fan_in, fan_out of a weight.
function initialize.fans(tensor)
  local shape = tensor:shape()
  if #shape < 2 then
    error(("nn.init: fans need a weight of at least 2 dimensions, got %d"):format(#shape), 2)
  end
  local kernel = 1 ---@type number
  for i = 2, #shape - 1 do kernel = kernel * shape[i] end
  return shape[#shape] * kernel, shape[1] * kernel
end

--- Uniform from low to high (0 to 1).
function initialize.uniform(tensor, low, high) return in_place(tensor, "uniform_", low, high) end
--- Normal with this mean and deviation (0 and 1).
function initialize.normal(tensor, mean, deviation) return in_place(tensor, "normal_", mean, deviation) end
--- One value everywhere.
function initialize.constant(tensor, value) return in_place(tensor, "fill_", value) end

--- Uniform within 1 / sqrt(fan): PyTorch's default for linear and convolution layers (its kaiming_uniform with a = sqrt 5).
function initialize.default(tensor, fan)
  local bound = fan > 0 and 1 / math.sqrt(fan) or 0
  return initialize.uniform(tensor, -bound, bound)
end

local kaiming_schema = {
  mode = {type = "string", choices = {"fan_in", "fan_out"}, default = "fan_in"},
  gain = {type = "number", default = math.sqrt(2)},
}
local xavier_schema = {gain = {type = "number", default = 1}}

local function fan_of(where, tensor, given)
  local o = options.check(where, given, kaiming_schema, 3)
  local fan_in, fan_out = initialize.fans(tensor)
  return o.gain, o.mode == "fan_in" and fan_in or fan_out
end

--- He et al. 2015: normal with deviation gain / sqrt(fan); {mode = "fan_in" | "fan_out", gain = sqrt 2}.
function initialize.kaiming_normal(tensor, given)
  local gain, fan = fan_of("nn.init.kaiming_normal", tensor, given)
  return initialize.normal(tensor, 0, gain / math.sqrt(fan))
end

--- The same with a uniform distribution of that deviation.
function initialize.kaiming_uniform(tensor, given)
  local gain, fan = fan_of("nn.init.kaiming_uniform", tensor, given)
  local bound = math.sqrt(3) * gain / math.sqrt(fan)
  return initialize.uniform(tensor, -bound, bound)
end

--- Glorot & Bengio 2010: uniform within gain * sqrt(6 / (fan_in + fan_out)); {gain = 1}.
function initialize.xavier_uniform(tensor, given)
  local o = options.check("nn.init.xavier_uniform", given, xavier_schema)
  local fan_in, fan_out = initialize.fans(tensor)
  local bound = o.gain * math.sqrt(6 / (fan_in + fan_out))
  return initialize.uniform(tensor, -bound, bound)
end

return initialize
