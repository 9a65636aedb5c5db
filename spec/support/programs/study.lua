-- A study of toy sets that takes seconds: for specs that run it by the command, kill it and go on. arg 1: "slow" (each run takes
-- at least a quarter of a second), "broken" (one network cannot be trained), "crash" (one takes its process along), "late" (so too, and
-- all workers but the first to begin take a second to start; arg 2 is a folder), "hurt" (with Slurm, the first task of an array never ends
-- and the second takes its process along).
local eg = require "ecgraft"
local toy = require "spec.support.toy"
local uv = require "luv"
local how, place = ...

local function crash() uv.kill(uv.os_getpid(), "sigkill") end

local function network(name, bad)
  return {name = name, build = function(shape)
    if bad and how == "broken" then error "this network cannot be built" end
    if bad and (how == "crash" or how == "late") then crash() end
    if how == "hurt" then
      local task = os.getenv "SLURM_ARRAY_TASK_ID"
      if task == "1" then uv.sleep(600000) elseif task == "2" then crash() end
    end
    if how == "slow" then
      local stop = uv.hrtime() + 250e6
      while uv.hrtime() < stop do end -- luacheck: ignore
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

if how == "late" and os.getenv "ECGRAFT_WORKER" and not uv.fs_mkdir(place, 493) then uv.sleep(1000) end

local nets = {network "first", network("second", true)}
-- so that a pretrained file of the class can be read in any process
nets[1].build{leads = 3, classes = 2}

return eg.study{
  name = "toy", networks = nets,
  upstream = {up = function() return toy.set(80, 1) end},
  downstream = {down = function() return toy.set(120, 2) end},
  sizes = {12, 24}, seeds = {1, 2, 3}, resamples = 200,
  train = {epochs = 3, batch = 8, lr = 1e-2}, pretrain = {epochs = 4},
}
