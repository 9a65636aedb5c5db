--- A process that computes runs of a study for another one that leads: the same program started again with ECGRAFT_WORKER set, so that
-- it builds the same study; study:run() then serves instead of leading. It reads run numbers from standard input and answers on
-- descriptor 3: "ready", "done", "stopped", "failed MESSAGE", and about once a second "at SHARE WORKED" (see execute.run). What it
-- computes and notes is in the runs' folders.
-- Results do not depend on who runs what: every run has its own seed and folder.
local uv = require "luv"
local core = require "ecgraft.core"
local execute = require "ecgraft.study.execute"
local folder = require "ecgraft.study.folder"
local interruption = require "ecgraft.interruption"
local sets = require "ecgraft.study.sets"

local worker = {}

local ANSWERS = 3 -- the descriptor a worker answers on
local SELDOM = 1e9 -- nanoseconds: least time between two words on how far a run is

local function with_trace(message)
  return interruption.is(message) and message or debug.traceback(tostring(message), 2)
end

--- Computes one run; `load` gives sets by name (sets.loader); on_progress(at, worked) is told at the first step, about once a second and at
-- the end which share of the run is done, and which of it was done by this call. Returns true, or false and what went wrong: an
-- interruption or a text.
function worker.compute(run, study, out, load, on_progress)
  local told, at, worked = -math.huge, nil, nil
  local function report(...)
    at, worked = ...
    local now = uv.hrtime()
    if now - told < SELDOM then return end
    told = now
    on_progress(at, worked)
  end
  local ok, message = xpcall(execute.run, with_trace, run, study.spec, {
    folder = folder.of(out, run.id), folder_of = function(id) return folder.of(out, id) end, sets = load,
    describe = function(name) return ("%s/sets/%s.json"):format(out, name) end, report = on_progress and report})
  if at then on_progress(at, worked) end
  return ok, message
end

--- The command line of this process, so that it can be started again: the program and its arguments, the interpreter's options (with
-- which LuaRocks tells it where modules are) and the script first. nil and a message at a prompt and in a notebook, which are no script.
function worker.command()
  local arguments, first, is_prompt = {}, 0, false
  while arg and arg[first - 1] do first = first - 1 end -- there is the interpreter's name; without a script that is arg[0]
  for i = first + 1, #(arg or {}) do
    arguments[#arguments + 1] = arg[i]
    is_prompt = is_prompt or i < 0 and arg[i] == "-i"
  end
  if first == 0 or is_prompt then
    return nil, "study: worker processes run the script again, so the study must be in a script; at a prompt or in a notebook use "
      .. "workers = 1"
  end
  return uv.exepath(), arguments
end

--- What the environment of a worker must hold beside all else: names and values, in order.
function worker.variables(threads, name)
  return {{"ECGRAFT_WORKER", ("%d %s"):format(threads, name)}, {"OMP_NUM_THREADS", tostring(threads)}}
end

--- In a worker: its number of threads and the name of the study it serves (a script may hold several). Else nil.
function worker.serving()
  local threads, name = (os.getenv("ECGRAFT_WORKER") or ""):match("^(%d+) (.*)$")
  return math.tointeger(tonumber(threads)), name
end

--- Serves until standard input ends. Never returns; the exit status is 1 where a run failed or was stopped.
function worker.serve(study, runs, out)
  -- A leader that listens takes its workers with it. Without one, whoever started this process looks after it, as Slurm does.
  local is_heard = uv.guess_handle(ANSWERS) == "pipe"
  if is_heard then core.end_with_parent() end
  core.set_num_threads((worker.serving()))
  local function answer(text) uv.fs_write(ANSWERS, text .. "\n", -1) end
  local function tell(at, worked) answer(("at %.6f %.6f"):format(at, worked)) end
  local load = sets.loader(study.spec)
  local status = 0
  core.watch_interrupt()
  answer "ready"
  for text in io.lines() do
    local run = runs[math.tointeger(tonumber(text))]
    local ok, message = worker.compute(run, study, out, load, is_heard and tell or nil)
    if ok then answer "done"
    else
      status = 1
      if interruption.is(message) then
        answer "stopped"
        break
      end
      folder.note_failure(out, run, message)
      answer("failed " .. tostring(message):match("[^\n]*"))
    end
    if core.interrupted() then break end
  end
  os.exit(status, true)
end

return worker
