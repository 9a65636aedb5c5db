-- The whole question, answered with its certainty: does pretraining at hospital A help at hospital B, for a CNN and an RNN, with
-- 50 to 400 labelled records?   ecgraft study examples/08_study.lua --workers 2     (a small one: -- --smoke)
local eg = require "ecgraft"
local smoke = ... == "--smoke"
-- Half the usual samples: half the time, and a recurrent network learns sooner from shorter sequences.
local seconds, rate = 5, 50

local function hospital(name, records, seed)
  return function()
    return eg.data.synthetic{records = records, hospital = name, seconds = seconds, rate = rate, seed = seed}
  end
end

return eg.study{
  name = smoke and "hospitals-smoke" or "hospitals",
  upstream = {["hospital-A"] = hospital("A", smoke and 120 or 2500, 1)},
  downstream = {["hospital-B"] = hospital("B", smoke and 150 or 1200, 2)},
  networks = {
    {"resnet1d18", name = "resnet1d18-narrow", width = smoke and 4 or 12, hidden = smoke and 8 or 64},
    {"gru", head = "mean", hidden = smoke and 4 or 32},
  },
  strategies = {"scratch", "finetune"},
  sizes = smoke and {20, 40} or {50, 100, 200, 400},
  seeds = smoke and {1, 2} or {1, 2, 3},
  split = {train = 0.5, val = 0.2, test = 0.3},
  train = {epochs = smoke and 1 or 30, batch = 32, lr = 5e-3, optimizer = "adam", min_steps = smoke and 0 or 240, clip_norm = 1,
    augment = {lead_dropout = 0.1}},
  pretrain = {epochs = smoke and 1 or 30, batch = 64, lr = 1e-2, min_steps = 0},
}
