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

--- Makes a task; see above.
---@param options ecgraft.tasks.task.Options
---@return ecgraft.Task
function tasks.task(options) end

--- Whether a value is a task.
---@param value any
---@return boolean
function tasks.is_task(value) end

--- The task of a name, or the value itself where it is one; nil and a message.
---@param options string|ecgraft.Task
---@return ecgraft.Task?
---@return string? message
function tasks.find(options) end

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
