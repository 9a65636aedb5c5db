--- eg.export.onnx(net, path, options): a network as an ONNX file (github.com/onnx/onnx, onnx.proto), which onnxruntime and others run.
--
-- The graph takes `signals` (records, samples, leads), float32, as the network does, and gives `logits` (records, classes). Weights have
-- their names, in PyTorch's layout; those of recurrent layers are put together as ONNX wants them: W_l0, R_l0, B_l0 ... The file is of
-- opset 17, which runtimes know since 2022, and its metadata says classes, leads, rate, units, samples, scaler (JSON where it is no text).
local cards = require "ecgraft.export.card"
local check = require "ecgraft.export.check"
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local graph = require "ecgraft.export.onnx_graph"
local options = require "ecgraft.options"
local pb = require "ecgraft.export.protobuf"

local OPSET, IR_VERSION = 17, 8
local MOST_BYTES = 2 ^ 31 - 1 -- of a protocol buffer

local handlers = {}
for _, file in ipairs{"onnx_layers", "onnx_models"} do
  for class, handler in pairs(require("ecgraft.export." .. file)) do
    if class:find "^%u" then handlers[class] = handler end
  end
end

local schema = {
  scaler = {type = "string", choices = {"auto", "inside", "outside"}, default = "auto"},
  sigmoid = {type = "boolean", default = false},
  length = {type = "integer", min = 1},
  leads = {type = "integer", min = 1},
}

local affine = {set = true, lead = true}

--- The scaler that goes into the graph, or nil.
local function scaler_of(net, how)
  local scaler = net.card and net.card.scaler
  if how == "outside" then return nil end
  if how == "inside" and not scaler then
    error("export.onnx: scaler = \"inside\": the network's card has no scaler", 3)
  end
  return scaler and (how == "inside" or affine[scaler.kind]) and scaler or nil
end

-- (x - mean) / deviation, by numbers or by lists with one for each lead.
local function add_affine(g, scaler, x)
  local mean, deviation = g:weight("scaler.mean", core.tensor(scaler.mean)), g:weight("scaler.deviation", core.tensor(scaler.deviation))
  return g:node("Div", {g:node("Sub", {x, mean}, nil, "scaler"), deviation}, nil, "scaler")
end

-- y / d where d is above 0; y where it is not.
local function divide(g, y, d)
  local safe = g:node("Where", {g:node("Greater", {d, g:number(0)}, nil, "scaler"), d, g:number(1)}, nil, "scaler")
  return g:node("Div", {y, safe}, nil, "scaler")
end

local function over_time(g, op, x) return g:node(op, {x}, {{"axes", {1}}, {"keepdims", 1}}, "scaler") end

-- Each lead of each record by its own numbers. Unlike Scaler:apply they take in missing samples.
local function add_own(g, scaler, x)
  if scaler.kind == "minmax" then
    local least, most = over_time(g, "ReduceMin", x), over_time(g, "ReduceMax", x)
    local span = g:node("Sub", {most, least}, nil, "scaler")
    local share = divide(g, g:node("Sub", {x, least}, nil, "scaler"), span)
    local scaled = g:node("Sub", {g:node("Mul", {share, g:number(2)}, nil, "scaler"), g:number(1)}, nil, "scaler")
    return g:node("Where", {g:node("Greater", {span, g:number(0)}, nil, "scaler"), scaled, g:number(0)}, nil, "scaler")
  end
  local away = g:node("Sub", {x, over_time(g, "ReduceMean", x)}, nil, "scaler")
  local squares = over_time(g, "ReduceMean", g:node("Mul", {away, away}, nil, "scaler"))
  return divide(g, away, g:node("Sqrt", {squares}, nil, "scaler"))
end

local function metadata(net, scaler, o)
  local list = cards.texts(net)
  list[#list + 1] = {"scaler_in_graph", tostring(scaler ~= nil)}
  list[#list + 1] = {"outputs", o.sigmoid and "probabilities" or "logits"}
  local parts = {}
  for i, pair in ipairs(list) do parts[i] = pb.bytes(14, pb.bytes(1, pair[1]) .. pb.bytes(2, pair[2])) end
  return table.concat(parts)
end

--- The size of the input along time: fixed where a layer flattens, else the name of a size that may vary.
local function length_of(g, net, o)
  if not g.flattens then return o.length or "samples" end
  local own = net.options and net.options.head == "flatten" and net.options.length
  local length = own or o.length or cards.samples(net)
  if not length then
    error(("export.onnx: %s flattens over time, so the file is for one length: give it as the option length"):format(
      g.flattens == "" and "the network" or ("layer '%s'"):format(g.flattens)), 0)
  elseif o.length and o.length ~= length then
    error(("export.onnx: option 'length' must be the %d samples that the network was made for, got %d"):format(length, o.length), 0)
  end
  return length
end

local function check_task(net, o)
  local task = net.card and net.card.task
  if task and o.sigmoid then
    error(("export.onnx: option 'sigmoid' is for classes; the network was trained on the task %s"):format(task.name), 3)
  end
end

--- The file's bytes.
local function model(net, o)
  local leads = o.leads or cards.leads(net)
  if not leads then error("export.onnx: no layer says how many leads the network takes: give the option leads", 0) end
  local scaler = scaler_of(net, o.scaler)
  if scaler and scaler.kind == "lead" and #scaler.mean ~= leads then
    error(("export.onnx: the scaler knows %d leads, the network takes %d"):format(#scaler.mean, leads), 0)
  end
  local g = graph.new()
  g:name "signals"
  local x = "signals"
  if scaler then x = (affine[scaler.kind] and add_affine or add_own)(g, scaler, x) end
  local function walk(layer, name, v) return check.handler("export.onnx", handlers, name, layer)(g, layer, name, v, walk) end
  local v = g:as("last", walk(net, "", {name = x, rank = 3, channels = leads, layout = "last"}), "")
  local output = g:name(o.sigmoid and "probabilities" or "logits")
  g.nodes[#g.nodes + 1] = pb.message(1, {pb.bytes(1, v.name), pb.bytes(2, output), pb.bytes(3, output .. "/out"),
    pb.bytes(4, o.sigmoid and "Sigmoid" or "Identity")})
  local out_dims = {"records", v.channels or "outputs"}
  if v.rank == 3 then table.insert(out_dims, 2, "steps") end
  local parts = g:parts(net.model_name or net._name, {name = "signals", dims = {"records", length_of(g, net, o), leads}},
    {name = output, dims = out_dims})
  return table.concat{pb.integer(1, IR_VERSION), pb.bytes(8, pb.bytes(1, "") .. pb.integer(2, OPSET)), pb.bytes(2, "ecgraft"),
    pb.bytes(3, core.version), pb.message(7, parts), metadata(net, scaler, o)}
end

--- Writes a network (in evaluation) as an ONNX file: eg.export.onnx(net, "model.onnx" [, options]). true, or nil and a message.
--   scaler   "auto" (default): a scaler of the kinds "set" and "lead", which are affine, goes into the graph, which then takes signals in
--            the card's units; the others stay outside, and the graph takes scaled signals. "inside", "outside": in any case
--   sigmoid  true: probabilities instead of logits. Default false
--   length   samples a record. Default: any number, unless a layer flattens; then what the network or its card says
--   leads    where no layer says how many
-- A layer of a class that is not the library's is an error that names it.
return function(net, path, given)
  check.network("export.onnx", net)
  check.path("export.onnx", path, ".onnx")
  local o = options.check("export.onnx", given, schema)
  check_task(net, o)
  local ok, bytes = pcall(model, net, o)
  if not ok then error(bytes, 0) end
  if #bytes > MOST_BYTES then
    return nil, ("cannot write '%s': %d bytes, and an ONNX file without side files holds at most 2 GiB"):format(path, #bytes)
  end
  return files.write(path, bytes)
end
