--- An ONNX graph while it is being written: nodes, weights and the values between them.
--
-- A value is {name =, rank = 2 | 3, channels =, layout = "last" | "first"}: (N, C), or of rank 3 (N, L, C) ("last", as in ECGraft) or
-- (N, C, L) ("first", as ONNX's convolutions want it). Layers ask for the layout they need, so that transposes stand only where it changes.
local core = require "ecgraft.core"
local pb = require "ecgraft.export.protobuf"

---@class ecgraft.export.graph
---@field nodes string[] as protobuf messages
---@field initializers string[] weights, likewise
---@field values table<string, true> names that are taken
---@field weights table<string, true> names of weights
---@field flattens? string the layer that flattens, where there is one
local graph = {}
graph.__index = graph

local FLOAT, INT64 = 1, 7 -- of TensorProto.DataType
local ATTRIBUTE = {float = 1, integer = 2, string = 3, integers = 7} -- of AttributeProto.AttributeType

function graph.new() return setmetatable({nodes = {}, initializers = {}, values = {}, weights = {}}, graph) end

--- A name for a value that is not taken yet.
function graph:name(wanted)
  local name, n = wanted, 1
  while self.values[name] do
    n = n + 1
    name = wanted .. "_" .. n
  end
  self.values[name] = true
  return name
end

local function attribute(name, value)
  local parts = {pb.bytes(1, name)} ---@type string[]
  local kind = type(value) == "table" and "integers" or type(value) == "string" and "string" or math.type(value)
  if kind == "integers" then
    for _, each in ipairs(value) do parts[#parts + 1] = pb.integer(8, each) end
  elseif kind == "string" then parts[2] = pb.bytes(4, value)
  elseif kind == "integer" then parts[2] = pb.integer(3, value)
  else parts[2] = pb.float(2, value) end
  parts[#parts + 1] = pb.integer(20, ATTRIBUTE[kind])
  return table.concat(parts)
end

--- Adds a node: op, the names of its inputs ("" for one that is left out), attributes as a list of {name, value} (integers, floats,
-- strings or lists of integers), the layer it belongs to, and how many outputs it has (1). Returns their names.
function graph:node(op, inputs, attributes, layer, outputs)
  local parts, names = {}, {}
  for _, input in ipairs(inputs) do parts[#parts + 1] = pb.bytes(1, input) end
  local name = self:name(layer == "" and op or layer .. "/" .. op)
  for i = 1, outputs or 1 do
    names[i] = i == 1 and name .. ":0" or ("%s:%d"):format(name, i - 1)
    parts[#parts + 1] = pb.bytes(2, names[i])
  end
  parts[#parts + 1] = pb.bytes(3, name)
  parts[#parts + 1] = pb.bytes(4, op)
  for _, each in ipairs(attributes or {}) do parts[#parts + 1] = pb.bytes(5, attribute(each[1], each[2])) end
  self.nodes[#self.nodes + 1] = pb.message(1, parts)
  return table.unpack(names)
end

local function tensor_proto(name, shape, kind, raw)
  local parts = {}
  for _, size in ipairs(shape) do parts[#parts + 1] = pb.integer(1, size) end
  parts[#parts + 1] = pb.integer(2, kind)
  parts[#parts + 1] = pb.bytes(8, name)
  parts[#parts + 1] = pb.bytes(9, raw)
  return pb.message(5, parts)
end

--- Adds a tensor's values under a name (float32); the same name again is the same weight. Returns the name.
function graph:weight(name, tensor)
  if not self.weights[name] then
    self.weights[name], self.values[name] = true, true
    self.initializers[#self.initializers + 1] = tensor_proto(name, tensor:shape(), FLOAT,
      core.store.tensor_bytes(tensor:detach(), {dtype = "float32"}))
  end
  return name
end

--- Adds a list of integers, as shapes and axes are given. Returns its name.
function graph:integers(list)
  local name = "integers(" .. table.concat(list, ",") .. ")"
  if not self.weights[name] then
    self.weights[name], self.values[name] = true, true
    self.initializers[#self.initializers + 1] = tensor_proto(name, {#list}, INT64,
      string.pack("<" .. ("i8"):rep(#list), table.unpack(list)))
  end
  return name
end

--- Adds a number as a scalar. Returns its name.
function graph:number(value) return self:weight(("number(%.9g)"):format(value), core.tensor(value)) end

--- A value like `v`, with another name and what else differs.
function graph.like(v, name, changes)
  local out = {name = name, rank = v.rank, channels = v.channels, layout = v.layout}
  for key, value in pairs(changes or {}) do out[key] = value end
  return out
end

--- The value in another layout; rank 2 has none.
function graph:as(layout, v, layer)
  if v.rank == 2 or v.layout == layout then return v end
  if not v.turned then
    v.turned = graph.like(v, self:node("Transpose", {v.name}, {{"perm", {0, 2, 1}}}, layer), {layout = layout})
    v.turned.turned = v
  end
  return v.turned
end

local function dim(size) return pb.bytes(1, type(size) == "string" and pb.bytes(2, size) or pb.integer(1, size)) end

local function value_info(number, name, dims)
  local parts = {}
  for i, size in ipairs(dims) do parts[i] = dim(size) end
  local tensor_type = pb.integer(1, FLOAT) .. pb.message(2, parts)
  return pb.message(number, {pb.bytes(1, name), pb.bytes(2, pb.bytes(1, tensor_type))})
end

--- The GraphProto as a list of parts. input, output: {name =, dims = {number or name of a size that may vary, ...}}.
function graph:parts(name, input, output)
  local parts = table.move(self.nodes, 1, #self.nodes, 1, {})
  parts[#parts + 1] = pb.bytes(2, name)
  table.move(self.initializers, 1, #self.initializers, #parts + 1, parts)
  parts[#parts + 1] = value_info(11, input.name, input.dims)
  parts[#parts + 1] = value_info(12, output.name, output.dims)
  return parts
end

return graph
