--- Runs a plan: in this process, or in worker processes that each load the sets once and take one run after the other.
--
-- A worker is the same program started again with ECGRAFT_WORKER set, so that it builds the same study; study:run() then serves
-- instead of leading. It reads run numbers from standard input and answers on descriptor 3: "done N", "failed N message".
-- Results do not depend on who runs what: every run has its own seed and folder.
local uv = require "luv"
local core = require "ecgraft.core"
local execute = require "ecgraft.study.execute"
local folder = require "ecgraft.study.folder"
local progress = require "ecgraft.progress"
local sets = require "ecgraft.study.sets"

local engine = {}

local ANSWERS = 3 -- the descriptor a worker answers on

local function is_interruption(message)
  return type(message) == "table" and message.interrupted == true
end

local function with_trace(message)
  return is_interruption(message) and message or debug.traceback(tostring(message), 2)
end

local function execute_run(run, study, out, load)
  return xpcall(execute.run, with_trace, run, study.spec, {
    folder = folder.of(out, run.id), folder_of = function(id) return folder.of(out, id) end, sets = load,
    describe = function(name) return ("%s/sets/%s.json"):format(out, name) end})
end

local function status_line(queue, running)
  local failed = #queue.failures > 0 and (", %d failed"):format(#queue.failures) or ""
  return ("%d/%d runs%s%s"):format(queue.finished, queue.total, failed, running and " - " .. running or "")
end

local function new_line(study, queue, quiet)
  return progress.new{label = "study " .. study.spec.name, total = math.max(queue.left, 1), quiet = quiet, unit = "records",
    terminal = not quiet and progress.is_terminal(io.stderr) or nil}
end

--- All runs here, one after the other. Returns whether it was interrupted.
function engine.alone(study, queue, out, o)
  local load = sets.loader(study.spec)
  local line = new_line(study, queue, o.quiet)
  local interrupted = false
  core.watch_interrupt()
  while not interrupted do
    local run = queue:take()
    if not run then break end
    line:advance(0, status_line(queue, run.id))
    local ok, message = execute_run(run, study, out, load)
    if ok then queue:done(run)
    elseif is_interruption(message) then
      queue:give_back(run)
      interrupted = true
    else
      folder.note_failure(out, run, message)
      queue:failed(run, message)
    end
    if not interrupted then
      line:advance(queue.cost[run.id], status_line(queue))
      interrupted = core.interrupted()
    end
  end
  core.unwatch_interrupt()
  line:finish(status_line(queue))
  return interrupted
end

--- The command line of this process, so that it can be started again: script and arguments.
local function own_command()
  local arguments = {}
  for i = 0, #(arg or {}) do arguments[#arguments + 1] = arg[i] end
  if #arguments == 0 then
    error("study: worker processes run the script again, so the study must be in a script; at a prompt use workers = 1", 0)
  end
  return uv.exepath(), arguments
end

local function environment(threads, name)
  local list = {}
  for key, value in pairs(uv.os_environ()) do
    if key ~= "ECGRAFT_WORKER" and key ~= "OMP_NUM_THREADS" then list[#list + 1] = key .. "=" .. value end
  end
  table.sort(list)
  list[#list + 1] = ("ECGRAFT_WORKER=%d %s"):format(threads, name)
  list[#list + 1] = "OMP_NUM_THREADS=" .. threads
  return list
end

--- Starts one worker; on_line(text) is called for each answer, on_end() when it is gone.
local function start_worker(threads, name, on_line, on_end)
  local program, arguments = own_command()
  local input, answers = uv.new_pipe(false), uv.new_pipe(false)
  local worker = {input = input}
  local handle, failure = uv.spawn(program, {
    args = arguments, env = environment(threads, name), stdio = {input, nil, 2, answers}, detached = true,
  }, function() on_end(worker) end)
  if not handle then error("study: a worker could not be started: " .. tostring(failure), 0) end
  worker.handle = handle
  local buffer = ""
  answers:read_start(function(_, chunk)
    if not chunk then answers:close() return end
    buffer = buffer .. chunk
    for text in buffer:gmatch("([^\n]*)\n") do on_line(worker, text) end
    buffer = buffer:match("[^\n]*$")
  end)
  return worker
end

--- Runs in `o.workers` processes. Returns whether it was interrupted.
function engine.lead(study, queue, out, o)
  local threads = math.max(1, o.threads or core.num_threads() // o.workers)
  local line = new_line(study, queue, o.quiet)
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

  --- Idle workers get what has become ready; when nothing runs and nothing is ready all may go.
  local function feed_idle()
    local running = false
    for _, worker in ipairs(workers) do
      if worker.idle and not worker.gone then
        worker.idle = nil
        feed(worker)
      end
      running = running or worker.run ~= nil
    end
    if not running then for _, worker in ipairs(workers) do dismiss(worker) end end
  end

  local function on_line(worker, text)
    if text == "ready" then
      worker.idle = true
    else
      local word, message = text:match("^(%a+) ?(.*)$")
      local run = worker.run
      worker.run, worker.idle = nil, true
      if word == "done" then queue:done(run)
      elseif word == "stopped" then queue:give_back(run)
      else queue:failed(run, message) end
      if word ~= "stopped" then line:advance(queue.cost[run.id], status_line(queue)) end
    end
    feed_idle()
  end

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
      end
      feed_idle()
    end
  end

  for i = 1, o.workers do
    workers[i] = start_worker(threads, study.spec.name, on_line, on_end)
    alive = alive + 1
  end

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
  line:finish(status_line(queue))
  -- Workers that went away with work left: what nobody took is reported, not lost silently.
  for _, run in ipairs(queue.runs) do
    if queue.state[run.id] == "waiting" and not stopping then queue:failed(run, "no worker was left to run it") end
  end
  return stopping
end

--- In a worker: its number of threads and the name of the study it serves (a script may hold several). Else nil.
function engine.worker()
  local threads, name = (os.getenv("ECGRAFT_WORKER") or ""):match("^(%d+) (.*)$")
  return math.tointeger(tonumber(threads)), name
end

--- Serves until standard input ends. Never returns.
function engine.serve(study, runs, out)
  core.end_with_parent()
  core.set_num_threads((engine.worker()))
  local function answer(text) uv.fs_write(ANSWERS, text .. "\n", -1) end
  local load = sets.loader(study.spec)
  core.watch_interrupt()
  answer "ready"
  for text in io.lines() do
    local run = runs[math.tointeger(tonumber(text))]
    local ok, message = execute_run(run, study, out, load)
    if ok then answer "done"
    elseif is_interruption(message) then
      answer "stopped"
      break
    else
      folder.note_failure(out, run, message)
      answer("failed " .. tostring(message):match("[^\n]*"))
    end
    if core.interrupted() then break end
  end
  os.exit(0, true)
end

return engine
