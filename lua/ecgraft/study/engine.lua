--- The executor "local": runs a plan in this process, or in worker processes that each load the sets once and take one run after the
-- other. How a worker is started and what it answers: study/worker.lua.
local uv = require "luv"
local core = require "ecgraft.core"
local folder = require "ecgraft.study.folder"
local interruption = require "ecgraft.interruption"
local line = require "ecgraft.study.line"
local worker_process = require "ecgraft.study.worker"

local engine = {}

--- All runs here, one after the other. Returns whether it was interrupted.
function engine.alone(study, queue, out, o)
  local shown = line.new(study, queue, o.quiet)
  local interrupted = false
  core.watch_interrupt()
  while not interrupted do
    local run = queue:take()
    if not run then break end
    shown:show(run.id)
    local ok, message = worker_process.compute(run, study, out, o.load, function(at, worked)
      queue:at(run, at, worked)
      shown:show(run.id)
    end)
    if ok then queue:done(run)
    elseif interruption.is(message) then
      queue:give_back(run)
      interrupted = true
    else
      folder.note_failure(out, run, message)
      queue:failed(run, message)
    end
    if not interrupted then
      shown:show()
      interrupted = core.interrupted()
    end
  end
  core.unwatch_interrupt()
  shown:finish()
  return interrupted
end

--- This process's environment with what a worker's must hold.
local function environment(threads, name)
  local all, list = uv.os_environ(), {}
  for _, each in ipairs(worker_process.variables(threads, name)) do all[each[1]] = each[2] end
  for key, value in pairs(all) do list[#list + 1] = key .. "=" .. value end
  table.sort(list)
  return list
end

--- Starts one worker; on_line(text) is called for each answer, on_end() when it is gone.
local function start_worker(threads, name, on_line, on_end)
  local program, arguments = assert(worker_process.command())
  local input, answers = uv.new_pipe(false), uv.new_pipe(false)
  local worker = {input = input}
  local handle, failure = uv.spawn(program, {
    args = arguments, env = environment(threads, name), stdio = {input, nil, 2, answers}, detached = true,
  }, function() on_end(worker) end)
  if not handle then
    for _, pipe in ipairs{input, answers} do pipe:close() end
    uv.run "nowait" -- luv's half-made process must be gone before its memory is
    error("study: a worker could not be started: " .. tostring(failure), 0)
  end
  worker.handle = handle
  local buffer = ""
  answers:read_start(function(_, chunk)
    if not chunk then answers:close() return end
    buffer = buffer .. chunk
    for text in buffer:gmatch("([^\n]*)\n") do on_line(worker, text) end
    buffer = buffer:gsub("^.*\n", "")
  end)
  return worker
end

--- Runs in `o.workers` processes. Returns whether it was interrupted.
function engine.lead(study, queue, out, o)
  o.load = nil -- the workers load the sets for themselves
  collectgarbage()
  local threads = math.max(1, o.threads or core.num_threads() // o.workers)
  local shown = line.new(study, queue, o.quiet)
  local workers, stopping, alive = {}, false, 0
  local number = {}
  for i, run in ipairs(queue.runs) do number[run.id] = i end

  local function dismiss(worker)
    if not worker.input:is_closing() then worker.input:close() end
  end

  local function feed(worker)
    local run = not stopping and queue:take() or nil
    worker.run = run
    if run then worker.input:write(number[run.id] .. "\n")
    else worker.idle = true end
  end

  --- Idle workers get what has become ready; when nothing runs, nothing is ready and none is still starting all may go.
  local function feed_idle()
    local running = false
    for _, worker in ipairs(workers) do
      if worker.idle and not worker.gone then
        worker.idle = nil
        feed(worker)
      end
      running = running or not worker.gone and (worker.run ~= nil or not worker.ready)
    end
    if not running then for _, worker in ipairs(workers) do dismiss(worker) end end
  end

  local function on_line(worker, text)
    if text == "ready" then
      worker.ready, worker.idle = true, true
    elseif text:find "^at " then
      local at, worked = text:match "^at (%S+) (%S+)$"
      if at and worker.run then queue:at(worker.run, tonumber(at), tonumber(worked)) end
      shown:show()
      return
    else
      local word, message = text:match("^(%a+) ?(.*)$")
      local run = worker.run
      worker.run, worker.idle = nil, word ~= "stopped" -- one that was stopped, by us or by someone else, ends
      if word == "done" then queue:done(run)
      elseif word == "stopped" then queue:give_back(run)
      else queue:failed(run, message) end
      if word ~= "stopped" then shown:show() end
    end
    feed_idle()
  end

  local start

  --- A worker is gone. If a run took it along, another takes its place, so that the rest goes on; one that never had a run is not replaced.
  local function on_end(worker)
    alive = alive - 1
    worker.gone = true
    worker.handle:close()
    dismiss(worker)
    if worker.run then
      local run = worker.run
      worker.run = nil
      if stopping then queue:give_back(run)
      else
        folder.note_failure(out, run, "the worker process ended")
        queue:failed(run, "the worker process ended")
        shown:show()
        if queue.finished < queue.total then start() end
      end
    end
    feed_idle()
  end

  function start()
    table.insert(workers, start_worker(threads, study.spec.name, on_line, on_end))
    alive = alive + 1
  end

  for _ = 1, o.workers do start() end

  -- Workers lead their own process groups: Ctrl-C reaches this process alone, which passes it on once; the second time all ends at once.
  local signals = {}
  for i, name in ipairs{"sigint", "sigterm"} do
    signals[i] = uv.new_signal()
    signals[i]:start(name, function()
      for _, worker in ipairs(workers) do
        if not worker.gone then worker.handle:kill(stopping and "sigkill" or "sigint") end
      end
      if stopping then os.exit(130) end
      stopping = true
      for _, worker in ipairs(workers) do dismiss(worker) end
    end)
    signals[i]:unref()
  end
  while alive > 0 do uv.run("once") end
  for _, each in ipairs(signals) do each:stop() each:close() end
  uv.run("nowait")
  shown:finish()
  -- Workers that went away with work left: what nobody took is reported, not lost silently.
  for _, run in ipairs(queue.runs) do
    if queue.state[run.id] == "waiting" and not stopping then queue:failed(run, "no worker was left to run it") end
  end
  return stopping
end

--- Raises where workers are asked for and there is no script that they could run: before a set is loaded or a folder made.
function engine.check(o)
  if (o.workers or 1) == 1 then return end
  local program, message = worker_process.command()
  if not program then error(message, 0) end
end

--- What an executor is asked for: see study/executors.lua. o.load gives the sets by name (sets.loader).
function engine.run(study, queue, out, o)
  return ((o.workers or 1) > 1 and engine.lead or engine.alone)(study, queue, out, o)
end

return engine
