-- The paper's programme: six networks, three upstream and five downstream sets: 18 pretrainings, 30 trainings from scratch and 72
-- fine-tunings, in its own protocol.
--   ecgraft study examples/paper/programme.lua --workers 2      (what it will take: --plan; a small one: -- --smoke)
-- The folders of the sets are in folders.lua beside this file.
local eg = require "ecgraft"
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or ""
local common, folders = dofile(here .. "common.lua"), dofile(here .. "folders.lua")
local smoke = ... == "--smoke"

return eg.study{
  name = smoke and "paper-smoke" or "paper",
  protocol = "paper",
  upstream = common.sets({"ptbxl", "cpsc2018", "georgia"}, folders, smoke),
  downstream = common.sets({"ptbxl", "cpsc2018", "georgia", "ptb", "code"}, folders, smoke),
  networks = common.networks(smoke),
  strategies = {"scratch", "finetune"},
  sizes = {"all"},
  seeds = {1},
  train = smoke and {epochs = 1} or {},
  resamples = smoke and 100 or 2000,
}
