--- Tests and intervals over results: one number a seed, or one p value a row of a table.
local blame = require "ecgraft.stats.blame"
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local stats = {}

local function numbers(where, position, name, list)
  options.argument(where, position, name, list, {type = "table"}, 3)
  return list
end

local flip_schema = {draws = {type = "integer", min = 1, max = 2 ^ 40, default = 100000}, seed = {type = "integer", default = 1}}

--- The two-sided sign-flip test of paired differences (a gain for each seed): {p, mean, n, patterns, exact}. Under the hypothesis of
-- no gain each difference is as likely with the other sign; p is the share of patterns of signs whose mean is at least as far
-- from 0. All 2^n patterns are tried up to n = 20; beyond, `draws` (100000) random ones with `seed` (1). With n differences p cannot
-- be below 2 / 2^n: six are needed for p < 0.05.
function stats.sign_flip(differences, given)
  local where = "stats.sign_flip"
  local o = options.check(where, given, flip_schema)
  local test = blame(2, core.stats.sign_flip, numbers(where, 1, "differences", differences), o.draws, o.seed)
  test.n = #differences
  return test
end

--- Holm's adjustment of a list of p values: a list in the same order. A row whose adjusted p is at most 0.05 stands in a table
-- whose chance of even one false finding is 5 %.
function stats.holm(p_values)
  local adjusted = blame(2, core.stats.holm, numbers("stats.holm", 1, "p_values", p_values))
  return adjusted
end

--- McNemar's test from the number of records that only the first and only the second of two classifiers got right:
-- {only_first, only_second, p_exact, chi_square, p_chi_square}. The chi-square has Edwards' continuity correction.
function stats.mcnemar(only_first, only_second)
  local test = blame(2, core.stats.mcnemar, only_first, only_second)
  test.only_first, test.only_second = only_first, only_second
  return test
end

local interval_schema = {
  confidence = {type = "number", default = 0.95},
  method = {type = "string", choices = {"t", "bootstrap"}, default = "t"},
  resamples = {type = "integer", min = 1, max = 10000000, default = 10000},
  seed = {type = "integer", default = 1},
}

local function interval(values, o)
  local bootstrap = o.method == "bootstrap"
  local mean, low, high = blame(3, core.stats.mean_interval, values, o.confidence, bootstrap and o.resamples or nil, o.seed)
  return {mean = mean, low = low, high = high, n = #values, confidence = o.confidence, method = o.method}
end

--- The mean of at least two values with its interval: {mean, low, high, n, confidence, method}. method "t" (the default) is
-- Student's; "bootstrap" takes percentiles of the means of `resamples` (10000) resamples with `seed` (1) and is too narrow for few
-- values. Option: confidence (0.95).
function stats.mean_interval(values, given)
  local where = "stats.mean_interval"
  local o = options.check(where, given, interval_schema)
  local result = interval(numbers(where, 1, "values", values), o)
  return result
end

--- The gain of one arm over another, seed by seed: lists of scores of the same seeds in the same order. {gain (the mean), low, high,
-- p (sign-flip test), exact, n, differences, confidence, method}. Options as for mean_interval.
function stats.gain(with, without, given)
  local where = "stats.gain"
  local o = options.check(where, given, interval_schema)
  numbers(where, 1, "with", with)
  numbers(where, 2, "without", without)
  if #with ~= #without then
    error(("%s: expected the same seeds in both arms, got %d and %d scores"):format(where, #with, #without), 2)
  end
  local differences = {}
  for i, score in ipairs(with) do
    if type(score) ~= "number" or type(without[i]) ~= "number" then
      error(("%s: score %d must be a number in both arms, got %s and %s"):format(where, i, options.show(score),
        options.show(without[i])), 2)
    end
    differences[i] = score - without[i]
  end
  local test = blame(2, core.stats.sign_flip, differences, 100000, o.seed)
  local result = interval(differences, o)
  result.gain, result.mean = result.mean, nil
  result.p, result.exact, result.differences = test.p, test.exact, differences
  return result
end

--- The ends that leave (1 - confidence) / 2 of the values on either side: low, high. confidence: default 0.95.
function stats.percentile_interval(values, confidence)
  local low, high = blame(2, core.stats.percentile, numbers("stats.percentile_interval", 1, "values", values), confidence or 0.95)
  return low, high
end

return stats
