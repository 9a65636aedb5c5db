--- How good the probabilities of a run are, before and after temperature scaling fitted on validation records.
local metrics = require "ecgraft.metrics"

local calibration = {}

-- {ece, brier (macro), bins = {count, score, frequency}}: the reliability curve of all classes together. An empty bin has zeros.
local function measure(scores, labels, classes)
  local m = metrics.evaluate(scores, labels, {classes = classes}):plain()
  local bins = metrics.calibration(scores:reshape(-1), labels:reshape(-1), {bins = 10})
  for b, count in ipairs(bins.count) do
    if count == 0 then bins.score[b], bins.frequency[b] = 0, 0 end
  end
  return {ece = m.macro_ece, brier = m.macro_brier, bins = {count = bins.count, score = bins.score, frequency = bins.frequency}}
end

--- {temperatures (by class; 1 where validation has too few records), before, after} of test scores; the temperatures come from
-- validation scores and labels.
function calibration.measure(val_scores, val_labels, scores, labels, classes)
  local temperatures = metrics.fit_temperatures(val_scores, val_labels, {classes = classes})
  return {
    temperatures = temperatures, before = measure(scores, labels, classes),
    after = measure(metrics.scale_temperatures(scores, temperatures), labels, classes),
  }
end

return calibration
