---@meta ecgraft.stats
-- require "ecgraft.stats".

---@class ecgraft.stats
local stats = {}

--- The two-sided sign-flip test of paired differences (a gain for each seed): {p, mean, n, patterns, exact}. Under the hypothesis of
--- no gain each difference is as likely with the other sign; p is the share of patterns of signs whose mean is at least as far
--- from 0. All 2^n patterns are tried up to n = 20; beyond, `draws` (100000) random ones with `seed` (1). With n differences p cannot
--- be below 2 / 2^n: six are needed for p < 0.05.
---@param differences number[]
---@param options? ecgraft.stats.sign_flip.Options
---@return {p: number, mean: number, n: integer, patterns: integer, exact: boolean}
function stats.sign_flip(differences, options) end

--- Holm's adjustment of a list of p values: a list in the same order. A row whose adjusted p is at most 0.05 stands in a table
--- whose chance of even one false finding is 5 %.
---@param p_values number[]
---@return number[]
function stats.holm(p_values) end

--- McNemar's test from the number of records that only the first and only the second of two classifiers got right:
--- {only_first, only_second, p_exact, chi_square, p_chi_square}. The chi-square has Edwards' continuity correction.
---@param only_first integer
---@param only_second integer
---@return {only_first: integer, only_second: integer, p_exact: number, chi_square: number, p_chi_square: number}
function stats.mcnemar(only_first, only_second) end

--- The mean of at least two values with its interval: {mean, low, high, n, confidence, method}. method "t" (the default) is
--- Student's; "bootstrap" takes percentiles of the means of `resamples` (10000) resamples with `seed` (1) and is too narrow for few
--- values. Option: confidence (0.95).
---@param values number[]
---@param options? ecgraft.stats.mean_interval.Options
---@return {mean: number, low: number, high: number, n: integer, confidence: number, method: string}
function stats.mean_interval(values, options) end

--- The gain of one arm over another, seed by seed: lists of scores of the same seeds in the same order. {gain (the mean), low, high,
--- p (sign-flip test), exact, n, differences, confidence, method}. Options as for mean_interval.
---@param with number[]
---@param without number[]
---@param options? ecgraft.stats.gain.Options
---@return {gain: number, low: number, high: number, p: number, exact: boolean, n: integer, differences: number[]}
function stats.gain(with, without, options) end

--- The ends that leave (1 - confidence) / 2 of the values on either side: low, high. confidence: default 0.95.
---@param values number[]
---@param confidence? number
---@return number low
---@return number high
function stats.percentile_interval(values, confidence) end

--- Fits score(n) = a - b n^-c to points, one for each run: lists of sizes and scores, at least three different sizes. Robust least
--- squares with a <= a_most (1, the largest score there is), b >= 0 and c from c_low (0.02) to c_high (4); residuals beyond huber
--- (1.345) spreads count less, math.huge for plain least squares. Scores that do not rise with n give a flat curve, b = 0.
--- Returns a curve: a, b, c, spread (1.4826 x median |residual|), curve:at(n), curve:inverse(score).
---@param sizes number[]
---@param scores number[]
---@param options? ecgraft.stats.fit_curve.Options
---@return ecgraft.Curve
function stats.fit_curve(sizes, scores, options) end

--- What records are worth to a pretrained model, counted in records from scratch (the effective data of Hernandez et al. 2021):
---
---   stats.effective_size{scratch = {{size = 100, scores = {.71, .70}}, {size = 200, scores = ...}, ...},   -- scores: one a seed
---                        pretrained = {{size = 100, scores = {.80, .81}}, ...}}
---
--- The curve of the scratch arm (fit_curve, whose options are taken too) is inverted at the mean score of each pretrained size. The
--- intervals are percentiles over `resamples` (1000, with `seed` 1) in which the seeds of each size are drawn with replacement and
--- the curve is fitted anew; where both arms have as many scores at a size, the same seeds are drawn.
--- Returns {curve = curve, rows}: result[i] = {size, score, records = {estimate, low, high}, ratio = {estimate, low, high}: records /
--- size, extrapolated = true where records lie outside the sizes from scratch}. records are math.huge where scratch would never get
--- there.
---@param options ecgraft.stats.effective_size.Options
---@return table
function stats.effective_size(options) end

--- How well a curve of stats.fit_curve fits the scores that it was fitted to: cells is a list of {size =, scores = {one a seed}}. The
--- distances of the means from the curve are set against the spread of the seeds about their means, the pure error (F test of the lack of
--- fit). `given` may hold the bounds that fit_curve was given: a_most (1), c_low (0.02), c_high (4).
--- Returns {distance = of the mean that is furthest from the curve (below 0: the mean is lower), size = where, bound = whether a stands on
--- a_most, f, p, df, df_error}; f and p are nil where there is nothing to test with: one seed each, seeds that all agree, or no more
--- sizes than free parameters.
---@param curve ecgraft.Curve
---@param cells {size: number, scores: number[]}[]
---@param options? ecgraft.stats.lack_of_fit.Options
---@return {distance: number, size: number, bound: boolean, f: number?, p: number?, df: integer, df_error: integer}
function stats.lack_of_fit(curve, cells, options) end

--- The number of records at which the measured means reach `score`: cells as for lack_of_fit, at rising sizes; linear in log n between
--- two of them, means that fall put together first so that they rise. nil where the score lies outside the means.
---@param cells {size: number, scores: number[]}[]
---@param score number
---@return number?
function stats.between_means(cells, score) end

--- The number of records from which on no gain is shown: the first size from which on every interval holds 0 or lies below it.
--- `rows` is a list of {size, low, high, gain} at rising sizes (high and gain are not read). Returns {size: that size, estimate: where
--- the lower end crosses 0 on the way to it from the size before, linear in log n}, or nil where the last interval lies above 0.
---@param rows {size: number, low: number}[]
---@return {size: number, estimate: number}?
function stats.break_even(rows) end

--- A learning curve, score(n) = a - b n^-c.
---@class ecgraft.Curve
---@field a number
---@field b number
---@field c number
---@field spread number
local Curve = {}

--- The score that the curve gives at n records.
---@param n number
---@return number
function Curve:at(n) end

--- The number of records at which the curve reaches `score`: math.huge from its limit a on, 0 for a flat curve above the score.
---@param score number
---@return number
function Curve:inverse(score) end

--- Linear support vector machines, one class against the rest, with probabilities.
---@class ecgraft.LinearSvm
---@field weight ecgraft.Tensor (K, D)
---@field bias ecgraft.Tensor (K)
---@field C number
---@field score? number
---@field converged boolean
---@field candidates table[]
---@field slope number[]
---@field offset number[]
local LinearSvm = {}

--- Decisions (N, K): above 0 on the side of the class.
---@param features ecgraft.Tensor
---@return ecgraft.Tensor
function LinearSvm:decisions(features) end

--- The weight (K, D) and bias (K) of a linear layer whose sigmoid is the probability of each class.
---@return ecgraft.Tensor weight
---@return ecgraft.Tensor bias
function LinearSvm:layer() end

--- Probabilities (N, K).
---@param features ecgraft.Tensor
---@return ecgraft.Tensor
function LinearSvm:probabilities(features) end

return stats
