--- The layers of eg.nn as ONNX nodes: class -> function(g, layer, name, v, walk) -> the value behind it. `name` is the layer's path in the
-- network, `walk(layer, name, v)` does a layer below it. A new layer of the library: a line here.
local core = require "ecgraft.core"
local graph = require "ecgraft.export.onnx_graph"

---@type table<string, fun(g: ecgraft.export.graph, layer: any, name: string, v: table, walk?: any): table, any>
local layers = {}

local function path(name, field) return name == "" and field or name .. "." .. field end

local function pads(o) return {o.padding, o.padding} end

function layers.Conv1d(g, layer, name, v)
  v = g:as("first", v, name)
  local inputs = {v.name, g:weight(path(name, "weight"), layer.weight:detach():transpose(2, 3))} ---@type string[]
  if layer.bias then inputs[3] = g:weight(path(name, "bias"), layer.bias) end
  return graph.like(v, g:node("Conv", inputs, {{"kernel_shape", {layer.kernel}}, {"strides", {layer.stride}}, {"pads", pads(layer)},
    {"dilations", {layer.dilation}}, {"group", layer.groups}}, name), {channels = layer.outputs})
end

function layers.BatchNorm1d(g, layer, name, v)
  v = g:as("first", v, name)
  local inputs = {v.name}
  for _, field in ipairs{"weight", "bias", "running_mean", "running_var"} do
    inputs[#inputs + 1] = g:weight(path(name, field), layer[field])
  end
  return graph.like(v, g:node("BatchNormalization", inputs, {{"epsilon", layer.eps + 0.0}}, name))
end

--- The weight keeps its name and shape (out, in); a runtime turns it once, when it loads the file.
function layers.Linear(g, layer, name, v)
  v = g:as("last", v, name)
  local weight = g:weight(path(name, "weight"), layer.weight)
  local bias = layer.bias and g:weight(path(name, "bias"), layer.bias)
  local out
  if v.rank == 2 then
    out = g:node("Gemm", {v.name, weight, bias}, {{"transB", 1}}, name)
  else
    out = g:node("MatMul", {v.name, g:node("Transpose", {weight}, {{"perm", {1, 0}}}, name)}, nil, name)
    if bias then out = g:node("Add", {out, bias}, nil, name) end
  end
  return graph.like(v, out, {channels = layer.outputs})
end

local function pool(op)
  return function(g, layer, name, v)
    v = g:as("first", v, name)
    local o = layer.options
    local attributes = {{"kernel_shape", {o.kernel}}, {"strides", {o.stride}}, {"pads", pads(o)}, {"ceil_mode", 0}}
    if op == "AveragePool" then attributes[5] = {"count_include_pad", o.count_padding and 1 or 0} end
    return graph.like(v, g:node(op, {v.name}, attributes, name))
  end
end

layers.MaxPool1d, layers.AvgPool1d = pool "MaxPool", pool "AveragePool"

--- Pooling over time, (N, C, L) -> (N, C), by one of ONNX's global pools.
local function over_time(op)
  return function(g, _, name, v)
    v = g:as("first", v, name)
    local pooled = g:node(op, {v.name}, nil, name)
    return graph.like(v, g:node("Flatten", {pooled}, {{"axis", 1}}, name), {rank = 2})
  end
end

layers.GlobalAvgPool1d, layers.GlobalMaxPool1d = over_time "GlobalAveragePool", over_time "GlobalMaxPool"

-- Activations do not ask which layout it is.
for class, op in pairs{ReLU = "Relu", Tanh = "Tanh", Sigmoid = "Sigmoid", Softplus = "Softplus"} do
  layers[class] = function(g, _, name, v) return graph.like(v, g:node(op, {v.name}, nil, name)) end
end

for class, op in pairs{LeakyReLU = "LeakyRelu", ELU = "Elu"} do
  layers[class] = function(g, layer, name, v)
    return graph.like(v, g:node(op, {v.name}, {{"alpha", layer.slope + 0.0}}, name))
  end
end

function layers.SiLU(g, _, name, v)
  return graph.like(v, g:node("Mul", {v.name, g:node("Sigmoid", {v.name}, nil, name)}, nil, name))
end

--- x Phi(x), by the error function; the operator Gelu is of a later opset.
function layers.GELU(g, _, name, v)
  local inner = g:node("Erf", {g:node("Mul", {v.name, g:number(math.sqrt(0.5))}, nil, name)}, nil, name)
  local half = g:node("Mul", {v.name, g:number(0.5)}, nil, name)
  return graph.like(v, g:node("Mul", {half, g:node("Add", {inner, g:number(1)}, nil, name)}, nil, name))
end

function layers.Softmax(g, layer, name, v)
  v = g:as("last", v, name)
  return graph.like(v, g:node("Softmax", {v.name}, {{"axis", layer.dim < 0 and v.rank + layer.dim or layer.dim - 1}}, name))
end

local function unchanged(_, _, _, v) return v end

layers.Dropout, layers.Identity = unchanged, unchanged

--- (N, L, C) -> (N, L * C). What follows was made for one length, so the input's is fixed from here on.
function layers.Flatten(g, _, name, v)
  if v.rank == 2 then return v end
  v = g:as("last", v, name)
  g.flattens = name
  local out = graph.like(v, g:node("Flatten", {v.name}, {{"axis", 1}}, name), {rank = 2})
  out.channels = nil -- so many for each sample of a number that is not known here
  return out
end

function layers.AttentionPool1d(g, layer, name, v, walk)
  local key = walk(layer.key, path(name, "key"), g:as("last", v, name))
  local query = walk(layer.query, path(name, "query"), graph.like(key, g:node("Tanh", {key.name}, nil, name)))
  local weight = g:node("Softmax", {query.name}, {{"axis", 1}}, name)
  local weighted = g:node("Mul", {g:as("last", v, name).name, weight}, nil, name)
  return graph.like(v, g:node("ReduceSum", {weighted, g:integers{1}}, {{"keepdims", 0}}, name), {rank = 2})
end

function layers.Sequential(_, layer, name, v, walk)
  for i = 1, #layer do v = walk(layer[i], path(name, tostring(i - 1)), v) end
  return v
end

function layers.Residual(g, layer, name, v, walk)
  local side = layer.shortcut and walk(layer.shortcut, path(name, "shortcut"), v) or v
  local body = walk(layer.body, path(name, "body"), v)
  local out = graph.like(body, g:node("Add", {body.name, g:as(body.layout, side, name).name}, nil, name))
  return layer.relu and layers.ReLU(g, layer, name, out) or out
end

-- Recurrent layers. ONNX has other orders of gates than PyTorch and we: i o f c for the LSTM (here i f g o), z r h for the GRU (r z n).
local gates = {LSTM = {1, 4, 2, 3}, GRU = {2, 1, 3}}

local function reordered(tensor, order, hidden)
  local parts = {}
  for i, gate in ipairs(order) do parts[i] = tensor:detach():narrow(1, (gate - 1) * hidden + 1, hidden) end
  return core.ops.cat(parts, 1)
end

--- A layer's weights, one direction behind the other, as ONNX has them: W (directions, gates * hidden, in), R, and B, which is both biases.
local function recurrent_weights(g, layer, name, depth)
  local directions, order = layer.bidirectional and {"", "_reverse"} or {""}, gates[layer._name]
  local w, r, b = {}, {}, {}
  for i, direction in ipairs(directions) do
    local suffix = ("_l%d%s"):format(depth, direction)
    w[i] = reordered(layer["weight_ih" .. suffix], order, layer.hidden)
    r[i] = reordered(layer["weight_hh" .. suffix], order, layer.hidden)
    b[i] = core.ops.cat({reordered(layer["bias_ih" .. suffix], order, layer.hidden),
      reordered(layer["bias_hh" .. suffix], order, layer.hidden)}, 1)
  end
  local function add(field, list) return g:weight(path(name, ("%s_l%d"):format(field, depth)), core.ops.stack(list, 1)) end
  return add("W", w), add("R", r), add("B", b)
end

--- All layers of an LSTM or a GRU, between tensors (L, N, channels). Returns the value (N, L, hidden or twice that), and the name of the
-- last layer's states at the end, (directions, N, hidden).
function layers.recurrent(g, layer, name, v)
  v = g:as("last", v, name)
  local directions = layer.bidirectional and 2 or 1
  local x, at_end = g:node("Transpose", {v.name}, {{"perm", {1, 0, 2}}}, name), nil
  for depth = 0, layer.layers - 1 do
    local w, r, b = recurrent_weights(g, layer, name, depth)
    ---@type table[]
    local attributes = {{"hidden_size", layer.hidden}, {"direction", layer.bidirectional and "bidirectional" or "forward"}}
    if layer._name == "GRU" then attributes[3] = {"linear_before_reset", 1} end -- the reset gate acts behind the product, as in PyTorch
    local y
    y, at_end = g:node(layer._name, {x, w, r, b}, attributes, name, 2)
    y = g:node("Transpose", {y}, {{"perm", {0, 2, 1, 3}}}, name) -- (L, directions, N, hidden): both directions side by side
    x = g:node("Reshape", {y, g:integers{0, 0, directions * layer.hidden}}, nil, name)
  end
  local out = g:node("Transpose", {x}, {{"perm", {1, 0, 2}}}, name)
  return graph.like(v, out, {channels = directions * layer.hidden}), at_end
end

-- In a Sequential the states are not looked at.
for _, class in ipairs{"LSTM", "GRU"} do
  layers[class] = function(g, layer, name, v) return (layers.recurrent(g, layer, name, v)) end
end

return layers
