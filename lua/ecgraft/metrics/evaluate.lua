--- metrics.evaluate: every metric of one set of scores.
local core = require "ecgraft.core"
local input = require "ecgraft.metrics.input"
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"
local table_text = require "ecgraft.table_text"

local metrics = {}

local of_class, of_all = core.metrics.names()

local Evaluation = {}
Evaluation.__index = Evaluation

-- The columns of the printed table.
local titles = {
  {"auroc", "AUROC"}, {"average_precision", "AP"}, {"f1", "F1"}, {"precision", "precision"}, {"recall", "recall"},
  {"specificity", "specificity"}, {"brier", "Brier"}, {"ece", "ECE"},
}

--- The table that print shows, as ecgraft.table_text takes it.
function Evaluation:table()
  local columns = {{title = "class"}, {title = "records", align = "right"}}
  for i, each in ipairs(titles) do columns[i + 2] = {title = each[2], align = "decimal"} end
  columns[#columns + 1] = {title = "threshold", align = "decimal"}
  local rows = {}
  for k, row in ipairs(self.per_class) do
    rows[k] = {row.class, number_text.count(row.support)}
    for i, each in ipairs(titles) do rows[k][i + 2] = number_text.fixed(row[each[1]], 3) end
    rows[k][#columns] = number_text.fixed(row.threshold, 3)
  end
  local macro = {"macro", "", rule = true}
  for i, each in ipairs(titles) do macro[i + 2] = number_text.fixed(self["macro_" .. each[1]], 3) end
  macro[#columns] = ""
  rows[#rows + 1] = macro
  local note = ("weighted F1 %s, micro F1 %s, Fmax %s; %s records"):format(number_text.fixed(self.weighted_f1, 3),
    number_text.fixed(self.micro_f1, 3), number_text.fixed(self.fmax, 3), number_text.count(self.records))
  if #self.left_out > 0 then
    note = note .. "\nnot in the macro averages, for want of records of both sides: " .. table.concat(self.left_out, ", ")
  end
  return {columns = columns, rows = rows, note = note}
end

Evaluation.__table = Evaluation.table

function Evaluation:__tostring()
  return (table_text.format(self:table()):gsub("\n$", ""))
end

--- What print shows, without the columns before the last for which `width` has no room.
function Evaluation.__text(self, width)
  local shown, left = self:table(), {}
  local lines = table_text.format(shown)
  while table_text.width(lines:match "^[^\n]*") > width and #shown.columns > 4 do
    local place = #shown.columns - 1
    table.insert(left, 1, table.remove(shown.columns, place).title)
    for _, row in ipairs(shown.rows) do row[place] = row[place + 1] end
    lines = table_text.format(shown)
  end
  if #left > 0 then lines = lines .. "print(...) shows as well: " .. table.concat(left, ", ") end
  return (lines:gsub("\n$", ""))
end

local function add_number(target, name, value)
  if value == value then target[name] = value end
end

--- Without methods and without NaN, as JSON can hold it: {records, classes, thresholds, left_out, per_class = rows, and the
-- macro averages and the metrics of all classes by name}. What is NaN is absent.
function Evaluation:plain()
  local plain = {records = self.records, classes = self.classes, thresholds = self.thresholds, left_out = self.left_out,
    per_class = {}}
  for k, row in ipairs(self.per_class) do
    local copy = {class = row.class, support = row.support, threshold = row.threshold}
    for _, name in ipairs(of_class) do add_number(copy, name, row[name]) end
    plain.per_class[k] = copy
  end
  for _, name in ipairs(of_class) do add_number(plain, "macro_" .. name, self["macro_" .. name]) end
  for _, name in ipairs(of_all) do add_number(plain, name, self[name]) end
  return plain
end

-- {metric, class} for every metric of a class (its macro average first), then every metric of all classes.
local function all_statistics(count)
  local list = {}
  for _, name in ipairs(of_class) do
    for k = 0, count do list[#list + 1] = {name, k} end
  end
  for _, name in ipairs(of_all) do list[#list + 1] = {name, 0} end
  return list
end

local schema = input.schema()

--- Every metric of `scores`, probabilities (N, K), against `labels`, 0 or 1 (N, K); both may be (N) for one class.
--
-- Options
--   classes     names of the K classes; default "1", "2", ...
--   thresholds  a record is positive where its score >= the threshold: a number for all (default 0.5), a list of K, a tensor (K), or a
--               table by class name
--
-- Returns m, which prints as a table:
--   m.per_class    a row for each class: {class, support, auroc, average_precision, f1, precision, recall, specificity, accuracy,
--                  balanced_accuracy, brier, ece, threshold}; a value that is not defined (AUROC of a class with records of one side
--                  only) is NaN
--   m.auroc, m.f1 ...  one metric of all classes: m.f1[2] or m.f1.AF
--   m.macro_auroc, m.macro_f1 ...  the plain mean over the classes that have records of both sides
--   m.left_out     the names of the other classes, which no macro average counts
--   m.weighted_f1, m.micro_f1, m.fmax
--   m.records, m.classes, m.thresholds
--   m:plain()      the same for JSON
--
-- Raises where shapes differ, a label is neither 0 nor 1, or a score is NaN or outside [0, 1] (named by record and class).
-- Definitions: docs/metrics.md.
function metrics.evaluate(scores, labels, given)
  local where = "metrics.evaluate"
  local checked = options.check(where, given, schema)
  local scored, classes, _, thresholds = input.prepare(where, scores, labels, checked)
  local records, count, support, bad_record, bad_class = core.metrics.info(scored)
  if bad_record then
    error(("%s: the score of record %d, class %d (%s) must be a probability from 0 to 1 (the sigmoid of a logit)"):format(where,
      bad_record, bad_class, classes[bad_class]), 2)
  end
  local m = setmetatable({records = records, classes = classes, thresholds = thresholds, per_class = {}, left_out = {}}, Evaluation)
  for k, name in ipairs(classes) do
    m.per_class[k] = {class = name, support = support[k], threshold = thresholds[k]}
    if support[k] == 0 or support[k] == records then m.left_out[#m.left_out + 1] = name end
  end
  local statistics = all_statistics(count)
  local values = core.metrics.values(scored, thresholds, statistics)
  for _, name in ipairs(of_class) do m[name] = {} end
  for i, statistic in ipairs(statistics) do
    local name, k, value = statistic[1], statistic[2], values[i]
    local row = m.per_class[k]
    if row then
      row[name], m[name][k], m[name][classes[k]] = value, value, value
    elseif type(m[name]) == "table" then
      m["macro_" .. name] = value
    else
      m[name] = value
    end
  end
  return m
end

return metrics
