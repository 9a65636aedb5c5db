--- Counts, curves and thresholds, class by class.
local blame = require "ecgraft.stats.blame"
local core = require "ecgraft.core"
local input = require "ecgraft.metrics.input"
local options = require "ecgraft.options"

local metrics = {}

local without_thresholds = {classes = {type = "table"}}

--- The threshold of each class with the largest F1 on these records (validation records, never test records), by search over
-- every distinct score: half-way between the lowest score that is still positive and the next lower one; of equal F1 the highest.
-- A class without a positive record gets 0.5. Option: classes, for error texts.
-- Returns a list of K thresholds, and a list of the F1 they reach (NaN for a class without a positive).
function metrics.tune_thresholds(scores, labels, given)
  local where = "metrics.tune_thresholds"
  local checked = options.check(where, given, without_thresholds)
  return core.metrics.tune((input.prepare(where, scores, labels, checked)))
end

local confusion_schema = input.schema()

--- Records of each class by label and prediction: a row {class, true_positive, false_positive, false_negative, true_negative,
-- threshold} for each class. Options: classes, thresholds (default 0.5), as for metrics.evaluate; scores need not be probabilities.
function metrics.confusion(scores, labels, given)
  local where = "metrics.confusion"
  local checked = options.check(where, given, confusion_schema)
  local scored, classes, _, thresholds = input.prepare(where, scores, labels, checked)
  local rows = {}
  for k, c in ipairs(core.metrics.confusion(scored, thresholds)) do
    rows[k] = {class = classes[k], true_positive = c[1], false_positive = c[2], false_negative = c[3], true_negative = c[4],
      threshold = thresholds[k]}
  end
  return rows
end

local class_schema = {classes = {type = "table"}, class = {type = "string|integer"}}

-- The place of the class that `checked.class` names or counts; the only one by default.
local function place_of(where, checked, classes, places, level)
  local class = checked.class
  if class == nil and #classes == 1 then return 1 end
  if places[class] then return places[class] end
  if math.type(class) == "integer" and class >= 1 and class <= #classes then return class end
  error(("%s: option 'class' must be one of %s, or 1 to %d, got %s"):format(where, table.concat(classes, ", "), #classes,
    options.show(class)), level + 1)
end

local function curve(where, kind, scores, labels, given)
  local checked = options.check(where, given, class_schema, 3)
  local scored, classes, places = input.prepare(where, scores, labels, checked, 3)
  return core.metrics.curve(scored, place_of(where, checked, classes, places, 3), kind)
end

--- The ROC points of one class, from the highest threshold down: {false_positive_rate = list, recall = list, thresholds = list};
-- point i predicts positive where score >= thresholds[i], one for each distinct score after a first at infinity, which predicts none.
-- A rate over no records is NaN. Options: class (a name or a place; may be left out where K is 1), classes.
function metrics.roc_curve(scores, labels, given)
  local x, y, thresholds = curve("metrics.roc_curve", "roc", scores, labels, given)
  return {false_positive_rate = x, recall = y, thresholds = thresholds}
end

--- The precision-recall points of one class in the same order: {recall = list, precision = list, thresholds = list}; precision
-- is 1 where nothing is predicted. Options as for roc_curve.
function metrics.precision_recall_curve(scores, labels, given)
  local x, y, thresholds = curve("metrics.precision_recall_curve", "precision_recall", scores, labels, given)
  return {recall = x, precision = y, thresholds = thresholds}
end

local calibration_schema = {classes = {type = "table"}, class = {type = "string|integer"},
  bins = {type = "integer", min = 1, max = 1000000, default = 10}}

--- The reliability curve of one class over bins of equal width: {count = list, score = list of mean scores, frequency = list of
-- shares that are positive, error = expected calibration error}; score and frequency of an empty bin are NaN.
-- Options: bins (default 10), class, classes. Scores must be probabilities.
function metrics.calibration(scores, labels, given)
  local where = "metrics.calibration"
  local checked = options.check(where, given, calibration_schema)
  local scored, classes, places = input.prepare(where, scores, labels, checked)
  local k = place_of(where, checked, classes, places, 2)
  local count, score, frequency = blame(2, core.metrics.calibration, scored, k, checked.bins)
  local total, excess = 0, 0 ---@type number, number
  for b, records in ipairs(count) do
    if records > 0 then
      total, excess = total + records, excess + records * math.abs(frequency[b] - score[b])
    end
  end
  return {count = count, score = score, frequency = frequency, error = excess / total}
end

return metrics
