--- What a plan will take, before it is computed: a training step and a prediction of each network are timed on made-up signals of the
-- study's shape with the threads that a worker has, and counted over the runs. An estimate: it knows the networks and this machine as it is
-- now, not early stopping.
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

local RECORDS = 8 -- of the first step; where it is quick the study's own batch is timed, of which a record takes less
local QUICK = 0.5 -- seconds that a step of a whole batch may take
local TIMES, ENOUGH, SOME = 3, 1, 0.25 -- so many are timed, or more until SOME seconds have passed, or fewer where ENOUGH have
local PREDICTED_BATCH = 64

local function now() return require("luv").hrtime() / 1e9 end

local function bytes_of(shape, records) return 4 * records * shape.length * shape.leads end

--- The median: a pause that another process causes is no part of it, a machine that is shared all the time is.
local function timed(fn)
  local times, spent = {}, 0 ---@type number[], number
  while spent < ENOUGH and (#times < TIMES or spent < SOME) do
    local began = now()
    fn()
    times[#times + 1] = now() - began
    spent = spent + times[#times]
  end
  table.sort(times)
  return times[(#times + 1) // 2]
end

--- The numbers of threads that a training turns to where fewer are faster: see train/threads.lua.
local function halves(count)
  local list = {}
  while count > 1 do
    count = count // 2
    list[#list + 1] = count
  end
  return list
end

--- Seconds and bytes a record of a network that learns a task from a set: {step, forward (seconds a record, by a number of threads each),
-- fixed, per_record (bytes)}.
local function measure(network, shape, o, task, set, threads)
  local rng = core.rng_state()
  core.manual_seed(1)
  local net = execute.build(network, shape)
  local job = task.begin(net, set, nil, o.crop)
  local prepared, targets = job.prepare(set)
  local all, records, signals, labels = targets, 0, nil, nil
  local function take(count)
    records = math.min(count, #prepared)
    signals = core.randn(records, shape.length, shape.leads)
    labels = all and all:narrow(1, 1, records):clone()
  end
  local optimizer = train.optimizer(o.optimizer, {{params = job.network:parameters()}}, {lr = o.lr, weight_decay = o.weight_decay,
    momentum = o.momentum})
  local function step()
    local x, y = signals, labels
    if job.inputs then x, y = job.inputs(x, y) end
    optimizer:zero_grad()
    job.loss(job.network(x), y):backward()
    optimizer:step()
  end
  job.network:train()
  take(RECORDS)
  step() -- the first asks the system for memory
  local began = now()
  step()
  if (now() - began) * o.batch / records < QUICK then
    take(o.batch)
    step()
  end
  collectgarbage()
  local before = core.memory().live -- weights, gradients, the optimizer's state
  core.memory_reset_peak()
  local found, steps = {step = {}, forward = {}}, {}
  local function step_with(count)
    if not steps[count] then
      core.set_num_threads(count)
      job.network:train()
      steps[count] = timed(step) / records
      found.per_record = found.per_record or math.max(0, core.memory().peak - before) / records
    end
    return steps[count]
  end
  for _, each in ipairs(threads) do
    found.step[each] = step_with(each)
    for _, fewer in ipairs(halves(each)) do found.step[each] = math.min(found.step[each], step_with(fewer)) end
    core.set_num_threads(each)
    job.network:eval()
    found.forward[each] = recording.off(timed, function() job.network(signals) end) / records
  end
  core.set_rng_state(rng)
  local _, values = job.network:count()
  found.parameters, found.fixed = values, 16 * values
  return found
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

--- When so many workers are done that each take the first run of the plan that may begin: see queue.take. seconds: of each run.
function estimate.span(runs, seconds, workers)
  local waiting, ended, free, last = {}, {}, {}, 0 ---@type integer[], table<string, number>, number[], number
  for i = 1, #runs do waiting[i] = i end
  for i = 1, workers do free[i] = 0 end
  while #waiting > 0 do
    local first = 1
    for i = 2, workers do if free[i] < free[first] then first = i end end
    local taken, soonest = nil, math.huge
    for place, i in ipairs(waiting) do
      local ready = not runs[i].needs and 0 or ended[runs[i].needs] or math.huge
      if ready <= free[first] then
        taken = place
        break
      end
      soonest = math.min(soonest, ready)
    end
    if taken then
      local i = table.remove(waiting, taken)
      free[first] = free[first] + seconds[i]
      ended[runs[i].id], last = free[first], math.max(last, free[first])
    else
      free[first] = soonest -- it waits for what another worker computes
    end
  end
  return last
end

--- The numbers of workers whose time is told: one, and those asked for or one for each thread; and the threads of each of them.
local function teams(o)
  local cores = core.num_threads()
  local asked = o.workers or 1
  local list = {{workers = 1}} ---@type table[]
  local more = asked > 1 and asked or cores
  if more > 1 then list[2] = {workers = more} end
  for _, team in ipairs(list) do team.threads = math.max(1, o.threads or cores // team.workers) end
  return list, asked > 1 and list[2] or list[1]
end

--- Counts a plan: {rows = {{run, records (seen in training), seconds}, ...}, records, seconds (one run after the other), bytes (of the
-- largest run, with the sets in memory), networks = {{name, parameters, step, forward, bytes}, ...}, threads (of a run), spans =
-- {{workers, threads, seconds (from the first run to the end)}, ...}}. given.workers and given.threads: as study:run takes them; seconds
-- are those of such a worker. Loads the sets; trains nothing.
function estimate.of(spec, runs, given)
  local cores = core.num_threads()
  local _ <close> = setmetatable({}, {__close = function() core.set_num_threads(cores) end})
  local list, team = teams(given or {})
  local threads = {}
  for i, each in ipairs(list) do threads[i] = each.threads end
  local loader, sizes, measured = sets.loader(spec), {}, {}
  ---@type {rows: table[], networks: table[], records: number, seconds: number, bytes: number, sets: number, spans: table[], [string]: any}
  local out = {rows = {}, networks = {}, records = 0, seconds = 0, bytes = 0, sets = 0, spans = {}}
  local function size(name)
    if not sizes[name] then
      sizes[name] = size_of(spec, loader, name)
      out.sets = out.sets + sizes[name].bytes
    end
    return sizes[name]
  end
  local function cost(network, sized, trained, task)
    local shape = {leads = sized.shape.leads, length = trained.crop or sized.shape.length, classes = sized.shape.classes}
    local key = table.concat({network.name, shape.leads, shape.length, shape.classes, task.name}, "\0")
    if not measured[key] then
      measured[key] = measure(network, shape, trained, task, sized.set, threads)
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
    local seconds = {}
    for k, with in ipairs(threads) do
      local forward = each.forward[with]
      seconds[k] = seen * (solved and forward or each.step[with]) + (validations * set.select + (up and 0 or set.test)) * forward
      list[k].runs = list[k].runs or {}
      list[k].runs[i] = seconds[k]
    end
    local bytes = each.fixed + math.max(math.min(o.batch, records), PREDICTED_BATCH / 4) * each.per_record
    each.bytes = math.max(each.bytes, bytes)
    out.rows[i] = {run = run, records = seen, seconds = team.runs[i]}
    out.records, out.seconds, out.bytes = out.records + seen, out.seconds + team.runs[i], math.max(out.bytes, bytes)
  end
  out.threads = team.threads
  for k, each in ipairs(list) do
    out.spans[k] = {workers = each.workers, threads = each.threads, seconds = estimate.span(runs, each.runs or {}, each.workers)}
  end
  out.bytes = out.bytes + out.sets
  return out
end

local function size_text(bytes)
  if bytes < 1e9 then return number_text.fixed(bytes / 1e6, 0) .. " MB" end
  return number_text.fixed(bytes / 1e9, 1) .. " GB"
end

local function column(title, align) return {title = title, align = align or "left"} end

local function plural(count, word) return ("%d %s%s"):format(count, word, count == 1 and "" or "s") end

--- The plan as text: every run with the records it will see and its time, then the networks and the whole. o: as estimate.of takes it.
function estimate.text(spec, runs, title, o)
  local found = estimate.of(spec, runs, o)
  local rows, number_of = {}, {}
  for i, each in ipairs(found.rows) do
    number_of[each.run.id] = tostring(i)
    rows[i] = {tostring(i), each.run.id, each.run.needs and number_of[each.run.needs] or "", number_text.count(each.records),
      number_text.duration(each.seconds)}
  end
  local networks = {}
  for i, each in ipairs(found.networks) do
    networks[i] = {each.name, ("%d x %d"):format(each.shape.length, each.shape.leads), tostring(each.shape.classes),
      number_text.count(each.parameters), number_text.short(1000 * each.step[found.threads], 3) .. " ms",
      number_text.short(1000 * each.forward[found.threads], 3) .. " ms", size_text(each.bytes)}
  end
  local run_columns = {column("", "right"), column "run", column("after", "right"), column("records seen", "right"),
    column("time", "right")}
  local network_columns = {column "network", column "signals", column("classes", "right"), column("values", "right"),
    column("training, a record", "right"), column("prediction", "right"), column("memory", "right")}
  local parts = {title, "\n\n", table_text.format{rows = rows, columns = run_columns}, "\n",
    table_text.format{rows = networks, columns = network_columns}}
  local spans = {}
  for i, each in ipairs(found.spans) do
    spans[i] = ("%s with %s"):format(number_text.duration(each.seconds), i == 1 and "1 worker" or ("%d"):format(each.workers))
  end
  parts[#parts + 1] = ("\nIn all %s records seen in training; about %s of memory for a process, %s of it for the sets.\n"
    .. "The times above are with %s on this machine as it is now; patience may end runs sooner.\n"
    .. "About %s.\n"):format(number_text.count(found.records), size_text(found.bytes), size_text(found.sets),
    plural(found.threads, "thread"), table.concat(spans, ", "))
  return table.concat(parts)
end

return estimate
