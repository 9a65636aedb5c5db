--- eg.export: networks and trainings for other tools.
--
--   eg.export.onnx(net, "model.onnx" [, options])       for onnxruntime and others: export/onnx.lua
--   eg.export.pytorch(net, "model.py")                  a script with torch.nn, and model.safetensors beside it
--   eg.export.safetensors(net, "model.safetensors")     weights in PyTorch's layout; models.from_weights reads them back
--   eg.export.npy(net, "folder")                        the same as one NAME.npy a tensor
--   eg.export.tensorboard("folder")                     a function for fit's option on_epoch
--   eg.export.tensorboard_histories("runs/first", "tb") the histories of a study
--
-- Each returns true (tensorboard: the function; histories: how many), or nil and a message where a file cannot be written. A layer that
-- cannot be exported raises an error that names it. The other way: models.load_weights, models.from_weights.
local tensorboard = require "ecgraft.export.tensorboard"
local tensors = require "ecgraft.export.tensors"

return {
  onnx = require "ecgraft.export.onnx",
  pytorch = require "ecgraft.export.pytorch",
  safetensors = tensors.safetensors,
  npy = tensors.npy,
  tensorboard = tensorboard.on_epoch,
  tensorboard_histories = tensorboard.histories,
}
