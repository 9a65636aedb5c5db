--- Weights exchanged with PyTorch as safetensors, in PyTorch's layout: a convolution's weight is (out, in / groups, kernel) in the file and
-- (out, kernel, in / groups) here. Everything else has one layout.
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local weights = {}

--- Names of state entries that are convolution weights, of batch-norm layers (for PyTorch's num_batches_tracked).
local function kinds(net)
  local convolutions, norms = {}, {}
  for name, module in net:named_modules() do
    local prefix = name == "" and "" or name .. "."
    if module._name == "Conv1d" then convolutions[prefix .. "weight"] = true end
    if module._name == "BatchNorm1d" then norms[#norms + 1] = prefix .. "num_batches_tracked" end
  end
  return convolutions, norms
end

local load_schema = {strict = {type = "boolean", default = true}}

--- Reads weights into a net; every parameter and buffer must be in the file and the other way round, unless {strict = false}.
-- Returns the net, or nil and a message where the file cannot be read.
function weights.load(net, path, given)
  local o = options.check("models.load_safetensors", given, load_schema)
  local tensors, message = core.store.load_safetensors(path)
  if not tensors then return nil, message end
  local convolutions = kinds(net)
  local state = {}
  for name, tensor in pairs(tensors) do
    if not name:find("num_batches_tracked$") then
      state[name] = (convolutions[name] and tensor:dim() == 3) and tensor:transpose(2, 3) or tensor
    end
  end
  net:load_state(state, {strict = o.strict})
  return net
end

--- Writes a net's weights. Returns true, or nil and a message.
function weights.save(net, path)
  local convolutions, norms = kinds(net)
  local list = {}
  for name, tensor in net:named_state() do
    tensor = tensor:detach()
    list[#list + 1] = {name = name, tensor = convolutions[name] and tensor:transpose(2, 3):contiguous() or tensor}
  end
  for _, name in ipairs(norms) do list[#list + 1] = {name = name, tensor = core.tensor(0)} end
  return core.store.save_safetensors(path, list, {format = "pt"})
end

return weights
