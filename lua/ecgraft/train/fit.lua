--- eg.fit(net, train, options) --> history. See fields.lua for what can be asked.
local core = require "ecgraft.core"
local batches = require "ecgraft.train.batches"
local card = require "ecgraft.train.card"
local checkpoint = require "ecgraft.train.checkpoint"
local feeds = require "ecgraft.data.feed"
local fields = require "ecgraft.train.fields"
local files = require "ecgraft.files"
local history = require "ecgraft.train.history"
local interruption = require "ecgraft.interruption"
local match = require "ecgraft.train.match"
local nn = require "ecgraft.nn"
local optimizers = require "ecgraft.train.optimizers"
local options = require "ecgraft.options"
local progress = require "ecgraft.progress"
local takes = require "ecgraft.train.takes"
local tasks = require "ecgraft.tasks"
local threads = require "ecgraft.train.threads"
local validation = require "ecgraft.train.validation"
local window = require "ecgraft.train.window"

-- What Ctrl-C raises: what is left of the training, and the history of the epochs that are complete.
local function interrupted(run, o)
  local saved = o.checkpoint and ("saved in %s: the same call goes on from there"):format(o.checkpoint)
    or "without the option checkpoint nothing was saved"
  local at = run.step > 0 and ("%d, step %d of %d"):format(run.epoch + 1, run.step, run.steps) or run.epoch
  local message = ("interrupted; %s; the network keeps the weights of epoch %s"):format(saved, at)
  local rows = #run.history
  return interruption.new(message, rows > 0 and run.history or nil, ("the history of %d epoch%s"):format(rows, rows == 1 and "" or "s"))
end

local function check_set(where, set)
  if nn.is_module(set) then
    error(("fit: %s is a network; the order is eg.fit(net, train, options)"):format(where), 3)
  end
  if not feeds.is_set(set) or not set.labels then
    error(("fit: %s must be a dataset (signals, labels), got %s"):format(where, options.show(set)), 3)
  end
  local count = feeds.shape(set)[1]
  if count ~= #set.labels then
    error(("fit: %s has %d signals and %d rows of labels"):format(where, count, #set.labels), 3)
  end
  if count == 0 then error(("fit: %s has no records"):format(where), 3) end
end

local function check_crop(where, set, crop)
  local length = feeds.shape(set)[2]
  if crop and crop > length then
    error(("fit: option 'crop' must be at most the %d samples of a record of %s, got %d"):format(length, where, crop), 3)
  end
end

--- A run goes on only with the same data, order, network and task.
local function key_of(run, o)
  local task = o.task.name ~= "classification" and (", task %s"):format(o.task.name) or ""
  local windows = o.crop and (", windows of %d"):format(o.crop) or ""
  return ("%s, %d values, %d records, batch %d, seed %d, %s%s%s"):format(run.net._name, select(2, run.net:count()), run.records, o.batch,
    o.seed, run.optimizer.kind or "optimizer", task, windows)
end

local function fail_nonfinite(run, o, x, loss)
  local where = x:count_nonfinite() > 0 and "the input itself" or nn.find_nonfinite(run.net, x)
  local place = where and where ~= "" and ("; the first output that is not finite: " .. where) or ""
  local kept = o.checkpoint and ("; the checkpoint of epoch %d is kept"):format(run.saved_epoch or 0) or ""
  error(("fit: the loss is %s in epoch %d, step %d%s%s; a smaller learning rate or clip_norm may help"):format(
    loss ~= loss and "NaN" or loss, run.epoch + 1, run.step + 1, place, kept), 0)
end

local function clip(run, o)
  local optim = require "ecgraft.optim"
  if o.clip_norm then optim.clip_grad_norm(run.net:parameters(), o.clip_norm) end
  if o.clip_value then optim.clip_grad_value(run.net:parameters(), o.clip_value) end
end

local function train_step(run, o, rows, feed)
  batches.stream(o.seed, run.epoch + 1, run.step + 1)
  local x, y = batches.next(feed, run.set, run.scaler, run.cut), run.targets and core.ops.index_select(run.targets, rows, 1)
  if o.augment then x, y = o.augment(x, y or core.zeros(#x, 1)) end
  if run.job.inputs then x, y = run.job.inputs(x, y) end
  run.optimizer:zero_grad()
  local loss = run.job.loss(run.net(x), y)
  local value = loss:item()
  if value ~= value or math.abs(value) == math.huge then fail_nonfinite(run, o, x, value) end
  local penalty = o.penalty and o.penalty(run.given)
  if penalty then loss = loss + penalty end
  loss:backward()
  clip(run, o)
  if run.schedule then run.schedule:step(run.optimizer, run.epoch * run.steps + run.step) end
  run.optimizer:step()
  run.loss_sum = run.loss_sum + value * #rows
end

local function save(run, o)
  if not o.checkpoint then return end
  local ok, message = checkpoint.save(o.checkpoint .. "/checkpoint.h5", run)
  if ok then ok, message = run.history:save(o.checkpoint .. "/history.csv") end
  if not ok then error("fit: the checkpoint could not be written: " .. message, 0) end
  run.saved_epoch = run.epoch
end

--- What is trained, and how far it is.
---@class ecgraft.train.run
---@field given ecgraft.Module the user's net
---@field net ecgraft.Module what is trained: that net, or with another head that the task asks for
---@field job table what the task made of it (tasks/task.lua)
---@field set table the training set as the task takes it
---@field targets? ecgraft.Tensor of the training set
---@field val? table
---@field val_targets? ecgraft.Tensor
---@field records integer of the training set
---@field steps integer of an epoch
---@field epoch integer finished epochs
---@field step integer finished steps of the epoch after them
---@field loss_sum number over the records of that epoch
---@field waited integer validations without a better score
---@field best? table<string, ecgraft.Tensor> the state of the best epoch
---@field history ecgraft.History
---@field optimizer? ecgraft.Optimizer made once the job is there
---@field schedule? ecgraft.Schedule
---@field scaler? ecgraft.Scaler
---@field cut? fun(x: ecgraft.Tensor): ecgraft.Tensor a window of each record, in training
---@field middle? fun(x: ecgraft.Tensor): ecgraft.Tensor a window of each record, in evaluation
---@field key? string what makes it the same training
---@field saved_epoch? integer of the last checkpoint

--- Tells how many records were seen, in this start and earlier ones.
local function tell(run, o)
  if o.on_step then o.on_step(run.epoch * run.records + math.min(run.step * o.batch, run.records), o.epochs * run.records) end
end

local function stop_here(run, o, line)
  save(run, o)
  line:finish("interrupted")
  error(interrupted(run, o), 0)
end

--- The steps of an epoch from run.step on. Raises at an interruption, after saving.
---@param run ecgraft.train.run
local function train_epoch(run, o, line, adapted)
  if o.before_epoch then o.before_epoch(run.given, run.epoch + 1, o.epochs) end
  run.net:train()
  local order = batches.order(o.seed, run.epoch + 1, run.records)
  local batch = o.batch ---@type integer
  local begun = math.min(run.step * batch, run.records) -- interrupted behind the last step, nothing is left of the epoch
  local feed <close> = feeds.new(run.set, order:narrow(1, begun + 1, run.records - begun), batch)
  while run.step < run.steps do
    local first = run.step * batch + 1
    local count = math.min(batch, run.records - first + 1)
    local rows = order:narrow(1, first, count)
    if adapted then adapted:step(count, train_step, run, o, rows, feed) else train_step(run, o, rows, feed) end
    run.step = run.step + 1
    line:advance(count, ("epoch %d/%d, loss %.4f"):format(run.epoch + 1, o.epochs, run.loss_sum / (first + count - 1)))
    tell(run, o)
    if core.interrupted() then stop_here(run, o, line) end
  end
end

local function copy_state(net)
  local copy = {}
  for name, tensor in pairs(net:state()) do copy[name] = tensor:clone() end
  return copy
end

--- The scores that are numbers, as a checkpoint can hold them.
local function finite(scores)
  local kept = {}
  for name, value in pairs(scores) do
    if value == value and math.abs(value) < math.huge then kept[name] = value end
  end
  return kept
end

--- Whether the epoch that ends now is validated: the last one is, and those o.val_steps behind the one before.
local function is_validated(run, o)
  if not o.val then return false end
  local epochs = 1
  for i = #run.history, 1, -1 do
    if run.history[i].val_loss then break end
    epochs = epochs + 1
  end
  return run.epoch + 1 == o.epochs or epochs * run.steps >= o.val_steps
end

--- Validation, the history's row, the best state. Returns whether to stop.
local function close_epoch(run, o, seconds)
  for name, tensor in run.net:named_state() do
    if tensor:count_nonfinite() > 0 then
      error(("fit: '%s' is no longer finite after epoch %d; a smaller learning rate or clip_norm may help"):format(name,
        run.epoch + 1), 0)
    end
  end
  local row = {epoch = run.epoch + 1, train_loss = run.loss_sum / run.records, lr = run.optimizer:lr(), seconds = seconds}
  local validated = is_validated(run, o)
  if validated then
    local scores
    row.val_loss, row.val_score, scores = validation.evaluate(run.job, run.val, run.val_targets, o.monitor, run.scaler, o.seed,
      run.middle)
    if o.task.name ~= "classification" then row.val_scores = finite(scores) end
  end
  run.epoch, run.step, run.loss_sum = run.epoch + 1, 0, 0
  table.insert(run.history, row)
  run.history.seconds = run.history.seconds + seconds
  local score = row.val_score
  if run.schedule and (validated or not o.val) then
    run.schedule:observe(run.optimizer, score or row.train_loss, score ~= nil and not o.task:is_lower(o.monitor))
  end
  if score and o.task:better(o.monitor, score, run.history.best_score) then
    run.history.best_epoch, run.history.best_score, run.waited = row.epoch, score, 0
    if o.keep == "best" then run.best = copy_state(run.net) end
  elseif validated or not o.val then
    run.waited = run.waited + 1
  end
  local stop = o.patience and o.val and run.waited >= o.patience
  if o.on_epoch and o.on_epoch(row, run.given) == false then stop = true end
  return stop
end

local function now() return require("luv").hrtime() / 1e9 end

local function loop(run, o)
  local line = progress.new{label = o.label, total = o.epochs * run.records, done = run.epoch * run.records + run.step * o.batch,
    unit = "records", quiet = not o.progress}
  tell(run, o)
  local last_save = now()
  local stop = o.patience and o.val and run.waited >= o.patience
  local adapted <close> = o.adapt_threads and threads.new() or nil
  while run.epoch < o.epochs and not stop do
    local began = now()
    train_epoch(run, o, line, adapted)
    stop = close_epoch(run, o, now() - began)
    if now() - last_save >= o.checkpoint_seconds or stop or run.epoch == o.epochs then
      save(run, o)
      last_save = now()
    end
    if core.interrupted() then stop_here(run, o, line) end -- while the epoch was validated
  end
  line:finish(run.history.best_score and ("%s %.4f in epoch %d"):format(o.monitor, run.history.best_score, run.history.best_epoch)
    or ("loss %.4f"):format(run.history[#run.history].train_loss))
end

--- The optimizer, given or made for what the job trains.
local function optimizer_of(run, o)
  local given, parameters = o.optimizer, run.net:parameters()
  if not given then return optimizers.make("adam", {{params = parameters}}, {lr = 1e-3}) end
  local made = type(given) ~= "function" and given or given(parameters)
  if not (type(made) == "table" and made.zero_grad and made.step) then
    error(("fit: option 'optimizer' must be a value of eg.optim, as in optim.Adam(net:parameters(), {lr = 1e-3}), or a function of the "
      .. "parameters that returns one, got %s"):format(options.show(made)), 3)
  end
  return made
end

--- The job, and the sets as the task takes them.
---@return ecgraft.train.run
local function begin(net, train, o)
  local task, message = tasks.find(o.task)
  if not task then error("fit: " .. message, 3) end
  if o.loss and task.name ~= "classification" then
    error(("fit: option 'loss' is for classification; the task %s has its own"):format(task.name), 3)
  end
  if o.optimizer and type(o.optimizer) ~= "function" and task.name ~= "classification" then
    error(("fit: the task %s gives the network another head, which an optimizer made before does not train; give optimizer = "
      .. "function(parameters) return eg.optim.Adam(parameters, {lr = 1e-3}) end"):format(task.name), 3)
  end
  o.task = task
  o.monitor = o.monitor or task.monitor
  o.keep = o.keep or (o.val and "best" or "last")
  local job = task.begin(net, train, o.loss, o.crop) ---@type table<string, any>
  job.monitor = task.monitor
  local run = {given = net, net = job.network, job = job, epoch = 0, step = 0, loss_sum = 0, waited = 0}
  run.set, run.targets = job.prepare(train)
  if o.val then run.val, run.val_targets = job.prepare(o.val) end
  run.records = feeds.shape(run.set)[1]
  run.steps = math.ceil(run.records / o.batch)
  run.history = history.new(o.monitor, run.records)
  return run
end

--- Trains `net` on the dataset `train`; the net ends with the state of the best epoch on o.val (or the last one), in evaluation mode,
-- and with a card that says what it was trained on. First Ctrl-C: saves and raises a value that is printed as text, with interrupted =
-- true and kept = the history of the epochs that were complete (nil where none was); the net keeps its weights of that moment, in
-- evaluation mode. Second: ends at once.
return function(net, train, given)
  check_set("the training set", train)
  if not nn.is_module(net) then
    error(("fit: argument 1 (net) must be a network, got %s"):format(options.show(net)), 2)
  end
  local o = options.check("fit", given, fields)
  takes("fit", net, train, "the training set", 2, o.crop)
  check_crop("the training set", train, o.crop)
  if o.val then
    check_set("val", o.val)
    match("fit", "the training set", train, o.val, "val")
    check_crop("val", o.val, o.crop)
  end
  local run = begin(net, train, o)
  run.scaler = card.scaler(o.scaler, run.set)
  if o.crop then
    run.cut = function(x) return window.random(x, o.crop) end
    run.middle = function(x) return window.middle("fit", x, o.crop) end
  end
  run.optimizer = optimizer_of(run, o)
  run.schedule = optimizers.schedule(o.schedule, o.epochs, run.steps)
  run.key = key_of(run, o)
  card.write(net, train, run.scaler, run.job.card, o.crop)
  if o.checkpoint then
    local ok, message = files.make_folder(o.checkpoint)
    if ok and o.resume then
      ok, message = checkpoint.load(o.checkpoint .. "/checkpoint.h5", run)
      if ok ~= nil then ok = true end
      if ok and run.epoch > o.epochs then
        ok, message = nil, ("%s/checkpoint.h5 holds %d epochs, more than the %d that are asked for; ask for as many, use another folder "
          .. "or resume = false"):format(o.checkpoint, run.epoch, o.epochs)
      end
    end
    if not ok then error("fit: " .. message, 2) end
    run.saved_epoch = run.epoch
  end
  local rng = core.rng_state()
  core.watch_interrupt()
  local ok, message = pcall(loop, run, o)
  if interruption.is(message) then run.net:eval() end
  core.set_rng_state(rng)
  core.unwatch_interrupt()
  if not ok then error(message, 0) end
  if run.best then run.net:load_state(run.best) end
  run.net:eval()
  return run.history
end
