--- ecgraft export and ecgraft import at the shell.
local eg = require "ecgraft"
local files = require "ecgraft.files"
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"

local function ecgraft(folder, ...)
  local command = {process.root .. "/bin/ecgraft", ...}
  command.cwd = folder
  return process.lua(command)
end

local function model(folder)
  eg.manual_seed(1)
  local set = eg.data.synthetic{records = 20, hospital = "B", seconds = 5, seed = 1}
  local net = eg.models.resnet1d18{classes = #set.classes, width = 2, hidden = 4}
  eg.fit(net, set, {epochs = 1, progress = false})
  assert(net:save(folder .. "/model.h5"))
  return net, set
end

describe("ecgraft export", function()
  it("goes by the end of the name, or by an option", function()
    temporary.folder(function(folder)
      model(folder)
      for _, case in ipairs{
        {{"model.onnx"}, "model.onnx", "signals in mV; scaler: in the graph"},
        {{"model.onnx", "--sigmoid", "--scaler", "outside", "--force"}, "model.onnx", "probabilities of %d+ classes from scaled signals"},
        {{"--onnx", "other"}, "other.onnx", "logits"},
        {{"net.py"}, "net.safetensors", "net.py, net.safetensors: resnet1d18"},
        {{"w.safetensors"}, "w.safetensors", "w.safetensors: resnet1d18"},
        {{"--npy", "weights"}, "weights/fc2.bias.npy", "weights: resnet1d18"},
      } do
        local code, out, err = ecgraft(folder, "export", "model.h5", table.unpack(case[1]))
        assert.equal("", err)
        assert.equal(0, code)
        assert.is_true(files.exists(folder .. "/" .. case[2]))
        assert.matches(case[3], out)
      end
    end)
  end)

  it("says what is wrong", function()
    temporary.folder(function(folder)
      model(folder)
      for _, case in ipairs{
        {2, {"model.h5", "out"}, "say what to write, by its end"},
        {2, {"model.h5", "out.py", "--sigmoid"}, "--scaler, --sigmoid and --length are for ONNX"},
        {2, {"model.h5", "out.onnx", "--scaler", "maybe"}, "--scaler"},
        {1, {"none.h5", "out.onnx"}, "none.h5"},
        {1, {"model.h5", "my-net.py"}, "a name that Python can import"},
        {1, {"model.h5", "nowhere/at/all.onnx"}, "nowhere/at/all.onnx"},
        {1, {"--tensorboard", ".", "tb"}, "no history.csv"},
      } do
        local code, out, err = ecgraft(folder, "export", table.unpack(case[2]))
        assert.equal(case[1], code)
        assert.equal("", out)
        assert.matches(case[3], err, 1, true)
      end
    end)
  end)

  it("writes histories for TensorBoard", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/run/runs/a/history.csv", "epoch,train_loss,val_loss,val_score,lr,seconds\n1,0.5,,,0.001,2.00\n")
      local code, out = ecgraft(folder, "export", "--tensorboard", "run", "tb")
      assert.equal(0, code)
      assert.equal("tb: 1 history; tensorboard --logdir tb\n", out)
      assert.is_true(files.exists(folder .. "/tb/a/events.out.tfevents.0000000000.ecgraft"))
    end)
  end)
end)

describe("ecgraft import", function()
  it("brings back what export wrote, bit for bit", function()
    temporary.folder(function(folder)
      local net, set = model(folder)
      local expected = eg.predict(net, set)
      for _, way in ipairs{{"w.safetensors"}, {"--npy", "w"}} do
        assert.equal(0, (ecgraft(folder, "export", "model.h5", table.unpack(way))))
        local code, out = ecgraft(folder, "import", way[#way], "-o", "back.h5", "--force")
        assert.equal(0, code)
        assert.matches("^back.h5: resnet1d18, [%d,]+ values\n$", out)
        local back = assert(eg.nn.load(folder .. "/back.h5"))
        assert.is_true(eg.predict(back, set):equal(expected))
        assert.same(net.card.classes, back.card.classes)
      end
    end)
  end)

  it("builds a network for foreign weights, with a map of names and a card", function()
    temporary.folder(function(folder)
      local net = eg.models.gru{classes = 2, leads = 3, hidden = 4, head = "mean"}
      local state = {}
      for name, tensor in net:named_state() do state["encoder." .. name] = tensor end
      assert(eg.save(folder .. "/w.safetensors", state))
      temporary.write(folder .. "/map.csv", "^encoder%.,\n")
      temporary.write(folder .. "/card.json", '{"rate": 250, "samples": 500, "scaler": {"kind": "set", "mean": 0, "deviation": 0.5}}')
      local code, out, err = ecgraft(folder, "import", "w.safetensors", "--model", "gru", "--leads", "I,II,V1", "--classes", "A,B",
        "--option", "head=mean", "--option", "hidden=4", "--names", "map.csv", "--card", "card.json", "-o", "m.h5")
      assert.equal("", err)
      assert.equal(0, code)
      assert.is_nil(out:find "without")
      local back = assert(eg.nn.load(folder .. "/m.h5"))
      local x = eg.randn(2, 50, 3)
      assert.is_true(net:eval()(x):equal(back(x)))
      assert.same({{"I", "II", "V1"}, {"A", "B"}, 250, 500, "mV"}, {back.card.leads, back.card.classes, back.card.rate, back.card.samples,
        back.card.units})
      assert.equal(0.5, back.card.scaler.deviation)
      -- Without a card it still is a model, and says what it lacks; --like needs none.
      code, out = ecgraft(folder, "import", "w.safetensors", "--model", "gru", "--leads", "3", "--classes", "2", "--option", "head=mean",
        "--option", "hidden=4", "--names", "map.csv", "-o", "n.h5")
      assert.equal(0, code)
      assert.matches("without classes, leads, rate, samples, which 'ecgraft predict' needs", out)
      code, out = ecgraft(folder, "import", "w.safetensors", "--like", "m.h5", "--names", "map.csv", "-o", "o.h5")
      assert.equal(0, code)
      assert.is_nil(out:find "without")
    end)
  end)

  it("keeps what the file has not with --partial, and says so", function()
    temporary.folder(function(folder)
      local net = model(folder)
      local state = net:state()
      state["fc2.weight"], state["fc2.bias"] = nil, nil
      for name, tensor in pairs(state) do
        if tensor:dim() == 3 then state[name] = tensor:transpose(2, 3):contiguous() end
      end
      assert(eg.save(folder .. "/w.safetensors", state))
      local code, _, err = ecgraft(folder, "import", "w.safetensors", "--like", "model.h5", "-o", "m.h5")
      assert.equal(1, code)
      assert.matches("missing (2): fc2.weight, fc2.bias", err, 1, true)
      assert.is_false(files.exists(folder .. "/m.h5"))
      local out
      code, out = ecgraft(folder, "import", "w.safetensors", "--like", "model.h5", "--partial", "-o", "m.h5")
      assert.equal(0, code)
      assert.matches("kept as in model.h5 (2): fc2.weight, fc2.bias", out, 1, true)
    end)
  end)

  it("says what is wrong", function()
    temporary.folder(function(folder)
      assert(eg.save(folder .. "/w.safetensors", {a = eg.ones(2)}))
      temporary.write(folder .. "/card.json", '{"rates": 250}')
      for _, case in ipairs{
        {2, {"w.safetensors"}, "-o: say which model file to write"},
        {2, {"w.safetensors", "-o", "m"}, "must end in .h5, got m"},
        {2, {"w.safetensors", "-o", "m.h5"}, "does not say which network it is of: give --model"},
        {2, {"w.safetensors", "-o", "m.h5", "--model", "resnet"}, "--model: expected one of resnet1d18, resnet1d50"},
        {2, {"w.safetensors", "-o", "m.h5", "--leads", "3"}, "are for --model"},
        {2, {"w.safetensors", "-o", "m.h5", "--model", "gru", "--leads", "I,I"},
          "--leads: expected a number or different names, got 'I,I'"},
        {2, {"w.safetensors", "-o", "m.h5", "--model", "gru", "--option", "hidden"}, "--option: expected KEY=VALUE, got 'hidden'"},
        {1, {"w.safetensors", "-o", "m.h5", "--model", "gru", "--option", "size=3"}, "unknown option 'size'; known options"},
        {1, {"none.safetensors", "-o", "m.h5"}, "No such file"},
        {1, {"none.safetensors", "-o", "m.h5", "--model", "gru"}, "No such file"},
        {1, {"w.safetensors", "-o", "m.h5", "--model", "gru", "--names", "map.csv"}, "map.csv"},
        {1, {"w.safetensors", "-o", "m.h5", "--model", "gru"}, "does not fit the network"},
      } do
        local code, out, err = ecgraft(folder, "import", table.unpack(case[2]))
        assert.equal(case[1], code, err)
        assert.equal("", out)
        assert.matches(case[3], err, 1, true)
      end
      local net = eg.models.gru{classes = 2, leads = 3, hidden = 2, head = "mean"}
      assert(eg.export.safetensors(net, folder .. "/gru.safetensors"))
      local code, _, err = ecgraft(folder, "import", "gru.safetensors", "--card", "card.json", "-o", "m.h5")
      assert.equal(1, code)
      assert.matches("card.json: unknown option 'rates'; known options: classes, crop", err, 1, true)
      code, _, err = ecgraft(folder, "import", "gru.safetensors", "--classes", "A,B,C", "-o", "m.h5")
      assert.equal(1, code)
      assert.matches("the card names 3 classes, the network has 2", err, 1, true)
    end)
  end)
end)
