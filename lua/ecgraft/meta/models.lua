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

--- A residual network for signals, (N, L, leads) -> logits (N, classes): He et al. 2016 with convolutions over time, as Nguyen & Do use it.
--- Any length. `depth` (18, 50 or 101) is in the name of the functions of eg.models: models.resnet1d18{leads = 12, classes = 5, width = 64}.
---@param options? ecgraft.models.resnet1d18.Options
---@return ecgraft.Network
function models.resnet1d18(options) end

--- A residual network for signals, (N, L, leads) -> logits (N, classes): He et al. 2016 with convolutions over time, as Nguyen & Do use it.
--- Any length. `depth` (18, 50 or 101) is in the name of the functions of eg.models: models.resnet1d18{leads = 12, classes = 5, width = 64}.
---@param options? ecgraft.models.resnet1d50.Options
---@return ecgraft.Network
function models.resnet1d50(options) end

--- A residual network for signals, (N, L, leads) -> logits (N, classes): He et al. 2016 with convolutions over time, as Nguyen & Do use it.
--- Any length. `depth` (18, 50 or 101) is in the name of the functions of eg.models: models.resnet1d18{leads = 12, classes = 5, width = 64}.
---@param options? ecgraft.models.resnet1d101.Options
---@return ecgraft.Network
function models.resnet1d101(options) end

--- A recurrent network for signals, (N, L, leads) -> logits (N, classes), as Nguyen & Do use it: models.gru{classes = 5, head = "mean"}.
--- `head` says what becomes of the outputs over time: "flatten" takes all of them, for records of `length` samples only; the others take
--- any length. `cell` ("lstm" or "gru") and, of the bilstm, `bidirectional` are in the name of the functions of eg.models.
---@param options? ecgraft.models.lstm.Options
---@return ecgraft.Network
function models.lstm(options) end

--- A recurrent network for signals, (N, L, leads) -> logits (N, classes), as Nguyen & Do use it: models.gru{classes = 5, head = "mean"}.
--- `head` says what becomes of the outputs over time: "flatten" takes all of them, for records of `length` samples only; the others take
--- any length. `cell` ("lstm" or "gru") and, of the bilstm, `bidirectional` are in the name of the functions of eg.models.
---@param options? ecgraft.models.bilstm.Options
---@return ecgraft.Network
function models.bilstm(options) end

--- A recurrent network for signals, (N, L, leads) -> logits (N, classes), as Nguyen & Do use it: models.gru{classes = 5, head = "mean"}.
--- `head` says what becomes of the outputs over time: "flatten" takes all of them, for records of `length` samples only; the others take
--- any length. `cell` ("lstm" or "gru") and, of the bilstm, `bidirectional` are in the name of the functions of eg.models.
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

--- models.load_weights under its older name.
---@param net ecgraft.Module
---@param path string
---@param options? ecgraft.models.load_safetensors.Options
---@return ecgraft.Module?
---@return string? message
function models.load_safetensors(net, path, options) end

--- Writes a net's weights as safetensors: models.save_safetensors(net, path [, {metadata = {name = text}}]).
--- Returns true, or nil and a message.
---@param net ecgraft.Module
---@param path string
---@param options? ecgraft.models.save_safetensors.Options
---@return true?
---@return string? message
function models.save_safetensors(net, path, options) end

--- Reads weights into a net: models.load_weights(net, path [, {names =, strict = true}]). Every parameter and buffer must be in the file
--- and the other way round, unless {strict = false}; a shape that differs is always an error, and then nothing is changed.
--- names: what names of the file are called here (models/rename.lua), as {{"^module%.", ""}, {"classifier.weight", "fc2.weight"}}.
--- Returns the net and {missing = names, unexpected = names}, or nil and a message where the file cannot be read.
---@param net ecgraft.Module
---@param path string
---@param options? ecgraft.models.load_weights.Options
---@return ecgraft.Module?
---@return {missing: string[], unexpected: string[]}|string
function models.load_weights(net, path, options) end

--- The network of a file that eg.export.safetensors or eg.export.npy wrote, with its weights and card, in evaluation mode:
--- models.from_weights(path). nil and a message where the file cannot be read, or does not say what its network is.
---@param path string
---@return ecgraft.Module?
---@return string? message
function models.from_weights(path) end

return models
