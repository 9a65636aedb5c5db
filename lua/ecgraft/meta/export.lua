---@meta ecgraft.export
-- require "ecgraft.export".

---@class ecgraft.export
local export = {}

--- Writes a network (in evaluation) as an ONNX file: eg.export.onnx(net, "model.onnx" [, options]). true, or nil and a message.
---   scaler   "auto" (default): a scaler of the kinds "set" and "lead", which are affine, goes into the graph, which then takes signals in
---            the card's units; the others stay outside, and the graph takes scaled signals. "inside", "outside": in any case
---   sigmoid  true: probabilities instead of logits. Default false
---   length   samples a record. Default: any number, unless a layer flattens; then what the network or its card says
---   leads    where no layer says how many
--- A layer of a class that is not the library's is an error that names it.
---@param net ecgraft.Module
---@param path string
---@param options? ecgraft.export.onnx.Options
---@return true?
---@return string? message
function export.onnx(net, path, options) end

--- Writes PATH, which ends in .py, and the weights beside it (model.py, model.safetensors), both or none. true, or nil and a message.
--- A layer of a class that is not the library's is an error that names it.
---@param net ecgraft.Module
---@param path string
---@return true?
---@return string? message
function export.pytorch(net, path) end

--- Writes parameters and buffers under their names, and in the file's metadata the architecture and the card.
--- true, or nil and a message.
---@param net ecgraft.Module
---@param path string
---@return true?
---@return string? message
function export.safetensors(net, path) end

--- Writes each parameter and buffer as FOLDER/NAME.npy, and FOLDER/network.json: model, architecture, card. Files of those names are
--- replaced, all or none of them, others stay. true, or nil and a message.
---@param net ecgraft.Module
---@param folder string
---@return true?
---@return string? message
function export.npy(net, folder) end

--- A function for fit's option on_epoch that adds each epoch to an event file in `folder`. nil and a message where the folder cannot be
--- made. A training that goes on from its checkpoint is one curve with what was there before. It is for one training: an epoch that does not
--- come after the last one raises.
---@param folder string
---@return fun(row: ecgraft.Epoch, net: ecgraft.Module): boolean?
function export.tensorboard(folder) end

--- Writes the histories below `from` as event files below `out`: of the folder of a study one folder a run, of the folder of one training
--- `out` itself. Done again, the same files are replaced. Returns how many, or nil and a message.
---@param from string
---@param out string
---@return integer?
---@return string? message
function export.tensorboard_histories(from, out) end

return export
