--- Statistics of a study: is a gain more than luck, and how many records is it worth?
--
--   local g = stats.gain(finetuned, scratch)        -- scores of the same seeds --> g.gain, g.low, g.high, g.p
--   local adjusted = stats.holm(p_values)           -- over all rows of a table
--   local curve = stats.fit_curve(sizes, scores);  curve:at(1000);  curve:inverse(.9)
--   local worth = stats.effective_size{scratch = ..., pretrained = ...}
--   local fit = stats.lack_of_fit(curve, cells)      -- does the curve pass through the means? --> fit.distance, fit.p
--   local lost = stats.break_even{{size = 100, low = .02}, {size = 200, low = -.01}}
--
-- Intervals over test records: ecgraft.metrics. Formulas and sources: docs/metrics.md.
local learning_curve = require "ecgraft.stats.learning_curve"
local lack_of_fit = require "ecgraft.stats.lack_of_fit"
local tests = require "ecgraft.stats.tests"

return {
  sign_flip = tests.sign_flip,
  holm = tests.holm,
  mcnemar = tests.mcnemar,
  mean_interval = tests.mean_interval,
  gain = tests.gain,
  percentile_interval = tests.percentile_interval,
  fit_curve = learning_curve.fit_curve,
  lack_of_fit = lack_of_fit.lack_of_fit,
  effective_size = learning_curve.effective_size,
  between_means = lack_of_fit.between_means,
  break_even = learning_curve.break_even,
}
