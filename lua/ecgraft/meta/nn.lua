---@meta ecgraft.nn
-- require "ecgraft.nn".

---@class ecgraft.nn
---@field init ecgraft.nn.init initial values, written in place
local nn = {}

--- What all layers and networks have. A module is called with its inputs: net(x). Fields that are set to a module or to a parameter
--- belong to it.
---@class ecgraft.Module
---@field training boolean whether it is in training mode
---@field card ecgraft.Card what a net was trained on; nil where neither eg.fit trained it nor nn.load read it
---@field head_name? string the layer that transfer strategies take for the head
---@field options? table the options it was made with
---@field model_name? string
---@overload fun(...: any): ecgraft.Tensor, any
---@field [string] any
local Module = {}

--- What a net was trained on.
---@class ecgraft.Card
---@field classes string[]
---@field leads string[]
---@field rate number samples a second
---@field units string
---@field samples integer of each record
---@field crop? integer samples of each record that the net sees
---@field scaler? ecgraft.Scaler
---@field source string
---@field task? table

--- A class of modules that nn.module makes: define init and forward on it, then call it to make one.
---@class ecgraft.ModuleClass: ecgraft.Module
---@overload fun(...: any): ecgraft.Module
---@field init fun(self: ecgraft.Module, ...: any)
---@field forward fun(self: ecgraft.Module, ...: any): any, any

--- A new class of modules under a name; define :init(...) and :forward(...) on it, then call it to make one.
---@param name string
---@return ecgraft.ModuleClass
function nn.module(name) end

--- Whether a value is a module.
---@param value any
---@return boolean
function nn.is_module(value) end

--- Marks a tensor as a parameter: a field of a module that is set to it is trained.
---@param tensor ecgraft.Tensor
---@return ecgraft.Tensor
function nn.parameter(tensor) end

--- Reads a model file written by net:save. Returns the net in evaluation mode, or nil and a message.
---@param path string
---@return ecgraft.Module?
---@return string? message
function nn.load(path) end

--- The first module whose output is not finite, by name, when the net is given x; nil where all are.
---@param net ecgraft.Module
---@param ... any
---@return string?
function nn.find_nonfinite(net, ...) end

--- nn.Linear(inputs, outputs, {bias = true}): y = x W' + b over the last dim. x (..., inputs) -> (..., outputs).
---@param inputs integer
---@param outputs integer
---@param options? ecgraft.nn.Linear.Options
---@return ecgraft.Module
function nn.Linear(inputs, outputs, options) end

--- nn.Conv1d(inputs, outputs, kernel, {stride = 1, padding = 0, dilation = 1, groups = 1, bias = true})
--- x (N, L, inputs) -> (N, (L + 2 padding - dilation (kernel - 1) - 1) / stride + 1, outputs).
--- padding = "same" keeps the length (stride 1, odd kernel span). The weight is (outputs, kernel, inputs / groups).
---@param inputs integer
---@param outputs integer
---@param kernel integer
---@param options? ecgraft.nn.Conv1d.Options
---@return ecgraft.Module
function nn.Conv1d(inputs, outputs, kernel, options) end

--- nn.BatchNorm1d(channels, {momentum = 0.1, eps = 1e-5}): Ioffe & Szegedy 2015 over all dims but the last.
--- In training the batch's statistics normalise and the running ones follow (variance unbiased); in evaluation the running ones are used,
--- and also while the layer's weight is frozen. forward(x [, residual [, relu]]): a residual is added and ReLU applied in the same pass.
---@param channels integer
---@param options? ecgraft.nn.BatchNorm1d.Options
---@return ecgraft.Module
function nn.BatchNorm1d(channels, options) end

--- Pooling over time. x (N, L, C).
---
---   nn.MaxPool1d(kernel, {stride = kernel, padding = 0})       the largest of each window -> (N, Lo, C)
---@param kernel integer
---@param options? ecgraft.nn.MaxPool1d.Options
---@return ecgraft.Module
function nn.MaxPool1d(kernel, options) end

--- Pooling over time. x (N, L, C).
---
---   nn.AvgPool1d(kernel, {stride = kernel, padding = 0, count_padding = true})     the mean of each window -> (N, Lo, C)
---@param kernel integer
---@param options? ecgraft.nn.AvgPool1d.Options
---@return ecgraft.Module
function nn.AvgPool1d(kernel, options) end

--- Pooling over time. x (N, L, C).
---
---   nn.GlobalAvgPool1d()       the mean over time -> (N, C)
---@return ecgraft.Module
function nn.GlobalAvgPool1d() end

--- Pooling over time. x (N, L, C).
---
---   nn.GlobalMaxPool1d()       the largest over time -> (N, C)
---@return ecgraft.Module
function nn.GlobalMaxPool1d() end

--- Activations without parameters; the result has the shape of the input.
---
---   nn.ReLU()                  max(x, 0)
---@return ecgraft.Module
function nn.ReLU() end

--- Activations without parameters; the result has the shape of the input.
---
---   nn.Tanh()                  the hyperbolic tangent
---@return ecgraft.Module
function nn.Tanh() end

--- Activations without parameters; the result has the shape of the input.
---
---   nn.Sigmoid()               1 / (1 + exp(-x))
---@return ecgraft.Module
function nn.Sigmoid() end

--- Activations without parameters; the result has the shape of the input.
---
---   nn.GELU()                  x times the normal distribution's P(X <= x)
---@return ecgraft.Module
function nn.GELU() end

--- Activations without parameters; the result has the shape of the input.
---
---   nn.SiLU()                  x sigmoid(x)
---@return ecgraft.Module
function nn.SiLU() end

--- Activations without parameters; the result has the shape of the input.
---
---   nn.Softplus()              log(1 + exp(x))
---@return ecgraft.Module
function nn.Softplus() end

--- Activations without parameters; the result has the shape of the input.
---
---   nn.LeakyReLU(slope = 0.01) x where x > 0, else slope x
---@param slope? number
---@return ecgraft.Module
function nn.LeakyReLU(slope) end

--- Activations without parameters; the result has the shape of the input.
---
---   nn.ELU(alpha = 1)          x where x > 0, else alpha (exp(x) - 1)
---@param slope? number
---@return ecgraft.Module
function nn.ELU(slope) end

--- Activations without parameters; the result has the shape of the input.
---
---   nn.Softmax(dim = -1)       exp(x) / sum of exp(x) along a dim, the last by default
---@param dim? integer
---@return ecgraft.Module
function nn.Softmax(dim) end

--- nn.Dropout(p = 0.5): in training each value is 0 with probability p, the others are divided by 1 - p (Srivastava et al. 2014).
---@param p? number
---@return ecgraft.Module
function nn.Dropout(p) end

--- Layers that only look at a tensor in another way.
---
---   nn.Flatten()    (N, ...) -> (N, rest): all dims but the first made one
---@return ecgraft.Module
function nn.Flatten() end

--- Layers that only look at a tensor in another way.
---
---   nn.Identity()   x as it is
---@return ecgraft.Module
function nn.Identity() end

--- Recurrent layers: nn.LSTM(inputs, hidden, {layers = 1, bidirectional = false, dropout = 0, recompute = false}), nn.GRU(inputs, hidden,
--- {...}) likewise. x (N, L, inputs) -> y (N, L, hidden), or 2 * hidden where bidirectional: forward first.
--- net(x [, state]) --> y, state; a state is a list, one entry a layer and direction: {h = (N, hidden), c = (N, hidden) for the LSTM}.
--- Hochreiter & Schmidhuber 1997, Cho et al. 2014; equations, gate order (i f g o; r z n) and parameter names as in PyTorch.
--- recompute = true computes the gates again in backward: a third of the memory for some time.
---@param inputs integer
---@param hidden integer
---@param options? ecgraft.nn.LSTM.Options
---@return ecgraft.Module
function nn.LSTM(inputs, hidden, options) end

--- Recurrent layers: nn.LSTM(inputs, hidden, {layers = 1, bidirectional = false, dropout = 0, recompute = false}), nn.GRU(inputs, hidden,
--- {...}) likewise. x (N, L, inputs) -> y (N, L, hidden), or 2 * hidden where bidirectional: forward first.
--- net(x [, state]) --> y, state; a state is a list, one entry a layer and direction: {h = (N, hidden), c = (N, hidden) for the LSTM}.
--- Hochreiter & Schmidhuber 1997, Cho et al. 2014; equations, gate order (i f g o; r z n) and parameter names as in PyTorch.
--- recompute = true computes the gates again in backward: a third of the memory for some time.
---@param inputs integer
---@param hidden integer
---@param options? ecgraft.nn.GRU.Options
---@return ecgraft.Module
function nn.GRU(inputs, hidden, options) end

--- nn.AttentionPool1d(channels): x (N, L, C) -> (N, C), the mean over time weighted by softmax(v' tanh(W x + b)):
--- additive attention with one query (Bahdanau et al. 2015; as pooling: Yang et al. 2016).
---@param channels integer
---@return ecgraft.Module
function nn.AttentionPool1d(channels) end

--- Layers that are made of layers.
---
---   nn.Sequential{a, b, ...}   one after the other; children are named "0", "1" ... as in PyTorch's files; net[1] is the first, #net
---                              how many
---@param layers ecgraft.Module[]
---@return ecgraft.Module
function nn.Sequential(layers) end

--- Layers that are made of layers.
---
---   nn.Residual(body [, shortcut [, {relu = true}]])   relu(body(x) + shortcut(x)); without shortcut x itself is added
---@param body ecgraft.Module
---@param shortcut? ecgraft.Module
---@param options? ecgraft.nn.Residual.Options
---@return ecgraft.Module
function nn.Residual(body, shortcut, options) end

--- Binary cross-entropy of sigmoid(logits), stable for large logits: for labels that do not exclude each other. logits (N, K), targets
--- (N, K) in [0, 1].
---@param logits ecgraft.Tensor
---@param targets ecgraft.Tensor
---@param options? ecgraft.nn.bce_with_logits.Options
---@return ecgraft.Tensor
function nn.bce_with_logits(logits, targets, options) end

--- Cross-entropy of softmax(logits): for one class of many. logits (N, K), targets (N) class numbers from 1, or (N, K) probabilities.
---@param logits ecgraft.Tensor
---@param targets ecgraft.Tensor
---@param options? ecgraft.nn.cross_entropy.Options
---@return ecgraft.Tensor
function nn.cross_entropy(logits, targets, options) end

--- The mean squared error. outputs and targets have one shape.
---@param outputs ecgraft.Tensor
---@param targets ecgraft.Tensor
---@param options? ecgraft.nn.mse.Options
---@return ecgraft.Tensor
function nn.mse(outputs, targets, options) end

--- Registers a tensor that belongs to the state but is not trained. Returns it.
---@param name string
---@param tensor ecgraft.Tensor
---@return ecgraft.Tensor
function Module:buffer(name, tensor) end

--- for name, tensor in net:named_parameters(): in the order of definition; names such as "layer1.0.conv1.weight".
---@return fun(): string, ecgraft.Tensor
function Module:named_parameters() end

--- for name, tensor in net:named_buffers(): running means and the like.
---@return fun(): string, ecgraft.Tensor
function Module:named_buffers() end

--- for name, tensor in net:named_state(): parameters and buffers, in the order of definition.
---@return fun(): string, ecgraft.Tensor
function Module:named_state() end

--- for name, module in net:named_modules(): the net itself under "", then all modules below it.
---@return fun(): string, ecgraft.Module
function Module:named_modules() end

--- The parameters as a list of tensors, frozen ones included.
---@return ecgraft.Tensor[]
function Module:parameters() end

--- The number of trainable and of all values.
---@return integer trained
---@return integer all
function Module:count() end

--- Training mode: dropout drops, batch-norm uses and updates the batch's statistics. Returns the net.
---@return ecgraft.Module
function Module:train() end

--- Evaluation mode. Returns the net.
---@return ecgraft.Module
function Module:eval() end

--- Parameters whose name matches the Lua pattern (default: all) are no longer trained. A batch-norm layer whose weight is
--- frozen keeps its running statistics as well. Returns how many; a pattern that matches nothing is an error.
---@param pattern? string
---@return integer
function Module:freeze(pattern) end

--- The reverse of freeze.
---@param pattern? string
---@return integer
function Module:unfreeze(pattern) end

--- Drops the gradients of all parameters.
function Module:zero_grad() end

--- The state as a table of name -> tensor (parameters and buffers). The tensors share memory with the net: clone() to keep.
---@return table<string, ecgraft.Tensor>
function Module:state() end

--- Copies a state into the net. options.strict (default true): every name must be there on both sides; otherwise names that
--- are missing on either side are passed over. A shape that differs is always an error, and then nothing is changed.
--- Returns {missing = names, unexpected = names}.
---@param state table<string, ecgraft.Tensor>
---@param options? ecgraft.Module.load_state.Options
---@return {missing: string[], unexpected: string[]}
function Module:load_state(state, options) end

--- Calls fn(module, outputs...) after every forward of this module; what it returns is the result. nil removes it.
---@param fn? fun(module: ecgraft.Module, ...: any): any
---@return ecgraft.Module
function Module:on_forward(fn) end

--- Writes the net as an HDF5 model file: parameters, how it is built, and its card (class labels, leads, rate, scaler ...).
--- Returns true, or nil and a message.
---@param path string
---@return true?
---@return string? message
function Module:save(path) end

---@class ecgraft.nn.init
local init = {}

--- fan_in, fan_out of a weight.
---@param tensor ecgraft.Tensor
---@return integer fan_in
---@return integer fan_out
function init.fans(tensor) end

--- Uniform from low to high (0 to 1).
---@param tensor ecgraft.Tensor
---@param low? number
---@param high? number
---@return ecgraft.Tensor
function init.uniform(tensor, low, high) end

--- Normal with this mean and deviation (0 and 1).
---@param tensor ecgraft.Tensor
---@param mean? number
---@param deviation? number
---@return ecgraft.Tensor
function init.normal(tensor, mean, deviation) end

--- One value everywhere.
---@param tensor ecgraft.Tensor
---@param value number
---@return ecgraft.Tensor
function init.constant(tensor, value) end

--- Uniform within 1 / sqrt(fan): PyTorch's default for linear and convolution layers (its kaiming_uniform with a = sqrt 5).
---@param tensor ecgraft.Tensor
---@param fan integer
---@return ecgraft.Tensor
function init.default(tensor, fan) end

--- He et al. 2015: normal with deviation gain / sqrt(fan); {mode = "fan_in" | "fan_out", gain = sqrt 2}.
---@param tensor ecgraft.Tensor
---@param options? ecgraft.nn.init.kaiming_normal.Options
---@return ecgraft.Tensor
function init.kaiming_normal(tensor, options) end

--- The same with a uniform distribution of that deviation.
---@param tensor ecgraft.Tensor
---@param options? ecgraft.nn.init.kaiming_uniform.Options
---@return ecgraft.Tensor
function init.kaiming_uniform(tensor, options) end

--- Glorot & Bengio 2010: uniform within gain * sqrt(6 / (fan_in + fan_out)); {gain = 1}.
---@param tensor ecgraft.Tensor
---@param options? ecgraft.nn.init.xavier_uniform.Options
---@return ecgraft.Tensor
function init.xavier_uniform(tensor, options) end

return nn
