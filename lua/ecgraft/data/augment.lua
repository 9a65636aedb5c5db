--- Augmentation of training batches: data.augment{...} --> a function for eg.fit's option augment.
--
--   data.augment{
--     scale        = {0.8, 1.25},   -- each record times a factor drawn log-uniformly from this range
--     noise        = 0.02,          -- white noise of this deviation, in the units of the batch (after scaling: deviations)
--     wander       = 0.1,           -- baseline wander: a sine of 0.05 to 0.5 Hz of at most this amplitude, another for each lead
--     lead_dropout = 0.1,           -- each lead is 0 with this probability; at least one stays
--     shift        = 50,            -- moved by up to so many samples either way; what is left open is 0
--     mixup        = 0.2,           -- Zhang et al. 2018: records and labels mixed with others, share from Beta(0.2, 0.2)
--     rate         = 100 }          -- samples a second, for wander
--
-- In this order. Numbers come from the Lua state's generator, which fit sets by seed, epoch and step: a resumed training draws the same.
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local ops = core.ops

local function scaled(x, range)
  local low, high = math.log(range[1]), math.log(range[2])
  return x * core.uniform({#x, 1, 1}, low, high):exp()
end

local function with_noise(x, deviation) return x + core.randn(x:shape()) * deviation end

local function with_wander(x, most, rate)
  local n, length, leads = table.unpack(x:shape())
  local seconds = core.arange(length):reshape(1, length, 1) / rate
  local frequency, phase = core.uniform({n, 1, leads}, 0.05, 0.5), core.uniform({n, 1, leads}, 0, 2 * math.pi)
  return x + (seconds * frequency * (2 * math.pi) + phase):sin() * core.uniform({n, 1, leads}, 0, most)
end

local function with_dropout(x, p)
  local n, _, leads = table.unpack(x:shape())
  local draw = core.rand(n, 1, leads)
  local kept = draw:ge(p)
  -- The lead with the largest draw stays in any case.
  local stays = draw:ge((draw:max(3, true)))
  return x * kept:maximum(stays)
end

local function shifted(x, most)
  local n, length = #x, x:size(2)
  local y = core.zeros(x:shape())
  for i, draw in ipairs(core.uniform({n}, -most, most + 1):totable()) do
    local by = math.max(-length, math.min(math.floor(draw), length))
    local kept = length - math.abs(by)
    if kept > 0 then
      y[i]:narrow(1, math.max(by, 0) + 1, kept):copy_(x[i]:narrow(1, math.max(-by, 0) + 1, kept))
    end
  end
  return y
end

--- Gamma(shape, 1) for 0 < shape (Marsaglia & Tsang 2000, with their boost below 1), from this state's generator.
local function gamma(shape)
  local boost = 1
  if shape < 1 then
    boost = core.rand(1):item() ^ (1 / shape)
    shape = shape + 1
  end
  local d = shape - 1 / 3
  local c = 1 / math.sqrt(9 * d)
  while true do
    local z, u = core.randn(1):item(), core.rand(1):item()
    local v = (1 + c * z) ^ 3
    if v > 0 and math.log(u) < z * z / 2 + d - d * v + d * math.log(v) then return d * v * boost end
  end
end

local function mixed(x, y, alpha)
  local a, b = gamma(alpha), gamma(alpha)
  local share = a + b > 0 and a / (a + b) or 0.5
  local order = core.randperm(#x)
  return x * share + ops.index_select(x, order, 1) * (1 - share), y * share + ops.index_select(y, order, 1) * (1 - share)
end

local schema = {
  scale = {type = "table"},
  noise = {type = "number", min = 0},
  wander = {type = "number", min = 0},
  lead_dropout = {type = "number", min = 0, max = 1},
  shift = {type = "integer", min = 0},
  mixup = {type = "number", min = 1e-3},
  rate = {type = "number", min = 1e-3},
}

--- See the head of this file.
return function(given)
  local o = options.check("data.augment", given, schema)
  local range = o.scale
  if range and not (type(range[1]) == "number" and type(range[2]) == "number" and range[1] > 0 and range[1] <= range[2]) then
    error("data.augment: option 'scale' must be {low, high} with 0 < low <= high", 2)
  end
  if o.wander and not o.rate then error("data.augment: option 'wander' needs 'rate', samples a second", 2) end
  return function(x, y)
    if range then x = scaled(x, range) end
    if o.noise then x = with_noise(x, o.noise) end
    if o.wander then x = with_wander(x, o.wander, o.rate) end
    if o.lead_dropout then x = with_dropout(x, o.lead_dropout) end
    if o.shift then x = shifted(x, o.shift) end
    if o.mixup then x, y = mixed(x, y, o.mixup) end
    return x, y
  end
end
