-- sizes.lua under the strict protocol, with six seeds and the learning rate of each run chosen on validation. Where sizes.lua was run
-- before, the report has both side by side: what choosing the epoch on the test set pretends.
--   ecgraft study examples/paper/sizes_strict.lua               (a small one: -- --smoke)
local eg = require "ecgraft"
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or ""
local common, folders = dofile(here .. "common.lua"), dofile(here .. "folders.lua")
local smoke = ... == "--smoke"

return eg.study{
  name = smoke and "paper-sizes-strict-smoke" or "paper-sizes-strict",
  compare_with = smoke and "runs/paper-sizes-smoke" or "runs/paper-sizes",
  upstream = common.sets({"georgia"}, folders, smoke),
  downstream = common.sets({"ptbxl"}, folders, smoke),
  networks = {common.networks(smoke)[1]},
  sizes = smoke and {8, 12, 16, 20} or {2000, 4000, 6000, 8000, 10000, 12000},
  seeds = smoke and {1} or {1, 2, 3, 4, 5, 6},
  split = {train = 0.67, val = 0.1, test = 0.23},
  tune = true,
  train = smoke and {epochs = 1} or {epochs = 100, batch = 256, lr = 1e-2, patience = 20},
  resamples = smoke and 100 or 2000,
}
