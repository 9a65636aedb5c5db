--- What a plan will take, before it is computed: a training step and a prediction of each network are timed on made-up signals of the
-- study's shape, and counted over the runs. An estimate: it knows the networks and this machine, not early stopping or other processes.
local core = require "ecgraft.core"
local execute = require "ecgraft.study.execute"
local feed = require "ecgraft.data.feed"
local number_text = require "ecgraft.number_text"
local plan = require "ecgraft.study.plan"
local recording = require "ecgraft.recording"
local sets = require "ecgraft.study.sets"
local table_text = require "ecgraft.table_text"
local tasks = require "ecgraft.tasks"
local train = require "ecgraft.train"

local estimate = {}

local RECORDS = 8 -- of the step that is timed
local TIMES, ENOUGH = 3, 1 -- the fastest of so many, or of fewer where these seconds have passed: other processes disturb
local PREDICTED_BATCH = 64

local function now() return require("luv").hrtime() / 1e9 end

local function bytes_of(shape, records) return 4 * records * shape.length * shape.leads end

local function fastest(fn)
  local best, spent = math.huge, 0 ---@type number, number
  for _ = 1, TIMES do
    local began = now()
    fn()
    local seconds = now() - began
    best, spent = math.min(best, seconds), spent + seconds
    if spent >= ENOUGH then break end
  end
  return best
end

--- Seconds and bytes a record of a network that learns a task from a set: {step, forward (seconds a record), fixed, per_record (bytes)}.
local function measure(network, shape, o, task, set)
  local rng = core.rng_state()
  core.manual_seed(1)
  local net = execute.build(network, shape)
  local job = task.begin(net, set, nil, o.crop)
  local prepared, targets = job.prepare(set)
  local records = math.min(RECORDS, #prepared)
  local signals = core.randn(records, shape.length, shape.leads)
  targets = targets and targets:narrow(1, 1, records):clone()
  local optimizer = train.optimizer(o.optimizer, {{params = job.network:parameters()}}, {lr = o.lr, weight_decay = o.weight_decay,
    momentum = o.momentum})
  local function step()
    local x, y = signals, targets
    if job.inputs then x, y = job.inputs(x, y) end
    optimizer:zero_grad()
    job.loss(job.network(x), y):backward()
    optimizer:step()
  end
  job.network:train()
  step() -- the first asks the system for memory
  collectgarbage()
  local before = core.memory().live -- weights, gradients, the optimizer's state
  core.memory_reset_peak()
  local trained = fastest(step)
  local peak = core.memory().peak
  job.network:eval()
  local predicted = recording.off(fastest, function() job.network(signals) end)
  core.set_rng_state(rng)
  local _, values = job.network:count()
  return {step = trained / records, forward = predicted / records, parameters = values,
    fixed = 16 * values, per_record = math.max(0, peak - before) / records}
end

--- {set (to train on), train, select, test (records), shape, bytes} of a set, loaded.
local function size_of(spec, loader, name)
  local all = loader(name)
  local select = all[spec.select_on] or all.val
  local set = all.train
  local sized = feed.shape(set)
  local shape = {leads = sized[3], length = sized[2], classes = #set.classes}
  local records = #all.train + (all.val and #all.val or 0) + (all.test and #all.test or 0)
  return {set = set, train = #all.train, select = select and #select or 0, test = #all.test, shape = shape,
    bytes = bytes_of(shape, records)}
end

--- Counts a plan: {rows = {{run, records (seen in training), seconds}, ...}, records, seconds, bytes (of the largest run, with the sets
-- in memory), networks = {{name, parameters, step, forward, bytes}, ...}}. Loads the sets; trains nothing.
function estimate.of(spec, runs)
  local loader, sizes, measured = sets.loader(spec), {}, {}
  ---@type {rows: table[], networks: table[], records: number, seconds: number, bytes: number, sets: number}
  local out = {rows = {}, networks = {}, records = 0, seconds = 0, bytes = 0, sets = 0}
  local function size(name)
    if not sizes[name] then
      sizes[name] = size_of(spec, loader, name)
      out.sets = out.sets + sizes[name].bytes
    end
    return sizes[name]
  end
  local function cost(network, sized, o, task)
    local shape = {leads = sized.shape.leads, length = o.crop or sized.shape.length, classes = sized.shape.classes}
    local key = table.concat({network.name, shape.leads, shape.length, shape.classes, task.name}, "\0")
    if not measured[key] then
      measured[key] = measure(network, shape, o, task, sized.set)
      measured[key].name, measured[key].shape, measured[key].bytes = network.name, shape, 0
      if task ~= tasks.classification then measured[key].name = network.name .. ", " .. task.name end
      table.insert(out.networks, measured[key])
    end
    return measured[key]
  end
  for i, run in ipairs(runs) do
    local pretrained = run.kind == "pretrain"
    local o = plan.options(spec, run)
    local up = pretrained and plan.find(spec.upstream, run.upstream)
    local set = size(up and up.set or run.downstream)
    local each = cost(plan.find(spec.networks, run.network), set, o, up and up.task or tasks.classification)
    local records = math.type(run.size) == "integer" and math.min(run.size, set.train) or set.train
    local trainings, epochs = plan.trainings(spec, run, records)
    local seen = trainings * epochs * records
    local solved = not up and plan.find(spec.strategies, run.strategy).solve
    local validations = trainings * plan.validations(o, records, epochs)
    local seconds = seen * (solved and each.forward or each.step) + validations * set.select * each.forward
      + (up and 0 or set.test * each.forward)
    local bytes = each.fixed + math.max(math.min(o.batch, records), PREDICTED_BATCH / 4) * each.per_record
    each.bytes = math.max(each.bytes, bytes)
    out.rows[i] = {run = run, records = seen, seconds = seconds}
    out.records, out.seconds, out.bytes = out.records + seen, out.seconds + seconds, math.max(out.bytes, bytes)
  end
  out.bytes = out.bytes + out.sets
  return out
end

local function size_text(bytes)
  if bytes < 1e9 then return number_text.fixed(bytes / 1e6, 0) .. " MB" end
  return number_text.fixed(bytes / 1e9, 1) .. " GB"
end

local function column(title, align) return {title = title, align = align or "left"} end

--- The plan as text: every run with the records it will see and its time, then the networks and the whole.
function estimate.text(spec, runs, title)
  local found = estimate.of(spec, runs)
  local rows, number_of = {}, {}
  for i, each in ipairs(found.rows) do
    number_of[each.run.id] = tostring(i)
    rows[i] = {tostring(i), each.run.id, each.run.needs and number_of[each.run.needs] or "", number_text.count(each.records),
      number_text.duration(each.seconds)}
  end
  local networks = {}
  for i, each in ipairs(found.networks) do
    networks[i] = {each.name, ("%d x %d"):format(each.shape.length, each.shape.leads), tostring(each.shape.classes),
      number_text.count(each.parameters), number_text.short(1000 * each.step, 3) .. " ms",
      number_text.short(1000 * each.forward, 3) .. " ms", size_text(each.bytes)}
  end
  local run_columns = {column("", "right"), column "run", column("after", "right"), column("records seen", "right"),
    column("time", "right")}
  local network_columns = {column "network", column "signals", column("classes", "right"), column("values", "right"),
    column("training, a record", "right"), column("prediction", "right"), column("memory", "right")}
  local parts = {title, "\n\n", table_text.format{rows = rows, columns = run_columns}, "\n",
    table_text.format{rows = networks, columns = network_columns}}
  parts[#parts + 1] = ("\nIn all %s records seen in training; about %s one run after the other; about %s of memory for a process, %s of it "
    .. "for the sets.\nTimed with %d thread%s on this machine as it is now; patience may end runs sooner.\n"):format(
    number_text.count(found.records), number_text.duration(found.seconds), size_text(found.bytes), size_text(found.sets),
    core.num_threads(), core.num_threads() == 1 and "" or "s")
  return table.concat(parts)
end

return estimate
