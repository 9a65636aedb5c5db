--- Tensors to files and back: eg.save, eg.load. The ending of the path says how:
--   .h5           HDF5: one tensor, or a table of tensors by name
--   .safetensors  the exchange format of PyTorch weights: a table of tensors by name
--   .npy          NumPy's: one tensor
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local arrays = {}

local ALONE = "tensor" -- the name of a single tensor in an HDF5 file

local function kind_of(where, path)
  options.argument(where, 1, "path", path, {type = "string"}, 3)
  local kind = path:match("%.(%w+)$")
  if kind ~= "h5" and kind ~= "safetensors" and kind ~= "npy" then
    error(("%s: the path must end in .h5, .safetensors or .npy, got %s"):format(where, options.show(path)), 3)
  end
  return kind
end

local function is_tensor(value)
  return type(value) == "userdata" and getmetatable(value) == core.tensor_meta
end

-- {{name =, tensor =, dtype =}, ...} in the order of the names.
local function items_of(tensors, dtype)
  local items = {}
  for _, name in ipairs(options.names(tensors)) do
    local tensor = tensors[name]
    if not is_tensor(tensor) then
      error(("save: entry '%s' must be a tensor under a name, got %s"):format(name, options.show(tensor)), 3)
    end
    items[#items + 1] = {name = name, tensor = tensor:detach(), dtype = dtype}
  end
  return items
end

local schema = {dtype = {type = "string", choices = {"float32", "float64", "int8", "int16", "int32", "int64", "uint8"}}}

--- Writes a tensor or a table of tensors: eg.save(path, tensor or {name = tensor, ...} [, {dtype =}]). The file is replaced
-- as a whole. Returns true, or nil and a message.
-- dtype: "float32" (default), "float64", "int8", "int16", "int32", "int64", "uint8"; a value that an integer type cannot hold is an error.
function arrays.save(path, what, given)
  local kind, alone = kind_of("save", path), is_tensor(what)
  if not alone then options.argument("save", 2, "tensors", what, {type = "table"}) end
  local dtype = options.check("save", given, schema).dtype
  if kind == "npy" then
    if not alone then error("save: a .npy file holds one tensor, got a table; use .h5 or .safetensors", 2) end
    return core.store.save_npy(path, what:detach(), {dtype = dtype})
  elseif kind == "safetensors" then
    if alone then error("save: a .safetensors file holds tensors by name, {name = tensor}, got a tensor; use .h5 or .npy", 2) end
    return core.store.save_safetensors(path, items_of(what, dtype), {})
  end
  return core.store.save(path, items_of(alone and {[ALONE] = what} or what, dtype),
    {ecgraft_kind = alone and "tensor" or "tensors", ecgraft_version = core.version})
end

--- eg.load(path): what eg.save was given; of another program's HDF5 or safetensors file a table of its arrays by name (lists where
-- they hold text). nil and a message where the file is missing or damaged.
function arrays.load(path)
  local kind = kind_of("load", path)
  if kind == "npy" then
    local tensor, message = core.store.load_npy(path)
    if not tensor then return nil, message end
    return tensor
  elseif kind == "safetensors" then
    local tensors, message = core.store.load_safetensors(path)
    if not tensors then return nil, message end
    return tensors
  end
  local tensors, attributes = core.store.load(path)
  if not tensors then return nil, attributes end
  return attributes.ecgraft_kind == "tensor" and tensors[ALONE] or tensors
end

return arrays
