---@meta ecgraft
-- require "ecgraft": what is not in a part of its own. The comments of what is written in Lua are copied from the sources
-- (scripts/annotations.lua).

---@class ecgraft
---@field _VERSION string the version
---@field version string the version
---@field nn ecgraft.nn layers, losses, networks of one's own
---@field optim ecgraft.optim optimizers and schedules of the learning rate
---@field models ecgraft.models the paper's networks
---@field data ecgraft.data sets of records
---@field tasks ecgraft.tasks what a network can be pretrained on
---@field transfer ecgraft.transfer transfer strategies
---@field metrics ecgraft.metrics metrics with their intervals
---@field stats ecgraft.stats statistics of a study
---@field explain ecgraft.explain where a network looks
---@field plot ecgraft.plot pictures
---@field report ecgraft.report the report of a study
local eg = {}

--- A tensor from a number or nested tables of numbers; of a tensor a copy without history.
---@param values ecgraft.numbers|ecgraft.Tensor
---@return ecgraft.Tensor
function eg.tensor(values) end

--- Zeros: eg.zeros(2, 3) or eg.zeros{2, 3}.
---@param ... integer|integer[] the shape
---@return ecgraft.Tensor
function eg.zeros(...) end

--- Ones: eg.ones(2, 3) or eg.ones{2, 3}.
---@param ... integer|integer[] the shape
---@return ecgraft.Tensor
function eg.ones(...) end

--- One value everywhere: eg.full({2, 3}, 7).
---@param shape integer[]
---@param value number
---@return ecgraft.Tensor
function eg.full(shape, value) end

--- Numbers in even steps: arange(last) is 1, 2 .. last; arange(first, last [, step = 1]). Both ends are in it, as in Lua's for.
---@param first number
---@param last? number
---@param step? number
---@return ecgraft.Tensor
function eg.arange(first, last, step) end

--- n numbers from first to last in even steps.
---@param first number
---@param last number
---@param n integer
---@return ecgraft.Tensor
function eg.linspace(first, last, n) end

--- The identity matrix (n, n).
---@param n integer
---@return ecgraft.Tensor
function eg.eye(n) end

--- Uniform in [0, 1): eg.rand(2, 3) or eg.rand{2, 3}.
---@param ... integer|integer[] the shape
---@return ecgraft.Tensor
function eg.rand(...) end

--- Standard normal: eg.randn(2, 3) or eg.randn{2, 3}.
---@param ... integer|integer[] the shape
---@return ecgraft.Tensor
function eg.randn(...) end

--- Uniform in [low, high), default [0, 1): eg.uniform({2, 3}, -1, 1).
---@param shape integer[]
---@param low? number
---@param high? number
---@return ecgraft.Tensor
function eg.uniform(shape, low, high) end

--- The numbers 1 .. n in random order.
---@param n integer
---@return ecgraft.Tensor
function eg.randperm(n) end

--- The random generator of this Lua state begins anew from a seed. The same seed gives the same numbers for any number of threads.
---@param seed integer
function eg.manual_seed(seed) end

--- Where the random generator is: {seed, stream, position}, for set_rng_state.
---@return integer[]
function eg.rng_state() end

--- Sets the random generator to where rng_state said it was.
---@param state integer[]
function eg.set_rng_state(state) end

--- Moves the random generator to the stream of its seed that up to three integers name (an epoch, a batch, a purpose), so that what
--- follows does not depend on what was drawn before.
---@param a? integer
---@param b? integer
---@param c? integer
function eg.random_stream(a, b, c) end

--- Sets the number of threads that compute, 1 to 256. It changes no result.
---@param n integer
function eg.set_num_threads(n) end

--- The number of threads that compute.
---@return integer
function eg.num_threads() end

---@param list ecgraft.Tensor[]
---@param dim? integer
---@return ecgraft.Tensor
function eg.cat(list, dim) end

---@param list ecgraft.Tensor[]
---@param dim? integer
---@return ecgraft.Tensor
function eg.stack(list, dim) end

---@param value any
---@return boolean
function eg.is_tensor(value) end

---@param fn function|ecgraft.Module
---@param ... any
---@return any ...
function eg.no_grad(fn, ...) end

---@param fn function|ecgraft.Module
---@param ... any
---@return any ...
function eg.enable_grad(fn, ...) end

---@param options? ecgraft.memory.Options
---@return ecgraft.Memory
function eg.memory(options) end

--- Bytes of tensor memory, and counts; readable when printed.
---@class ecgraft.Memory
---@field live integer bytes in use
---@field peak integer bytes in use at most
---@field cached integer bytes kept for reuse
---@field blocks integer
---@field calls integer allocations
---@field asked integer allocations asked of the system

---@param path string
---@param what ecgraft.Tensor|table
---@return true?
---@return string? message
function eg.save(path, what) end

---@param path string
---@return any
---@return string? message
function eg.load(path) end

---@param net ecgraft.Module
---@param train ecgraft.Dataset
---@param options? ecgraft.fit.Options
---@return ecgraft.History
function eg.fit(net, train, options) end

---@param net ecgraft.Module
---@param set ecgraft.Dataset|ecgraft.Tensor
---@param options? ecgraft.predict.Options
---@return ecgraft.Tensor
function eg.predict(net, set, options) end

---@param net ecgraft.Module
---@param set ecgraft.Dataset|ecgraft.Tensor
---@param options? ecgraft.features.Options
---@return ecgraft.Tensor
function eg.features(net, set, options) end

---@param features ecgraft.Tensor
---@param labels ecgraft.Tensor
---@param options? ecgraft.linear_svm.Options
---@return ecgraft.LinearSvm
function eg.linear_svm(features, labels, options) end

---@param options ecgraft.study.Options
---@return ecgraft.Study
function eg.study(options) end

return eg
