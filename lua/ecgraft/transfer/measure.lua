--- Will it transfer? Asked before training, of a pretrained net and a target set.
--
--   measure.logme(net, set)    LogME of the net's features (You et al. 2021). Higher is better
--   measure.h_score(net, set)  H-score of the features, with shrinkage (Bao et al. 2019; Ibrahim et al. 2021). Higher is better
--   measure.leep(net, set)     LEEP of the net's class probabilities (Nguyen et al. 2020), for each target label as present or absent,
--                              averaged over the labels weighted by prevalence. Higher (nearer to 0) is better
--   measure.melep(net, set)    MELEP, its form for many labels on both sides (Nguyen & Do 2023). Lower is better
--   measure.cka(net, other, set)  linear CKA of the features of two nets on the same records (Kornblith et al. 2019), 0 .. 1: how
--                              alike they see
--   measure.all(net, set)      {logme =, h_score =, leep =, melep =}, the last two of a net that was trained on classes
--
-- The net must have features(x) (the networks of eg.models have). Formulas: csrc/include/ecgraft/transferability.h.
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local train = require "ecgraft.train"

local measure = {}

local function check(where, net, set, classes)
  if type(net) ~= "table" or type(net.features) ~= "function" then
    error(("%s: the net must have features(x), as those of eg.models have"):format(where), 3)
  end
  if type(set) ~= "table" or not set.labels then
    error(("%s: expected a dataset, got %s"):format(where, options.show(set)), 3)
  end
  if classes and net.card and net.card.task then
    error(("%s: needs the probabilities of classes, and the net was trained on the task %s"):format(where, net.card.task.name), 3)
  end
end

function measure.logme(net, set)
  check("measure.logme", net, set)
  return core.transferability.logme(train.features(net, set), set.labels)
end

function measure.h_score(net, set)
  check("measure.h_score", net, set)
  return core.transferability.h_score(train.features(net, set), set.labels)
end

--- From the net's class probabilities `theta`.
local function leep(theta, labels)
  local sum, weights = 0, 0 ---@type number, number
  for k, positives in ipairs(labels:sum(1):totable()) do
    if positives > 0 then
      sum = sum + positives * core.transferability.leep(theta, labels:select(2, k) + 1, 2)
      weights = weights + positives
    end
  end
  if weights == 0 then error("measure.leep: no record of the set has a label", 3) end
  return sum / weights
end

function measure.leep(net, set)
  check("measure.leep", net, set, true)
  return (leep(train.predict(net, set), set.labels)) -- no tail call, so that an error blames the caller
end

function measure.melep(net, set)
  check("measure.melep", net, set, true)
  return core.transferability.melep(train.predict(net, set), set.labels)
end

function measure.cka(net, other, set)
  check("measure.cka", net, set)
  check("measure.cka", other, set)
  return core.transferability.cka(train.features(net, set), train.features(other, set))
end

function measure.all(net, set)
  check("measure.all", net, set)
  local features = train.features(net, set)
  local found = {logme = core.transferability.logme(features, set.labels), h_score = core.transferability.h_score(features, set.labels)}
  if net.card and net.card.task then return found end
  local scores = train.predict(net, set)
  found.leep, found.melep = leep(scores, set.labels), core.transferability.melep(scores, set.labels)
  return found
end

return measure
