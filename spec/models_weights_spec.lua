--- Weights from elsewhere: models.load_weights with its maps of names, and what it says of files that do not fit.
local eg = require "ecgraft"
local rename = require "ecgraft.models.rename"
local temporary = require "spec.support.temporary"

local models, nn = eg.models, eg.nn

local function small() return models.resnet1d18{leads = 2, classes = 3, width = 2, hidden = 4} end

--- A net's state as PyTorch has it, under other names.
local function foreign(net, change)
  local state = {}
  for _, entry in ipairs(require("ecgraft.models.weights").entries(net)) do
    local name = change(entry.name)
    if name then state[name] = entry.tensor end
  end
  return state
end

local function fails(fn, ...)
  local ok, message = pcall(fn)
  assert.is_false(ok)
  for _, text in ipairs{...} do assert.matches(text, message, 1, true) end
  return message
end

local function same(a, b)
  local x = eg.randn(2, 64, 2)
  assert.is_true(a:eval()(x):equal(b:eval()(x)))
end

describe("models.load_weights", function()
  it("reads safetensors, HDF5 and a folder of .npy", function()
    temporary.folder(function(folder)
      local net = small()
      local state = foreign(net, function(name) return name end)
      assert(eg.save(folder .. "/w.safetensors", state))
      assert(eg.save(folder .. "/w.h5", state, {dtype = "float64"}))
      for name, tensor in pairs(state) do
        temporary.write(folder .. "/npy/x", "")
        assert(eg.save(("%s/npy/%s.npy"):format(folder, name), tensor))
      end
      for _, path in ipairs{"w.safetensors", "w.h5", "npy"} do
        local other = small()
        local back, found = models.load_weights(other, folder .. "/" .. path)
        assert.equal(other, back)
        assert.same({missing = {}, unexpected = {}}, found)
        same(net, other)
      end
    end)
  end)

  it("takes foreign names by patterns, whole names and functions", function()
    temporary.folder(function(folder)
      local net, path = small(), folder .. "/w.safetensors"
      local state = foreign(net, function(name) return "module." .. name:gsub("^fc2%.", "head.") end)
      state["module.extra"] = eg.ones(2)
      assert(eg.save(path, state))
      local maps = {
        {{"^module%.", ""}, {"^head%.", "fc2."}, {"extra", ""}},
        {{"module.extra", ""}, {"^module%.(head)%.(.*)$", "fc2.%2"}, {"^module%.", ""}},
        {["^module%."] = "", ["head.weight"] = "fc2.weight", ["head.bias"] = "fc2.bias", extra = ""},
        function(name)
          if name:find "extra" then return nil end
          return (name:gsub("^module%.", ""):gsub("^head", "fc2"))
        end,
      }
      for _, names in ipairs(maps) do
        local other = small()
        assert(models.load_safetensors(other, path, {names = names}))
        same(net, other)
      end
    end)
  end)

  it("lists all that does not fit, and then changes nothing", function()
    temporary.folder(function(folder)
      local net, path = small(), folder .. "/w.safetensors"
      local before = net.conv1.weight:detach():clone()
      local state = foreign(net, function(name) return name:gsub("^fc2%.", "head.") end)
      state["conv1.weight"], state["fc1.bias"] = eg.ones(2, 7, 2), eg.ones(5)
      assert(eg.save(path, state))
      local message = fails(function() models.load_weights(net, path) end, "missing (2): fc2.weight, fc2.bias",
        "unexpected (2): head.bias, head.weight", "shape of conv1.weight is {2, 7, 2}, expected {2, 2, 7}",
        "shape of fc1.bias is {5}, expected {4}")
      assert.is_nil(message:find "begin with")
      fails(function() models.load_weights(net, path, {strict = false}) end, "shape of fc1.bias")
      assert.is_true(net.conv1.weight:equal(before))
      state["conv1.weight"], state["fc1.bias"] = nil, nil
      assert(eg.save(path, state))
      local _, found = models.load_weights(net, path, {strict = false})
      assert.same({"conv1.weight", "fc1.bias", "fc2.weight", "fc2.bias"}, found.missing)
      assert.same({"head.bias", "head.weight"}, found.unexpected)
    end)
  end)

  it("sees where every name begins with the same word, and where nothing fits", function()
    temporary.folder(function(folder)
      local net, path = small(), folder .. "/w.safetensors"
      assert(eg.save(path, foreign(net, function(name) return "module." .. name end)))
      fails(function() models.load_weights(net, path) end, 'all names of the file begin with "module."', '{"^module%.", ""}')
      fails(function() models.load_weights(net, path, {strict = false}) end, "has no weight of the network")
    end)
  end)

  it("refuses maps that do nothing, or too much", function()
    temporary.folder(function(folder)
      local net, path = small(), folder .. "/w.safetensors"
      assert(eg.save(path, foreign(net, function(name) return name end)))
      local function with(names) return function() models.load_weights(net, path, {names = names}) end end
      fails(with{{"^modul%.", ""}}, 'the pattern "^modul%." matches no name of the file; there are: bn1.bias')
      fails(with{{"fc3.bias", "fc2.bias"}}, 'the name "fc3.bias" matches no name')
      fails(with{{"^fc[12]%.", "fc."}}, "'fc1.bias' and 'fc2.bias' would both be called 'fc.bias'")
      fails(with{{"^fc[%.", "fc."}}, 'names: "^fc[%.", "fc." are not a Lua pattern and what replaces it: malformed pattern')
      fails(with{{"^fc1", "%2"}}, "invalid capture index")
      fails(with{{"fc1.bias"}}, "rule 1 must be a pair of strings")
      fails(with(function() return 3 end), "the function must return a name or nil, got 3 for 'bn1.bias'")
      fails(function() models.load_weights(net, path, {name = {}}) end, "unknown option 'name'; known options: names, strict")
    end)
  end)

  it("says what is no file of weights", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/empty/x", "")
      temporary.write(folder .. "/w.pt", "PK")
      assert(eg.save(folder .. "/one.npy", eg.ones(2)))
      assert(small():save(folder .. "/model.h5"))
      for _, case in ipairs{{"none.safetensors", "No such file"}, {"none", "No such file"}, {"empty", "expected files NAME.npy"},
          {"w.pt", "weights are read from a .safetensors or .h5 file, or from a folder"}, {"one.npy", "or from a folder"},
          {"model.h5", "is a model file of ecgraft's own"}} do
        local net, message = models.load_weights(small(), folder .. "/" .. case[1])
        assert.is_nil(net)
        assert.matches(case[2], message, 1, true)
      end
    end)
  end)

  it("makes one step of whole names in a table, so that two can be exchanged", function()
    temporary.folder(function(folder)
      local path = folder .. "/w.safetensors"
      assert(eg.save(path, {weight = eg.tensor{3, 4}, bias = eg.tensor{{1, 2}, {5, 6}}}))
      local net = nn.Linear(2, 2)
      assert(models.load_weights(net, path, {names = {weight = "bias", bias = "weight"}}))
      assert.same({{1, 2}, {5, 6}}, net.weight:totable())
      assert.same({3, 4}, net.bias:totable())
      fails(function() models.load_weights(net, path, {names = {{"weight", "bias"}, bias = "weight"}}) end,
        'a list of pairs or a table {[from] = to}, not both: "bias" stands in a list')
    end)
  end)

  it("wants a network and a path", function()
    fails(function() models.load_weights(nil, "x.safetensors") end, "models.load_weights: argument 1 must be a network, got nil")
    fails(function() models.save_safetensors({}, "x.safetensors") end, "models.save_safetensors: argument 1 must be a network, got a table")
    fails(function() models.save_safetensors(nn.Linear(2, 2)) end, "models.save_safetensors: argument 2 (path) must be string, got nil")
  end)

  it("keeps PyTorch's count of batches out of it", function()
    temporary.folder(function(folder)
      local net = nn.Sequential{nn.BatchNorm1d(3)}
      local path = folder .. "/w.safetensors"
      assert(models.save_safetensors(net, path))
      assert.is_truthy(eg.load(path)["0.num_batches_tracked"])
      assert(models.load_safetensors(net, path))
    end)
  end)
end)

describe("a map of names in a file", function()
  it("is lines FROM,TO or JSON", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/a.csv", "\239\187\191from,to\r\n^module%.,\r\n\r\n head.bias , fc2.bias\r\n")
      assert.same({{"^module%.", ""}, {"head.bias", "fc2.bias"}}, rename.read(folder .. "/a.csv"))
      temporary.write(folder .. "/a.json", '[["^a", "b"], ["c", "d"]]')
      assert.same({{"^a", "b"}, {"c", "d"}}, rename.read(folder .. "/a.json"))
      temporary.write(folder .. "/b.json", '{"c": "d"}')
      assert.same({c = "d"}, rename.read(folder .. "/b.json"))
      temporary.write(folder .. "/b.csv", "a,b\nonly\n")
      temporary.write(folder .. "/empty.csv", "from,to\n")
      temporary.write(folder .. "/c.json", "[")
      for _, case in ipairs{{"b.csv", 'line 2: expected FROM,TO, got "only"'}, {"empty.csv", "expected lines FROM,TO, got none"},
          {"c.json", "damaged JSON"}, {"x.txt", "must end in .csv or .json"}, {"none.csv", "No such file"}} do
        local rules, message = rename.read(folder .. "/" .. case[1])
        assert.is_nil(rules)
        assert.matches(case[2], message, 1, true)
      end
    end)
  end)
end)
