--- One run of a plan, from its sets to its folder: config.json, history.csv, scores.h5, model.h5, checkpoint.h5 and, last of all,
-- result.json, whose presence says that the run is done. Some runs keep examples.h5 (study/examples.lua).
local augmentation = require "ecgraft.study.augmentation"
local calibration = require "ecgraft.study.calibration"
local core = require "ecgraft.core"
local examples = require "ecgraft.study.examples"
local feed = require "ecgraft.data.feed"
local files = require "ecgraft.files"
local metrics = require "ecgraft.metrics"
local sets = require "ecgraft.study.sets"
local plan = require "ecgraft.study.plan"
local train = require "ecgraft.train"
local transfer = require "ecgraft.transfer"
local transferability = require "ecgraft.study.transferability"
local tune = require "ecgraft.study.tune"

local execute = {}

local find = plan.find

--- A new network of the study for signals of a shape {leads, length, classes}.
function execute.build(network, shape)
  if network.build then return network.build(shape) end
  local models = require "ecgraft.models"
  local given = {leads = shape.leads, classes = shape.classes}
  if not network.model:find("^resnet") then given.length = shape.length end
  for key, value in pairs(network.extra) do given[key] = value end
  return models[network.model](given)
end

--- A network for a set, whose records are cut to o.crop samples where a training says so.
local function build(network, set, o)
  local shape = feed.shape(set)
  return execute.build(network, {leads = shape[3], length = o.crop or shape[2], classes = math.max(1, #set.classes)})
end

-- What both kinds of training are told by the options `o` of a study, on parts {train =, select =}.
local function training(parts, o, seed, metric, folder, on_step)
  return {
    val = parts.select, epochs = plan.epochs(o, #parts.train), batch = o.batch, seed = seed, schedule = o.schedule, monitor = metric,
    patience = o.patience, val_steps = o.val_steps, clip_norm = o.clip_norm, scaler = o.scaler,
    augment = augmentation(o, parts.train.rate), crop = o.crop, checkpoint = folder, progress = false,
    on_step = on_step,
  }
end

--- A class that no training record has cannot be learned: said in the notes of the report.
local function absent_classes(set)
  local absent = {}
  for k, count in ipairs(set.labels:sum(1):totable()) do
    if count == 0 then absent[#absent + 1] = set.classes[k] end
  end
  return absent
end

local function subset(parts, run, spec)
  if run.size == "all" then return parts.train end
  if run.size > #parts.train then
    error(("size %d is more than the %d training records of '%s'"):format(run.size, #parts.train, run.downstream), 0)
  end
  if spec.subset == "first" then
    local rows = {}
    for i = 1, run.size do rows[i] = i end
    return parts.train:subset(rows)
  end
  return parts.train:take(run.size, {seed = run.seed, stratified = true})
end

local function write(path, value)
  local ok, message = files.write_json(path, value)
  if not ok then error(message, 0) end
end

local function save_scores(path, scores, test, thresholds)
  local ok, message = core.store.save(path, {
    {name = "scores", tensor = scores}, {name = "labels", tensor = test.labels},
    {name = "thresholds", tensor = core.tensor(thresholds)},
  }, {classes = test.classes, records = test.records})
  if not ok then error(message, 0) end
end

local function selection(history)
  local best = history[history.best_epoch]
  return {best_epoch = history.best_epoch, best_score = history.best_score, epochs = #history, seconds = history.seconds,
    train_records = history.records, scores = best and best.val_scores, note = history.note}
end

--- For fit's on_step: tells how far a run is that is so many trainings, and how much of that this start has done: the rest was done by
-- an earlier one, or a training before ended before its last epoch.
local function teller(trainings, report)
  local told, worked = 0, 0 ---@type number, number
  return function(number)
    local begun = false
    return function(seen, total)
      local at = (number - 1 + math.min(1, seen / total)) / trainings
      if begun then worked = worked + at - told end
      told, begun = at, true
      report(at, worked)
    end
  end
end

local function pretrain(run, spec, context)
  local up = find(spec.upstream, run.upstream)
  local all = context.sets(up.set)
  local parts = {train = all.train, select = all[spec.select_on] or all.val or all.test}
  core.manual_seed(run.seed)
  local net = build(find(spec.networks, run.network), parts.train, up.pretrain)
  local o = up.pretrain
  local told = training(parts, o, run.seed, up.task.name == "classification" and spec.metric or nil, context.folder,
    context.report and teller(1, context.report)(1))
  told.task = up.task
  function told.optimizer(parameters)
    return train.optimizer(o.optimizer, {{params = parameters}}, {lr = o.lr, weight_decay = o.weight_decay, momentum = o.momentum})
  end
  local history = train.fit(net, parts.train, told)
  assert(net:save(context.folder .. "/model.h5"))
  write(context.describe(up.set), sets.describe(up.set, all))
  local _, values = net:count()
  return {selection = selection(history), score = history.best_score, metric = history.monitor, parameters = values,
    transferability = transferability.measure(net, up.set, spec.downstream, context.sets)}
end

--- One training of a downstream run with a learning rate: the net, its history, and how many of its values came from upstream.
local function train_downstream(run, spec, context, parts, lr, path, on_step)
  local strategy = find(spec.strategies, run.strategy)
  core.manual_seed(run.seed)
  local net = build(find(spec.networks, run.network), parts.train, spec.train)
  local o = spec.train
  local told = training(parts, o, run.seed, spec.metric, path, on_step) ---@type any
  told.strategy, told.optimizer, told.lr, told.weight_decay, told.momentum = strategy, o.optimizer, lr, o.weight_decay, o.momentum
  if strategy.source then
    if spec.protocol == "strict" then sets.refuse_seen(find(spec.upstream, run.upstream).set, run.downstream, context.sets) end
    told.from = context.folder_of(run.needs) .. "/model.h5"
  end
  local history, share, values = transfer.fit(net, parts.train, told)
  if not history then error(share, 0) end
  return net, history, share, values
end

--- The trained net of a downstream run, what was selected, and the share of its values that came from upstream; with the learning rate
-- chosen on validation where the study asks for that.
local function trained(run, spec, context, parts)
  local choose = spec.tune and not find(spec.strategies, run.strategy).solve
  local tell = context.report and teller(choose and #spec.tune or 1, context.report) or function() end
  if not choose then
    local net, history, share, values = train_downstream(run, spec, context, parts, spec.train.lr, context.folder, tell(1))
    return net, selection(history), share, values
  end
  -- A class of one's own must be known before its file is read.
  local fresh = build(find(spec.networks, run.network), parts.train, spec.train)
  local net, selected, tuning = tune.choose(spec.tune, context.folder, function(lr, path, i)
    return train_downstream(run, spec, context, parts, lr, path, tell(i))
  end)
  return net, selected, tuning.share, select(2, fresh:count()), tuning
end

--- Pictures are not worth a run: a network that cannot be explained (one of the user's own) has no examples, an interruption goes on.
local function keep_examples(path, ...)
  local ok, message = pcall(examples.write, path, ...)
  if not ok and type(message) == "table" then error(message, 0) end
end

local function downstream(run, spec, context)
  local all = context.sets(run.downstream)
  local parts = {train = subset(all, run, spec), select = all[spec.select_on] or all.val, test = all.test}
  local net, selected, share, values, tuning = trained(run, spec, context, parts)
  -- Thresholds come from validation; the test labels are used here, once.
  local thresholds, val_scores = {}, nil
  for k = 1, #parts.test.classes do thresholds[k] = 0.5 end
  if spec.select_on == "val" and parts.select then
    val_scores = train.predict(net, parts.select)
    thresholds = metrics.tune_thresholds(val_scores, parts.select.labels)
  end
  local scores = train.predict(net, parts.test)
  local at_half = metrics.evaluate(scores, parts.test.labels, {classes = parts.test.classes})
  local tuned = metrics.evaluate(scores, parts.test.labels, {classes = parts.test.classes, thresholds = thresholds})
  save_scores(context.folder .. "/scores.h5", scores, parts.test, thresholds)
  assert(net:save(context.folder .. "/model.h5"))
  write(context.describe(run.downstream), sets.describe(run.downstream, all))
  if examples.wanted(run, spec) then keep_examples(context.folder .. "/examples.h5", net, parts.test, scores, thresholds) end
  return {
    calibration = val_scores and calibration.measure(val_scores, parts.select.labels, scores, parts.test.labels, parts.test.classes),
    selection = selected, parameters = values, transferred = share, tuning = tuning,
    test_records = #parts.test, absent_classes = absent_classes(parts.train), thresholds = thresholds,
    metrics = at_half:plain(), metrics_tuned = tuned:plain(),
  }
end

--- Runs `run` of `spec` in its folder; context: {folder, folder_of(id), sets(name), describe(name): the file that tells about a set;
-- report(at, worked), or nil: told step by step which share of the training is done, and which of it was done by this call}.
-- Returns the result that it also writes; raises where something is wrong, or an interruption.
function execute.run(run, spec, context)
  local ok, message = files.make_folder(context.folder)
  if not ok then error(message, 0) end
  write(context.folder .. "/config.json", {run = run, train = plan.options(spec, run),
    tune = run.kind == "downstream" and spec.tune or nil, protocol = spec.protocol, split = spec.split, version = core.version})
  local result = (run.kind == "pretrain" and pretrain or downstream)(run, spec, context)
  result.run = run
  write(context.folder .. "/result.json", result)
  if spec.tune then tune.clean(spec.tune, context.folder) end
  os.remove(context.folder .. "/checkpoint.h5")
  return result
end

return execute
