-- For how many records does pretraining pay? Sizes from 25 up, the curve a - b n^-c fitted, and what pretraining is worth in records.
--   ecgraft study examples/17_sizes.lua --workers 2        (a small one: -- --smoke); the report has the curves and the break-even size
local eg = require "ecgraft"
local smoke = ... == "--smoke"

local sizes = smoke and {10, 20, 40} or {25, 50, 100, 200, 400, 800}
local function hospital(name, records, seed)
  return function() return eg.data.synthetic{records = records, hospital = name, seconds = 5, seed = seed} end
end

return eg.study{
  name = "sizes",
  upstream = {large = hospital("A", smoke and 100 or 2000, 1)},
  downstream = {ours = hospital("B", smoke and 100 or 1600, 2)},
  networks = {{"resnet1d18", width = smoke and 2 or 8, hidden = smoke and 4 or 64}},
  sizes = sizes, seeds = smoke and {1, 2} or {1, 2, 3, 4, 5, 6},
  split = {train = 0.5, val = 0.1, test = 0.4, by = "patient", seed = 1},
  -- min_steps: without it the smallest sets would be trained for a handful of steps; val_steps: and validated after each of them.
  train = {epochs = smoke and 1 or 8, min_steps = smoke and 2 or 150, val_steps = 10, batch = 16, lr = 2e-3, schedule = "one_cycle"},
  pretrain = {epochs = smoke and 1 or 6, batch = 32},
  resamples = smoke and 100 or 2000,
}
