-- A study for a spec that kills it at any moment: what resuming has to get right (batch-norm statistics, dropout, momenta, a schedule,
-- strategies that change by epoch), a checkpoint after every epoch instead of every ten seconds, and epochs slow enough to be hit.
local eg = require "ecgraft"
local toy = require "spec.support.toy"
local train = require "ecgraft.train"
local uv = require "luv"

local EPOCH = 20 -- ms that an epoch takes at least

local fit = train.fit
function train.fit(net, set, o) -- luacheck: ignore
  local before = o.before_epoch
  o.checkpoint_seconds = 0
  function o.before_epoch(...)
    uv.sleep(EPOCH)
    if before then before(...) end
  end
  return fit(net, set, o)
end

local Net = eg.nn.module "KillsNet"
Net.head_name = "head"
function Net:init(leads, classes)
  self.conv = eg.nn.Conv1d(leads, 6, 5, {padding = 2})
  self.norm = eg.nn.BatchNorm1d(6)
  self.drop = eg.nn.Dropout(0.2)
  self.head = eg.nn.Linear(6, classes)
end
function Net:forward(x) return self.head(self.drop(self.norm(self.conv(x)):relu():mean(2))) end

return eg.study{
  name = "kills", networks = {{name = "net", build = function(shape) return Net(shape.leads, shape.classes) end}},
  upstream = {up = function() return toy.set(80, 1) end},
  downstream = {down = function() return toy.set(120, 2) end},
  strategies = {"scratch", "lp_ft", "l2_sp"},
  sizes = {12, 24}, seeds = {1, 2}, resamples = 200,
  train = {epochs = 4, batch = 8, lr = 1e-2, schedule = "cosine"}, pretrain = {epochs = 6},
}
