--- eg.export.safetensors(net, path) and eg.export.npy(net, folder): weights in PyTorch's layout, with what the network is beside them, so
-- that models.from_weights builds it again.
local cards = require "ecgraft.export.card"
local check = require "ecgraft.export.check"
local core = require "ecgraft.core"
local describe = require "ecgraft.nn.describe"
local files = require "ecgraft.files"
local options = require "ecgraft.options"
local weights = require "ecgraft.models.weights"

local tensors = {}

--- How the network is built; nil where that cannot be written (a function among a layer's arguments).
local function architecture(net)
  local ok, plan = pcall(describe.plan, net)
  return ok and plan or nil
end

--- tensors.safetensors for a network that was checked, under any name.
function tensors.write_safetensors(net, path)
  local plan = architecture(net)
  return weights.save(net, path, {metadata = {ecgraft_architecture = plan and files.to_json(plan),
    ecgraft_model = net.model_name or net._name, ecgraft_card = files.to_json(cards.plain(net))}})
end

--- Writes parameters and buffers under their names, and in the file's metadata the architecture and the card.
-- true, or nil and a message.
function tensors.safetensors(net, path)
  check.network("export.safetensors", net)
  check.path("export.safetensors", path, ".safetensors")
  return tensors.write_safetensors(net, path)
end

--- Writes each parameter and buffer as FOLDER/NAME.npy, and FOLDER/network.json: model, architecture, card. Files of those names are
-- replaced, all or none of them, others stay. true, or nil and a message.
function tensors.npy(net, folder)
  check.network("export.npy", net)
  options.argument("export.npy", 2, "folder", folder, {type = "string"})
  local entries = weights.entries(net)
  for _, entry in ipairs(entries) do
    if entry.name:find "/" then
      error(("export.npy: the name '%s' cannot be that of a file; use eg.export.safetensors"):format(entry.name), 2)
    end
  end
  local ok, message = files.make_folder(folder)
  if not ok then return nil, message end
  local list = {}
  for i, entry in ipairs(entries) do
    list[i] = {("%s/%s.npy"):format(folder, entry.name), function(name) return core.store.save_npy(name, entry.tensor) end}
  end
  list[#list + 1] = {folder .. "/network.json", function(name)
    return files.write_json(name, {model = net.model_name or net._name, architecture = architecture(net), card = cards.plain(net)})
  end}
  return files.together(list)
end

return tensors
