--- Metrics of multi-label scores: how good, at which threshold, how sure.
--
--   local m = eg.metrics.evaluate(scores, set.labels, {classes = set.classes, thresholds = thresholds})
--   print(m); m.macro_auroc; m.per_class[1].f1; m.f1.AF
--   local thresholds = eg.metrics.tune_thresholds(validation_scores, validation.labels)
--   print(eg.metrics.bootstrap(scores, set.labels, {statistics = {"macro_auroc", "fmax"}, groups = set.patients}))
--   print(eg.metrics.compare(finetuned, scratch, set.labels, {statistics = {"macro_auroc"}}))
--
-- Definitions and sources of formulas: docs/metrics.md. Tests over seeds and learning curves: ecgraft.stats.
local bootstrap = require "ecgraft.metrics.bootstrap"
local curves = require "ecgraft.metrics.curves"
local evaluate = require "ecgraft.metrics.evaluate"
local temperature = require "ecgraft.metrics.temperature"

return {
  evaluate = evaluate.evaluate,
  tune_thresholds = curves.tune_thresholds,
  confusion = curves.confusion,
  roc_curve = curves.roc_curve,
  precision_recall_curve = curves.precision_recall_curve,
  calibration = curves.calibration,
  fit_temperatures = temperature.fit_temperatures,
  scale_temperatures = temperature.scale_temperatures,
  bootstrap = bootstrap.bootstrap,
  compare = bootstrap.compare,
  mcnemar = bootstrap.mcnemar,
}
