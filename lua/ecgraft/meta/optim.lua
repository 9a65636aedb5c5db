---@meta ecgraft.optim
-- require "ecgraft.optim".

---@class ecgraft.optim
local optim = {}

--- Scales all gradients so that their common norm is at most `most`. Returns the norm before.
---@param parameters ecgraft.Tensor[]
---@param most number
---@return number
function optim.clip_grad_norm(parameters, most) end

--- Limits each entry of each gradient to -most .. most.
---@param parameters ecgraft.Tensor[]
---@param most number
function optim.clip_grad_value(parameters, most) end

return optim
