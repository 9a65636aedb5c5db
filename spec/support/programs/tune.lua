-- The study of programs/study.lua, smaller, its learning rates chosen on validation. arg 1: "slow".
local how = ...
local study = assert(loadfile "spec/support/programs/study.lua")(how)
local eg = require "ecgraft"
local spec = study.spec
return eg.study{
  name = "tuned", networks = {spec.networks[1]}, upstream = {up = spec.upstream[1].value}, downstream = {down = spec.downstream[1].value},
  sizes = {12}, seeds = {1, 2}, resamples = 200, tune = {1e-2, 1e-3, 1e30}, train = {epochs = 3, batch = 8, lr = 1e-2},
  pretrain = {epochs = 2},
}
