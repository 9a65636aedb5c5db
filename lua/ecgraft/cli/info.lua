--- ecgraft info FILE: what a file holds.
local command = {name = "info", summary = "Say what a model, checkpoint, prepared dataset, safetensors file or record holds."}

function command.configure(parser)
  parser:argument("file", "The file.")
end

local function list(values, most)
  return table.concat(values, ", ", 1, math.min(#values, most)) .. (#values > most and (", ... (%d)"):format(#values) or "")
end

local function show_model(path)
  local net, message = require("ecgraft.nn").load(path)
  if not net then return nil, message end
  print(net)
  local card = net.card or {}
  if card.classes then print((card.task and "outputs  " or "classes  ") .. table.concat(card.classes, ", ")) end
  if card.task then print("task     " .. card.task.name) end
  if card.leads then print("leads    " .. table.concat(card.leads, ", ")) end
  if card.rate then
    local crop = card.crop and (", of which it sees the middle %d"):format(card.crop) or ""
    print(("input    %d samples at %g Hz, %s%s"):format(card.samples, card.rate, card.units or "mV", crop))
  end
  if card.scaler then print(tostring(card.scaler)) end
  if card.source then print("trained on " .. card.source) end
  return true
end

local function show_checkpoint(attributes)
  local files = require "ecgraft.files"
  print("checkpoint of a training: " .. tostring(attributes.key))
  print(require("ecgraft.train.history").restore(files.from_json(attributes.history)))
  return true
end

local function show_arrays(path, attributes)
  print(path .. ":")
  for _, entry in ipairs(require("ecgraft.core").store.list(path)) do
    print(("  %-40s {%s} %s"):format(entry.name, table.concat(entry.shape, ", "), entry.dtype))
  end
  for _, name in ipairs(require("ecgraft.options").names(attributes)) do
    local value = attributes[name]
    print(("  @%s = %s"):format(name, type(value) == "table" and list(value, 12) or tostring(value):sub(1, 100)))
  end
  return true
end

local function show_hdf5(path)
  local core = require "ecgraft.core"
  local attributes, message = core.store.attributes(path)
  if not attributes then return nil, message end
  if attributes.ecgraft_kind == "model" then return show_model(path) end
  if attributes.ecgraft_kind == "checkpoint" then return show_checkpoint(attributes) end
  if attributes.ecgraft_kind == "dataset" then
    local set
    set, message = require("ecgraft.data").open(path)
    if not set then return nil, message end
    print(set)
    return true
  end
  return show_arrays(path, attributes)
end

local function show_safetensors(path)
  local tensors, message = require("ecgraft.core").store.load_safetensors(path)
  if not tensors then return nil, message end
  local count = 0
  for _, name in ipairs(require("ecgraft.options").names(tensors)) do
    print(("  %-40s {%s}"):format(name, table.concat(tensors[name]:shape(), ", ")))
    count = count + tensors[name]:numel()
  end
  print(require("ecgraft.nn.describe").with_commas(count) .. " values")
  return true
end

local function show_record(path)
  local record, message = require("ecgraft.data").read_record(path)
  if not record then return nil, message end
  print(record)
  if record.codes and #record.codes > 0 then print("codes    " .. table.concat(record.codes, ", ")) end
  for _, comment in ipairs(record.comments) do print("# " .. comment) end
  return true
end

function command.run(a)
  local show = a.file:find("%.h5$") and show_hdf5 or a.file:find("%.safetensors$") and show_safetensors or show_record
  local ok, message = show(a.file)
  if not ok then return require("ecgraft.cli").fail(message) end
  return 0
end

return command
