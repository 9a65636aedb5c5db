--- The sets of a study and their parts, each loaded and split once in a process, when first needed.
local check_parts = require "ecgraft.data.check_parts"
local feed = require "ecgraft.data.feed"
local options = require "ecgraft.options"
local plan = require "ecgraft.study.plan"

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
-- upstream, downstream: names of sets, which `load` gives.
function sets.refuse_seen(upstream, downstream, load)
  local seen, test = load(upstream), load(downstream).test
  for _, part in ipairs{"train", "val"} do -- val chose the epoch
    local message = seen[part] and check_parts.shared(upstream .. "." .. part, seen[part], downstream .. ".test", test)
    if message then error("study: " .. message, 0) end
  end
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
      if type(value) == "function" then
        local ok
        ok, value, message = pcall(value)
        if not ok and type(value) == "table" then error(value, 0) end -- an interruption
        if not ok then value, message = nil, value end
      end
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

local function check_run(spec, run, load, compared)
  local upstream = run.upstream and plan.find(spec.upstream, run.upstream)
  local name = run.kind == "pretrain" and upstream.set or run.downstream
  local crop, length = plan.options(spec, run).crop, feed.shape(load(name).train)[2]
  spec.records[name] = #load(name).train
  if crop and crop > length then
    error(("study: crop = %d is more than the %d samples of a record of '%s'"):format(crop, length, name), 0)
  end
  if run.kind == "pretrain" then return end
  local records = #load(run.downstream).train
  if math.type(run.size) == "integer" and run.size > records then
    error(("study: size %d is more than the %d training records of '%s'"):format(run.size, records, run.downstream), 0)
  end
  local pair = upstream and upstream.set .. "\0" .. run.downstream
  if pair and spec.protocol == "strict" and not compared[pair] then
    compared[pair] = true
    sets.refuse_seen(upstream.set, run.downstream, load)
  end
end

--- What would make some of `runs` fail only when their turn comes, as a text: a set that cannot be read or cut, one with fewer training
-- records than a size asks for, test records that were pretrained on. nil where all is well. Loads each set the runs name with `load`, and
-- leaves in spec.records how many training records each has. An interruption goes on.
function sets.fault(spec, runs, load)
  spec.records = spec.records or {}
  local compared = {}
  for _, run in ipairs(runs) do
    local ok, message = pcall(check_run, spec, run, load, compared)
    if not ok and type(message) == "table" then error(message, 0) end
    if not ok then return message end
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

local function count_patients(parts)
  local seen, count = {}, 0
  for _, part in ipairs{"train", "val", "test"} do
    for _, patient in ipairs(parts[part] and parts[part].patients or {}) do
      if not seen[patient] then seen[patient], count = true, count + 1 end
    end
  end
  return count > 0 and count or nil
end

--- What the report tells about a set: counts, classes, rate, and what a trivial model scores. Reads the test labels' counts: called when
-- the scores are there.
function sets.describe(name, parts)
  local set, skipped = parts.train, parts.train.skipped and #parts.train.skipped or 0
  local function count(part) return part and #part or 0 end
  return {
    name = name, records = count(parts.train) + count(parts.val) + count(parts.test), patients = count_patients(parts),
    classes = set.classes, rate = set.rate,
    seconds = feed.shape(set)[2] / set.rate, train = count(parts.train), val = count(parts.val), test = count(parts.test),
    skipped = skipped, synthetic = (set.source or ""):find("synthetic") ~= nil, baseline = baseline(parts),
  }
end

return sets
