--- Which run may go next: plan order, a pretraining before the runs that need it; what needs a failed pretraining is blocked.
local folder = require "ecgraft.study.folder"
local plan = require "ecgraft.study.plan"

---@class ecgraft.study.queue
---@field runs table[] as the plan orders them
---@field state table<string, "waiting"|"running"|"done"|"failed"|"blocked"> by id
---@field cost table<string, number> by id
---@field left number the cost of the runs that are not done
---@field total integer runs
---@field finished integer runs
---@field failures {run: table, message: string}[]
---@field blocked table[] runs
local queue = {}
queue.__index = queue

--- How much work a run is, in records seen. Of a set whose records nobody has counted, `largest` stands for all.
local function cost(run, spec, largest)
  local counts = spec.records or {}
  local set = run.kind == "pretrain" and plan.find(spec.upstream, run.upstream).set or run.downstream
  local records = math.type(run.size) == "integer" and run.size or counts[set] or largest
  local trainings, epochs = plan.trainings(spec, run, records)
  return trainings * epochs * records
end

--- How much work each run is, by id, in records seen: what the time left is estimated from. spec.records: training records by set, where
-- the sets were loaded.
function queue.costs(runs, spec)
  local largest, costs = 1000, {}
  for _, size in ipairs(spec.sizes) do
    if math.type(size) == "integer" then largest = math.max(largest, size) end
  end
  for _, run in ipairs(runs) do costs[run.id] = cost(run, spec, largest) end
  return costs
end

--- A queue of the runs that are not done; failures of an earlier start are tried again.
function queue.new(runs, spec, out)
  local self = setmetatable({runs = runs, state = {}, cost = queue.costs(runs, spec), left = 0, total = #runs, finished = 0,
    failures = {}, blocked = {}}, queue)
  for _, run in ipairs(runs) do
    if folder.state(out, run) == "done" then
      self.state[run.id] = "done"
      self.finished = self.finished + 1
    else
      folder.forget_failure(out, run)
      self.state[run.id] = "waiting"
      self.left = self.left + self.cost[run.id]
    end
  end
  return self
end

--- The next run that may start, marked as running; nil where none may now.
function queue:take()
  for _, run in ipairs(self.runs) do
    if self.state[run.id] == "waiting" and (not run.needs or self.state[run.needs] == "done") then
      self.state[run.id] = "running"
      return run
    end
  end
end

local function settle(self, run, state)
  self.state[run.id] = state
  self.left = self.left - self.cost[run.id]
  self.finished = self.finished + 1
end

function queue:done(run) settle(self, run, "done") end

--- A failure; the runs that need this one are not made either. `failures` holds {run, message}, `blocked` the runs that were not made.
function queue:failed(run, message)
  settle(self, run, "failed")
  table.insert(self.failures, {run = run, message = message})
  for _, each in ipairs(self.runs) do
    if each.needs == run.id and self.state[each.id] == "waiting" then
      settle(self, each, "blocked")
      table.insert(self.blocked, each)
    end
  end
end

--- Given up for now (an interruption): it waits again.
function queue:give_back(run) self.state[run.id] = "waiting" end

return queue
