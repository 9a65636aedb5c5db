---@meta
-- Written by scripts/annotations.lua from what the core says of its ops.

---@class ecgraft
local eg = {}

---@class ecgraft.Tensor
local Tensor = {}

--- a + b; shapes broadcast.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.add(a, b) end

--- a + b; shapes broadcast.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:add(b) end

--- a - b; shapes broadcast.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.sub(a, b) end

--- a - b; shapes broadcast.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:sub(b) end

--- a b, element by element; shapes broadcast.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.mul(a, b) end

--- a b, element by element; shapes broadcast.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:mul(b) end

--- a / b; shapes broadcast.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.div(a, b) end

--- a / b; shapes broadcast.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:div(b) end

--- a to the power of b; shapes broadcast.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.pow(a, b) end

--- a to the power of b; shapes broadcast.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:pow(b) end

--- The larger of a and b, NaN where one is; shapes broadcast; a tie gives half the gradient to each.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.maximum(a, b) end

--- The larger of a and b, NaN where one is; shapes broadcast; a tie gives half the gradient to each.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:maximum(b) end

--- The smaller of a and b, NaN where one is; shapes broadcast; a tie gives half the gradient to each.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.minimum(a, b) end

--- The smaller of a and b, NaN where one is; shapes broadcast; a tie gives half the gradient to each.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:minimum(b) end

--- 1 where a = b, else 0; shapes broadcast. Not differentiable.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.eq(a, b) end

--- 1 where a = b, else 0; shapes broadcast. Not differentiable.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:eq(b) end

--- 1 where a differs from b, else 0; shapes broadcast. Not differentiable.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.ne(a, b) end

--- 1 where a differs from b, else 0; shapes broadcast. Not differentiable.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:ne(b) end

--- 1 where a < b, else 0; shapes broadcast. Not differentiable.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.lt(a, b) end

--- 1 where a < b, else 0; shapes broadcast. Not differentiable.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:lt(b) end

--- 1 where a <= b, else 0; shapes broadcast. Not differentiable.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.le(a, b) end

--- 1 where a <= b, else 0; shapes broadcast. Not differentiable.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:le(b) end

--- 1 where a > b, else 0; shapes broadcast. Not differentiable.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.gt(a, b) end

--- 1 where a > b, else 0; shapes broadcast. Not differentiable.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:gt(b) end

--- 1 where a >= b, else 0; shapes broadcast. Not differentiable.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.ge(a, b) end

--- 1 where a >= b, else 0; shapes broadcast. Not differentiable.
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:ge(b) end

--- a where the condition is not 0, else b; shapes broadcast; the condition has no gradient.
---@param condition ecgraft.Tensor
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function eg.where(condition, a, b) end

--- a where the condition is not 0, else b; shapes broadcast; the condition has no gradient.
---@param a ecgraft.Tensor|number
---@param b ecgraft.Tensor|number
---@return ecgraft.Tensor
function Tensor:where(a, b) end

--- |x|; its gradient at 0 is 0.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.abs(input) end

--- |x|; its gradient at 0 is 0.
---@return ecgraft.Tensor
function Tensor:abs() end

--- min where x is less, max where x is more, else x; the bounds pass their gradient.
---@param input ecgraft.Tensor
---@param min? number the least value of the result
---@param max? number the largest value of the result
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {min?: number, max?: number}): ecgraft.Tensor
function eg.clamp(input, min, max) end

--- min where x is less, max where x is more, else x; the bounds pass their gradient.
---@param min? number the least value of the result
---@param max? number the largest value of the result
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {min?: number, max?: number}): ecgraft.Tensor
function Tensor:clamp(min, max) end

--- cos x, x in radians.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.cos(input) end

--- cos x, x in radians.
---@return ecgraft.Tensor
function Tensor:cos() end

--- x where x > 0, else slope (exp(x) - 1) (Clevert, Unterthiner and Hochreiter 2016).
---@param input ecgraft.Tensor
---@param slope? number minus the limit for very negative x
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {slope?: number}): ecgraft.Tensor
function eg.elu(input, slope) end

--- x where x > 0, else slope (exp(x) - 1) (Clevert, Unterthiner and Hochreiter 2016).
---@param slope? number minus the limit for very negative x
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {slope?: number}): ecgraft.Tensor
function Tensor:elu(slope) end

--- e to the power of x.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.exp(input) end

--- e to the power of x.
---@return ecgraft.Tensor
function Tensor:exp() end

--- x times the normal distribution's P(X <= x) (Hendrycks and Gimpel 2016), exact.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.gelu(input) end

--- x times the normal distribution's P(X <= x) (Hendrycks and Gimpel 2016), exact.
---@return ecgraft.Tensor
function Tensor:gelu() end

--- x where x > 0, else slope x.
---@param input ecgraft.Tensor
---@param slope? number the factor for negative x
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {slope?: number}): ecgraft.Tensor
function eg.leaky_relu(input, slope) end

--- x where x > 0, else slope x.
---@param slope? number the factor for negative x
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {slope?: number}): ecgraft.Tensor
function Tensor:leaky_relu(slope) end

--- The natural logarithm.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.log(input) end

--- The natural logarithm.
---@return ecgraft.Tensor
function Tensor:log() end

--- log(1 + x), exact for small x.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.log1p(input) end

--- log(1 + x), exact for small x.
---@return ecgraft.Tensor
function Tensor:log1p() end

--- -x.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.neg(input) end

--- -x.
---@return ecgraft.Tensor
function Tensor:neg() end

--- max(x, 0); its gradient at 0 is 0.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.relu(input) end

--- max(x, 0); its gradient at 0 is 0.
---@return ecgraft.Tensor
function Tensor:relu() end

--- 1 / sqrt(x).
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.rsqrt(input) end

--- 1 / sqrt(x).
---@return ecgraft.Tensor
function Tensor:rsqrt() end

--- 1 / (1 + exp(-x)).
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.sigmoid(input) end

--- 1 / (1 + exp(-x)).
---@return ecgraft.Tensor
function Tensor:sigmoid() end

--- -1, 0 or 1; its gradient is 0.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.sign(input) end

--- -1, 0 or 1; its gradient is 0.
---@return ecgraft.Tensor
function Tensor:sign() end

--- x sigmoid(x).
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.silu(input) end

--- x sigmoid(x).
---@return ecgraft.Tensor
function Tensor:silu() end

--- sin x, x in radians.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.sin(input) end

--- sin x, x in radians.
---@return ecgraft.Tensor
function Tensor:sin() end

--- log(1 + exp(x)).
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.softplus(input) end

--- log(1 + exp(x)).
---@return ecgraft.Tensor
function Tensor:softplus() end

--- The square root.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.sqrt(input) end

--- The square root.
---@return ecgraft.Tensor
function Tensor:sqrt() end

--- x times x.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.square(input) end

--- x times x.
---@return ecgraft.Tensor
function Tensor:square() end

--- The hyperbolic tangent.
---@param input ecgraft.Tensor
---@return ecgraft.Tensor
function eg.tanh(input) end

--- The hyperbolic tangent.
---@return ecgraft.Tensor
function Tensor:tanh() end

--- The sum along a dim or of everything, added up in double.
---@param input ecgraft.Tensor
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor
function eg.sum(input, dim, keepdim) end

--- The sum along a dim or of everything, added up in double.
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor
function Tensor:sum(dim, keepdim) end

--- The mean along a dim or of everything; NaN of nothing.
---@param input ecgraft.Tensor
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor
function eg.mean(input, dim, keepdim) end

--- The mean along a dim or of everything; NaN of nothing.
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor
function Tensor:mean(dim, keepdim) end

--- The largest entry along a dim and its position, or the largest of all; the first among equals, a NaN before everything; the gradient goes to that entry.
---@param input ecgraft.Tensor
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@return ecgraft.Tensor positions
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor, ecgraft.Tensor
function eg.max(input, dim, keepdim) end

--- The largest entry along a dim and its position, or the largest of all; the first among equals, a NaN before everything; the gradient goes to that entry.
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@return ecgraft.Tensor positions
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor, ecgraft.Tensor
function Tensor:max(dim, keepdim) end

--- The smallest entry along a dim and its position, or the smallest of all; the first among equals, a NaN before everything; the gradient goes to that entry.
---@param input ecgraft.Tensor
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@return ecgraft.Tensor positions
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor, ecgraft.Tensor
function eg.min(input, dim, keepdim) end

--- The smallest entry along a dim and its position, or the smallest of all; the first among equals, a NaN before everything; the gradient goes to that entry.
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@return ecgraft.Tensor positions
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor, ecgraft.Tensor
function Tensor:min(dim, keepdim) end

--- The position of the largest entry along a dim, or of all in row-major order. Not differentiable.
---@param input ecgraft.Tensor
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor
function eg.argmax(input, dim, keepdim) end

--- The position of the largest entry along a dim, or of all in row-major order. Not differentiable.
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor
function Tensor:argmax(dim, keepdim) end

--- The position of the smallest entry along a dim, or of all in row-major order. Not differentiable.
---@param input ecgraft.Tensor
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor
function eg.argmin(input, dim, keepdim) end

--- The position of the smallest entry along a dim, or of all in row-major order. Not differentiable.
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor
function Tensor:argmin(dim, keepdim) end

--- The variance along a dim or of everything; NaN of too few.
---@param input ecgraft.Tensor
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@param unbiased? boolean divide by n - 1 rather than by n
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean, unbiased?: boolean}): ecgraft.Tensor
function eg.var(input, dim, keepdim, unbiased) end

--- The variance along a dim or of everything; NaN of too few.
---@param dim? integer the dim that goes; without it, all of them
---@param keepdim? boolean leave 1 in place of the dim
---@param unbiased? boolean divide by n - 1 rather than by n
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean, unbiased?: boolean}): ecgraft.Tensor
function Tensor:var(dim, keepdim, unbiased) end

--- log of the sum of exp(x) along a dim, without overflow.
---@param input ecgraft.Tensor
---@param dim? integer the dim that goes; the last by default
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor
function eg.logsumexp(input, dim, keepdim) end

--- log of the sum of exp(x) along a dim, without overflow.
---@param dim? integer the dim that goes; the last by default
---@param keepdim? boolean leave 1 in place of the dim
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer, keepdim?: boolean}): ecgraft.Tensor
function Tensor:logsumexp(dim, keepdim) end

--- exp(x) / sum of exp(x) along a dim.
---@param input ecgraft.Tensor
---@param dim? integer along which entries sum to 1; the last by default
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer}): ecgraft.Tensor
function eg.softmax(input, dim) end

--- exp(x) / sum of exp(x) along a dim.
---@param dim? integer along which entries sum to 1; the last by default
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer}): ecgraft.Tensor
function Tensor:softmax(dim) end

--- The logarithm of softmax, exact also where that is tiny.
---@param input ecgraft.Tensor
---@param dim? integer along which entries sum to 1; the last by default
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer}): ecgraft.Tensor
function eg.log_softmax(input, dim) end

--- The logarithm of softmax, exact also where that is tiny.
---@param dim? integer along which entries sum to 1; the last by default
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer}): ecgraft.Tensor
function Tensor:log_softmax(dim) end

--- The running sum along a dim, added up in double.
---@param input ecgraft.Tensor
---@param dim? integer along which; the last by default
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer}): ecgraft.Tensor
function eg.cumsum(input, dim) end

--- The running sum along a dim, added up in double.
---@param dim? integer along which; the last by default
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer}): ecgraft.Tensor
function Tensor:cumsum(dim) end

--- The same elements in the same order under another shape; a view where strides allow.
---@param input ecgraft.Tensor
---@param ... integer|integer[] the new shape; one dim may be -1: what is left
---@return ecgraft.Tensor
function eg.reshape(input, ...) end

--- The same elements in the same order under another shape; a view where strides allow.
---@param ... integer|integer[] the new shape; one dim may be -1: what is left
---@return ecgraft.Tensor
function Tensor:reshape(...) end

--- a view with two dims exchanged.
---@param input ecgraft.Tensor
---@param a? integer one dim; the last but one by default
---@param b? integer the other; the last by default
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {a?: integer, b?: integer}): ecgraft.Tensor
function eg.transpose(input, a, b) end

--- a view with two dims exchanged.
---@param a? integer one dim; the last but one by default
---@param b? integer the other; the last by default
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {a?: integer, b?: integer}): ecgraft.Tensor
function Tensor:transpose(a, b) end

--- a view with the dims in another order.
---@param input ecgraft.Tensor
---@param ... integer|integer[] which dim comes to each place
---@return ecgraft.Tensor
function eg.permute(input, ...) end

--- a view with the dims in another order.
---@param ... integer|integer[] which dim comes to each place
---@return ecgraft.Tensor
function Tensor:permute(...) end

--- a view of one entry of a dim, which goes.
---@param input ecgraft.Tensor
---@param dim integer the dim that goes
---@param index integer which entry of it stays
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {dim: integer, index: integer}): ecgraft.Tensor
function eg.select(input, dim, index) end

--- a view of one entry of a dim, which goes.
---@param dim integer the dim that goes
---@param index integer which entry of it stays
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {dim: integer, index: integer}): ecgraft.Tensor
function Tensor:select(dim, index) end

--- a view of some neighbouring entries of a dim.
---@param input ecgraft.Tensor
---@param dim integer the dim that is cut
---@param first integer the first entry that stays
---@param length integer how many stay
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {dim: integer, first: integer, length: integer}): ecgraft.Tensor
function eg.narrow(input, dim, first, length) end

--- a view of some neighbouring entries of a dim.
---@param dim integer the dim that is cut
---@param first integer the first entry that stays
---@param length integer how many stay
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {dim: integer, first: integer, length: integer}): ecgraft.Tensor
function Tensor:narrow(dim, first, length) end

--- a view with dims of size 1 stretched, and new ones in front.
---@param input ecgraft.Tensor
---@param ... integer|integer[] the shape to stretch to; -1 keeps a dim as it is
---@return ecgraft.Tensor
function eg.expand(input, ...) end

--- a view with dims of size 1 stretched, and new ones in front.
---@param ... integer|integer[] the shape to stretch to; -1 keeps a dim as it is
---@return ecgraft.Tensor
function Tensor:expand(...) end

--- The entries along a dim at the positions in index, in its order; one may come several times.
---@param input ecgraft.Tensor
---@param index ecgraft.Tensor
---@param dim? integer along which; the first by default
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, index: ecgraft.Tensor, options: {dim?: integer}): ecgraft.Tensor
function eg.index_select(input, index, dim) end

--- The entries along a dim at the positions in index, in its order; one may come several times.
---@param index ecgraft.Tensor
---@param dim? integer along which; the first by default
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, index: ecgraft.Tensor, options: {dim?: integer}): ecgraft.Tensor
function Tensor:index_select(index, dim) end

--- The entries along a dim in reverse order.
---@param input ecgraft.Tensor
---@param dim? integer along which; the last by default
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer}): ecgraft.Tensor
function eg.flip(input, dim) end

--- The entries along a dim in reverse order.
---@param dim? integer along which; the last by default
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer}): ecgraft.Tensor
function Tensor:flip(dim) end

--- The entries along a dim in order, and the positions they had; equal ones keep their order, a NaN counts as larger than everything.
---@param input ecgraft.Tensor
---@param dim? integer along which; the last by default
---@param descending? boolean the largest first
---@return ecgraft.Tensor
---@return ecgraft.Tensor positions
---@overload fun(input: ecgraft.Tensor, options: {dim?: integer, descending?: boolean}): ecgraft.Tensor, ecgraft.Tensor
function eg.sort(input, dim, descending) end

--- The entries along a dim in order, and the positions they had; equal ones keep their order, a NaN counts as larger than everything.
---@param dim? integer along which; the last by default
---@param descending? boolean the largest first
---@return ecgraft.Tensor
---@return ecgraft.Tensor positions
---@overload fun(self: ecgraft.Tensor, options: {dim?: integer, descending?: boolean}): ecgraft.Tensor, ecgraft.Tensor
function Tensor:sort(dim, descending) end

--- a (..., M, K) by b (..., K, N) -> (..., M, N); leading dims broadcast, a vector counts as one row (a) or one column (b).
---@param a ecgraft.Tensor
---@param b ecgraft.Tensor
---@return ecgraft.Tensor
function eg.matmul(a, b) end

--- a (..., M, K) by b (..., K, N) -> (..., M, N); leading dims broadcast, a vector counts as one row (a) or one column (b).
---@param b ecgraft.Tensor
---@return ecgraft.Tensor
function Tensor:matmul(b) end

--- x weight^T + bias; x (..., I), weight (O, I), bias (O) -> (..., O).
---@param x ecgraft.Tensor
---@param weight ecgraft.Tensor
---@param bias? ecgraft.Tensor
---@return ecgraft.Tensor
function eg.linear(x, weight, bias) end

--- x weight^T + bias; x (..., I), weight (O, I), bias (O) -> (..., O).
---@param weight ecgraft.Tensor
---@param bias? ecgraft.Tensor
---@return ecgraft.Tensor
function Tensor:linear(weight, bias) end

--- x (N, L, Ci), weight (Co, K, Ci / groups), bias (Co) -> (N, Lo, Co), Lo = (L + 2 padding - dilation (K - 1) - 1) / stride + 1; cross-correlation, zeros beyond the ends.
---@param x ecgraft.Tensor
---@param weight ecgraft.Tensor
---@param bias? ecgraft.Tensor
---@param stride? integer samples from one output to the next
---@param padding? integer zeros at each end
---@param dilation? integer samples from one tap to the next
---@param groups? integer channels are cut into so many separate convolutions
---@return ecgraft.Tensor
---@overload fun(x: ecgraft.Tensor, weight: ecgraft.Tensor, options: {stride?: integer, padding?: integer, dilation?: integer, groups?: integer}): ecgraft.Tensor
function eg.conv1d(x, weight, bias, stride, padding, dilation, groups) end

--- x (N, L, Ci), weight (Co, K, Ci / groups), bias (Co) -> (N, Lo, Co), Lo = (L + 2 padding - dilation (K - 1) - 1) / stride + 1; cross-correlation, zeros beyond the ends.
---@param weight ecgraft.Tensor
---@param bias? ecgraft.Tensor
---@param stride? integer samples from one output to the next
---@param padding? integer zeros at each end
---@param dilation? integer samples from one tap to the next
---@param groups? integer channels are cut into so many separate convolutions
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, weight: ecgraft.Tensor, options: {stride?: integer, padding?: integer, dilation?: integer, groups?: integer}): ecgraft.Tensor
function Tensor:conv1d(weight, bias, stride, padding, dilation, groups) end

--- (x - mean) / sqrt(variance + eps) gamma + beta [+ residual] for each channel of x (..., C), over all other dims; gamma, beta, running_mean, running_var (C); residual like x; Ioffe & Szegedy 2015.
---@param x ecgraft.Tensor
---@param gamma? ecgraft.Tensor
---@param beta? ecgraft.Tensor
---@param running_mean? ecgraft.Tensor
---@param running_var? ecgraft.Tensor
---@param residual? ecgraft.Tensor
---@param training? boolean true: the batch's own mean and variance, and the running ones follow; false: the running ones
---@param relu? boolean max(., 0) after the residual is added
---@param momentum? number the new value's share in the running ones
---@param eps? number added to the variance
---@return ecgraft.Tensor
---@overload fun(x: ecgraft.Tensor, options: {training?: boolean, relu?: boolean, momentum?: number, eps?: number}): ecgraft.Tensor
function eg.batch_norm(x, gamma, beta, running_mean, running_var, residual, training, relu, momentum, eps) end

--- (x - mean) / sqrt(variance + eps) gamma + beta [+ residual] for each channel of x (..., C), over all other dims; gamma, beta, running_mean, running_var (C); residual like x; Ioffe & Szegedy 2015.
---@param gamma? ecgraft.Tensor
---@param beta? ecgraft.Tensor
---@param running_mean? ecgraft.Tensor
---@param running_var? ecgraft.Tensor
---@param residual? ecgraft.Tensor
---@param training? boolean true: the batch's own mean and variance, and the running ones follow; false: the running ones
---@param relu? boolean max(., 0) after the residual is added
---@param momentum? number the new value's share in the running ones
---@param eps? number added to the variance
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {training?: boolean, relu?: boolean, momentum?: number, eps?: number}): ecgraft.Tensor
function Tensor:batch_norm(gamma, beta, running_mean, running_var, residual, training, relu, momentum, eps) end

--- The largest of each window of x (N, L, C) -> (N, Lo, C), Lo = (L + 2 padding - kernel) / stride + 1; the first on ties.
---@param x ecgraft.Tensor
---@param kernel? integer samples in a window
---@param stride? integer samples from one window to the next; 0: the kernel's length
---@param padding? integer samples added at each end, at most kernel / 2
---@return ecgraft.Tensor
---@overload fun(x: ecgraft.Tensor, options: {kernel?: integer, stride?: integer, padding?: integer}): ecgraft.Tensor
function eg.max_pool1d(x, kernel, stride, padding) end

--- The largest of each window of x (N, L, C) -> (N, Lo, C), Lo = (L + 2 padding - kernel) / stride + 1; the first on ties.
---@param kernel? integer samples in a window
---@param stride? integer samples from one window to the next; 0: the kernel's length
---@param padding? integer samples added at each end, at most kernel / 2
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {kernel?: integer, stride?: integer, padding?: integer}): ecgraft.Tensor
function Tensor:max_pool1d(kernel, stride, padding) end

--- The mean of each window of x (N, L, C) -> (N, Lo, C).
---@param x ecgraft.Tensor
---@param kernel? integer samples in a window
---@param stride? integer samples from one window to the next; 0: the kernel's length
---@param padding? integer samples added at each end, at most kernel / 2
---@param count_padding? boolean padding counts as zeros; false: it is left out of the mean
---@return ecgraft.Tensor
---@overload fun(x: ecgraft.Tensor, options: {kernel?: integer, stride?: integer, padding?: integer, count_padding?: boolean}): ecgraft.Tensor
function eg.avg_pool1d(x, kernel, stride, padding, count_padding) end

--- The mean of each window of x (N, L, C) -> (N, Lo, C).
---@param kernel? integer samples in a window
---@param stride? integer samples from one window to the next; 0: the kernel's length
---@param padding? integer samples added at each end, at most kernel / 2
---@param count_padding? boolean padding counts as zeros; false: it is left out of the mean
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {kernel?: integer, stride?: integer, padding?: integer, count_padding?: boolean}): ecgraft.Tensor
function Tensor:avg_pool1d(kernel, stride, padding, count_padding) end

--- The mean over time: x (N, L, C) -> (N, C).
---@param x ecgraft.Tensor
---@return ecgraft.Tensor
function eg.global_avg_pool1d(x) end

--- The mean over time: x (N, L, C) -> (N, C).
---@return ecgraft.Tensor
function Tensor:global_avg_pool1d() end

--- The largest over time: x (N, L, C) -> (N, C).
---@param x ecgraft.Tensor
---@return ecgraft.Tensor
function eg.global_max_pool1d(x) end

--- The largest over time: x (N, L, C) -> (N, C).
---@return ecgraft.Tensor
function Tensor:global_max_pool1d() end

--- 0 with probability p, else x / (1 - p); Srivastava et al. 2014.
---@param x ecgraft.Tensor
---@param p? number the probability to drop an element
---@param training? boolean false: x itself
---@return ecgraft.Tensor
---@overload fun(x: ecgraft.Tensor, options: {p?: number, training?: boolean}): ecgraft.Tensor
function eg.dropout(x, p, training) end

--- 0 with probability p, else x / (1 - p); Srivastava et al. 2014.
---@param p? number the probability to drop an element
---@param training? boolean false: x itself
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, options: {p?: number, training?: boolean}): ecgraft.Tensor
function Tensor:dropout(p, training) end

--- x (N, L, I), w_ih (4 H, I), w_hh (4 H, H), b_ih and b_hh (4 H), h0 and c0 (N, H) -> y (N, L, H), last cells (N, H); with reverse weights both directions: h0, c0 (2, N, H) -> y (N, L, 2 H), last cells (2, N, H); gates i f g o; Hochreiter & Schmidhuber 1997, Gers et al. 2000.
---@param x ecgraft.Tensor
---@param w_ih ecgraft.Tensor
---@param w_hh ecgraft.Tensor
---@param b_ih? ecgraft.Tensor
---@param b_hh? ecgraft.Tensor
---@param h0? ecgraft.Tensor
---@param c0? ecgraft.Tensor
---@param w_ih_reverse? ecgraft.Tensor
---@param w_hh_reverse? ecgraft.Tensor
---@param b_ih_reverse? ecgraft.Tensor
---@param b_hh_reverse? ecgraft.Tensor
---@param reverse? boolean from the last time step to the first
---@param recompute? boolean compute the gates again in backward instead of keeping them
---@return ecgraft.Tensor
---@return ecgraft.Tensor cells
---@overload fun(x: ecgraft.Tensor, w_ih: ecgraft.Tensor, w_hh: ecgraft.Tensor, options: {reverse?: boolean, recompute?: boolean}): ecgraft.Tensor, ecgraft.Tensor
function eg.lstm(x, w_ih, w_hh, b_ih, b_hh, h0, c0, w_ih_reverse, w_hh_reverse, b_ih_reverse, b_hh_reverse, reverse, recompute) end

--- x (N, L, I), w_ih (4 H, I), w_hh (4 H, H), b_ih and b_hh (4 H), h0 and c0 (N, H) -> y (N, L, H), last cells (N, H); with reverse weights both directions: h0, c0 (2, N, H) -> y (N, L, 2 H), last cells (2, N, H); gates i f g o; Hochreiter & Schmidhuber 1997, Gers et al. 2000.
---@param w_ih ecgraft.Tensor
---@param w_hh ecgraft.Tensor
---@param b_ih? ecgraft.Tensor
---@param b_hh? ecgraft.Tensor
---@param h0? ecgraft.Tensor
---@param c0? ecgraft.Tensor
---@param w_ih_reverse? ecgraft.Tensor
---@param w_hh_reverse? ecgraft.Tensor
---@param b_ih_reverse? ecgraft.Tensor
---@param b_hh_reverse? ecgraft.Tensor
---@param reverse? boolean from the last time step to the first
---@param recompute? boolean compute the gates again in backward instead of keeping them
---@return ecgraft.Tensor
---@return ecgraft.Tensor cells
---@overload fun(self: ecgraft.Tensor, w_ih: ecgraft.Tensor, w_hh: ecgraft.Tensor, options: {reverse?: boolean, recompute?: boolean}): ecgraft.Tensor, ecgraft.Tensor
function Tensor:lstm(w_ih, w_hh, b_ih, b_hh, h0, c0, w_ih_reverse, w_hh_reverse, b_ih_reverse, b_hh_reverse, reverse, recompute) end

--- x (N, L, I), w_ih (3 H, I), w_hh (3 H, H), b_ih and b_hh (3 H), h0 (N, H) -> y (N, L, H); with reverse weights both directions: h0 (2, N, H) -> y (N, L, 2 H); gates r z n; Cho et al. 2014.
---@param x ecgraft.Tensor
---@param w_ih ecgraft.Tensor
---@param w_hh ecgraft.Tensor
---@param b_ih? ecgraft.Tensor
---@param b_hh? ecgraft.Tensor
---@param h0? ecgraft.Tensor
---@param w_ih_reverse? ecgraft.Tensor
---@param w_hh_reverse? ecgraft.Tensor
---@param b_ih_reverse? ecgraft.Tensor
---@param b_hh_reverse? ecgraft.Tensor
---@param reverse? boolean from the last time step to the first
---@param recompute? boolean compute the gates again in backward instead of keeping them
---@return ecgraft.Tensor
---@overload fun(x: ecgraft.Tensor, w_ih: ecgraft.Tensor, w_hh: ecgraft.Tensor, options: {reverse?: boolean, recompute?: boolean}): ecgraft.Tensor
function eg.gru(x, w_ih, w_hh, b_ih, b_hh, h0, w_ih_reverse, w_hh_reverse, b_ih_reverse, b_hh_reverse, reverse, recompute) end

--- x (N, L, I), w_ih (3 H, I), w_hh (3 H, H), b_ih and b_hh (3 H), h0 (N, H) -> y (N, L, H); with reverse weights both directions: h0 (2, N, H) -> y (N, L, 2 H); gates r z n; Cho et al. 2014.
---@param w_ih ecgraft.Tensor
---@param w_hh ecgraft.Tensor
---@param b_ih? ecgraft.Tensor
---@param b_hh? ecgraft.Tensor
---@param h0? ecgraft.Tensor
---@param w_ih_reverse? ecgraft.Tensor
---@param w_hh_reverse? ecgraft.Tensor
---@param b_ih_reverse? ecgraft.Tensor
---@param b_hh_reverse? ecgraft.Tensor
---@param reverse? boolean from the last time step to the first
---@param recompute? boolean compute the gates again in backward instead of keeping them
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, w_ih: ecgraft.Tensor, w_hh: ecgraft.Tensor, options: {reverse?: boolean, recompute?: boolean}): ecgraft.Tensor
function Tensor:gru(w_ih, w_hh, b_ih, b_hh, h0, w_ih_reverse, w_hh_reverse, b_ih_reverse, b_hh_reverse, reverse, recompute) end

--- binary cross-entropy of sigmoid(logits) with targets in 0 .. 1, stable for large logits; pos_weight (the classes' weights of positives) and weight stretch to the logits' shape and have no gradient.
---@param logits ecgraft.Tensor
---@param target ecgraft.Tensor
---@param pos_weight? ecgraft.Tensor
---@param weight? ecgraft.Tensor
---@param reduction? integer 0 mean, 1 sum, 2 none
---@return ecgraft.Tensor
---@overload fun(logits: ecgraft.Tensor, target: ecgraft.Tensor, options: {reduction?: integer}): ecgraft.Tensor
function eg.bce_with_logits(logits, target, pos_weight, weight, reduction) end

--- binary cross-entropy of sigmoid(logits) with targets in 0 .. 1, stable for large logits; pos_weight (the classes' weights of positives) and weight stretch to the logits' shape and have no gradient.
---@param target ecgraft.Tensor
---@param pos_weight? ecgraft.Tensor
---@param weight? ecgraft.Tensor
---@param reduction? integer 0 mean, 1 sum, 2 none
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, target: ecgraft.Tensor, options: {reduction?: integer}): ecgraft.Tensor
function Tensor:bce_with_logits(target, pos_weight, weight, reduction) end

--- cross-entropy of softmax(logits), over the last dim, with classes {N} or probabilities {N, K}; weight {K} is one for each class, by which the mean over named classes is taken, and has no gradient.
---@param logits ecgraft.Tensor
---@param target ecgraft.Tensor
---@param weight? ecgraft.Tensor
---@param reduction? integer 0 mean, 1 sum, 2 none
---@param label_smoothing? number the share of each target that is spread evenly over the classes, 0 .. 1
---@return ecgraft.Tensor
---@overload fun(logits: ecgraft.Tensor, target: ecgraft.Tensor, options: {reduction?: integer, label_smoothing?: number}): ecgraft.Tensor
function eg.cross_entropy(logits, target, weight, reduction, label_smoothing) end

--- cross-entropy of softmax(logits), over the last dim, with classes {N} or probabilities {N, K}; weight {K} is one for each class, by which the mean over named classes is taken, and has no gradient.
---@param target ecgraft.Tensor
---@param weight? ecgraft.Tensor
---@param reduction? integer 0 mean, 1 sum, 2 none
---@param label_smoothing? number the share of each target that is spread evenly over the classes, 0 .. 1
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, target: ecgraft.Tensor, options: {reduction?: integer, label_smoothing?: number}): ecgraft.Tensor
function Tensor:cross_entropy(target, weight, reduction, label_smoothing) end

--- (input - target)^2, of one shape, reduced.
---@param input ecgraft.Tensor
---@param target ecgraft.Tensor
---@param reduction? integer 0 mean, 1 sum, 2 none
---@return ecgraft.Tensor
---@overload fun(input: ecgraft.Tensor, target: ecgraft.Tensor, options: {reduction?: integer}): ecgraft.Tensor
function eg.mse(input, target, reduction) end

--- (input - target)^2, of one shape, reduced.
---@param target ecgraft.Tensor
---@param reduction? integer 0 mean, 1 sum, 2 none
---@return ecgraft.Tensor
---@overload fun(self: ecgraft.Tensor, target: ecgraft.Tensor, options: {reduction?: integer}): ecgraft.Tensor
function Tensor:mse(target, reduction) end
