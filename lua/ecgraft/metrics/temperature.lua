--- Temperature scaling: probabilities that are as sure as they may be.
local blame = require "ecgraft.stats.blame"
local core = require "ecgraft.core"
local input = require "ecgraft.metrics.input"
local options = require "ecgraft.options"

local metrics = {}

local fit_schema = {classes = {type = "table"}, fewest = {type = "integer", min = 1, default = 5}}

--- The temperature T of each class with which sigmoid(logit(p) / T) fits these records best: it minimises the negative
-- log-likelihood (Guo et al. 2017), within 0.05 and 20. Above 1 the scores were too sure. Validation records, never test records.
-- Options: classes, for error texts; fewest = 5: a class with fewer records on either side keeps T = 1, because then one easy record
-- would decide it.
-- Returns a list of K temperatures, and a list of rows {class, temperature, before, after (mean negative log-likelihood), fitted}.
function metrics.fit_temperatures(scores, labels, given)
  local where = "metrics.fit_temperatures"
  local checked = options.check(where, given, fit_schema)
  local scored, classes = input.prepare(where, scores, labels, checked)
  local found, fitted = blame(2, core.metrics.fit_temperatures, where, scored, checked.fewest)
  local temperatures, rows = {}, {}
  for k, one in ipairs(found) do
    temperatures[k] = one[1]
    rows[k] = {class = classes[k], temperature = one[1], before = one[2], after = one[3], fitted = fitted[k]}
  end
  return temperatures, rows
end

--- Probabilities (N, K) at other temperatures, a list of K: a new tensor. The order of the records of a class stays, and with it
-- AUROC and average precision.
function metrics.scale_temperatures(scores, temperatures)
  local where = "metrics.scale_temperatures"
  options.argument(where, 1, "scores", scores, {type = "tensor"})
  options.argument(where, 2, "temperatures", temperatures, {type = "table"})
  local scaled = blame(2, core.metrics.scale_temperatures, scores, temperatures)
  return scaled
end

return metrics
