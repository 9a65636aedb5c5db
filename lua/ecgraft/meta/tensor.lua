---@meta
-- What is written in C has its documentation here; ops: ops.lua. See docs/editors.md.

--- A tensor of 32-bit floats with up to eight dims. Positions and dims count from 1, -1 is the last. x[i] is a view of row i, and
--- x[i] = value writes it; #x is the size of the first dim.
---@class ecgraft.Tensor
---@operator add(ecgraft.Tensor|number): ecgraft.Tensor
---@operator sub(ecgraft.Tensor|number): ecgraft.Tensor
---@operator mul(ecgraft.Tensor|number): ecgraft.Tensor
---@operator div(ecgraft.Tensor|number): ecgraft.Tensor
---@operator pow(ecgraft.Tensor|number): ecgraft.Tensor
---@operator unm: ecgraft.Tensor
---@operator len: integer
---@field [integer] any a row, to be read or written
local Tensor = {}

---@alias ecgraft.numbers number|ecgraft.numbers[]

--- The sizes of the dims, a list.
---@return integer[]
function Tensor:shape() end

--- The number of elements.
---@return integer
function Tensor:numel() end

--- The number of dims.
---@return integer
function Tensor:dim() end

--- The size of one dim, or without it the sizes of all, a list.
---@param dim integer
---@return integer
---@overload fun(self: ecgraft.Tensor): integer[]
function Tensor:size(dim) end

--- The elements as nested Lua tables; a number for a tensor without dims.
---@return ecgraft.numbers
function Tensor:totable() end

--- The element of a tensor that has one.
---@return number
function Tensor:item() end

--- Whether a gradient is asked for; requires_grad(true) asks for it, requires_grad(false) no longer, and return the tensor.
---@param on boolean
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor): boolean
function Tensor:requires_grad(on) end

--- The gradient, or nil; grad(tensor) sets it, grad(nil) drops it, and return the tensor.
---@param gradient? ecgraft.Tensor
---@return ecgraft.Tensor
function Tensor:grad(gradient) end

--- Drops the gradient.
function Tensor:zero_grad() end

--- Adds to the gradients of all leaves that this tensor was computed from; of a tensor of one element, or of any shape with the gradient
--- to begin with. The graph is let go unless {keep_graph = true}.
---@param gradient? ecgraft.Tensor
---@param options? {keep_graph?: boolean}
---@overload fun(self: ecgraft.Tensor, options: {keep_graph?: boolean})
function Tensor:backward(gradient, options) end

--- The same memory without a history.
---@return ecgraft.Tensor
function Tensor:detach() end

--- A copy; it is recorded, so that gradients flow through it.
---@return ecgraft.Tensor
function Tensor:clone() end

--- The tensor itself where its elements lie in order in memory, else a copy.
---@return ecgraft.Tensor
function Tensor:contiguous() end

--- Whether the elements lie in order in memory.
---@return boolean
function Tensor:is_contiguous() end

--- How many elements are NaN or infinite.
---@return integer
function Tensor:count_nonfinite() end

--- Copies a tensor or a number into this one, in place; shapes broadcast. Returns the tensor.
---@param value ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:copy_(value) end

--- Sets every element, in place. Returns the tensor.
---@param value number
---@return ecgraft.Tensor
function Tensor:fill_(value) end

--- Sets every element to 0, in place. Returns the tensor.
---@return ecgraft.Tensor
function Tensor:zero_() end

--- Adds factor (default 1) times a tensor or a number, in place. Returns the tensor.
---@param value ecgraft.Tensor|number
---@param factor? number
---@return ecgraft.Tensor
function Tensor:add_(value, factor) end

--- Multiplies every element, in place. Returns the tensor.
---@param factor number
---@return ecgraft.Tensor
function Tensor:mul_(factor) end

--- Fills with numbers drawn uniformly from [low, high), default [0, 1), in place. Returns the tensor.
---@param low? number
---@param high? number
---@return ecgraft.Tensor
function Tensor:uniform_(low, high) end

--- Fills with normal numbers, default mean 0 and deviation 1, in place. Returns the tensor.
---@param mean? number
---@param deviation? number
---@return ecgraft.Tensor
function Tensor:normal_(mean, deviation) end

--- A dim of size 1 added so that it becomes dim `dim` (1 .. dim() + 1).
---@param dim integer
---@return ecgraft.Tensor
function Tensor:unsqueeze(dim) end

--- Dims of size 1 removed: all of them, or the one named.
---@param dim? integer
---@return ecgraft.Tensor
function Tensor:squeeze(dim) end

--- The dims from `first` (default 1) on made into one.
---@param first? integer
---@return ecgraft.Tensor
function Tensor:flatten(first) end

--- The matrix transposed: dims 1 and 2 of a 2-D tensor.
---@return ecgraft.Tensor
function Tensor:t() end

--- The standard deviation, as the root of var.
---@param ... any
---@return ecgraft.Tensor
function Tensor:std(...) end

--- Where each element is NaN: 1, elsewhere 0.
---@return ecgraft.Tensor
function Tensor:isnan() end

--- Whether two tensors have one shape and elements that differ by at most tolerance (default 0); NaN equals nothing.
---@param y ecgraft.Tensor
---@param tolerance? number
---@return boolean
function Tensor:equal(y, tolerance) end

--- The positions (from 1) of the elements of a 1-D tensor that are not 0, as a Lua list.
---@return integer[]
function Tensor:nonzero() end
