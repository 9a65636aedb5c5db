--- The sets of a study and their parts, each loaded and split once in a process, when first needed.
local check_parts = require "ecgraft.data.check_parts"
local feed = require "ecgraft.data.feed"
local options = require "ecgraft.options"

local sets = {}

local function is_dataset(value) return feed.is_set(value) and value.labels ~= nil end

local function check_dataset(name, value)
  if not is_dataset(value) then
    error(("study: the set '%s' must be a dataset (signals, labels, classes), got %s"):format(name, options.show(value)), 0)
  end
  return value
end

local function has_folds(set)
  if not set.fold then return false end
  local seen = {}
  for _, fold in ipairs(set.fold) do seen[fold] = true end
  for fold = 1, 10 do if not seen[fold] then return false end end
  return true
end

local function rows_of(set, wanted)
  local rows = {}
  for row, fold in ipairs(set.fold) do
    if wanted(fold) then rows[#rows + 1] = row end
  end
  return rows
end

--- Ten published folds are kept to: 1-8 train, 9 validation, 10 test. Otherwise split at random as the study says.
local function cut(set, split)
  if has_folds(set) then
    return {
      train = set:subset(rows_of(set, function(fold) return fold <= 8 end)),
      val = set:subset(rows_of(set, function(fold) return fold == 9 end)),
      test = set:subset(rows_of(set, function(fold) return fold == 10 end)),
    }
  end
  return set:split(split)
end

--- Refuses to test on what was pretrained on, in another set: signals are compared, and patients not, whose names need not agree.
function sets.refuse_shared(name, part, other_name, other)
  local message = check_parts.shared(name, part, other_name, other)
  if message then error("study: " .. message, 0) end
end

--- Refuses two parts of a set that share a patient or a signal.
local function refuse_leaks(name, parts)
  local named, names = {}, {}
  for _, part in ipairs{"train", "val", "test"} do
    if parts[part] then
      names[#names + 1] = name .. "." .. part
      named[names[#names]] = parts[part]
    end
  end
  local message = check_parts.first_fault(named, names, true)
  if message then error("study: " .. message, 0) end
end

--- A loader: loader(name) --> {train, val, test} of an upstream or downstream set.
function sets.loader(spec)
  local values, parts = {}, {}
  for _, list in ipairs{spec.upstream, spec.downstream} do
    for _, each in ipairs(list) do values[each.set] = each.value end
  end
  return function(name)
    if not parts[name] then
      local value, message = values[name], nil
      if type(value) == "function" then value, message = value() end
      if not value then error(("study: the set '%s' could not be loaded: %s"):format(name, tostring(message)), 0) end
      if is_dataset(value) then
        parts[name] = cut(value, spec.split)
      else
        for _, part in ipairs{"train", "test"} do check_dataset(name .. "." .. part, value[part]) end
        parts[name] = value
      end
      if spec.protocol == "strict" then refuse_leaks(name, parts[name]) end
    end
    return parts[name]
  end
end

--- The class that most training records have, and the weighted F1 on the test part of a model that always predicts it alone:
-- F1 = 2 p / (1 + p) for a share p of positive records, times the class's share of all positive labels.
local function baseline(parts)
  local best, counts = 1, parts.train:counts()
  for k, count in ipairs(counts) do if count > counts[best] then best = k end end
  local positives, total = parts.test:counts(), 0
  for _, count in ipairs(positives) do total = total + count end
  if total == 0 then return nil end
  local share = positives[best] / #parts.test
  return {class = parts.train.classes[best], weighted_f1 = 2 * share / (1 + share) * positives[best] / total}
end

--- What the report tells about a set: counts, classes, rate, and what a trivial model scores. Reads the test labels' counts: called when
-- the scores are there.
function sets.describe(name, parts)
  local set, skipped = parts.train, parts.train.skipped and #parts.train.skipped or 0
  local function count(part) return part and #part or 0 end
  return {
    name = name, records = count(parts.train) + count(parts.val) + count(parts.test), classes = set.classes, rate = set.rate,
    seconds = feed.shape(set)[2] / set.rate, train = count(parts.train), val = count(parts.val), test = count(parts.test),
    skipped = skipped, synthetic = (set.source or ""):find("synthetic") ~= nil, baseline = baseline(parts),
  }
end

return sets
