-- A study of toy sets that takes seconds: for specs that run it by the command, kill it and go on. arg 1: "slow" (each run takes
-- at least a quarter of a second), "broken" (one network cannot be trained).
local eg = require "ecgraft"
local toy = require "spec.support.toy"
local how = ...

local function network(name, broken)
  return {name = name, build = function(shape)
    if broken then error "this network cannot be built" end
    if how == "slow" then
      local stop = require("luv").hrtime() + 250e6
      while require("luv").hrtime() < stop do end -- luacheck: ignore
    end
    local class = eg.nn.module "ToyNet"
    class.head_name = "head"
    function class:init(leads, classes)
      self.body = eg.nn.Conv1d(leads, 6, 5, {padding = 2})
      self.head = eg.nn.Linear(6, classes)
    end
    function class:forward(x) return self.head(self.body(x):relu():mean(2)) end
    return class(shape.leads, shape.classes)
  end}
end

local nets = {network "first", network("second", how == "broken")}
-- so that a pretrained file of the class can be read in any process
nets[1].build{leads = 3, classes = 2}

return eg.study{
  name = "toy", networks = nets,
  upstream = {up = function() return toy.set(80, 1) end},
  downstream = {down = function() return toy.set(120, 2) end},
  sizes = {12, 24}, seeds = {1, 2, 3}, resamples = 200,
  train = {epochs = 3, batch = 8, lr = 1e-2}, pretrain = {epochs = 4},
}
