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
-- In this order, in C (csrc/ecg/augment.c). Numbers come from the Lua state's generator, which fit sets by seed, epoch and step: a resumed
-- training draws the same, and so does any number of threads.
local core = require "ecgraft.core"
local options = require "ecgraft.options"

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
  local each = {noise = o.noise, wander = o.wander, rate = o.rate, lead_dropout = o.lead_dropout, shift = o.shift}
  if range then each.scale_low, each.scale_high = range[1], range[2] end
  local any = range or o.noise or o.wander or o.lead_dropout or o.shift
  return function(x, y)
    if any then x = core.augment.records(x, each) end
    if o.mixup then x, y = core.augment.mixup(x, y, o.mixup) end
    return x, y
  end
end
