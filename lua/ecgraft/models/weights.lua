--- Weights exchanged with PyTorch, in PyTorch's layout: a convolution's weight is (out, in / groups, kernel) in the file and
-- (out, kernel, in / groups) here. Everything else has one layout.
--
-- Files: .safetensors; .h5 with an array for each name; a folder with a NAME.npy for each.
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local lfs = require "lfs"
local module = require "ecgraft.nn.module"
local options = require "ecgraft.options"
local rename = require "ecgraft.models.rename"

local weights = {}

--- Names of state entries that are convolution weights, of batch-norm layers (for PyTorch's num_batches_tracked).
local function kinds(net)
  local convolutions, norms = {}, {}
  for name, layer in net:named_modules() do
    local prefix = name == "" and "" or name .. "."
    if layer._name == "Conv1d" then convolutions[prefix .. "weight"] = true end
    if layer._name == "BatchNorm1d" then norms[#norms + 1] = prefix .. "num_batches_tracked" end
  end
  return convolutions, norms
end

local function read_folder(path)
  local names, fault = files.names(path)
  if not names then return nil, fault end
  local tensors, list = {}, {}
  for _, file in ipairs(names) do
    if file:find "%.npy$" then list[#list + 1] = file end
  end
  if #list == 0 then return nil, path .. ": expected files NAME.npy in the folder, got none" end
  for _, file in ipairs(list) do
    local tensor, message = core.store.load_npy(path .. "/" .. file)
    if not tensor then return nil, message end
    tensors[file:gsub("%.npy$", "")] = tensor
  end
  return tensors
end

local function read_hdf5(path)
  local arrays, attributes = core.store.load(path)
  if not arrays then return nil, attributes end
  if attributes.ecgraft_kind == "model" then
    return nil, path .. " is a model file of ecgraft's own, not weights from elsewhere: nn.load reads it"
  end
  for name, array in pairs(arrays) do
    if type(array) ~= "userdata" then arrays[name] = nil end -- text
  end
  return arrays
end

local function unknown_kind(path)
  if not files.exists(path) then return nil, ("cannot read %s: No such file or directory"):format(path) end
  return nil, path .. ": weights are read from a .safetensors or .h5 file, or from a folder of NAME.npy files"
end

--- Tensors by name of a file or folder, and the metadata of a .safetensors file; nil and a message where it cannot be read.
local function read(path)
  if path:find "%.safetensors$" then return core.store.load_safetensors(path) end
  if lfs.attributes(path, "mode") == "directory" then return read_folder(path) end
  if path:find "%.h5$" then return read_hdf5(path) end
  return unknown_kind(path)
end

local function shape_text(shape) return "{" .. table.concat(shape, ", ") .. "}" end

local function torch_shape(tensor, convolution)
  local shape = tensor:shape()
  if convolution and #shape == 3 then shape[2], shape[3] = shape[3], shape[2] end
  return shape_text(shape)
end

--- The text that all names of the file begin with, where those of the net are found behind it.
local function common_prefix(state, known)
  local prefix, matches = nil, 0 ---@type string?, integer
  for _, name in ipairs(options.names(state)) do
    local here = name:match "^([%w_]+%.)"
    if not here or (prefix and here ~= prefix) then return nil end
    prefix = here
    if known[name:sub(#here + 1)] then matches = matches + 1 end
  end
  return matches > 0 and prefix or nil
end

local function fault_text(where, path, faults, strict, state, known)
  local lines, shapes = {("%s: %s does not fit the network"):format(where, path)}, faults["other shape"]
  for _, kind in ipairs{"missing", "unexpected"} do
    local list = faults[kind]
    if #list > 0 and strict then lines[#lines + 1] = ("  %s (%d): %s"):format(kind, #list, rename.list(list)) end
  end
  for i = 1, math.min(#shapes, 6) do lines[#lines + 1] = "  shape of " .. shapes[i] end
  if #shapes > 6 then lines[#lines + 1] = ("  ... and %d other shapes"):format(#shapes - 6) end
  local prefix = #faults.missing > 0 and common_prefix(state, known)
  if prefix then
    lines[#lines + 1] = ("  all names of the file begin with \"%s\"; the rule {\"^%s\", \"\"} in names takes that away"):format(prefix,
      (prefix:gsub("%.", "%%.")))
  end
  return table.concat(lines, "\n")
end

--- Puts tensors in PyTorch's layout into a net, or raises with all that does not fit. Returns {missing =, unexpected =}.
local function put(where, net, path, state, strict)
  local convolutions = kinds(net)
  local faults, known, ours = {missing = {}, unexpected = {}, ["other shape"] = {}}, {}, {}
  for name, tensor in net:named_state() do
    known[name] = true
    local given = state[name]
    if not given then table.insert(faults.missing, name)
    else
      ours[name] = convolutions[name] and given:dim() == 3 and given:transpose(2, 3) or given
      local want, got = shape_text(tensor:shape()), shape_text(ours[name]:shape())
      if want ~= got then
        table.insert(faults["other shape"], ("%s is %s, expected %s"):format(name, shape_text(given:shape()),
          torch_shape(tensor, convolutions[name])))
      end
    end
  end
  for _, name in ipairs(options.names(state)) do
    if not known[name] then table.insert(faults.unexpected, name) end
  end
  if #faults["other shape"] > 0 or (strict and #faults.missing + #faults.unexpected > 0) then
    error(fault_text(where, path, faults, strict, state, known), 3)
  end
  if next(ours) == nil and next(known) ~= nil then
    error(("%s: %s has no weight of the network; it has %s, the network %s"):format(where, path, rename.list(options.names(state)),
      rename.list(options.names(known))), 3)
  end
  net:load_state(ours, {strict = false})
  return {missing = faults.missing, unexpected = faults.unexpected}
end

local schema = {
  strict = {type = "boolean", default = true}, -- false: names that are missing on either side are passed over
  names = {type = "table|function"},           -- what names of the file are called here
}

-- PyTorch counts batches, which nothing here needs.
local function without_counts(state)
  for name in pairs(state) do
    if name:find "num_batches_tracked$" then state[name] = nil end
  end
  return state
end

local function check_network(where, net)
  if not module.is(net) then error(("%s: argument 1 must be a network, got %s"):format(where, options.show(net)), 3) end
end

local function loader(where)
  return function(net, path, given)
    check_network(where, net)
    options.argument(where, 2, "path", path, {type = "string"})
    local o = options.check(where, given, schema)
    local tensors, message = read(path)
    if not tensors then return nil, message end
    local ok, state = pcall(rename.tensors, where, tensors, o.names)
    if not ok then error(state, 2) end
    return net, put(where, net, path, without_counts(state), o.strict)
  end
end

--- Reads weights into a net: models.load_weights(net, path [, {names =, strict = true}]). Every parameter and buffer must be in the file
-- and the other way round, unless {strict = false}; a shape that differs is always an error, and then nothing is changed.
-- names: what names of the file are called here (models/rename.lua), as {{"^module%.", ""}, {"classifier.weight", "fc2.weight"}}.
-- Returns the net and {missing = names, unexpected = names}, or nil and a message where the file cannot be read.
weights.load = loader "models.load_weights"

--- models.load_weights under its older name.
weights.load_safetensors = loader "models.load_safetensors"

--- A net's state as a list of {name =, tensor =}, in PyTorch's layout.
function weights.entries(net)
  local convolutions = kinds(net)
  local list = {}
  for name, tensor in net:named_state() do
    tensor = tensor:detach()
    list[#list + 1] = {name = name, tensor = convolutions[name] and tensor:transpose(2, 3):contiguous() or tensor}
  end
  return list
end

local save_schema = {metadata = {type = "table", default = {}}} -- names and texts that the file keeps

--- Writes a net's weights as safetensors: models.save_safetensors(net, path [, {metadata = {name = text}}]).
-- Returns true, or nil and a message.
function weights.save(net, path, given)
  check_network("models.save_safetensors", net)
  options.argument("models.save_safetensors", 2, "path", path, {type = "string"})
  local o = options.check("models.save_safetensors", given, save_schema)
  local list, _, norms = weights.entries(net), kinds(net)
  for _, name in ipairs(norms) do list[#list + 1] = {name = name, tensor = core.tensor(0)} end
  local metadata = {format = "pt"}
  for name, text in pairs(o.metadata) do metadata[name] = text end
  return core.store.save_safetensors(path, list, metadata)
end

--- What a file that was read says of its network, {architecture =, card =, model =} in plain tables; nil and a message.
local function description(path, metadata)
  if metadata then
    if not metadata.ecgraft_architecture then return {} end
    return {architecture = files.from_json(metadata.ecgraft_architecture) or {}, card = files.from_json(metadata.ecgraft_card or "{}"),
      model = metadata.ecgraft_model}
  end
  local about = path .. "/network.json"
  if not files.exists(about) then return {} end
  local value, message = files.read_json(about)
  if not value then return nil, message end
  if type(value) ~= "table" then return nil, about .. ": expected an object" end
  return {architecture = value.architecture, card = value.card, model = type(value.model) == "string" and value.model or nil}
end

--- The network of a file that eg.export.safetensors or eg.export.npy wrote, with its weights and card, in evaluation mode:
-- models.from_weights(path). nil and a message where the file cannot be read, or does not say what its network is.
function weights.from(path)
  options.argument("models.from_weights", 1, "path", path, {type = "string"})
  local tensors, metadata = read(path)
  if not tensors then return nil, metadata end
  local about, message = description(path, metadata)
  if not about then return nil, message end
  if not about.architecture then
    return nil, path .. " does not say how its network is built; build it, and read the weights by models.load_weights"
  end
  local ok, net = pcall(function()
    local built = require("ecgraft.nn.file").build(about.architecture, about.card or {}, about.model, tensors)
    put("models.from_weights", built, path, without_counts(tensors), true)
    return built
  end)
  if not ok then return nil, ("%s: %s"):format(path, tostring(net)) end
  return net
end

return weights
