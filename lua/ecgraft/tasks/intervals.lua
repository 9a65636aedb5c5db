--- Regression of heart rate, PR, QRS and QT, as set.truth has them: known exactly of synthetic ECGs, measured of others (Jayasundara et al.
-- 2025, arXiv 2508.11656, found that what is learnt so transfers to classification).
--
--   tasks.intervals{targets = {"heart_rate", "pr", "qrs", "qt"}}: names of numbers in set.truth[i]
--
-- A record of which a target is not known (no PR in atrial fibrillation) teaches the others; one of which none is known is left out.
-- Targets are standardised by the mean and deviation of the training records, which net.card.task keeps, so that eg.predict gives values
-- in their own units (beats a minute, ms). The net gets a new head with an output for each target.
--
-- Scores: r2, the mean over the targets of 1 - squared error / variance; mae, the mean absolute error in deviations; and of each target
-- by itself, in its units, heart_rate_r2, heart_rate_mae ...
local core = require "ecgraft.core"
local models = require "ecgraft.models"
local options = require "ecgraft.options"
local task = require "ecgraft.tasks.task"

local fields = {targets = {type = "table", default = {"heart_rate", "pr", "qrs", "qt"}}}

local function check_targets(targets)
  if #targets == 0 then error("tasks.intervals: option 'targets' must name at least one, got none", 4) end
  local seen = {}
  for i, name in ipairs(targets) do
    if type(name) ~= "string" or not name:find("^[%w_]+$") then
      error(("tasks.intervals: targets[%d] must be a name in set.truth, of letters, digits and '_', got %s"):format(i,
        options.show(name)), 4)
    elseif seen[name] then
      error(("tasks.intervals: the target %s comes twice"):format(name), 4)
    end
    seen[name] = true
  end
end

--- A number that is known, or nil.
local function known(truth, name)
  local value = truth and truth[name]
  return type(value) == "number" and value == value and math.abs(value) < math.huge and value or nil
end

--- Mean and deviation of each target over the records of which it is known.
local function statistics(set, targets)
  if not set.truth then
    error(("tasks.intervals: the set (%s) has no truth: synthetic sets have it, and set:with_truth gives it to others"):format(
      tostring(set.source)), 0)
  end
  local mean, deviation = {}, {}
  for k, name in ipairs(targets) do
    local count, sum, squares = 0, 0, 0
    for _, truth in ipairs(set.truth) do
      local value = known(truth, name)
      if value then count, sum = count + 1, sum + value end
    end
    if count == 0 then error(("tasks.intervals: '%s' is not known of any of %d records"):format(name, #set), 0) end
    mean[k] = sum / count
    for _, truth in ipairs(set.truth) do
      local value = known(truth, name)
      if value then squares = squares + (value - mean[k]) ^ 2 end
    end
    deviation[k] = squares > 0 and math.sqrt(squares / count) or 1
  end
  return mean, deviation
end

--- The records of which a target is known, and for each a row of standardised targets (0 where not known), then of 1 (known) and 0.
local function prepare(set, targets, mean, deviation)
  local rows, values = {}, {}
  for i, truth in ipairs(set.truth or {}) do
    local row, any = {}, false
    for k, name in ipairs(targets) do
      local value = known(truth, name)
      row[k], row[#targets + k] = value and (value - mean[k]) / deviation[k] or 0, value and 1 or 0
      any = any or value ~= nil
    end
    if any then rows[#rows + 1], values[#values + 1] = i, row end
  end
  if #rows == 0 then error(("tasks.intervals: no target is known of any of %d records"):format(#set), 0) end
  return #rows == #set and set or set:subset(rows), core.tensor(values)
end

--- Targets and whether they are known (mixed rows count where both were), (N, T) each.
---@param y ecgraft.Tensor
local function halves(y)
  local count = y:size(2) // 2
  return y:narrow(2, 1, count), y:narrow(2, count + 1, count):ge(0.999)
end

---@param outputs ecgraft.Tensor
---@param y ecgraft.Tensor
local function loss(outputs, y)
  local wanted, mask = halves(y)
  return ((outputs - wanted):square() * mask):sum() / math.max(1, mask:sum():item())
end

--- The mean of the numbers that are none of NaN; NaN where there is none.
local function mean_of(list)
  local sum, count = 0, 0
  for _, value in ipairs(list) do if value == value then sum, count = sum + value, count + 1 end end
  return count > 0 and sum / count or 0 / 0
end

---@param outputs ecgraft.Tensor
---@param y ecgraft.Tensor
local function score(outputs, y, targets, deviation)
  local wanted, mask = halves(y)
  local count = mask:sum(1)
  local away = (outputs - wanted) * mask
  local centred = (wanted - (wanted * mask):sum(1) / count) * mask
  local squared, absolute, variance = away:square():sum(1):totable(), away:abs():sum(1):totable(), centred:square():sum(1):totable()
  local n, scores, r2, mae = count:totable(), {}, {}, {}
  for k, name in ipairs(targets) do
    r2[k] = variance[k] > 0 and 1 - squared[k] / variance[k] or 0 / 0
    mae[k] = n[k] > 0 and absolute[k] / n[k] or 0 / 0
    scores[name .. "_r2"], scores[name .. "_mae"] = r2[k], mae[k] * deviation[k]
  end
  scores.r2, scores.mae = mean_of(r2), mean_of(mae)
  return loss(outputs, y):item(), scores
end

local function make(given)
  local o = options.check("tasks.intervals", given, fields, 3)
  check_targets(o.targets)
  local targets = table.move(o.targets, 1, #o.targets, 1, {})
  return task.new{
    name = options.variant_name("intervals", fields, o), text = "regression of " .. table.concat(targets, ", "), monitor = "r2",
    variant = make,
    lower = function(name) return name == "mae" or name:find("_mae$") ~= nil end,
    begin = function(net, set)
      local mean, deviation = statistics(set, targets)
      models.new_head(net, #targets)
      return {
        network = net, loss = loss,
        prepare = function(each) return prepare(each, targets, mean, deviation) end,
        score = function(outputs, y) return score(outputs, y, targets, deviation) end,
        card = {classes = targets, task = {name = "intervals", targets = targets, mean = mean, deviation = deviation}},
      }
    end,
    values = function(card, outputs) return outputs * core.tensor(card.deviation) + core.tensor(card.mean) end,
  }
end

return make()
