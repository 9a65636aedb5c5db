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
---@field export ecgraft.export networks and trainings for other tools
---@field plot ecgraft.plot pictures
---@field report ecgraft.report the report of a study
local eg = {}

--- A tensor from a number or nested tables of numbers; of a tensor a copy without history.
---@param values number|table
---@return ecgraft.Tensor
---@overload fun(values: ecgraft.Tensor): ecgraft.Tensor
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

--- Tensors joined along a dim (default 1): eg.cat({a, b, c}, 2). The other dims must be equal.
---@param list ecgraft.Tensor[]
---@param dim? integer
---@return ecgraft.Tensor
function eg.cat(list, dim) end

--- Tensors of one shape stacked along a new dim (default 1).
---@param list ecgraft.Tensor[]
---@param dim? integer
---@return ecgraft.Tensor
function eg.stack(list, dim) end

--- Whether a value is a tensor.
---@param value any
---@return boolean
function eg.is_tensor(value) end

--- Calls fn(...) without recording: results have no history. Returns what fn returns.
---@param fn function|ecgraft.Module
---@param ... any
---@return any ...
function eg.no_grad(fn, ...) end

--- Calls fn(...) with recording on, also inside no_grad.
---@param fn function|ecgraft.Module
---@param ... any
---@return any ...
function eg.enable_grad(fn, ...) end

--- Tensor memory: {live, peak, cached} in bytes, {blocks, calls, asked} counts, readable when printed. {reset_peak = true} begins a new
--- peak (what a training step takes: reset, step, print), {trim = true} gives what is kept for reuse back to the system first.
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

--- Writes a tensor or a table of tensors: eg.save(path, tensor or {name = tensor, ...} [, {dtype =}]). The file is replaced
--- as a whole. Returns true, or nil and a message.
--- dtype: "float32" (default), "float64", "int8", "int16", "int32", "int64", "uint8"; a value that an integer type cannot hold is an error.
---@param path string
---@param what ecgraft.Tensor|table
---@param options? ecgraft.save.Options
---@return true?
---@return string? message
function eg.save(path, what, options) end

--- eg.load(path): what eg.save was given; of another program's HDF5 or safetensors file a table of its arrays by name (lists where
--- they hold text). nil and a message where the file is missing or damaged.
---@param path string
---@return any
---@return string? message
function eg.load(path) end

--- Shows values in the middle of a cell or script, each on its own: in a notebook as it shows the value of a cell, elsewhere as text.
---@param ... any
function eg.display(...) end

--- Trains `net` on the dataset `train`; the net ends with the state of the best epoch on o.val (or the last one), in evaluation mode,
--- and with a card that says what it was trained on. First Ctrl-C: saves and raises a value that is printed as text, with interrupted =
--- true and kept = the history of the epochs that were complete (nil where none was); the net keeps its weights of that moment, in
--- evaluation mode. Second: ends at once.
---@param net ecgraft.Module
---@param train ecgraft.Dataset
---@param options? ecgraft.fit.Options
---@return ecgraft.History
function eg.fit(net, train, options) end

--- The network's probabilities, (N, K): eg.predict(net, set [, options]), without recording, in evaluation mode.
---   batch       records at a time. Default 64
---   activation  "sigmoid" (several classes may hold), "softmax" (one of K), "none" (logits); default what the task that the net was
---               trained on makes of its outputs: "sigmoid" of classes; of the task intervals the values in their units
---   task        the task that the net was trained on, where it is one of your own
---   scaler      how signals are scaled; default the one stored with the net (net.card.scaler), or none
---   progress    true: a progress line. Default false
--- `set` is a dataset or a tensor of signals (N, L, leads). A net that was trained on windows (fit's option crop) sees the middle one of
--- each record.
---@param net ecgraft.Module
---@param set ecgraft.Dataset|ecgraft.Tensor
---@param options? ecgraft.predict.Options
---@return ecgraft.Tensor
function eg.predict(net, set, options) end

--- eg.features(net, set [, options]) --> (N, D): what the net's head sees (net:features), options as for predict.
---@param net ecgraft.Module
---@param set ecgraft.Dataset|ecgraft.Tensor
---@param options? ecgraft.features.Options
---@return ecgraft.Tensor
function eg.features(net, set, options) end

--- Fits linear support vector machines, one class against the rest: eg.linear_svm(features (N, D), labels (N, K) of 0 and 1 [, options]).
---   C            the weight of the losses against |w|^2 / 2: a number, or a list to choose from on val (0.1; with val 0.0001, 0.001,
---                0.01, 0.1)
---   val          {features, labels} of validation records: C is chosen, and the sigmoids (Platt 1999) are fitted on them; without, the
---                sigmoids are fitted on the training records, and are too sure
---   metric       of eg.metrics.evaluate, by which C is chosen ("macro_auroc"); of equal scores the first
---   loss         "squared_hinge" or "hinge"
---   standardise  each feature to mean 0 and deviation 1 of the training records (true)
---   tolerance, passes, seed     when it is done (1e-2), at most so many passes (1000), the order of records (1)
--- Returns {weight (K, D), bias (K), C, score, converged, candidates = {{C, score, converged}, ...}, slope, offset (lists)}.
---@param features ecgraft.Tensor
---@param labels ecgraft.Tensor
---@param options? ecgraft.linear_svm.Options
---@return ecgraft.LinearSvm
function eg.linear_svm(features, labels, options) end

--- A study of whether pretraining and fine-tuning beat training from scratch: checked and planned, nothing is computed yet.
---
--- The study: does pretraining and fine-tuning beat training from scratch, for these sets, networks and training-set sizes?
---
---   local study = eg.study{ name = "georgia", upstream = {ptbxl = ...}, downstream = {georgia = ...}, networks = {"resnet1d18", "gru"},
---     strategies = {"scratch", "finetune"}, sizes = {100, 200, 500, "all"}, seeds = {1, 2, 3, 4, 5, 6}, train = {epochs = 30} }
---   study:run{out = "runs/georgia", workers = 2};  print(study:status());  study:report()
---
--- Sets are datasets, functions that return one (then they are loaded when first needed), or {train =, val =, test =}; upstream also
--- {set = one of these, task = "intervals", pretrain = {...}}. All options: study/spec.lua; what a run writes: study/execute.lua.
---@param options ecgraft.study.Options
---@return ecgraft.Study
function eg.study(options) end

return eg
