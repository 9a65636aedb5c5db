--- eg.export: what the files hold. That the tools they are for read them and compute the same: spec/exchange_tools_spec.lua.
local eg = require "ecgraft"
local digest = require "spec.support.digest"
local files = require "ecgraft.files"
local module = require "ecgraft.nn.module"
local pb = require "ecgraft.export.protobuf"
local protobuf = require "spec.support.protobuf"
local temporary = require "spec.support.temporary"
local uv = require "luv"

local models, nn = eg.models, eg.nn
local find = protobuf.find

--- Weights that are the same everywhere: value i of a tensor is ((37 i + 11) mod 101 - 50) / 64.
local function fill(net)
  for _, tensor in net:named_state() do
    local n = tensor:numel()
    local values = {}
    for i = 1, n do values[i] = ((37 * (i - 1) + 11) % 101 - 50) / 64 end
    tensor:detach():copy_(eg.tensor(values):reshape(tensor:shape()))
  end
  return net:eval()
end

--- The parts of an ONNX file: ops in their order, shapes of weights by name, metadata, dims of input and output, the graph's bytes.
local function read_onnx(path)
  local model = protobuf.parse(assert(files.read(path)))
  local graph_bytes = find(model, 7)[1]
  local graph = protobuf.parse(graph_bytes)
  local out = {ops = {}, weights = {}, metadata = {}, graph = graph_bytes, ir = find(model, 1)[1],
    opset = find(protobuf.parse(find(model, 8)[1]), 2)[1]}
  for i, node in ipairs(find(graph, 1)) do out.ops[i] = find(protobuf.parse(node), 4)[1] end
  for _, weight in ipairs(find(graph, 5)) do
    local fields = protobuf.parse(weight)
    out.weights[find(fields, 8)[1]] = find(fields, 1)
  end
  for _, entry in ipairs(find(model, 14)) do
    local fields = protobuf.parse(entry)
    out.metadata[find(fields, 1)[1]] = find(fields, 2)[1]
  end
  for name, number in pairs{input = 11, output = 12} do
    local fields = protobuf.parse(find(graph, number)[1])
    local shape = protobuf.parse(find(protobuf.parse(find(protobuf.parse(find(fields, 2)[1]), 1)[1]), 2)[1])
    local dims = {find(fields, 1)[1]}
    for _, dim in ipairs(find(shape, 1)) do dims[#dims + 1] = protobuf.parse(dim)[1].value end
    out[name] = dims
  end
  return out
end

local function exported(net, given)
  local out
  temporary.folder(function(folder)
    assert(eg.export.onnx(net, folder .. "/x.onnx", given))
    out = read_onnx(folder .. "/x.onnx")
  end)
  return out
end

--- fn() must raise, and its message hold this text.
local function fails(fn, text)
  local ok, message = pcall(fn)
  assert.is_false(ok)
  assert.matches(text, message, 1, true)
end

local function trained(net, given)
  local set = eg.data.synthetic{records = 12, seconds = 5, seed = 1}
  given = given or {}
  given.epochs, given.progress = 1, false
  eg.fit(net, set, given)
  return net, set
end

describe("protocol buffers", function()
  it("are written as their definition says", function()
    assert.equal("\x08\x96\x01", pb.integer(1, 150)) -- the example of the encoding's own page
    assert.equal("\x12\x07testing", pb.bytes(2, "testing"))
    assert.equal("\x1a\x03\x08\x96\x01", pb.message(3, {pb.integer(1, 150)}))
    assert.equal("\x08" .. ("\xff"):rep(9) .. "\x01", pb.integer(1, -1))
    assert.equal("\x15\0\0\x80\x3f", pb.float(2, 1))
    assert.equal("\x09\0\0\0\0\0\0\xf0\x3f", pb.double(1, 1))
    assert.equal("\xa2\x06\0", pb.bytes(100, ""))
  end)
end)

describe("CRC-32C", function()
  it("is that of RFC 3720", function()
    local crc = require "ecgraft.export.crc32c"
    assert.equal(0xe3069283, crc "123456789")
    assert.equal(0x8a9136aa, crc(("\0"):rep(32)))
    assert.equal(0x62a8ab43, crc(("\xff"):rep(32)))
    local up = {}
    for i = 0, 31 do up[#up + 1] = string.char(i) end
    assert.equal(0x46dd794e, crc(table.concat(up)))
    assert.equal(0, crc "")
  end)
end)

describe("export.onnx", function()
  it("keeps names and PyTorch's layout of weights, and says what goes in and out", function()
    local net = fill(nn.Sequential{nn.Conv1d(3, 4, 5, {stride = 2}), nn.BatchNorm1d(4), nn.ReLU(), nn.GlobalAvgPool1d(),
      nn.Linear(4, 2)})
    local file = exported(net)
    assert.same({8, 17}, {file.ir, file.opset})
    assert.same({["0.weight"] = {4, 3, 5}, ["0.bias"] = {4}, ["1.weight"] = {4}, ["1.bias"] = {4}, ["1.running_mean"] = {4},
      ["1.running_var"] = {4}, ["4.weight"] = {2, 4}, ["4.bias"] = {2}}, file.weights)
    -- One transpose, to channels first; nothing goes back.
    assert.same({"Transpose", "Conv", "BatchNormalization", "Relu", "GlobalAveragePool", "Flatten", "Gemm", "Identity"}, file.ops)
    assert.same({"signals", "records", "samples", 3}, file.input)
    assert.same({"logits", "records", 2}, file.output)
    -- The bytes as they were when onnxruntime last ran such files: after a change that is meant, `make check-exchange` comes first.
    assert.equal("f71c50af4b8478f6", digest{file.graph})
  end)

  it("puts recurrent weights in ONNX's order", function()
    local net = fill(nn.Sequential{nn.LSTM(3, 2, {bidirectional = true, layers = 2}), nn.GRU(4, 5), nn.GlobalMaxPool1d()})
    local file = exported(net)
    assert.same({2, 8, 3}, file.weights["0.W_l0"])
    assert.same({2, 8, 4}, file.weights["0.W_l1"])
    assert.same({2, 8, 2}, file.weights["0.R_l1"])
    assert.same({2, 16}, file.weights["0.B_l0"])
    assert.same({1, 15, 4}, file.weights["1.W_l0"])
    assert.same({1, 30}, file.weights["1.B_l0"])
    assert.equal("da07d9ee55cfde0c", digest{file.graph})
  end)

  it("writes the card, and scales inside the graph what is affine", function()
    local net, set = trained(models.resnet1d18{classes = 9, width = 2, hidden = 3}, {scaler = "lead"})
    local file = exported(net)
    assert.equal("Sub", file.ops[1])
    assert.equal("Div", file.ops[2])
    assert.same({12}, file.weights["scaler.mean"])
    local m = file.metadata
    assert.same({set.classes, set.leads}, {files.from_json(m.classes), files.from_json(m.leads)})
    assert.same({"resnet1d18", "100", "mV", "500", "true", "logits"}, {m.model, m.rate, m.units, m.samples, m.scaler_in_graph, m.outputs})
    assert.same(net.card.scaler:state(), files.from_json(m.scaler))
    file = exported(net, {scaler = "outside", sigmoid = true})
    assert.equal("Transpose", file.ops[1])
    assert.same({"false", "probabilities"}, {file.metadata.scaler_in_graph, file.metadata.outputs})
    assert.equal("Sigmoid", file.ops[#file.ops])
    assert.equal("probabilities", file.output[1])
    net.card.scaler = require("ecgraft.data.scaler").new{kind = "minmax"}
    assert.equal("false", exported(net).metadata.scaler_in_graph)
    assert.equal("true", exported(net, {scaler = "inside"}).metadata.scaler_in_graph)
  end)

  it("says what comes out of networks that end in time, or in all of it", function()
    assert.same({"logits", "records", "steps", 3}, exported(nn.Sequential{nn.LSTM(2, 3)}).output)
    assert.same({"logits", "records", "outputs"}, exported(nn.Sequential{nn.Conv1d(2, 3, 3), nn.Flatten()}, {length = 9}).output)
  end)

  it("fixes the length where the network flattens, and there alone", function()
    assert.same({"signals", "records", 70, 12}, exported(models.gru{length = 70, hidden = 2}).input)
    assert.same({"signals", "records", "samples", 12}, exported(models.gru{hidden = 2, head = "mean"}).input)
    assert.same({"signals", "records", 80, 12}, exported(models.gru{hidden = 2, head = "mean"}, {length = 80}).input)
    local own = nn.Sequential{nn.Conv1d(1, 2, 2, {stride = 2}), nn.Flatten(), nn.Linear(8, 3)}
    assert.same({"signals", "records", 8, 1}, exported(own, {length = 8}).input)
    -- Behind a Flatten inputs are leads times samples.
    local flat = nn.Sequential{nn.Flatten(), nn.Linear(24, 5)}
    assert.same({"signals", "records", 8, 3}, exported(flat, {length = 8, leads = 3}).input)
    fails(function() exported(flat, {length = 8}) end, "no layer says how many leads the network takes: give the option leads")
    fails(function() exported(own) end,
      "layer '1' flattens over time, so the file is for one length: give it as the option length")
    fails(function() exported(models.gru{length = 70, hidden = 2}, {length = 9}) end,
      "'length' must be the 70 samples that the network was made for, got 9")
  end)

  it("can do every layer of eg.nn, as export.pytorch can", function()
    local onnx, pytorch = require "ecgraft.export.onnx_layers", require("ecgraft.export.pytorch_layers").classes
    local count = 0
    for name, class in pairs(nn) do
      if type(class) == "table" and rawget(class, "_name") and module.classes[name] == class then
        assert(onnx[name], name .. " has no function in export/onnx_layers.lua")
        assert(pytorch[name], name .. " has no entry in export/pytorch_layers.lua")
        count = count + 1
      end
    end
    assert.is_true(count > 20)
  end)

  it("names what it cannot do", function()
    local Odd = nn.module "SpecOddLayer"
    function Odd:forward(x) return x end -- luacheck: ignore self
    local net = nn.Sequential{nn.Linear(2, 2), nn.Residual(nn.Sequential{Odd()})}
    fails(function() exported(net) end, "export.onnx: layer '1.body.0' (SpecOddLayer) cannot be exported")
    temporary.folder(function(folder)
      fails(function() eg.export.pytorch(net, folder .. "/x.py") end, "layer '1.body.0' (SpecOddLayer) cannot be exported")
      assert.is_false(files.exists(folder .. "/x.py"))
    end)
    module.classes.SpecOddLayer = nil
    local ours = module.classes.BasicBlock
    local Own = nn.module "BasicBlock" -- may do anything between layers that are called as ours
    function Own:init() for i = 1, 2 do self["conv" .. i], self["bn" .. i] = nn.Conv1d(2, 2, 1), nn.BatchNorm1d(2) end end
    fails(function() exported(nn.Sequential{Own()}) end, "layer '0' (BasicBlock) cannot be exported: its class is not one of the library's")
    module.classes.BasicBlock = ours
    local hooked = nn.Sequential{nn.Linear(2, 2)}
    hooked[1]:on_forward(function(_, y) return y end)
    fails(function() exported(hooked) end, "layer '0' (Linear) has a forward hook, which cannot be exported")
    local fine = nn.Linear(2, 2)
    for _, case in ipairs{
      {function() eg.export.onnx(fine, "x.pb") end, 'export.onnx: the path must end in .onnx, got "x.pb"'},
      {function() eg.export.onnx({}, "x.onnx") end, "export.onnx: argument 1 must be a network, got a table"},
      {function() eg.export.onnx(fine, "x.onnx", {opset = 9}) end,
        "export.onnx: unknown option 'opset'; known options: leads, length, scaler"},
      {function() eg.export.onnx(fine, "x.onnx", {scaler = "inside"}) end, "the network's card has no scaler"},
      {function() eg.export.onnx(nn.ReLU(), "x.onnx") end, "no layer says how many leads the network takes"},
      {function() eg.export.pytorch(fine, "my-net.py") end, 'a name that Python can import, of letters, digits and \'_\', got "my-net.py"'},
    } do
      fails(case[1], case[2])
    end
    local ok, message = eg.export.onnx(fine, "/nowhere/at/all/x.onnx")
    assert.is_nil(ok)
    assert.matches("/nowhere/at/all/x.onnx", message, 1, true)
  end)

  it("refuses probabilities of a network that was trained on something else", function()
    local net = models.gru{hidden = 2, head = "mean"}
    rawset(net, "card", {task = {name = "intervals"}})
    fails(function() exported(net, {sigmoid = true}) end,
      "'sigmoid' is for classes; the network was trained on the task intervals")
  end)
end)

describe("export.pytorch", function()
  it("writes the network as one would by hand, and its weights beside it", function()
    temporary.folder(function(folder)
      local net = trained(models.resnet1d50{classes = 9, width = 2, hidden = 3, mlp = 4})
      assert.is_true(eg.export.pytorch(net, folder .. "/net50.py"))
      local text = files.read(folder .. "/net50.py")
      for _, part in ipairs{"class Bottleneck(nn.Module):", "enumerate([3, 4, 6, 3])", "self.fc1 = nn.Linear(channels, 3)", "import net50",
          "self.fc2 = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Dropout(0), nn.Linear(4, 9))", 'CLASSES = ["NORM", "AF"',
          "RATE = 100 ", 'UNITS = "mV"', "(records, 500 samples, 12 leads), in mV, at 100 Hz",
          ("MEAN = %.5g"):format(net.card.scaler.mean)} do
        assert.matches(part, text, 1, true)
      end
      assert.is_nil(text:find("$", 1, true))
      assert.is_nil(text:find "class BasicBlock")
      for line in text:gmatch "[^\n]+" do assert(#line <= 140, line) end
      local back = assert(models.from_weights(folder .. "/net50.safetensors"))
      local x = eg.randn(2, 90, 12)
      assert.is_true(net(x):equal(back(x)))
    end)
  end)

  it("writes script and weights, or neither", function()
    temporary.folder(function(folder)
      local net = nn.Sequential{nn.Linear(2, 3)}
      assert(uv.fs_mkdir(folder .. "/net.py", 448)) -- a folder in the place of the script
      local ok, message = eg.export.pytorch(net, folder .. "/net.py")
      assert.is_nil(ok)
      assert.matches("cannot write '.*net%.py'", message)
      assert.same({"net.py"}, files.names(folder))
      assert(uv.fs_rmdir(folder .. "/net.py"))
      assert(eg.export.pytorch(net, folder .. "/net.py"))
      local weights = files.read(folder .. "/net.safetensors")
      fill(net)
      assert(uv.fs_unlink(folder .. "/net.py"))
      assert(uv.fs_mkdir(folder .. "/net.py", 448))
      assert.is_nil((eg.export.pytorch(net, folder .. "/net.py")))
      assert.equal(weights, files.read(folder .. "/net.safetensors"))
      assert.same({"net.py", "net.safetensors"}, files.names(folder))
    end)
  end)

  it("writes only the helpers that a network of one's own needs", function()
    temporary.folder(function(folder)
      local net = nn.Sequential{nn.Conv1d(2, 3, 5, {padding = "same"}), nn.Residual(nn.Linear(3, 3)), nn.GRU(3, 4), nn.GlobalMaxPool1d(),
        nn.ELU(0.5), nn.Softmax(2)}
      eg.manual_seed(5)
      local before = eg.rng_state()
      assert(eg.export.pytorch(net, folder .. "/own.py"))
      assert.same(before, eg.rng_state()) -- nothing is drawn
      local text = files.read(folder .. "/own.py")
      for _, part in ipairs{"class Network(nn.Sequential):",
          "            Conv1d(2, 3, 5, padding=2),\n            Residual(nn.Linear(3, 3)),\n",
          "            GRU(3, 4, batch_first=True),\n", "nn.ELU(0.5)", "nn.Softmax(dim=1)", "CLASSES = None", "class GRU(nn.GRU)"} do
        assert.matches(part, text, 1, true)
      end
      for _, name in ipairs{"BatchNorm1d", "LSTM", "MaxPool1d", "AttentionPool1d", "ResNet1d"} do
        assert.is_nil(text:find("class " .. name .. "(", 1, true), name)
      end
      -- As the digests above.
      assert.equal("ff03d649c9b588b6", digest{(text:gsub("^[^\n]*\n", ""))})
    end)
  end)

  it("does not write what was changed after it was made", function()
    local net = models.gru{hidden = 2, head = "mean"}
    net.extra = nn.Linear(2, 2)
    fails(function() eg.export.pytorch(net, "x.py") end, "layer 'extra' (Linear) was put there after the network was made")
  end)
end)

describe("export.safetensors and export.npy", function()
  it("keep what builds the network again, with its card", function()
    temporary.folder(function(folder)
      local net = trained(models.bilstm{classes = 9, hidden = 3, head = "last"})
      local x = eg.randn(2, 60, 12)
      for _, way in ipairs{{"safetensors", folder .. "/w.safetensors"}, {"npy", folder .. "/weights"}} do
        assert.is_true(eg.export[way[1]](net, way[2]))
        local back = assert(models.from_weights(way[2]))
        assert.is_false(back.training)
        assert.is_true(net(x):equal(back(x)))
        assert.same(net.card.classes, back.card.classes)
        assert.same(net.card.scaler:state(), back.card.scaler:state())
        assert.equal("bilstm", back.model_name)
      end
      assert.same({12, 12}, eg.load(folder .. "/weights/lstm.weight_ih_l0.npy"):shape())
      local own = nn.Sequential{nn.Conv1d(2, 3, 5)}
      assert(eg.export.npy(own, folder .. "/own"))
      assert.same({3, 2, 5}, eg.load(folder .. "/own/0.weight.npy"):shape()) -- PyTorch's layout
    end)
  end)

  it("say so where a file does not tell what its network is", function()
    temporary.folder(function(folder)
      assert(eg.save(folder .. "/plain.safetensors", {a = eg.ones(2)}))
      local net, message = models.from_weights(folder .. "/plain.safetensors")
      assert.is_nil(net)
      assert.matches("does not say how its network is built", message)
      net, message = models.from_weights(folder .. "/none.safetensors")
      assert.is_nil(net)
      assert.matches("No such file", message)
      assert(require("ecgraft.core").store.save_safetensors(folder .. "/bad.safetensors", {{name = "a", tensor = eg.ones(1)}},
        {ecgraft_architecture = '{"class": "Nothing", "arguments": {}}'}))
      net, message = models.from_weights(folder .. "/bad.safetensors")
      assert.is_nil(net)
      assert.matches("class 'Nothing'", message)
      for _, n in ipairs{"1e999", "-1", "2.5", "1e6", '"x"'} do
        assert(require("ecgraft.core").store.save_safetensors(folder .. "/bad.safetensors", {{name = "a", tensor = eg.ones(1)}},
          {ecgraft_architecture = ('{"class": "Linear", "arguments": {"n": %s, "a1": 2, "a2": 1}}'):format(n)}))
        net, message = models.from_weights(folder .. "/bad.safetensors")
        assert.is_nil(net)
        assert.matches("the description of the network is damaged: Linear has .+ arguments", message)
      end
    end)
  end)
end)

--- The events of a file: {{time, step, {tag = value}}, ...}, with every checksum looked at.
local function read_events(path)
  local crc = require "ecgraft.export.crc32c"
  local function masked(text)
    local sum = crc(text)
    return ((sum >> 15 | sum << 17) + 0xa282ead8) & 0xffffffff
  end
  local bytes, at, list = assert(files.read(path)), 1, {}
  while at <= #bytes do
    local length = string.unpack("<I8", bytes, at)
    assert.equal(masked(bytes:sub(at, at + 7)), (string.unpack("<I4", bytes, at + 8)))
    local data = bytes:sub(at + 12, at + 11 + length)
    assert.equal(masked(data), (string.unpack("<I4", bytes, at + 12 + length)))
    local fields, values = protobuf.parse(data), {}
    for _, value in ipairs(find(protobuf.parse(find(fields, 5)[1] or ""), 1)) do
      local parts = protobuf.parse(value)
      values[find(parts, 1)[1]] = find(parts, 2)[1]
    end
    list[#list + 1] = {time = find(fields, 1)[1], step = find(fields, 2)[1], version = find(fields, 3)[1], values = values}
    at = at + 16 + length
  end
  return list
end

local function only_file(folder)
  local found
  for name in require("lfs").dir(folder) do
    if name:find "tfevents" then
      assert.is_nil(found)
      found = folder .. "/" .. name
    end
  end
  return assert(found)
end

describe("export.tensorboard", function()
  it("adds an event for each epoch of a training", function()
    temporary.folder(function(folder)
      local set = eg.data.synthetic{records = 30, seconds = 5, seed = 1}
      local parts = set:split{train = 0.6, val = 0.4, by = "patient", seed = 1}
      local net = models.gru{classes = #set.classes, hidden = 2, head = "mean"}
      local history = eg.fit(net, parts.train, {val = parts.val, epochs = 2, progress = false, checkpoint = folder .. "/run",
        on_epoch = assert(eg.export.tensorboard(folder .. "/tb/first"))})
      local list = read_events(only_file(folder .. "/tb/first"))
      assert.equal("brain.Event:2", list[1].version)
      assert.equal(3, #list)
      for i, row in ipairs(history) do
        assert.equal(i, list[i + 1].step)
        assert.is_true(math.abs(list[i + 1].values["loss/train"] - row.train_loss) < 1e-6)
        assert.is_true(math.abs(list[i + 1].values["score/val"] - row.val_score) < 1e-6)
        assert.same({"loss/train", "loss/val", "lr", "score/val", "seconds"}, require("ecgraft.options").names(list[i + 1].values))
        assert.is_true(list[i + 1].time >= list[i].time)
      end
      -- The same from the history, again and again the same file.
      for _ = 1, 2 do assert.equal(1, eg.export.tensorboard_histories(folder .. "/run", folder .. "/again")) end
      local again = read_events(only_file(folder .. "/again"))
      assert.equal(3, #again)
      assert.is_true(math.abs(again[3].values["loss/val"] - history[2].val_loss) < 1e-5)
    end)
  end)

  it("does not take the epochs of a second training for those of the first", function()
    temporary.folder(function(folder)
      local set = eg.data.synthetic{records = 12, seconds = 5, seed = 1}
      local function train(epochs, log)
        local net = models.gru{classes = #set.classes, hidden = 2, head = "mean"}
        return eg.fit(net, set, {epochs = epochs, progress = false, on_epoch = log})
      end
      local shared = assert(eg.export.tensorboard(folder .. "/a"))
      train(2, shared)
      fails(function() train(1, shared) end,
        ("export.tensorboard: the function for '%s/a' is that of one training and has written epoch 2, then came epoch 1"):format(folder))
      assert.equal(3, #read_events(only_file(folder .. "/a")))
      shared{epoch = 3, train_loss = 0.5} -- it goes on
      assert.equal(4, #read_events(only_file(folder .. "/a")))
      train(1, assert(eg.export.tensorboard(folder .. "/b")))
      assert.equal(2, #read_events(only_file(folder .. "/b")))
    end)
  end)

  it("makes a folder of each run of a study", function()
    temporary.folder(function(folder)
      for _, run in ipairs{"a", "b"} do
        temporary.write(("%s/study/runs/%s/history.csv"):format(folder, run),
          "epoch,train_loss,val_loss,val_score,lr,seconds\n1,0.5,,,0.001,2.00\n2,0.25,0.75,0.875,0.001,2.00\n")
      end
      assert.equal(2, eg.export.tensorboard_histories(folder .. "/study", folder .. "/tb"))
      for _, run in ipairs{"a", "b"} do
        local list = read_events(only_file(folder .. "/tb/" .. run))
        assert.same({["loss/train"] = 0.5, lr = list[2].values.lr, seconds = 2}, list[2].values)
        assert.same({0.75, 0.875}, {list[3].values["loss/val"], list[3].values["score/val"]})
        assert.equal(2, list[3].time - list[2].time)
      end
      local count, message = eg.export.tensorboard_histories(folder .. "/tb", folder .. "/x")
      assert.is_nil(count)
      assert.matches("no history.csv", message)
      count, message = eg.export.tensorboard_histories(folder .. "/missing", folder .. "/x")
      assert.is_nil(count)
      assert.matches("missing", message)
      temporary.write(folder .. "/odd/history.csv", "epoch,train_loss\nfirst,0.5\n")
      count, message = eg.export.tensorboard_histories(folder .. "/odd", folder .. "/x")
      assert.is_nil(count)
      assert.matches('row 1: expected an epoch, got "first"', message)
    end)
  end)
end)
