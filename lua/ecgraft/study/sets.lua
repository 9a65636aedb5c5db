--- The sets of a study and their parts, each loaded and split once in a process, when first needed.
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

local function first_shared(list, other)
  local seen = {}
  for i, value in ipairs(list) do seen[value] = seen[value] or i end
  for i, value in ipairs(other) do
    if seen[value] then return seen[value], i end
  end
end

--- Refuses two parts that share a patient (within one set) or a signal: what is learnt from the one would be tested on itself.
function sets.refuse_shared(name, part, other_name, other, by_patient)
  local i, j = first_shared(part.hashes, other.hashes)
  local what = "the same signal"
  if not i and by_patient then
    i, j = first_shared(part.patients, other.patients)
    what = i and "the same patient, " .. tostring(part.patients[i])
  end
  if i then
    error(("study: record %s of %s and record %s of %s have %s: the test would not be one"):format(part.records[i], name,
      other.records[j], other_name, what), 0)
  end
end

local function refuse_leaks(name, parts)
  for _, pair in ipairs{{"train", "val"}, {"train", "test"}, {"val", "test"}} do
    local a, b = parts[pair[1]], parts[pair[2]]
    if a and b then sets.refuse_shared(name .. "." .. pair[1], a, name .. "." .. pair[2], b, true) end
  end
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
