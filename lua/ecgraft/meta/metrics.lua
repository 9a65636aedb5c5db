---@meta ecgraft.metrics
-- require "ecgraft.metrics".

---@class ecgraft.metrics
local metrics = {}

---@alias ecgraft.Scores ecgraft.Tensor|ecgraft.Tensor[]|{scores: ecgraft.Tensor|ecgraft.Tensor[], thresholds: any}

--- Every metric of `scores`, probabilities (N, K), against `labels`, 0 or 1 (N, K); both may be (N) for one class.
---
--- Options
---   classes     names of the K classes; default "1", "2", ...
---   thresholds  a record is positive where its score >= the threshold: a number for all (default 0.5), a list of K, a tensor (K), or a
---               table by class name
---
--- Returns m, which prints as a table:
---   m.per_class    a row for each class: {class, support, auroc, average_precision, f1, precision, recall, specificity, accuracy,
---                  balanced_accuracy, brier, ece, threshold}; a value that is not defined (AUROC of a class with records of one side
---                  only) is NaN
---   m.auroc, m.f1 ...  one metric of all classes: m.f1[2] or m.f1.AF
---   m.macro_auroc, m.macro_f1 ...  the plain mean over the classes that have records of both sides
---   m.left_out     the names of the other classes, which no macro average counts
---   m.weighted_f1, m.micro_f1, m.fmax
---   m.records, m.classes, m.thresholds
---   m:plain()      the same for JSON
---
--- Raises where shapes differ, a label is neither 0 nor 1, or a score is NaN or outside [0, 1] (named by record and class).
--- Definitions: docs/metrics.md.
---@param scores ecgraft.Tensor
---@param labels ecgraft.Tensor
---@param options? ecgraft.metrics.evaluate.Options
---@return ecgraft.Evaluation
function metrics.evaluate(scores, labels, options) end

--- The threshold of each class with the largest F1 on these records (validation records, never test records), by search over
--- every distinct score: half-way between the lowest score that is still positive and the next lower one; of equal F1 the highest.
--- A class without a positive record gets 0.5. Option: classes, for error texts.
--- Returns a list of K thresholds, and a list of the F1 they reach (NaN for a class without a positive).
---@param scores ecgraft.Tensor
---@param labels ecgraft.Tensor
---@param options? ecgraft.metrics.tune_thresholds.Options
---@return number[] thresholds
---@return number[] f1
function metrics.tune_thresholds(scores, labels, options) end

--- Records of each class by label and prediction: a row {class, true_positive, false_positive, false_negative, true_negative,
--- threshold} for each class. Options: classes, thresholds (default 0.5), as for metrics.evaluate; scores need not be probabilities.
---@param scores ecgraft.Tensor
---@param labels ecgraft.Tensor
---@param options? ecgraft.metrics.confusion.Options
---@return table[]
function metrics.confusion(scores, labels, options) end

--- The ROC points of one class, from the highest threshold down: {false_positive_rate = list, recall = list, thresholds = list};
--- point i predicts positive where score >= thresholds[i], one for each distinct score after a first at infinity, which predicts none.
--- A rate over no records is NaN. Options: class (a name or a place; may be left out where K is 1), classes.
---@param scores ecgraft.Tensor
---@param labels ecgraft.Tensor
---@param options? ecgraft.metrics.roc_curve.Options
---@return {false_positive_rate: number[], recall: number[], thresholds: number[]}
function metrics.roc_curve(scores, labels, options) end

--- The precision-recall points of one class in the same order: {recall = list, precision = list, thresholds = list}; precision
--- is 1 where nothing is predicted. Options as for roc_curve.
---@param scores ecgraft.Tensor
---@param labels ecgraft.Tensor
---@param options? ecgraft.metrics.precision_recall_curve.Options
---@return {recall: number[], precision: number[], thresholds: number[]}
function metrics.precision_recall_curve(scores, labels, options) end

--- The reliability curve of one class over bins of equal width: {count = list, score = list of mean scores, frequency = list of
--- shares that are positive, error = expected calibration error}; score and frequency of an empty bin are NaN.
--- Options: bins (default 10), class, classes. Scores must be probabilities.
---@param scores ecgraft.Tensor
---@param labels ecgraft.Tensor
---@param options? ecgraft.metrics.calibration.Options
---@return {count: integer[], score: number[], frequency: number[], error: number}
function metrics.calibration(scores, labels, options) end

--- The temperature T of each class with which sigmoid(logit(p) / T) fits these records best: it minimises the negative
--- log-likelihood (Guo et al. 2017), within 0.05 and 20. Above 1 the scores were too sure. Validation records, never test records.
--- Options: classes, for error texts; fewest = 5: a class with fewer records on either side keeps T = 1, because then one easy record
--- would decide it.
--- Returns a list of K temperatures, and a list of rows {class, temperature, before, after (mean negative log-likelihood), fitted}.
---@param scores ecgraft.Tensor
---@param labels ecgraft.Tensor
---@param options? ecgraft.metrics.fit_temperatures.Options
---@return number[] temperatures
---@return table[] rows
function metrics.fit_temperatures(scores, labels, options) end

--- Probabilities (N, K) at other temperatures, a list of K: a new tensor. The order of the records of a class stays, and with it
--- AUROC and average precision.
---@param scores ecgraft.Tensor
---@param temperatures number[]
---@return ecgraft.Tensor
function metrics.scale_temperatures(scores, temperatures) end

--- Intervals of statistics over test records: percentiles of what resamples of the records give.
---
--- `scores` is a tensor (N, K), or a list of tensors: models of several seeds, whose values are averaged in every resample, so that
--- the interval is of their mean; or {scores = either, thresholds = for all, or a list with a list for each}.
---
--- The options classes and thresholds are as for metrics.evaluate.
--- Returns a result that prints as a table: result[i] and result[name] are {statistic, estimate, low, high}.
---@param scores ecgraft.Scores
---@param labels ecgraft.Tensor
---@param options? ecgraft.metrics.bootstrap.Options
---@return ecgraft.Intervals
function metrics.bootstrap(scores, labels, options) end

--- The gain of scores `with` over scores `without` on the same records and the same resamples. Both are as in metrics.bootstrap,
--- and so are the options. Returns a result: result[i] and result[name] are {statistic, gain, low, high, p, with = {estimate, low,
--- high}, without = {...}}; p is two-sided, twice the share of resamples on the rarer side of 0. Interval and p are about these runs on
--- other records. Where both arms have as many runs, two or more, run i of the one paired with run i of the other (the same seed),
--- `overall` = {low, high, p, df} is about other records and other seeds: it is wider, and the one to judge a method by.
---@param with ecgraft.Scores
---@param without ecgraft.Scores
---@param labels ecgraft.Tensor
---@param options? ecgraft.metrics.compare.Options
---@return ecgraft.Intervals
function metrics.compare(with, without, labels, options) end

--- McNemar's test of two models on the same records, class by class: rows {class, only_first, only_second (records that only
--- one got right), p_exact, chi_square, p_chi_square}. Options: classes, thresholds (of both, or of the first where there are
--- second_thresholds).
---@param first ecgraft.Tensor
---@param second ecgraft.Tensor
---@param labels ecgraft.Tensor
---@param options? ecgraft.metrics.mcnemar.Options
---@return table[]
function metrics.mcnemar(first, second, labels, options) end

--- Intervals of statistics, by place and by name; prints as a table.
---@class ecgraft.Intervals
---@field [integer] ecgraft.Interval
---@field [string] any

---@class ecgraft.Interval
---@field statistic string
---@field low number
---@field high number
---@field estimate number of metrics.bootstrap
---@field gain number of metrics.compare
---@field p number of metrics.compare
---@field with table of metrics.compare
---@field without table of metrics.compare
---@field overall? table of metrics.compare

--- Every metric of one set of scores; prints as a table.
---@class ecgraft.Evaluation
---@field per_class table[] a row for each class
---@field records integer
---@field classes string[]
---@field thresholds number[]
---@field left_out string[] classes that no macro average counts
---@field macro_auroc number
---@field macro_average_precision number
---@field macro_f1 number
---@field macro_precision number
---@field macro_recall number
---@field macro_specificity number
---@field macro_accuracy number
---@field macro_balanced_accuracy number
---@field macro_brier number
---@field macro_ece number
---@field weighted_f1 number
---@field micro_f1 number
---@field fmax number
---@field auroc table<integer|string, number>
---@field average_precision table<integer|string, number>
---@field f1 table<integer|string, number>
---@field precision table<integer|string, number>
---@field recall table<integer|string, number>
---@field specificity table<integer|string, number>
---@field accuracy table<integer|string, number>
---@field balanced_accuracy table<integer|string, number>
---@field brier table<integer|string, number>
---@field ece table<integer|string, number>
local Evaluation = {}

--- The table that print shows, as ecgraft.table_text takes it.
---@return table
function Evaluation:table() end

--- Without methods and without NaN, as JSON can hold it: {records, classes, thresholds, left_out, per_class = rows, and the
--- macro averages and the metrics of all classes by name}. What is NaN is absent.
---@return table
function Evaluation:plain() end

return metrics
