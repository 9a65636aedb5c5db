--- Which run may go next: plan order, a pretraining before the runs that need it; what needs a failed pretraining is blocked.
local begun = require "ecgraft.study.begun"
local files = require "ecgraft.files"
local folder = require "ecgraft.study.folder"
local plan = require "ecgraft.study.plan"

---@class ecgraft.study.queue
---@field runs table[] as the plan orders them
---@field state table<string, "waiting"|"running"|"done"|"failed"|"blocked"> by id
---@field cost table<string, number> by id
---@field all number the cost of all runs
---@field left number the cost of what is not done
---@field skipped number what is no longer left although this start did not do it: training of earlier ones, epochs that were not needed
---@field share table<string, number> of a run that is done, by id, where it has begun
---@field tried number the cost of the runs that this start finished and told of on the way, without what earlier starts had done
---@field needed number what they did of it before they were done
---@field told table<string, {first: number, worked: number}> by id, of the runs at work: the share at first, what this start did since
---@field total integer runs
---@field finished integer runs
---@field failures {run: table, message: string}[]
---@field blocked table[] runs
local queue = {}
queue.__index = queue

--- How much work a run is, in records seen, and in how many epochs. Of a set whose records nobody has counted, `largest` stands for all.
local function cost(run, spec, largest)
  local counts = spec.records or {}
  local set = run.kind == "pretrain" and plan.find(spec.upstream, run.upstream).set or run.downstream
  local records = math.type(run.size) == "integer" and run.size or counts[set] or largest
  local trainings, epochs = plan.trainings(spec, run, records)
  return trainings * epochs * records, trainings * epochs
end

--- How much work each run is, by id, in records seen, and the epochs of all its trainings, by id: what the time left is estimated from.
-- spec.records: training records by set, where the sets were loaded.
function queue.costs(runs, spec)
  local largest, costs, epochs = 1000, {}, {}
  for _, size in ipairs(spec.sizes) do
    if math.type(size) == "integer" then largest = math.max(largest, size) end
  end
  for _, run in ipairs(runs) do costs[run.id], epochs[run.id] = cost(run, spec, largest) end
  return costs, epochs
end

--- What queue.costs gives, or what it gave when the folder was begun and all its sets were loaded. A folder of other runs tells nothing.
function queue.known_costs(runs, spec, out)
  local path = out .. "/study.json"
  local described = files.exists(path) and files.read_json(path) or {}
  local costs, epochs = described.costs or {}, described.epochs or {}
  for _, run in ipairs(runs) do
    if not costs[run.id] or not epochs[run.id] then return queue.costs(runs, spec) end
  end
  return costs, epochs
end

--- A queue of the runs that are not done; failures of an earlier start are tried again.
function queue.new(runs, spec, out)
  local costs, epochs = queue.known_costs(runs, spec, out)
  local self = setmetatable({runs = runs, state = {}, cost = costs, all = 0, left = 0, skipped = 0, share = {}, told = {}, tried = 0,
    needed = 0, total = #runs, finished = 0, failures = {}, blocked = {}}, queue)
  for _, run in ipairs(runs) do
    self.all = self.all + costs[run.id]
    if folder.state(out, run) == "done" then
      self.state[run.id] = "done"
      self.finished = self.finished + 1
    else
      folder.forget_failure(out, run)
      self.state[run.id] = "waiting"
      self.share[run.id] = begun.share(out, run, epochs[run.id])
      self.left = self.left + (1 - self.share[run.id]) * costs[run.id]
    end
  end
  return self
end

--- The next run that may start, marked as running; nil where none may now.
function queue:take()
  for _, run in ipairs(self.runs) do
    if self.state[run.id] == "waiting" and (not run.needs or self.state[run.needs] == "done") then
      self.state[run.id], self.told[run.id] = "running", nil
      return run
    end
  end
end

--- A share of a run is done; it is this start's work, or it is not.
local function move(self, run, share, is_work)
  local moved = (share - self.share[run.id]) * self.cost[run.id]
  self.share[run.id], self.left = share, self.left - moved
  if not is_work then self.skipped = self.skipped + moved end
end

--- How far a run is that is at work: the share of its training that is done, and how much of that since it was taken.
function queue:at(run, share, worked)
  local told = self.told[run.id]
  if not told then
    told = {first = share - worked, worked = 0}
    self.told[run.id] = told
  end
  local done = self.share[run.id] + worked - told.worked
  told.worked = worked
  move(self, run, done, true)
  move(self, run, share, false)
end

local function settle(self, run, state, is_work)
  self.state[run.id] = state
  move(self, run, 1, is_work)
  self.finished = self.finished + 1
end

--- A run is done. What it did not tell of was not needed, if it told anything.
function queue:done(run)
  local told = self.told[run.id]
  if told then
    self.tried = self.tried + (1 - told.first) * self.cost[run.id]
    self.needed = self.needed + told.worked * self.cost[run.id]
  end
  settle(self, run, "done", not told)
end

--- Which share of what is left will be needed, as far as the runs that are done tell.
function queue:needed_share() return self.tried > 0 and self.needed > 0 and math.min(1, self.needed / self.tried) or 1 end

--- A failure; the runs that need this one are not made either. `failures` holds {run, message}, `blocked` the runs that were not made.
function queue:failed(run, message)
  settle(self, run, "failed", false)
  table.insert(self.failures, {run = run, message = message})
  for _, each in ipairs(self.runs) do
    if each.needs == run.id and self.state[each.id] == "waiting" then
      settle(self, each, "blocked", false)
      table.insert(self.blocked, each)
    end
  end
end

--- Given up for now (an interruption): it waits again.
function queue:give_back(run) self.state[run.id] = "waiting" end

return queue
