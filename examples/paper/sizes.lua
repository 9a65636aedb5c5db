-- The paper's schedule of training-set sizes: ResNet1d18, Georgia -> PTB-XL, the first 2,000 to 12,000 training records.
--   ecgraft study examples/paper/sizes.lua                      (a small one: -- --smoke)
-- The same under the strict protocol, then with both side by side in its report: sizes_strict.lua.
local eg = require "ecgraft"
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or ""
local common, folders = dofile(here .. "common.lua"), dofile(here .. "folders.lua")
local smoke = ... == "--smoke"

return eg.study{
  name = smoke and "paper-sizes-smoke" or "paper-sizes",
  protocol = "paper",
  upstream = common.sets({"georgia"}, folders, smoke),
  downstream = common.sets({"ptbxl"}, folders, smoke),
  networks = {common.networks(smoke)[1]},
  sizes = smoke and {8, 12, 16, 20} or {2000, 4000, 6000, 8000, 10000, 12000},
  seeds = {1},
  train = smoke and {epochs = 1} or {},
  resamples = smoke and 100 or 2000,
}
