--- The six networks as ONNX nodes: as export/onnx_layers.lua, for the classes of eg.models. What they do between their layers stands here.
local graph = require "ecgraft.export.onnx_graph"
local layers = require "ecgraft.export.onnx_layers"

local models = {}

local function path(name, field) return name == "" and field or name .. "." .. field end

local function relu(g, name, v) return layers.ReLU(g, nil, name, v) end

--- A residual block whose convolutions are conv1 .. convN.
local function block(count)
  return function(g, layer, name, v, walk)
    local side = layer.downsample and walk(layer.downsample, path(name, "downsample"), v) or v
    local y = v
    for i = 1, count do
      y = walk(layer["conv" .. i], path(name, "conv" .. i), y)
      y = walk(layer["bn" .. i], path(name, "bn" .. i), y)
      if i < count then y = relu(g, name, y) end
    end
    return relu(g, name, graph.like(y, g:node("Add", {y.name, g:as(y.layout, side, name).name}, nil, name)))
  end
end

models.BasicBlock, models.Bottleneck = block(2), block(3)

function models.ResNet1d(g, net, name, v, walk)
  v = walk(net.bn1, path(name, "bn1"), walk(net.conv1, path(name, "conv1"), v))
  v = layers.MaxPool1d(g, {options = {kernel = 3, stride = 2, padding = 1}}, name, relu(g, name, v))
  for stage = 1, 4 do v = walk(net["layer" .. stage], path(name, "layer" .. stage), v) end
  v = layers.GlobalAvgPool1d(g, nil, name, v)
  v = relu(g, name, walk(net.fc1, path(name, "fc1"), v))
  return walk(net.fc2, path(name, "fc2"), v)
end

local heads = {}

function heads.flatten(g, _, name, y) return layers.Flatten(g, nil, name, y) end
function heads.mean(g, _, name, y) return layers.GlobalAvgPool1d(g, nil, name, y) end
function heads.max(g, _, name, y) return layers.GlobalMaxPool1d(g, nil, name, y) end
function heads.attention(_, net, name, y, _, walk) return walk(net.pool, path(name, "pool"), y) end

--- Where each direction has seen the whole record: its last state, forward first.
function heads.last(g, _, name, y, at_end)
  local turned = g:node("Transpose", {at_end}, {{"perm", {1, 0, 2}}}, name)
  return graph.like(y, g:node("Flatten", {turned}, {{"axis", 1}}, name), {rank = 2})
end

function models.RecurrentNet(g, net, name, v, walk)
  local o = net.options
  local y, at_end = layers.recurrent(g, net[o.cell], path(name, o.cell), v)
  return walk(net.fc, path(name, "fc"), heads[o.head](g, net, name, y, at_end, walk))
end

return models
