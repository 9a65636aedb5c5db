--- eg.export.pytorch(net, path): a network as a Python script that stands alone, and its weights as safetensors beside it.
--
-- The script defines the network with torch.nn as one would write it by hand, reads the weights, scales signals as the network's card says,
-- and run by itself prints the logits for a .npy file. It needs torch and numpy, and the package safetensors only if that is there.
local cards = require "ecgraft.export.card"
local check = require "ecgraft.export.check"
local core = require "ecgraft.core"
local describe = require "ecgraft.nn.describe"
local files = require "ecgraft.files"
local layers = require "ecgraft.export.pytorch_layers"
local models = require "ecgraft.export.pytorch_models"
local tensors = require "ecgraft.export.tensors"

local SCRIPT = [==[
"""$TITLE, written by ECGraft $VERSION.

    python $FILE signals.npy            # prints the outputs of each record
$USAGE
signals.npy: $INPUT; with --leads-first
(records, leads, samples). From Python:

    import $MODULE
    net = $MODULE.load()  # with the weights of $WEIGHTS, in evaluation mode
    outputs = net($MODULE.scale(signals))

Needs torch and numpy.$TASK
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

CLASSES = $CLASSES
LEADS = $LEADS
RATE = $RATE  # samples a second
UNITS = $UNITS
WEIGHTS = Path(__file__).with_suffix(".safetensors")


$NETWORK

def read_weights(path):
    """The tensors of a safetensors file, by name."""
    try:
        from safetensors.torch import load_file
    except ImportError:
        return read_safetensors(path)
    return load_file(path)


def read_safetensors(path):
    """The same without the package: eight bytes say how long the JSON is that says where each tensor lies behind it."""
    data = Path(path).read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:begin]).items():
        if name != "__metadata__":
            first, end = entry["data_offsets"]
            values = np.frombuffer(data[begin + first : begin + end], {"F32": "<f4", "F64": "<f8"}[entry["dtype"]])
            tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).astype(np.float32))
    return tensors


def load(path=WEIGHTS):
    """The network with its weights, in evaluation mode."""
    net = $CLASS()
    net.load_state_dict(read_weights(path))
    return net.eval()


$SCALE

def main():
    parser = argparse.ArgumentParser(description="Prints the outputs of the network for ECGs.")
    parser.add_argument("signals", help="a .npy file: $SHAPE")
    parser.add_argument("--leads-first", action="store_true", help="the file has (records, leads, samples)")
    parser.add_argument("--scaled", action="store_true", help="the signals are as scale() gives them")
$OPTION    a = parser.parse_args()
    signals = np.load(a.signals)
    if a.leads_first:
        signals = signals.transpose(0, 2, 1)
    x = torch.from_numpy(np.ascontiguousarray(signals, np.float32)) if a.scaled else scale(signals)
    with torch.no_grad():
        outputs = load()(x)
$SIGMOID    if CLASSES:
        print(",".join(CLASSES))
    for row in outputs.flatten(1).tolist():
        print(",".join(f"{value:.7g}" for value in row))


if __name__ == "__main__":
    main()
]==]

local SCALE = {
  none = [[
def scale(signals):
    """The network takes signals as they are: a tensor of them."""
$CROP    return torch.from_numpy(np.ascontiguousarray(signals, np.float32))
]],
  set = [[
MEAN = $MEAN
DEVIATION = $DEVIATION


def scale(signals):
    """Signals (records, samples, leads)$UNIT as the network takes them, by $WHOSE of its training records."""
$CROP    scaled = (np.asarray(signals, np.float64) - MEAN) / DEVIATION
    return torch.from_numpy(scaled.astype(np.float32))
]],
  record = [[
def scale(signals):
    """Signals (records, samples, leads) as the network takes them: each lead of each record by its own mean and deviation."""
$CROP    x = np.asarray(signals, np.float64)
    x = np.where(np.isfinite(x), x, np.nan)  # missing samples do not count
    mean, deviation = np.nanmean(x, 1, keepdims=True), np.nanstd(x, 1, keepdims=True)
    scaled = (x - mean) / np.where(deviation > 0, deviation, 1)
    return torch.from_numpy(scaled.astype(np.float32))
]],
  minmax = [[
def scale(signals):
    """Signals (records, samples, leads) as the network takes them: each lead of each record to -1 ... 1."""
$CROP    x = np.asarray(signals, np.float64)
    x = np.where(np.isfinite(x), x, np.nan)  # missing samples do not count
    least, most = np.nanmin(x, 1, keepdims=True), np.nanmax(x, 1, keepdims=True)
    span = np.where(most > least, most - least, 1)
    scaled = np.where(most > least, 2 * (x - least) / span - 1, 0 * x)
    return torch.from_numpy(scaled.astype(np.float32))
]],
}

local CROP = [[
    first = (signals.shape[1] - %d) // 2  # the network sees the middle of a record
    signals = signals[:, first : first + %d]
]]

-- Where outputs are logits of classes.
local SIGMOID = {
  USAGE = "    python $FILE signals.npy --sigmoid  # as probabilities\n",
  OPTION = '    parser.add_argument("--sigmoid", action="store_true", help="print probabilities")\n',
  SIGMOID = "    if a.sigmoid:\n        outputs = outputs.sigmoid()\n",
}

local function quoted(text)
  return '"' .. text:gsub('[\\"]', "\\%0"):gsub("%c", function(c) return ("\\x%02x"):format(c:byte()) end) .. '"'
end

local function wrapped(name, parts)
  local line = "[" .. table.concat(parts, ", ") .. "]"
  if #line + #name <= 96 then return line end
  local rows, row = {}, ""
  for _, part in ipairs(parts) do
    if #row + #part > 92 then rows[#rows + 1], row = row, "" end
    row = row .. (row == "" and "" or " ") .. part .. ","
  end
  rows[#rows + 1] = row
  return "[\n    " .. table.concat(rows, "\n    ") .. "\n]"
end

local function strings(name, list)
  if not list then return "None" end
  local parts = {}
  for i, each in ipairs(list) do parts[i] = quoted(tostring(each)) end
  return wrapped(name, parts)
end

local function numbers(name, value)
  if type(value) == "number" then return layers.number(value + 0.0) end
  local parts = {}
  for i, each in ipairs(value) do parts[i] = layers.number(each + 0.0) end
  return "np.array(" .. wrapped(name, parts) .. ")"
end

local function filled(template, values)
  return (template:gsub("%$(%u+)", function(name) return assert(values[name], name) end))
end

local function scale_of(card)
  local scaler = card.scaler
  local values = {CROP = card.crop and CROP:format(card.crop, card.crop) or "", UNIT = card.units and " in " .. card.units or ""}
  if not scaler then return filled(SCALE.none, values) end
  if not scaler.mean then return filled(SCALE[scaler.kind], values) end
  values.MEAN, values.DEVIATION = numbers("MEAN = np.array()", scaler.mean), numbers("DEVIATION = np.array()", scaler.deviation)
  values.WHOSE = scaler.kind == "lead" and "the mean and deviation of each lead" or "the mean and deviation"
  return filled(SCALE.set, values)
end

--- The Python text that defines the network, helpers first, and the name of its class.
local function network_of(net)
  local needed = {}
  local function need(helper) needed[helper] = true end
  local function expression(layer, name)
    local how = check.handler("export.pytorch", layers.classes, name, layer)
    if how.needs then need(how.needs) end
    return how.make(layer, expression, name)
  end
  local text, class
  if models[net._name] then
    text, class = check.handler("export.pytorch", models, "", net)(net, expression, need)
  else
    class = "Network"
    local base, arguments = expression(net, ""):match "^([%w_.]+)%((.*)%)$"
    if net._name ~= "Sequential" and net._name ~= "Residual" then
      arguments = arguments:gsub("\n", "\n        ")
    elseif not arguments:find "^\n" then
      arguments = arguments ~= "" and "\n            " .. arguments .. ",\n        " or ""
    else
      arguments = arguments:gsub("\n", "\n        ")
    end
    text = ([[
class Network(%s):
    """(records, samples, leads) to logits."""

    def __init__(self):
        super().__init__(%s)
]]):format(base, arguments)
  end
  local parts = {}
  for _, helper in ipairs(layers.helpers) do
    if needed[helper.name] then parts[#parts + 1] = helper.text end
  end
  parts[#parts + 1] = text
  return table.concat(parts, "\n\n"), class
end

--- A network that was changed after it was made is not what its options say.
local function check_as_made(net)
  local made, rng = {}, core.rng_state() -- initial values are drawn
  for name, layer in describe.build(describe.plan(net)):named_modules() do made[name] = layer._name end
  core.set_rng_state(rng)
  for name, layer in net:named_modules() do
    if made[name] ~= layer._name then
      error(("export.pytorch: %s was put there after the network was made; build the network with it"):format(check.place(name, layer)), 0)
    end
    made[name] = nil
  end
  local name = next(made)
  if name then error(("export.pytorch: layer '%s' was taken away after the network was made"):format(name), 0) end
end

--- A sentence on what the outputs are, where they are no logits of classes.
local function task_text(task)
  if not task then return "" end
  local text = ("\n\nOutputs are those of the task %s."):format(task.name)
  if type(task.mean) == "table" and type(task.deviation) == "table" then
    text = ("\n\nOutputs are those of the task %s, standardised: times %s plus %s\nthey are in their units."):format(task.name,
      numbers("", task.deviation):match "%b[]", numbers("", task.mean):match "%b[]")
  end
  return text
end

--- The script's text.
local function script(net, path)
  local card, file = cards.plain(net), path:match "[^/]+$"
  local text, class = network_of(net)
  local leads, module = cards.leads(net), file:gsub("%.py$", "")
  local sigmoid = card.task and {USAGE = "", OPTION = "", SIGMOID = ""} or SIGMOID
  return filled(SCRIPT, {
    USAGE = filled(sigmoid.USAGE, {FILE = file}), OPTION = sigmoid.OPTION, SIGMOID = sigmoid.SIGMOID, TASK = task_text(card.task),
    TITLE = (net.model_name or net._name) .. " for ECGs", VERSION = core.version, FILE = file, MODULE = module,
    WEIGHTS = module .. ".safetensors", INPUT = cards.input_text(net, card.samples, leads),
    SHAPE = ("(records, samples, %s leads)"):format(leads or "its"), CLASSES = strings("CLASSES = ", card.classes),
    LEADS = strings("LEADS = ", card.leads), RATE = card.rate and layers.number(card.rate) or "None",
    UNITS = card.units and quoted(card.units) or "None", NETWORK = text, CLASS = class, SCALE = scale_of(card),
  })
end

--- Writes PATH, which ends in .py, and the weights beside it (model.py, model.safetensors), both or none. true, or nil and a message.
-- A layer of a class that is not the library's is an error that names it.
return function(net, path)
  check.network("export.pytorch", net)
  check.path("export.pytorch", path, ".py")
  local name = path:match "([^/]*)%.py$"
  if not name:find "^[%a_][%w_]*$" then
    error(("export.pytorch: the file must have a name that Python can import, of letters, digits and '_', got %q"):format(name .. ".py"), 2)
  end
  local ok, text = pcall(function()
    local written = script(net, path)
    check_as_made(net)
    return written
  end)
  if not ok then error(text, 0) end
  return files.together{
    {(path:gsub("%.py$", ".safetensors")), function(at) return tensors.write_safetensors(net, at) end},
    {path, function(at) return files.write(at, text) end},
  }
end
