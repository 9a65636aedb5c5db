-- The study that bench/study/measure.lua runs. Arguments: how many runs (even), "empty" (one epoch of 8 records of a tiny net: next to no
-- training) or "small" (about a second of training each).
local eg = require "ecgraft"
local runs, kind = ...
local seeds = {}
for i = 1, math.tointeger(tonumber(runs)) // 2 do seeds[i] = i end
local empty = kind == "empty"

return eg.study{
  name = "bench",
  downstream = {one = function() return eg.data.synthetic{records = 200, hospital = "B", seconds = 5, seed = 1} end,
    two = function() return eg.data.synthetic{records = 200, hospital = "A", seconds = 5, seed = 2} end},
  networks = {empty and {"gru", head = "mean", hidden = 2} or {"resnet1d18", width = 8, hidden = 16}},
  strategies = {"scratch"}, sizes = {empty and 8 or 80}, seeds = seeds, resamples = 100,
  split = {train = 0.5, val = empty and 0.05 or 0.2, test = empty and 0.45 or 0.3},
  train = {epochs = empty and 1 or 20, batch = 32},
}
