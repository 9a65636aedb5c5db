---@meta ecgraft.models
-- require "ecgraft.models".

---@class ecgraft.models
---@field names string[] the names of all networks
local models = {}

--- A network with a head, as those of eg.models.
---@class ecgraft.Network: ecgraft.Module
---@field head_name string
---@field features fun(self: ecgraft.Network, x: ecgraft.Tensor): ecgraft.Tensor what the head sees, (N, D)
---@field sequence fun(self: ecgraft.Network, x: ecgraft.Tensor): ecgraft.Tensor features over time, (N, T, D)
---@field stages fun(self: ecgraft.Network): string[][] names of the parts from input to head
---@field maps? fun(self: ecgraft.Network, x: ecgraft.Tensor): ecgraft.Tensor of a ResNet: what Grad-CAM looks at
---@field classify? fun(self: ecgraft.Network, maps: ecgraft.Tensor): ecgraft.Tensor of a ResNet: from the maps on

--- {depth = 18 | 50 | 101, leads = 12, classes = 5, width = 64, hidden = 512, mlp = 0, mlp_dropout = 0}; width is the first stage's,
--- hidden the size of fc1; mlp: see head.lua.
---@param options? ecgraft.models.resnet1d18.Options
---@return ecgraft.Network
function models.resnet1d18(options) end

--- {depth = 18 | 50 | 101, leads = 12, classes = 5, width = 64, hidden = 512, mlp = 0, mlp_dropout = 0}; width is the first stage's,
--- hidden the size of fc1; mlp: see head.lua.
---@param options? ecgraft.models.resnet1d50.Options
---@return ecgraft.Network
function models.resnet1d50(options) end

--- {depth = 18 | 50 | 101, leads = 12, classes = 5, width = 64, hidden = 512, mlp = 0, mlp_dropout = 0}; width is the first stage's,
--- hidden the size of fc1; mlp: see head.lua.
---@param options? ecgraft.models.resnet1d101.Options
---@return ecgraft.Network
function models.resnet1d101(options) end

--- {cell = "lstm" | "gru", leads = 12, classes = 5, length = 1000, hidden = 100, layers = 1, bidirectional = false, dropout = 0,
--- head = "flatten" | "mean" | "max" | "last" | "attention", mlp = 0, mlp_dropout = 0, recompute = false}. length (samples a record)
--- matters to "flatten" alone; head says what becomes of the outputs over time, mlp (head.lua) whether a hidden layer follows.
---@param options? ecgraft.models.lstm.Options
---@return ecgraft.Network
function models.lstm(options) end

--- {cell = "lstm" | "gru", leads = 12, classes = 5, length = 1000, hidden = 100, layers = 1, bidirectional = false, dropout = 0,
--- head = "flatten" | "mean" | "max" | "last" | "attention", mlp = 0, mlp_dropout = 0, recompute = false}. length (samples a record)
--- matters to "flatten" alone; head says what becomes of the outputs over time, mlp (head.lua) whether a hidden layer follows.
---@param options? ecgraft.models.bilstm.Options
---@return ecgraft.Network
function models.bilstm(options) end

--- {cell = "lstm" | "gru", leads = 12, classes = 5, length = 1000, hidden = 100, layers = 1, bidirectional = false, dropout = 0,
--- head = "flatten" | "mean" | "max" | "last" | "attention", mlp = 0, mlp_dropout = 0, recompute = false}. length (samples a record)
--- matters to "flatten" alone; head says what becomes of the outputs over time, mlp (head.lua) whether a hidden layer follows.
---@param options? ecgraft.models.gru.Options
---@return ecgraft.Network
function models.gru(options) end

--- Puts a new head for so many classes on a net that has a head_name: models.new_head(net, classes [, {mlp =, mlp_dropout =}]), the
--- options being the network's own unless given (head.lua). Returns the net.
---@param net ecgraft.Module
---@param classes integer
---@param options? ecgraft.models.new_head.Options
---@return ecgraft.Module
function models.new_head(net, classes, options) end

--- Reads weights into a net; every parameter and buffer must be in the file and the other way round, unless {strict = false}.
--- Returns the net, or nil and a message where the file cannot be read.
---@param net ecgraft.Module
---@param path string
---@param options? ecgraft.models.load_safetensors.Options
---@return ecgraft.Module?
---@return string? message
function models.load_safetensors(net, path, options) end

--- Writes a net's weights. Returns true, or nil and a message.
---@param net ecgraft.Module
---@param path string
---@return true?
---@return string? message
function models.save_safetensors(net, path) end

return models
