--- Linear support vector machines on features, one class against the rest, with probabilities:
--
--   local svm = eg.linear_svm(eg.features(net, train), train.labels, {val = {eg.features(net, val), val.labels}})
--   svm:probabilities(eg.features(net, test))      -- (N, K)
--
-- Dual coordinate descent, with LIBLINEAR's losses (csrc/include/ecgraft/linear_svm.h), in double precision.
local core = require "ecgraft.core"
local metrics = require "ecgraft.metrics"
local options = require "ecgraft.options"
local tensor = require "ecgraft.tensor"

---@class ecgraft.linear_svm.svm: ecgraft.LinearSvm
local Svm = {__name = "ecgraft.LinearSvm"}
Svm.__index = Svm

local WHERE = "linear_svm"
local CHOICES = {0.0001, 0.001, 0.01, 0.1}

local schema = {
  C = {type = "number|table"},
  loss = {type = "string", choices = {"squared_hinge", "hinge"}, default = "squared_hinge"},
  standardise = {type = "boolean", default = true},
  val = {type = "table"},
  metric = {type = "string", default = "macro_auroc"},
  tolerance = {type = "number", min = 1e-12, default = 1e-2},
  passes = {type = "integer", min = 1, default = 1000},
  seed = {type = "integer", default = 1},
}

local function check_matrix(what, value)
  if not tensor.is(value) or value:dim() ~= 2 then
    error(("%s: %s must be a tensor of two dimensions, got %s"):format(WHERE, what, tensor.is(value)
      and "{" .. table.concat(value:shape(), ", ") .. "}" or options.show(value)), 3)
  end
end

local function check_val(val, features, labels)
  check_matrix("val[1], the features,", val[1])
  check_matrix("val[2], the labels,", val[2])
  if val[1]:size(2) ~= features:size(2) or val[2]:size(2) ~= labels:size(2) or #val[1] ~= #val[2] then
    error(("%s: val must have %d features and %d classes for each of its records, got shapes {%s} and {%s}"):format(WHERE,
      features:size(2), labels:size(2), table.concat(val[1]:shape(), ", "), table.concat(val[2]:shape(), ", ")), 3)
  end
end

--- The list of C to choose from.
local function costs(given, val)
  if given == nil then return val and CHOICES or {0.1} end
  local list = type(given) == "table" and given or {given}
  if #list == 0 then error(WHERE .. ": option 'C' must name at least one number, got none", 3) end
  for _, each in ipairs(list) do
    if type(each) ~= "number" or not (each > 0 and each < math.huge) then
      error(("%s: option 'C' must be a number above 0 or a list of them, got %s"):format(WHERE, options.show(each)), 3)
    end
  end
  if #list > 1 and not val then error(WHERE .. ": one C of several is chosen on validation: give val = {features, labels}", 3) end
  return list
end

--- Mean and deviation of each column; a column that is constant is left as it is.
---@param x ecgraft.Tensor
local function moments(x)
  local mean = x:mean(1)
  local deviation = (x - mean):square():mean(1):sqrt()
  return mean, deviation + deviation:eq(0)
end

--- Slope and offset of a class's sigmoid from validation; from the training records where validation has none of the class, or nothing
-- else, or ranks the wrong way round.
local function sigmoid_of(k, held, train)
  for _, part in ipairs{held or train, train} do
    local y = part.labels:select(2, k)
    local slope, offset = core.linear_svm.platt(part.decisions:select(2, k), y)
    local positives = y:sum():item()
    if slope > 0 and positives > 0 and positives < #y then return slope, offset end
    if part == train then return slope, offset end
  end
end

--- One C: decisions' weights in the units of the features that were given, and the sigmoids.
local function fit(features, labels, o, C, mean, deviation)
  local x = mean and (features - mean) / deviation or features
  ---@type ecgraft.Tensor, ecgraft.Tensor, number[]
  local weight, bias, gaps = core.linear_svm.fit(x, labels, {C = C, squared = o.loss == "squared_hinge", tolerance = o.tolerance,
    passes = o.passes, seed = o.seed})
  if mean then
    weight = weight / deviation
    bias = bias - (weight * mean):sum(2)
  end
  local self = setmetatable({weight = weight, bias = bias, C = C, slope = {}, offset = {}, converged = true}, Svm)
  for _, gap in ipairs(gaps) do self.converged = self.converged and gap <= o.tolerance end
  local train = {decisions = self:decisions(features), labels = labels}
  local held = o.val and {decisions = self:decisions(o.val[1]), labels = o.val[2]}
  for k = 1, labels:size(2) do self.slope[k], self.offset[k] = sigmoid_of(k, held, train) end
  return self
end

--- Fits linear support vector machines, one class against the rest: eg.linear_svm(features (N, D), labels (N, K) of 0 and 1 [, options]).
--   C            the weight of the losses against |w|^2 / 2: a number, or a list to choose from on val (0.1; with val 0.0001, 0.001,
--                0.01, 0.1)
--   val          {features, labels} of validation records: C is chosen, and the sigmoids (Platt 1999) are fitted on them; without, the
--                sigmoids are fitted on the training records, and are too sure
--   metric       of eg.metrics.evaluate, by which C is chosen ("macro_auroc"); of equal scores the first
--   loss         "squared_hinge" or "hinge"
--   standardise  each feature to mean 0 and deviation 1 of the training records (true)
--   tolerance, passes, seed     when it is done (1e-2), at most so many passes (1000), the order of records (1)
-- Returns {weight (K, D), bias (K), C, score, converged, candidates = {{C, score, converged}, ...}, slope, offset (lists)}.
local function linear_svm(features, labels, given)
  check_matrix("the features", features)
  check_matrix("the labels", labels)
  local o = options.check(WHERE, given, schema)
  if o.val then check_val(o.val, features, labels) end
  local list = costs(o.C, o.val)
  local mean, deviation
  if o.standardise then mean, deviation = moments(features) end
  local best ---@type ecgraft.linear_svm.svm?
  local candidates = {}
  for i, C in ipairs(list) do
    local each = fit(features, labels, o, C, mean, deviation)
    if o.val then
      local evaluation = metrics.evaluate(each:probabilities(o.val[1]), o.val[2]) ---@type table<string, any>
      local score = evaluation[o.metric]
      if type(score) ~= "number" then
        error(("%s: option 'metric' must be a metric of eg.metrics.evaluate such as \"macro_auroc\", got %q"):format(WHERE, o.metric), 2)
      end
      each.score = score == score and score or nil
    end
    candidates[i] = {C = C, score = each.score, converged = each.converged}
    if not best or (each.score and (not best.score or each.score > best.score)) then best = each end
  end
  best.candidates = candidates
  return best
end

--- Decisions (N, K): above 0 on the side of the class.
function Svm:decisions(features) return core.ops.linear(features, self.weight, self.bias) end

--- The weight (K, D) and bias (K) of a linear layer whose sigmoid is the probability of each class.
function Svm:layer()
  local slope, offset = core.tensor(self.slope), core.tensor(self.offset)
  return self.weight * slope:unsqueeze(2), self.bias * slope + offset
end

--- Probabilities (N, K).
function Svm:probabilities(features)
  local weight, bias = self:layer()
  return core.ops.linear(features, weight, bias):sigmoid()
end

function Svm:__tostring()
  return ("linear SVM: %d features, %d classes, C %g%s"):format(self.weight:size(2), #self.weight, self.C,
    self.converged and "" or ", not converged")
end

return linear_svm
