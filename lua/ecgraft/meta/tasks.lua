---@meta ecgraft.tasks
-- require "ecgraft.tasks".

---@class ecgraft.tasks
---@field names string[] the names of all tasks
---@field classification ecgraft.Task
---@field intervals ecgraft.Task
---@field reconstruction ecgraft.Task
local tasks = {}

--- A pretraining task. Those that take options are called with them for another of their kind.
---@class ecgraft.Task
---@operator call(table): ecgraft.Task
---@field name string
---@field text string
---@field monitor string the validation score by which the best epoch is chosen
---@field lower fun(score: string): boolean
---@field begin fun(net: ecgraft.Module, set: ecgraft.Dataset, loss?: function, crop?: integer): table
---@field values? fun(card: table, outputs: ecgraft.Tensor): ecgraft.Tensor
---@field variant? fun(options: table): ecgraft.Task
local Task = {}

--- Makes a pretraining task, which says what a network learns from a set.
---
--- A pretraining task is a small value: what a network learns from a set.
---
---   tasks.task{
---     name    = "intervals",                        -- letters, digits, '.', '-' and '_': it names runs of a study
---     text    = "one line for reports",
---     monitor = "r2",                               -- the validation score by which the best epoch is chosen
---     lower   = function(score) end,                -- whether a score of that name is better when lower ("loss" always is)
---     begin   = function(net, set, loss, crop) end, -- makes a job: one training of a net on a set; loss and crop: fit's options, or nil
---     values  = function(card, outputs) end,        -- what eg.predict makes of the net's outputs; card: job.card.task. Without: nothing
---     variant = function(options) end,              -- makes another of its kind: what tasks.NAME{...} calls
---   }
---
--- A job is a table of
---   network                            what is trained: the net, or a module around it that has a head of its own
---   prepare(set) -> set, targets       the records that can be learnt from, and a tensor with a row for each (nil: none is needed)
---   inputs(x, y) -> x, y               what the network is given, and what the loss is; drawn at random where it likes. nil: as they are
---   loss(outputs, y) -> scalar
---   reduce(outputs, y) -> a, b         what is kept of a batch of validation records: tensors with a row each. nil: as they are
---   score(a, b) -> loss, scores        from all kept rows
---   card                               of net.card: task = {name = ...} and what was learnt from the set, classes = names of outputs
---@param options ecgraft.tasks.task.Options
---@return ecgraft.Task
function tasks.task(options) end

--- Whether a value is a task.
---@param value any
---@return boolean
function tasks.is_task(value) end

--- The task of a name, or the value itself where it is one; nil and a message.
---@param wanted string|ecgraft.Task
---@return ecgraft.Task?
---@return string? message
function tasks.find(wanted) end

--- Whether a score is better than the best so far (nil: none yet). NaN is never better.
---@param monitor string
---@param score number
---@param best? number
---@return boolean
function Task:better(monitor, score, best) end

--- Whether the score `monitor` is better when lower.
---@param monitor string
---@return boolean
function Task:is_lower(monitor) end

return tasks
