--- From the finished runs in a study's folder to what the report takes: rows of runs, pretraining, failures, sets and baselines.
local core = require "ecgraft.core"
local examples = require "ecgraft.study.examples"
local files = require "ecgraft.files"
local folder = require "ecgraft.study.folder"

local gather = {}

--- history.csv as a list of rows with numbers.
local function read_history(path)
  local text = files.read(path)
  if not text then return {} end
  local names, rows = nil, {}
  for line in text:gmatch("[^\n]+") do
    local fields = {}
    for field in (line .. ","):gmatch("([^,]*),") do fields[#fields + 1] = field end
    if not names then names = fields
    else
      local row = {}
      for i, name in ipairs(names) do row[name] = tonumber(fields[i]) end
      rows[#rows + 1] = row
    end
  end
  return rows
end

--- The scores of a run that a study compares by: at 0.5, and at the thresholds tuned on validation under tuned_NAME.
local function scores_of(result)
  local scores = {}
  for name, value in pairs(result.metrics) do
    if type(value) == "number" and name ~= "records" then scores[name] = value end
  end
  for _, name in ipairs{"macro_f1", "weighted_f1", "micro_f1"} do scores["tuned_" .. name] = result.metrics_tuned[name] end
  return scores
end

local function run_row(out, run, result)
  local selection = result.selection
  return {
    network = run.network, upstream = run.upstream, downstream = run.downstream, strategy = run.strategy, size = run.size,
    seed = run.seed, records = selection.train_records, scores = scores_of(result), val_score = selection.best_score,
    epochs = selection.epochs, best_epoch = selection.best_epoch, seconds = selection.seconds, transferred = result.transferred,
    lr = result.tuning and result.tuning.lr, task = run.task or run.needs and "classification" or nil,
    calibration = result.calibration,
    history = read_history(folder.of(out, run.id) .. "/history.csv"), per_class = result.metrics.per_class,
  }
end

local function pretraining_row(run, result)
  local selection = result.selection
  return {network = run.network, upstream = run.upstream, task = run.task, metric = result.metric, seed = run.seed,
    records = selection.train_records, score = result.score,
    epochs = selection.epochs, best_epoch = selection.best_epoch, seconds = selection.seconds}
end

--- Counts a text of a downstream set; counted.order holds the keys as they came.
local function count(counted, downstream, text)
  local key = downstream .. "\0" .. text
  if not counted[key] then table.insert(counted.order, key) end
  counted[key] = (counted[key] or 0) + 1
end

--- Notes from counted texts, sorted: format of the set, the text, and in how many runs.
local function add_counted(notes, counted, format)
  table.sort(counted.order)
  for _, key in ipairs(counted.order) do
    local downstream, text = key:match("^(.-)%z(.*)$")
    table.insert(notes, format:format(downstream, text, counted[key], counted[key] == 1 and "" or "s"))
  end
end

--- What is there of the plan: {runs, pretraining, transferability, failures, notes, ids (of the runs, beside them)}.
function gather.runs(out, plan)
  local found = {runs = {}, pretraining = {}, transferability = {}, failures = {}, ids = {}, notes = {}}
  local absent, remarks = {order = {}}, {order = {}}
  for _, run in ipairs(plan) do
    local result = folder.state(out, run) == "done" and folder.result(out, run) or nil
    if result and run.kind == "pretrain" then
      table.insert(found.pretraining, pretraining_row(run, result))
      for _, row in ipairs(result.transferability or {}) do
        row.network, row.upstream = run.network, run.upstream
        table.insert(found.transferability, row)
        if row.message then
          table.insert(found.notes, ("%s from %s to %s: no measure of transferability: %s"):format(run.network, run.upstream,
            row.downstream, row.message))
        end
      end
    elseif result then
      table.insert(found.runs, run_row(out, run, result))
      table.insert(found.ids, run.id)
      for _, class in ipairs(result.absent_classes) do count(absent, run.downstream, class) end
      if result.selection.note then count(remarks, run.downstream, run.strategy .. ": " .. result.selection.note) end
    else
      local cause = folder.blocked_by(out, run)
      local message = folder.failure(out, run) or cause and ("not run, because %s failed"):format(cause)
      if message then
        table.insert(found.failures, {network = run.network, upstream = run.upstream, downstream = run.downstream,
          strategy = run.strategy, size = run.size, seed = run.seed, message = message:match("[^\n]*")})
      end
    end
  end
  add_counted(found.notes, absent, "%s: the class %s has no training record in %d run%s; its scores there are chance")
  add_counted(found.notes, remarks, "%s, %s (%d run%s)")
  return found
end

--- The example records that runs kept, as rows that report.write takes.
function gather.examples(out, found)
  local rows = {}
  for i, run in ipairs(found.runs) do
    for _, row in ipairs(examples.read(folder.of(out, found.ids[i]) .. "/examples.h5")) do
      row.network, row.upstream, row.downstream, row.strategy, row.size = run.network, run.upstream, run.downstream, run.strategy, run.size
      rows[#rows + 1] = row
    end
  end
  return rows
end

--- The test scores of a run: {scores, labels, thresholds (tensors), classes}. nil and a message where they cannot be read.
function gather.test_scores(out, id)
  local tensors, attributes = core.store.load(folder.of(out, id) .. "/scores.h5")
  if not tensors then return nil, attributes end
  return {scores = tensors.scores, labels = tensors.labels, thresholds = tensors.thresholds, classes = attributes.classes}
end

return gather
