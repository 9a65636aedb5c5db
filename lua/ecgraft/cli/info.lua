--- ecgraft info FILE: what a file or a folder holds.
local command = {
  name = "info", summary = "Say what a model, checkpoint, prepared dataset, safetensors file, record or folder of records holds.",
  examples = {"ecgraft info model.h5", "ecgraft info ward", "ecgraft info ward/0001.hea", "ecgraft info ward.h5 --json"},
}

function command.configure(parser)
  parser:argument("file", "The file, or a folder of records or files.")
  parser:flag("--json", "The same as JSON; its field \"kind\" says what the file is.")
end

local function list(values, most)
  return table.concat(values, ", ", 1, math.min(#values, most)) .. (#values > most and (", ... (%d)"):format(#values) or "")
end

-- Each of these gives the lines to print and the same as a plain table; nil and a message where the file cannot be read.

local function of_model(path)
  local net, message = require("ecgraft.nn").load(path)
  if not net then return nil, message end
  local card, lines = net.card or {}, {tostring(net)}
  local function say(...) lines[#lines + 1] = string.format(...) end
  if card.classes then say("%s%s", card.task and "outputs  " or "classes  ", table.concat(card.classes, ", ")) end
  if card.task then say("task     %s", card.task.name) end
  if card.leads then say("leads    %s", table.concat(card.leads, ", ")) end
  if card.rate then
    local crop = card.crop and (", of which it sees the middle %d"):format(card.crop) or ""
    say("input    %d samples at %g Hz, %s%s", card.samples, card.rate, card.units or "mV", crop)
  end
  if card.scaler then say("%s", tostring(card.scaler)) end
  if card.source then say("trained on %s", card.source) end
  local trainable, values = net:count()
  return lines, {kind = "model", network = net._name, values = values, trainable = trainable, classes = card.classes,
    task = card.task and card.task.name, leads = card.leads, rate = card.rate, samples = card.samples, units = card.units,
    crop = card.crop, scaler = card.scaler and card.scaler.kind, source = card.source}
end

local function of_checkpoint(path, attributes)
  local plain, message = require("ecgraft.files").from_json(attributes.history)
  if type(plain) ~= "table" or type(plain.rows) ~= "table" then
    return nil, ("%s is a damaged checkpoint: its history: %s"):format(path, message or "expected rows")
  end
  local history = require("ecgraft.train.history").restore(plain)
  return {"checkpoint of a training: " .. tostring(attributes.key), tostring(history)},
    {kind = "checkpoint", training = attributes.key, history = plain}
end

local function of_dataset(path)
  local set, message = require("ecgraft.data").open(path)
  if not set then return nil, message end
  local shape = set:shape()
  return {tostring(set)}, {kind = "dataset", records = #set, samples = shape[2], leads = set.leads, rate = set.rate, units = set.units,
    classes = set.classes, counts = set:counts(), source = set.source}
end

local function of_arrays(path, attributes)
  local lines, arrays = {path .. ":"}, {}
  for i, entry in ipairs(require("ecgraft.core").store.list(path)) do
    lines[#lines + 1] = ("  %-40s {%s} %s"):format(entry.name, table.concat(entry.shape, ", "), entry.dtype)
    arrays[i] = {name = entry.name, shape = entry.shape, dtype = entry.dtype}
  end
  for _, name in ipairs(require("ecgraft.options").names(attributes)) do
    local value = attributes[name]
    lines[#lines + 1] = ("  @%s = %s"):format(name, type(value) == "table" and list(value, 12) or tostring(value):sub(1, 100))
  end
  return lines, {kind = "arrays", arrays = arrays, attributes = attributes}
end

local function of_hdf5(path)
  local attributes, message = require("ecgraft.core").store.attributes(path)
  if not attributes then return nil, message end
  if attributes.ecgraft_kind == "model" then return of_model(path) end
  if attributes.ecgraft_kind == "checkpoint" then return of_checkpoint(path, attributes) end
  if attributes.ecgraft_kind == "dataset" then return of_dataset(path) end
  return of_arrays(path, attributes)
end

local function of_safetensors(path)
  local tensors, message = require("ecgraft.core").store.load_safetensors(path)
  if not tensors then return nil, message end
  local lines, arrays, values = {}, {}, 0
  for i, name in ipairs(require("ecgraft.options").names(tensors)) do
    lines[i] = ("  %-40s {%s}"):format(name, table.concat(tensors[name]:shape(), ", "))
    arrays[i] = {name = name, shape = tensors[name]:shape()}
    values = values + tensors[name]:numel()
  end
  lines[#lines + 1] = require("ecgraft.nn.describe").with_commas(values) .. " values"
  return lines, {kind = "safetensors", arrays = arrays, values = values}
end

local function of_record(path)
  local record, message = require("ecgraft.data").read_record(path)
  if not record then
    local other = require("ecgraft.files").exists(path) and not path:find "%.hea$" and not path:find "%.dat$" and not path:find "%.mat$"
    return nil, other and path .. " is none of what info knows: .h5, .safetensors, or a record's header (.hea)" or message
  end
  local lines = {tostring(record)}
  if record.findings then lines[#lines + 1] = "findings " .. table.concat(record.findings, ", ") end
  if record.codes and #record.codes > 0 then lines[#lines + 1] = "codes    " .. table.concat(record.codes, ", ") end
  for _, comment in ipairs(record.comments) do lines[#lines + 1] = "# " .. comment end
  return lines, {kind = "record", name = record.name, samples = record.signals:size(1), rate = record.rate, leads = record.leads,
    units = record.units, age = record.age, sex = record.sex,
    codes = record.codes, findings = record.findings, comments = record.comments,
    missing = record.missing, saturated = record.saturated}
end

function command.run(a)
  local cli = require "ecgraft.cli"
  local is_folder = require("lfs").attributes(a.file, "mode") == "directory"
  local of = is_folder and require("ecgraft.cli.folder_info").of or a.file:find("%.h5$") and of_hdf5
    or a.file:find("%.safetensors$") and of_safetensors or of_record
  local lines, plain = of(a.file)
  if not lines then return cli.fail(plain) end
  if a.json then return cli.print_json(plain) end
  print(table.concat(lines, "\n"))
  return 0
end

return command
