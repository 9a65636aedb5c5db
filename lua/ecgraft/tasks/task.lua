--- A pretraining task is a small value: what a network learns from a set.
--
--   tasks.task{
--     name    = "intervals",                        -- letters, digits, '.', '-' and '_': it names runs of a study
--     text    = "one line for reports",
--     monitor = "r2",                               -- the validation score by which the best epoch is chosen
--     lower   = function(score) end,                -- whether a score of that name is better when lower ("loss" always is)
--     begin   = function(net, set, loss, crop) end, -- makes a job: one training of a net on a set; loss and crop: fit's options, or nil
--     values  = function(card, outputs) end,        -- what eg.predict makes of the net's outputs; card: job.card.task. Without: nothing
--     variant = function(options) end,              -- makes another of its kind: what tasks.NAME{...} calls
--   }
--
-- A job is a table of
--   network                            what is trained: the net, or a module around it that has a head of its own
--   prepare(set) -> set, targets       the records that can be learnt from, and a tensor with a row for each (nil: none is needed)
--   inputs(x, y) -> x, y               what the network is given, and what the loss is; drawn at random where it likes. nil: as they are
--   loss(outputs, y) -> scalar
--   reduce(outputs, y) -> a, b         what is kept of a batch of validation records: tensors with a row each. nil: as they are
--   score(a, b) -> loss, scores        from all kept rows
--   card                               of net.card: task = {name = ...} and what was learnt from the set, classes = names of outputs
local options = require "ecgraft.options"

local task = {}

local schema = {
  name = {type = "string", required = true},
  text = {type = "string", default = ""},
  monitor = {type = "string", required = true},
  lower = {type = "function", default = function() return false end},
  begin = {type = "function", required = true},
  values = {type = "function"},
  variant = {type = "function"},
}

local Task = {__name = "ecgraft.Task"}
Task.__index = Task
Task.__tostring = function(self) return ("task %s: %s"):format(self.name, self.text) end
Task.__call = function(self, given)
  if not self.variant then error(("tasks.%s takes no options"):format(self.name), 2) end
  return (self.variant(given)) -- no tail call: errors count its level
end

--- Makes a pretraining task, which says what a network learns from a set. See the head of this file.
function task.new(given)
  local self = options.check("tasks.task", given, schema)
  if not self.name:find("^[%w_%-%.]+$") then
    error(("tasks.task: the name %s may hold letters, digits, '.', '-' and '_'"):format(options.show(self.name)), 2)
  end
  return setmetatable(self, Task)
end

--- Whether a value is a task.
function task.is(value) return getmetatable(value) == Task end

--- Whether a score is better than the best so far (nil: none yet). NaN is never better.
function Task:better(monitor, score, best)
  if score ~= score then return false end
  if not best then return true end
  if self:is_lower(monitor) then return score < best end
  return score > best
end

--- Whether the score `monitor` is better when lower.
function Task:is_lower(monitor) return monitor == "loss" or self.lower(monitor) end

return task
