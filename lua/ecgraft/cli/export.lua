--- ecgraft export MODEL OUT: a model for other tools; ecgraft export --tensorboard FOLDER OUT: a study's histories.
local replace = require "ecgraft.cli.replace"

local command = {
  name = "export", summary = "Write a model for ONNX, PyTorch or NumPy, or a study's histories for TensorBoard.",
  more = [[
The end of OUT says what is written, or an option does:
  .onnx         for onnxruntime and others: signals (records, samples, leads) in, logits out
  .py           a PyTorch script, and the weights beside it as .safetensors
  .safetensors  the weights in PyTorch's layout, with what 'ecgraft import' needs
  --npy         a folder with NAME.npy for each tensor
  --tensorboard event files; MODEL is then the folder of a study or of one training]],
  examples = {
    "ecgraft export model.h5 model.onnx",
    "ecgraft export model.h5 model.onnx --sigmoid --scaler outside",
    "ecgraft export model.h5 model.py && python model.py signals.npy",
    "ecgraft export --npy model.h5 weights",
    "ecgraft export --tensorboard runs/first tb && tensorboard --logdir tb",
  },
}

-- ORDER FORMATS: as the help has them.
local formats = {"onnx", "pytorch", "safetensors", "npy", "tensorboard"}
local endings = {onnx = ".onnx", pytorch = ".py", safetensors = ".safetensors"}

function command.configure(parser)
  parser:argument("model", "A model file (.h5) written by net:save or a study; a folder with --tensorboard.")
  parser:argument("out", "The file or folder to write.")
  replace.configure(parser)
  parser:mutex(
    parser:flag("--onnx", "Write ONNX, whatever OUT is called."),
    parser:flag("--pytorch", "Write a PyTorch script and its weights."),
    parser:flag("--safetensors", "Write the weights as safetensors."),
    parser:flag("--npy", "Write the weights as a folder of .npy files."),
    parser:flag("--tensorboard", "Write histories as TensorBoard's event files."))
  parser:option("--scaler", "ONNX: whether signals are scaled in the graph (auto: where the scaler is one mean and deviation).")
    :choices{"auto", "inside", "outside"}:argname "WHERE"
  parser:flag("--sigmoid", "ONNX: probabilities instead of logits.")
  parser:option("--length", "ONNX: samples a record (default: any; what the network was made for where it flattens).")
    :convert(math.tointeger):argname "N"
end

local function ends_with(text, ending) return text:sub(-#ending) == ending end

local function format_of(a)
  for _, name in ipairs(formats) do if a[name] then return name end end
  for name, ending in pairs(endings) do if ends_with(a.out, ending) then return name end end
end

local function export_histories(a)
  local fail = require("ecgraft.cli").fail
  local count, message = require("ecgraft.export").tensorboard_histories(a.model, a.out)
  if not count then return fail(message) end
  print(("%s: %d %s; tensorboard --logdir %s"):format(a.out, count, count == 1 and "history" or "histories", a.out))
  return 0
end

local function describe(net, format, a)
  local card, scaler = net.card or {}, net.card and net.card.scaler
  local classes = card.classes and ("%d classes"):format(#card.classes) or "outputs"
  local values = require("ecgraft.nn.describe").with_commas(select(2, net:count()))
  if format == "onnx" then
    local inside = scaler and a.scaler ~= "outside" and (a.scaler == "inside" or scaler.mean)
    return ("%s of %s from %s; scaler: %s"):format(a.sigmoid and "probabilities" or "logits", classes,
      inside and "signals in " .. (card.units or "their units") or scaler and "scaled signals" or "signals as they are",
      inside and "in the graph" or scaler and "outside, see the file's metadata" or "none")
  end
  return ("%s, %s values"):format(net.model_name or net._name, values)
end

function command.run(a)
  local cli = require "ecgraft.cli"
  local fail, wrong_usage = cli.fail, cli.wrong_usage
  local format = format_of(a)
  if not format then
    return wrong_usage(("%s: say what to write, by its end (.onnx, .py, .safetensors) or by --onnx, --pytorch, --safetensors, --npy, "
      .. "--tensorboard"):format(a.out))
  elseif format ~= "onnx" and (a.scaler or a.sigmoid or a.length) then
    return wrong_usage("--scaler, --sigmoid and --length are for ONNX")
  end
  if format == "tensorboard" then return export_histories(a) end
  local out = a.out
  if endings[format] and not ends_with(out, endings[format]) then out = out .. endings[format] end
  local weights = format == "pytorch" and (out:gsub("%.py$", ".safetensors")) or nil
  local refusal = replace.refusal(a, out, weights)
  if refusal then return fail(refusal) end
  local net, message = require("ecgraft.nn").load(a.model)
  if not net then return fail(message) end
  local options = format == "onnx" and {scaler = a.scaler, sigmoid = a.sigmoid, length = a.length} or nil
  local ok
  ok, message = require("ecgraft.export")[format](net, out, options)
  if not ok then return fail(message) end
  local beside = weights and ", " .. weights or ""
  print(("%s%s: %s"):format(out, beside, describe(net, format, a)))
  return 0
end

return command
