--- Intervals of metrics over test records, and of the gain of one arm over another on the same records.
local blame = require "ecgraft.stats.blame"
local core = require "ecgraft.core"
local input = require "ecgraft.metrics.input"
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"
local table_text = require "ecgraft.table_text"

local metrics = {}

local of_class, of_all = core.metrics.names()

local function set_of(list)
  local set = {}
  for _, name in ipairs(list) do set[name] = true end
  return set
end

local is_of_class, is_of_all = set_of(of_class), set_of(of_all)

local function known_statistics()
  local names = {}
  for i, name in ipairs(of_class) do names[i] = "macro_" .. name end
  table.move(of_all, 1, #of_all, #names + 1, names)
  return table.concat(names, ", ") .. ", or METRIC:CLASS with one of " .. table.concat(of_class, ", ")
end

--- {metric, class} of a statistic's name: "macro_auroc", "fmax", "auroc:AF"; class 0 is the macro average.
local function parse(where, name, classes, places, level)
  if type(name) == "string" then
    local macro, metric, class = name:match("^macro_(.+)$"), name:match("^([^:]+):(.+)$")
    if is_of_all[name] then return {name, 0} end
    if is_of_class[macro] then return {macro, 0} end
    if is_of_class[metric] then
      if places[class] then return {metric, places[class]} end
      error(("%s: statistic '%s' names no class; classes: %s"):format(where, name, table.concat(classes, ", ")), level + 1)
    end
  end
  error(("%s: unknown statistic %s; known: %s"):format(where, options.show(name), known_statistics()), level + 1)
end

local function parse_all(where, names, classes, places, level)
  if type(names) == "string" then names = {names} end
  local list = {}
  for i, name in ipairs(names) do list[i] = parse(where, name, classes, places, level + 1) end
  if #list == 0 then error(where .. ": option 'statistics' is empty", level + 1) end
  return list, names
end

local function is_tensor(value)
  return getmetatable(value) == core.tensor_meta
end

-- An arm as {runs = prepared scores, thresholds = lists}, with class names and places. A tensor, a list of tensors (one a seed), or
-- {scores = either, thresholds = a value for all or, in a list of tables, one for each}.
local function arm_of(where, name, given, labels, checked, level)
  local scores, thresholds = given, checked.thresholds
  if type(given) == "table" and given.scores ~= nil then
    local arm = options.check(("%s: %s"):format(where, name), given,
      {scores = {type = "any"}, thresholds = {type = "number|table|tensor"}}, level + 1)
    scores, thresholds = arm.scores, arm.thresholds or thresholds
  end
  if is_tensor(scores) then scores = {scores} end
  if type(scores) ~= "table" or #scores == 0 then
    error(("%s: %s must be a tensor, a list of tensors or {scores =, thresholds =}, got %s"):format(where, name,
      options.show(given)), level + 1)
  end
  local each = type(thresholds) == "table" and type(thresholds[1]) == "table" and thresholds
  if each and #each ~= #scores then
    error(("%s: %s has %d runs and thresholds for %d"):format(where, name, #scores, #each), level + 1)
  end
  local arm, classes, places = {runs = {}, thresholds = {}}, nil, nil
  for j, run in ipairs(scores) do
    arm.runs[j], classes, places, arm.thresholds[j] = input.prepare(where, run, labels,
      {classes = checked.classes, thresholds = each and each[j] or thresholds}, level + 1)
  end
  return arm, classes, places
end

-- Groups by any value (a patient's id), as numbers from 1 in the order of first appearance.
local function number_groups(where, groups, level)
  if not groups then return nil end
  local numbers, seen, count = {}, {}, 0
  for i = 1, #groups do
    local group = groups[i]
    if type(group) ~= "string" and type(group) ~= "number" or group ~= group then
      error(("%s: the group of record %d must be a string or a number, got %s"):format(where, i, options.show(group)), level + 1)
    end
    if not seen[group] then
      count = count + 1
      seen[group] = count
    end
    numbers[i] = seen[group]
  end
  return numbers
end

local Result = {}
Result.__index = Result

--- The table that print shows, as ecgraft.table_text takes it.
function Result:table()
  local paired = self[1].with ~= nil
  local columns = {{title = "statistic"}}
  for _, title in ipairs(paired and {"with", "without", "gain"} or {"estimate"}) do
    columns[#columns + 1] = {title = title, align = "decimal"}
  end
  columns[#columns + 1] = {title = ("%g %% interval"):format(100 * self.confidence)}
  if paired then columns[#columns + 1] = {title = "p", align = "decimal"} end
  local rows = {}
  for i, each in ipairs(self) do
    local interval = number_text.fixed(each.low, 4) .. " to " .. number_text.fixed(each.high, 4)
    rows[i] = paired and {each.statistic, number_text.fixed(each.with.estimate, 4), number_text.fixed(each.without.estimate, 4),
      number_text.signed(each.gain, 4), interval, number_text.p_value(each.p)}
      or {each.statistic, number_text.fixed(each.estimate, 4), interval}
  end
  local note = ("%s resamples of %s"):format(number_text.count(self.resamples), self.drawn)
  if self.redrawn > 0 then
    note = note .. (", %s drawn again because a class had records of one side only"):format(number_text.count(self.redrawn))
  end
  return {columns = columns, rows = rows, note = note}
end

Result.__table = Result.table

function Result:__tostring() return (table_text.format(self:table()):gsub("\n$", "")) end

local schema = input.schema{
  statistics = {type = "table|string", default = {"macro_auroc"}}, -- "macro_auroc", any other macro_METRIC, "weighted_f1", "micro_f1",
                                                                   -- "fmax", "auroc:AF"
  resamples = {type = "integer", min = 1, max = 10000000, default = 1000}, -- how many times records are drawn
  confidence = {type = "number", default = 0.95}, -- of the intervals, between 0 and 1
  seed = {type = "integer", default = 1},         -- the same seed gives the same numbers for any number of threads
  stratified = {type = "boolean", default = false}, -- true: resample within records of equal labels, so that every class keeps its number
                                                    -- of records. Otherwise a resample in which a class that has records of both sides
                                                    -- loses one is drawn again (result.redrawn counts them)
  groups = {type = "table"}, -- N ids (set.patients): whole groups are drawn, because records of a patient are not independent
}

local function interval_of(values)
  return {estimate = values[1], low = values[2], high = values[3]}
end

-- Not to be called as a tail call: errors blame the caller's caller.
local function run(where, arms, labels, given, fill)
  local checked = options.check(where, given, schema, 3)
  if not (checked.confidence > 0 and checked.confidence < 1) then
    error(("%s: option 'confidence' must lie between 0 and 1, got %s"):format(where, options.show(checked.confidence)), 3)
  end
  local groups = number_groups(where, checked.groups, 3)
  local prepared, classes, places = {}, nil, nil
  for i, arm in ipairs(arms) do
    prepared[i], classes, places = arm_of(where, arm.name, arm.scores, labels, checked, 3)
  end
  local statistics, names = parse_all(where, checked.statistics, classes, places, 3)
  local rows, redrawn = blame(3, core.metrics.bootstrap, where, prepared, statistics, {resamples = checked.resamples, seed = checked.seed,
    confidence = checked.confidence, stratified = checked.stratified, groups = groups})
  local result = setmetatable({resamples = checked.resamples, redrawn = redrawn, confidence = checked.confidence,
    seed = checked.seed, drawn = groups and "groups" or checked.stratified and "records, stratified" or "records"}, Result)
  for i, row in ipairs(rows) do
    result[i] = fill(row)
    result[i].statistic = names[i]
    result[names[i]] = result[i]
  end
  return result
end

--- Intervals of statistics over test records: percentiles of what resamples of the records give.
--
-- `scores` is a tensor (N, K), or a list of tensors: models of several seeds, whose values are averaged in every resample, so that
-- the interval is of their mean; or {scores = either, thresholds = for all, or a list with a list for each}.
--
-- The options classes and thresholds are as for metrics.evaluate.
-- Returns a result that prints as a table: result[i] and result[name] are {statistic, estimate, low, high}.
function metrics.bootstrap(scores, labels, given)
  local arms = {{name = "scores", scores = scores}}
  local result = run("metrics.bootstrap", arms, labels, given, function(row) return interval_of(row.arms[1]) end)
  return result
end

--- The gain of scores `with` over scores `without` on the same records and the same resamples. Both are as in metrics.bootstrap,
-- and so are the options. Returns a result: result[i] and result[name] are {statistic, gain, low, high, p, with = {estimate, low,
-- high}, without = {...}}; p is two-sided, twice the share of resamples on the rarer side of 0. Interval and p are about these runs on
-- other records. Where both arms have as many runs, two or more, run i of the one paired with run i of the other (the same seed),
-- `overall` = {low, high, p, df} is about other records and other seeds: it is wider, and the one to judge a method by.
function metrics.compare(with, without, labels, given)
  local arms = {{name = "with", scores = with}, {name = "without", scores = without}}
  local result = run("metrics.compare", arms, labels, given, function(row)
    local gain = row.gain
    local overall = row.overall
    return {gain = gain[1], low = gain[2], high = gain[3], p = gain[4], with = interval_of(row.arms[1]),
      without = interval_of(row.arms[2]),
      overall = overall and {low = overall[1], high = overall[2], p = overall[3], df = overall[4]}}
  end)
  return result
end

local mcnemar_schema = input.schema{second_thresholds = {type = "number|table|tensor"}}

--- McNemar's test of two models on the same records, class by class: rows {class, only_first, only_second (records that only
-- one got right), p_exact, chi_square, p_chi_square}. Options: classes, thresholds (of both, or of the first where there are
-- second_thresholds).
function metrics.mcnemar(first, second, labels, given)
  local where = "metrics.mcnemar"
  local checked = options.check(where, given, mcnemar_schema)
  local a, classes, _, thresholds = input.prepare(where, first, labels, checked)
  options.argument(where, 2, "second", second, {type = "tensor"})
  local b = blame(2, core.metrics.prepare, where, second, labels, classes)
  local rows, others = {}, thresholds
  if checked.second_thresholds then others = input.thresholds(where, checked.second_thresholds, classes) end
  for k, only in ipairs(core.metrics.discordant(a, thresholds, b, others)) do
    rows[k] = core.stats.mcnemar(only[1], only[2])
    rows[k].class, rows[k].only_first, rows[k].only_second = classes[k], only[1], only[2]
  end
  return rows
end

return metrics
