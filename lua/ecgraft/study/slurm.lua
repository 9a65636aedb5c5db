--- The executor "slurm": each run of a plan is a task of a Slurm job array, computed by a worker (study/worker.lua) that is given one run.
--
-- Runs that need nothing are one array (or several, where there are many); the runs that need a pretraining are an array that depends on
-- the task that computes it (afterok), and are called off with it. This process submits, looks on and collects.
--
-- All state is in files and in Slurm. An array has a name of its own and a folder OUT/slurm/NAME, written before it is submitted: runs.txt
-- says which run each task computes, N.log is what a task wrote. What became of a run its own folder says. So a leader that was killed
-- leaves arrays that the next one knows by name and goes on with; none is submitted twice.
local uv = require "luv"
local files = require "ecgraft.files"
local folder = require "ecgraft.study.folder"
local line = require "ecgraft.study.line"
local options = require "ecgraft.options"
local worker = require "ecgraft.study.worker"

local slurm = {}

slurm.options = {
  partition = {type = "string|integer"}, account = {type = "string|integer"}, -- sbatch's own words
  time = {type = "string|integer"},                        -- the limit of one run: minutes, or "1-12:00:00"
  mem = {type = "string|integer"},                         -- of one run: MB, or "8G"
  cpus = {type = "integer", min = 1, max = 256},           -- of one run, and its threads. Default: threads, or 1
  extra = {type = "table", default = {}},                  -- further options of sbatch: {"--qos=long", "--nice=100"}
  at_once = {type = "integer", min = 1},                   -- runs of one array at work at a time. Default: as Slurm likes
  array = {type = "integer", min = 1, default = 1000},     -- tasks of one array at most; less than Slurm's MaxArraySize
}

-- The states of a task that is over (squeue's long names), and those among them that say all there is to say. After the others the run's
-- folder tells, and what it holds may be seen late on a file system that machines share.
local OVER = {BOOT_FAIL = true, CANCELLED = true, COMPLETED = true, DEADLINE = true, FAILED = true, NODE_FAIL = true,
  OUT_OF_MEMORY = true, PREEMPTED = true, TIMEOUT = true}
local SEEN_LATE = {COMPLETED = true, FAILED = true, GONE = true}
local LATE = 60 -- seconds: how long a network file system may hold back a new file

local function now() return uv.hrtime() / 1e9 end

--- Runs a program of Slurm. Returns its standard output, or nil and what is wrong. In its own process group, so that Ctrl-C, which is for
-- this process to handle, does not cut it short.
local function call(program, arguments)
  local out, err, pipes, status = {}, {}, {uv.new_pipe(false), uv.new_pipe(false)}, nil
  local process, failure = uv.spawn(program, {args = arguments, stdio = {nil, pipes[1], pipes[2]}, detached = true},
    function(code) status = code end)
  if not process then
    for _, pipe in ipairs(pipes) do pipe:close() end
    uv.run "nowait" -- luv's half-made process must be gone before its memory is
    return nil, ("study: the executor 'slurm' needs Slurm's programs, and %s cannot be started (%s)"):format(program, failure)
  end
  for i, list in ipairs{out, err} do
    pipes[i]:read_start(function(_, chunk)
      if chunk then table.insert(list, chunk) else pipes[i]:close() end
    end)
  end
  while not (status and pipes[1]:is_closing() and pipes[2]:is_closing()) do uv.run "once" end
  process:close()
  if status == 0 then return table.concat(out) end
  local said = table.concat(err):gsub("%s+$", "")
  return nil, ("%s failed: %s"):format(program, said ~= "" and said or "status " .. status)
end

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

---@class ecgraft.study.slurm.leader
---@field study ecgraft.Study
---@field queue ecgraft.study.queue
---@field out string the study's folder, as an absolute path
---@field settings {extra: string[], array: integer, [string]: any} slurm.options
---@field cpus integer
---@field threads integer
---@field arrays string[] names of the arrays that were submitted
---@field tasks table<string, table> by run: {job, index, name, state, reason, over (since when)}
---@field number table<string, integer> the place of a run in the plan, by id
---@field stopping boolean
---@field refused? string why Slurm takes no more at present
---@field silent? string why Slurm does not say how tasks are
---@field shown any the line
local Leader = {}
Leader.__index = Leader

function Leader:folder_of(name) return ("%s/slurm/%s"):format(self.out, name) end

--- The names of the arrays that have a folder here.
local function array_names(out)
  local names, listing = {}, uv.fs_scandir(out .. "/slurm")
  while listing do
    local name = uv.fs_scandir_next(listing)
    if not name then break end
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

function Leader:remove(name)
  local path = self:folder_of(name)
  local listing = uv.fs_scandir(path)
  while listing do
    local file = uv.fs_scandir_next(listing)
    if not file then break end
    os.remove(path .. "/" .. file)
  end
  os.remove(path)
end

--- What Slurm knows of the arrays of these names: a list of {job, index, state, reason, name}. nil and a message where it does not answer.
local function ask(names)
  if #names == 0 then return {} end
  local text, message = call("squeue", {"--noheader", "--array", "--states=all", "--name=" .. table.concat(names, ","),
    "--format=%F|%K|%T|%r|%j"})
  if not text then return nil, message end
  local list = {}
  for each in text:gmatch "[^\n]+" do
    local job, index, state, reason, name = each:match "^(%d+)|(%d+)|([%u_]+)|([^|]*)|(.-)%s*$"
    if job then list[#list + 1] = {job = job, index = math.tointeger(tonumber(index)), state = state, reason = reason, name = name} end
  end
  return list
end

--- Calls tasks off, by their ids. true, or nil and a message.
local function scancel(ids)
  if #ids == 0 then return true end
  return call("scancel", ids)
end

--- Waits so many seconds, or until Ctrl-C; with to_the_end also past that.
function Leader:wait(seconds, to_the_end)
  local timer, passed = uv.new_timer(), false
  timer:start(math.ceil(1000 * seconds), 0, function() passed = true end)
  while not passed and (to_the_end or not self.stopping) do uv.run "once" end
  timer:close()
end

--- What Slurm knows of the arrays of an earlier leader, once those tasks are gone that are on their way out: a run that is being stopped
-- writes its checkpoint, and what waits for a run that failed is called off.
function Leader:earlier(names)
  while true do
    local known, message = ask(names)
    if not known then return nil, message end
    local leaving, vain = false, {}
    for _, each in ipairs(known) do
      if each.reason == "DependencyNeverSatisfied" and not OVER[each.state] then vain[#vain + 1] = each.job .. "_" .. each.index end
      leaving = leaving or each.state == "COMPLETING"
    end
    local ok
    ok, message = scancel(vain)
    if not ok then return nil, message end
    if self.stopping or not leaving and #vain == 0 then return known end
    self.shown:show "jobs of an earlier start are ending"
    self:wait(1)
  end
end

--- Takes over what an earlier leader submitted and is still to come; removes the folders of arrays that are over.
function Leader:adopt()
  local names = array_names(self.out)
  local known, message = self:earlier(names)
  if not known then return nil, message end
  local alive = {}
  for _, each in ipairs(known) do
    if not OVER[each.state] then
      alive[each.name] = alive[each.name] or {}
      table.insert(alive[each.name], each)
    end
  end
  for _, name in ipairs(names) do
    if not alive[name] then self:remove(name)
    else
      table.insert(self.arrays, name)
      local ids = {}
      for id in (files.read(self:folder_of(name) .. "/runs.txt") or ""):gmatch "%d+ ([^\n]+)\n" do ids[#ids + 1] = id end
      for _, each in ipairs(alive[name]) do
        local id = ids[each.index]
        if id and self.queue.state[id] == "waiting" then self.tasks[id] = each end
      end
    end
  end
  return true
end

--- The job script: from a task's number to its run, and a worker that is given this one run.
function Leader:script(name)
  local program, arguments = worker.command() ---@type string?, any
  if not program then return nil, arguments end
  local words = {quoted(program)}
  for _, each in ipairs(arguments) do words[#words + 1] = quoted(each) end
  local runs = quoted(self:folder_of(name) .. "/runs.txt")
  local variables = {}
  for i, each in ipairs(worker.variables(self.threads, self.study.spec.name)) do variables[i] = each[1] .. "=" .. quoted(each[2]) end
  return table.concat({
    "#!/bin/sh", "# A run of a study: the line of runs.txt with this task's number.",
    "cd " .. quoted(uv.cwd()) .. " || exit 1",
    "line=$(sed -n \"${SLURM_ARRAY_TASK_ID}p\" " .. runs .. ")",
    "[ -n \"$line\" ] || { echo \"$(hostname) does not see \"" .. runs .. " >&2; exit 1; }",
    "export " .. table.concat(variables, " "),
    "exec " .. table.concat(words, " ") .. " 3>/dev/null <<END", "${line%% *}", "END", ""}, "\n")
end

--- Submits runs as one array; after: the task that must have succeeded, or nil. true, or nil and a message.
function Leader:submit(runs, after)
  local name = ("ecgraft-%s-%012x"):format(self.study.spec.name:gsub("[^%w_.-]", "_"), (string.unpack("<I6", uv.random(6))))
  local path, lines = self:folder_of(name), {}
  local script, message = self:script(name)
  if not script then return nil, message end
  for i, run in ipairs(runs) do lines[i] = ("%d %s\n"):format(self.number[run.id], run.id) end
  local ok
  ok, message = files.make_folder(path)
  if ok then ok, message = files.write(path .. "/runs.txt", table.concat(lines)) end
  if ok then ok, message = files.write(path .. "/job.sh", script) end
  if not ok then return nil, message end
  local s = self.settings
  local arguments = {"--parsable", "--job-name=" .. name, ("--array=1-%d%s"):format(#runs, s.at_once and "%" .. s.at_once or ""),
    "--ntasks=1", "--cpus-per-task=" .. self.cpus, "--output=" .. path:gsub("%%", "%%%%") .. "/%a.log", "--open-mode=append"}
  for _, key in ipairs{"partition", "account", "time", "mem"} do
    if s[key] then arguments[#arguments + 1] = ("--%s=%s"):format(key, s[key]) end
  end
  if after then
    arguments[#arguments + 1] = ("--dependency=afterok:%s_%d"):format(after.job, after.index)
    arguments[#arguments + 1] = "--kill-on-invalid-dep=yes"
  end
  table.move(s.extra, 1, #s.extra, #arguments + 1, arguments)
  arguments[#arguments + 1] = path .. "/job.sh"
  local answer
  answer, message = call("sbatch", arguments)
  local job = answer and answer:match "(%d+)[^\n]*\n?$"
  if not job then
    self:remove(name)
    return nil, message or "sbatch gave no job number: " .. answer
  end
  table.insert(self.arrays, name)
  for i, run in ipairs(runs) do self.tasks[run.id] = {job = job, index = i, name = name, state = "PENDING", reason = ""} end
  return true
end

--- Submits what can be and is not yet. Where Slurm refuses, perhaps because a limit is reached, the message is kept and the rest comes
-- later.
function Leader:submit_all()
  local groups, names = {}, {} ---@type table<string, table[]>, string[]
  for _, run in ipairs(self.queue.runs) do
    if self.queue.state[run.id] == "waiting" and not self.tasks[run.id] then
      local needs = self.queue.state[run.needs] ~= "done" and run.needs or ""
      if not groups[needs] then
        groups[needs] = {}
        names[#names + 1] = needs
      end
      table.insert(groups[needs], run)
    end
  end
  self.refused = nil
  for _, needs in ipairs(names) do -- in the order of the plan: what is needed has been submitted by then
    local group = groups[needs]
    for first = 1, #group, self.settings.array do
      if self.stopping then return end
      local part = table.move(group, first, math.min(#group, first + self.settings.array - 1), 1, {})
      local ok
      ok, self.refused = self:submit(part, self.tasks[needs])
      if not ok then return end
    end
  end
end

--- Asks Slurm how its tasks are. Where it does not answer (it may be restarting) they stay as they were.
function Leader:look()
  local known, message = ask(self.arrays)
  self.silent = message
  if not known then return end
  local found = {}
  for _, each in ipairs(known) do found[each.job .. "_" .. each.index] = each end
  for _, task in pairs(self.tasks) do
    local each = found[task.job .. "_" .. task.index]
    task.state, task.reason = each and each.state or "GONE", each and each.reason or ""
    task.over = (OVER[task.state] or not each) and (task.over or now()) or nil
  end
end

local function log_end(path)
  local last
  for text in (files.read(path) or ""):gmatch "[^\n]+" do last = text end
  return last
end

--- Why a task that is over has no result.
function Leader:ending(task)
  local log = ("%s/%d.log"):format(self:folder_of(task.name), task.index)
  local last = log_end(log)
  local what = task.state == "TIMEOUT" and "reached its time limit (TIMEOUT)" or "ended (" .. task.state .. ")"
  local hint = last and ("; the end of %s: %s"):format(log, last)
    or task.state == "COMPLETED" and ("; is %s on a file system that all machines share?"):format(self.out) or ""
  return ("its Slurm job %s_%d %s before the run was done%s"):format(task.job, task.index, what, hint)
end

--- Tells the queue what has become of the tasks that were at work. Runs that need another are looked at when that is done: called off
-- with it they are reported with it.
function Leader:collect()
  for _, run in ipairs(self.queue.runs) do
    local task = self.tasks[run.id]
    local ready = not run.needs or self.queue.state[run.needs] == "done"
    if task and task.state ~= "PENDING" and ready and self.queue.state[run.id] == "waiting" then
      local state = folder.state(self.out, run)
      if state == "done" then self.queue:done(run)
      elseif state == "failed" then self.queue:failed(run, folder.failure(self.out, run) or "")
      elseif task.over and not self.stopping and (not SEEN_LATE[task.state] or now() - task.over > LATE) then
        local message = self:ending(task)
        folder.note_failure(self.out, run, message)
        self.queue:failed(run, message)
      end
    end
  end
end

--- The jobs that are still to end, in words, and their ids.
function Leader:at_work()
  local counts, reason, jobs, seen = {pending = 0, running = 0}, nil, {}, {}
  for _, run in ipairs(self.queue.runs) do
    local task = self.tasks[run.id]
    if task and not task.over then
      local kind = task.state == "PENDING" and "pending" or "running"
      counts[kind] = counts[kind] + 1
      if kind == "pending" and not reason and task.reason ~= "" and task.reason ~= "None" then reason = task.reason end
      if not seen[task.job] then
        seen[task.job] = true
        jobs[#jobs + 1] = task.job
      end
    end
  end
  local text = ("%d running, %d pending"):format(counts.running, counts.pending)
  if counts.running == 0 and reason then text = text .. " (" .. reason .. ")" end
  return text, jobs
end

--- Submits and collects until nothing is left, or until it is stopped. true, or nil and a message where Slurm takes nothing.
function Leader:work()
  local began = now()
  while not self.stopping and self.queue.finished < self.queue.total do
    local before = self.refused
    self:submit_all()
    self:look()
    self:collect()
    local text, jobs = self:at_work()
    if before and self.refused and #jobs == 0 then return nil, self.refused end
    self.shown:show(self.silent or self.refused or text)
    if self.queue.finished < self.queue.total then self:wait(math.max(1, math.min(30, (now() - began) / 20))) end
  end
  return true
end

--- Calls off what is still to come and waits until it has ended: runs at work save a checkpoint first, within Slurm's KillWait.
function Leader:call_off()
  self:look()
  local _, jobs = self:at_work()
  local ok, message = scancel(jobs)
  if not ok then io.stderr:write("ecgraft: ", tostring(message), "\n") end
  while ok and #jobs > 0 do
    self.shown:show "jobs are being cancelled"
    self:wait(1, true)
    self:look()
    _, jobs = self:at_work()
  end
  self:collect()
end

--- Ctrl-C and SIGTERM: the first calls the jobs off, the second ends this process at once.
function Leader:watch()
  local signals, count = {}, 0
  for i, name in ipairs{"sigint", "sigterm"} do
    signals[i] = uv.new_signal()
    signals[i]:start(name, function()
      count = count + 1
      if count > 1 then os.exit(130) end
      self.stopping = true
    end)
    signals[i]:unref()
  end
  return function()
    for _, each in ipairs(signals) do each:close() end
    uv.run "nowait"
  end
end

--- Raises where the options of study:run do not go together.
function slurm.check(o)
  if o.workers then error("study:run: Slurm decides how many runs are computed at a time: executor = \"slurm\" takes no workers", 0) end
  for i, each in ipairs(o.slurm.extra) do
    if type(each) ~= "string" or each:sub(1, 1) ~= "-" then
      error(("study:run: slurm.extra[%d] must be an option of sbatch, \"--qos=long\"; got %s"):format(i, options.show(each)), 0)
    end
  end
end

--- What an executor is asked for: see study/executors.lua.
function slurm.run(study, queue, out, o)
  local cpus = o.slurm.cpus or o.threads or 1
  local place = out:sub(1, 1) == "/" and out or uv.cwd() .. "/" .. out -- links as they are: other machines may have others behind them
  local self = setmetatable({study = study, queue = queue, out = place, settings = o.slurm, cpus = cpus,
    threads = o.threads or cpus, arrays = {}, tasks = {}, number = {}, stopping = false}, Leader)
  for i, run in ipairs(queue.runs) do self.number[run.id] = i end
  local version, message = call("sbatch", {"--version"})
  if not version then return nil, message end
  local unwatch = self:watch()
  self.shown = line.new(study, queue, o.quiet)
  local ok
  ok, message = self:adopt()
  if ok then
    ok, message = self:work()
    self:call_off() -- after Ctrl-C; else what waits in vain for a run that failed
  end
  self.shown:finish()
  unwatch()
  if not ok then return nil, message end
  if #queue.failures == 0 then -- else the logs are kept until the next start
    for _, name in ipairs(self.arrays) do self:remove(name) end
    os.remove(self.out .. "/slurm")
  end
  return self.stopping
end

return slurm
