local eg = require "ecgraft"
local contract = require "spec.support.layer_contract"
local nn = eg.nn

-- One line a layer: how it is made, the shape that goes in, the shape that comes out.
local layers = {
  Linear = {function() return nn.Linear(5, 3) end, {4, 5}, {4, 3}},
  ["Linear without bias over time"] = {function() return nn.Linear(5, 3, {bias = false}) end, {2, 7, 5}, {2, 7, 3}},
  Conv1d = {function() return nn.Conv1d(3, 5, 3, {padding = 1}) end, {2, 9, 3}, {2, 9, 5}},
  ["Conv1d strided"] = {function() return nn.Conv1d(12, 16, 7, {stride = 2, padding = 3, bias = false}) end, {2, 21, 12}, {2, 11, 16}},
  ["Conv1d dilated in groups"] = {function() return nn.Conv1d(4, 6, 3, {dilation = 2, groups = 2, padding = "same"}) end, {2, 8, 4},
    {2, 8, 6}},
  BatchNorm1d = {function() return nn.BatchNorm1d(4) end, {3, 5, 4}, {3, 5, 4}},
  MaxPool1d = {function() return nn.MaxPool1d(3, {stride = 2, padding = 1}) end, {2, 9, 4}, {2, 5, 4}},
  AvgPool1d = {function() return nn.AvgPool1d(3, {stride = 2, padding = 1, count_padding = false}) end, {2, 9, 4}, {2, 5, 4}},
  GlobalAvgPool1d = {nn.GlobalAvgPool1d, {2, 9, 4}, {2, 4}},
  GlobalMaxPool1d = {nn.GlobalMaxPool1d, {2, 9, 4}, {2, 4}},
  AttentionPool1d = {function() return nn.AttentionPool1d(4) end, {2, 9, 4}, {2, 4}},
  ReLU = {nn.ReLU, {2, 3, 4}, {2, 3, 4}},
  Tanh = {nn.Tanh, {2, 3}, {2, 3}},
  Sigmoid = {nn.Sigmoid, {2, 3}, {2, 3}},
  GELU = {nn.GELU, {2, 3}, {2, 3}},
  SiLU = {nn.SiLU, {2, 3}, {2, 3}},
  Softplus = {nn.Softplus, {2, 3}, {2, 3}},
  LeakyReLU = {function() return nn.LeakyReLU(0.1) end, {2, 3}, {2, 3}},
  ELU = {nn.ELU, {2, 3}, {2, 3}},
  Softmax = {nn.Softmax, {2, 3}, {2, 3}},
  Dropout = {function() return nn.Dropout(0.5) end, {4, 6}, {4, 6}, {random = true}},
  Flatten = {nn.Flatten, {2, 3, 4}, {2, 12}},
  Identity = {nn.Identity, {2, 3}, {2, 3}},
  LSTM = {function() return nn.LSTM(3, 5) end, {2, 7, 3}, {2, 7, 5}},
  ["LSTM of two layers, both ways"] = {function() return nn.LSTM(3, 4, {layers = 2, bidirectional = true}) end, {2, 5, 3}, {2, 5, 8}},
  ["LSTM recomputing its gates"] = {function() return nn.LSTM(3, 5, {recompute = true}) end, {2, 7, 3}, {2, 7, 5}},
  GRU = {function() return nn.GRU(3, 5) end, {2, 7, 3}, {2, 7, 5}},
  ["GRU of two layers, both ways, with dropout"] = {function()
    return nn.GRU(3, 4, {layers = 2, bidirectional = true, dropout = 0.3})
  end, {2, 5, 3}, {2, 5, 8}, {random = true}},
  Sequential = {function()
    return nn.Sequential{nn.Conv1d(3, 4, 3), nn.BatchNorm1d(4), nn.ReLU(), nn.GlobalAvgPool1d(), nn.Linear(4, 2)}
  end, {3, 8, 3}, {3, 2}},
  Residual = {function()
    return nn.Residual(nn.Sequential{nn.Conv1d(4, 4, 3, {padding = 1, bias = false}), nn.BatchNorm1d(4)})
  end, {3, 6, 4}, {3, 6, 4}},
  ["Residual with a shortcut and no ReLU"] = {function()
    return nn.Residual(nn.Conv1d(4, 6, 3, {padding = 1}), nn.Conv1d(4, 6, 1), {relu = false})
  end, {3, 6, 4}, {3, 6, 6}},
}

describe("the layer", function()
  for name, case in pairs(layers) do
    it(name .. " holds to the contract", function() contract(table.unpack(case)) end)
  end

  it("list above has every layer there is", function()
    local tested = {}
    for name in pairs(layers) do tested[name:match "^%w+"] = true end
    for name in pairs(nn) do
      if name:find "^%u" then assert(tested[name], name .. " is not tested") end
    end
  end)

  it("says what is wrong with its arguments", function()
    assert.error_matches(function() nn.Linear(5) end, "nn.Linear: argument 2 %(outputs%) must be integer >= 1, got nil")
    assert.error_matches(function() nn.Conv1d(12, 64, 7, {strid = 2}) end,
      "nn.Conv1d: unknown option 'strid'; known options: bias, dilation, groups, padding, stride")
    assert.error_matches(function() nn.Conv1d(12, 64, 7, {groups = 5}) end, "groups 5 must divide")
    assert.error_matches(function() nn.Dropout(1.5) end, "from 0 to 1")
    assert.error_matches(function() nn.Sequential{nn.ReLU(), 3} end, "entry 2 must be a module, got 3")
    assert.error_matches(function() nn.Conv1d(8, 4, 3)(eg.zeros(2, 9, 12)) end, "conv1d: input has 12 channels, weight expects 8")
  end)
end)

describe("a module of one's own", function()
  local Mine = nn.module "SpecMine"
  function Mine:init(n)
    self.scale = nn.parameter(eg.ones(n))
    self.plain = eg.ones(n)
    self:buffer("seen", eg.zeros(1))
    self.inner = nn.Linear(n, n)
  end
  function Mine:forward(x) return self.inner(x * self.scale) end

  it("is shown as a table like all others, cut to a width", function()
    local describe = require "ecgraft.nn.describe"
    local net = nn.Sequential{nn.Conv1d(12, 64, 7, {stride = 2, padding = 3, bias = false}), nn.ReLU()}
    assert.equal((require("ecgraft.table_text").format(describe.table_value(net)):gsub("\n$", "")), tostring(net))
    assert.matches("^name  layer .-\n────  ─", tostring(net))
    assert.matches("5,376 parameters, all trained$", tostring(net))
    for line in describe.table(net, 70):gmatch "[^\n]+" do assert.is_true(utf8.len(line) <= 70, line) end
    assert.matches("Conv1d(12, 64, 7, {bias = false, ...  ", describe.table(net, 70), 1, true)
  end)

  it("finds its parameters, buffers and modules in the order of definition", function()
    local net, names = Mine(3), {}
    for name in net:named_state() do names[#names + 1] = name end
    assert.same({"scale", "seen", "inner.weight", "inner.bias"}, names)
    assert.equal(3, #net:parameters())
    assert.equal(15, (net:count()))
  end)

  it("loads a state that fits and refuses one that does not, changing nothing", function()
    local a, b = Mine(3), Mine(3)
    b:load_state(a:state())
    assert.is_true(a.inner.weight:equal(b.inner.weight))
    local state, before = Mine(3):state(), b.scale:detach():clone()
    state.scale = eg.full({3}, 9)
    state["inner.bias"] = eg.zeros(4)
    assert.error_matches(function() b:load_state(state) end, "'inner.bias' has shape {4}, the network expects {3}")
    assert.is_true(before:equal(b.scale))
    state["inner.bias"] = nil
    assert.error_matches(function() b:load_state(state) end, "missing: inner.bias; unexpected: none")
    assert.same({"inner.bias"}, b:load_state(state, {strict = false}).missing)
  end)

  it("freezes by pattern; one that matches nothing is an error", function()
    local net = Mine(3)
    assert.equal(2, net:freeze "^inner%.")
    assert.equal(3, (net:count()))
    assert.error_matches(function() net:freeze "nothing" end, "matches no parameter; there are: scale, inner.weight, inner.bias")
  end)

  it("keeps a frozen batch-norm's statistics", function()
    local bn = nn.BatchNorm1d(2)
    bn:train()
    bn:freeze()
    bn(eg.randn(4, 5, 2) + 3)
    assert.is_true(bn.running_mean:equal(eg.zeros(2)))
    bn:unfreeze()
    bn(eg.randn(4, 5, 2) + 3)
    assert.is_false(bn.running_mean:equal(eg.zeros(2)))
  end)

  it("names the module whose output is not finite", function()
    local net = nn.Sequential{nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2)}
    assert.is_nil(nn.find_nonfinite(net, eg.ones(1, 2)))
    eg.no_grad(function() net[3].bias:fill_(1 / 0) end)
    assert.equal("2", nn.find_nonfinite(net, eg.ones(1, 2)))
  end)
end)

describe("a network's file", function()
  it("needs the class of a module of one's own to be defined", function()
    local Odd = nn.module "SpecOdd"
    function Odd:forward(x) return x end -- luacheck: ignore self
    local path = os.tmpname()
    assert(Odd():save(path))
    require("ecgraft.nn.module").classes.SpecOdd = nil
    local net, message = nn.load(path)
    os.remove(path)
    assert.is_nil(net)
    assert.matches("class 'SpecOdd', which is not defined here", message)
  end)

  it("does not make a network that is larger than its arrays", function()
    local core = require "ecgraft.core"
    local path = os.tmpname()
    local function stating(net, from, to)
      assert(net:save(path))
      local tensors, attributes = assert(core.store.load(path))
      local items = {}
      for name, tensor in pairs(tensors) do items[#items + 1] = {name = name, tensor = tensor} end
      attributes.architecture = attributes.architecture:gsub(from, to)
      assert(attributes.architecture:find(to, 1, true))
      assert(core.store.save(path, items, attributes))
      local loaded, message = nn.load(path)
      assert.is_nil(loaded)
      return message
    end
    local too_large = "it is of a much larger one than the arrays of the file"
    assert.matches(too_large, stating(nn.Linear(2, 3), "3", "1000000000"))
    assert.matches(too_large, stating(nn.Sequential{nn.Linear(2, 3)}, "3", "40000000"))
    assert.matches("option 'layers' must be at most 1000", stating(nn.LSTM(2, 3, {layers = 2}), '"layers":2', '"layers":2000000000'))
    os.remove(path)
    assert.is_true(pcall(eg.zeros, 70000000)) -- the limit is gone with the file
  end)

  it("that is missing or no model gives nil and a message", function()
    local net, message = nn.load "/nowhere/model.h5"
    assert.is_nil(net)
    assert.matches("/nowhere/model.h5", message)
  end)
end)
