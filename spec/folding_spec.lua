local eg = require "ecgraft"
local core = require "ecgraft.core"
local folding = require "ecgraft.nn.folding"
local nn, models = eg.nn, eg.models

--- The largest difference of two tensors over the largest value.
local function distance(a, b) return (a - b):abs():max():item() / b:abs():max():item() end

local tolerance = core.scalar == "float64" and 1e-13 or 3e-6 -- folding changes the order of a few roundings

--- A network in evaluation whose running statistics are not those it began with.
local function trained(net, x)
  eg.manual_seed(3)
  net:train()
  for _ = 1, 3 do net(x) end
  for _, tensor in net:named_parameters() do
    if tensor:dim() == 1 then tensor:detach():copy_(eg.uniform({tensor:numel()}, 0.5, 1.5)) end
  end
  return net:eval()
end

describe("folding a batch-norm into its convolution", function()
  before_each(function() eg.manual_seed(1) end)

  for name, net in pairs {
    resnet1d18 = models.resnet1d18 {width = 8, hidden = 16},
    resnet1d50 = models.resnet1d50 {width = 4, hidden = 16},
    ["conv and norm"] = nn.Sequential {nn.Conv1d(12, 7, 5, {stride = 2, padding = 1}), nn.BatchNorm1d(7)},
    ["conv, norm and ReLU, groups and dilation"] = nn.Sequential {
      nn.Conv1d(12, 8, 3, {groups = 4, dilation = 2, bias = false}), nn.BatchNorm1d(8), nn.ReLU(), nn.Flatten()},
    ["a residual"] = nn.Residual(nn.Sequential {nn.Conv1d(12, 12, 3, {padding = 1}), nn.BatchNorm1d(12)}),
  } do
    it("changes no result of " .. name, function()
      local x = eg.randn(5, 130, 12)
      trained(net, x)
      local recorded, folded = net(x), eg.no_grad(net, x)
      assert.is_true(distance(folded, recorded) < tolerance)
      assert.is_false(folded:requires_grad())
    end)
  end

  it("is used in evaluation without recording, and only there", function()
    local conv, norm = nn.Conv1d(12, 8, 3), nn.BatchNorm1d(8)
    local net, x, calls = nn.Sequential {conv, norm}, eg.randn(2, 20, 12), 0
    local folded_conv1d = core.folded_conv1d
    core.folded_conv1d = function(...)
      calls = calls + 1
      return folded_conv1d(...)
    end
    finally(function() core.folded_conv1d = folded_conv1d end)
    net(x)
    eg.no_grad(net, x)
    net:eval()(x)
    assert.are.equal(0, calls)
    eg.no_grad(net, x)
    eg.no_grad(net, x)
    assert.are.equal(1, calls)
  end)

  it("follows changes of the weights, in place and of the tensors themselves", function()
    local conv, norm = nn.Conv1d(12, 8, 3), nn.BatchNorm1d(8)
    local net, x = nn.Sequential {conv, norm}, eg.randn(4, 20, 12)
    trained(net, x)
    local changes = {
      function() conv.weight:detach():copy_(eg.randn(8, 3, 12)) end,
      function() norm.running_mean:copy_(eg.randn(8)) end,
      function() net:load_state(nn.Sequential {nn.Conv1d(12, 8, 3), nn.BatchNorm1d(8)}:state()) end,
      function() conv.bias = eg.randn(8):requires_grad(true) end,
      function() conv.bias = nil end,
      function() norm.eps = 0.5 end,
      function() trained(net, eg.randn(4, 20, 12)) end,
    }
    for _, change in ipairs(changes) do
      eg.no_grad(net, x)
      change()
      assert.is_true(distance(eg.no_grad(net, x), net(x)) < tolerance)
    end
  end)

  it("still calls the hooks of both layers", function()
    local conv, norm = nn.Conv1d(12, 8, 3), nn.BatchNorm1d(8)
    local net, seen = nn.Sequential {conv, norm, nn.ReLU()}:eval(), {}
    conv:on_forward(function(_, y) seen[#seen + 1] = "conv" return y end)
    norm:on_forward(function(_, y) seen[#seen + 1] = "norm" return y end)
    eg.no_grad(net, eg.randn(2, 20, 12))
    assert.are.same({"conv", "norm"}, seen)
  end)

  it("gives the same bits with any number of threads, for any batch size in turn", function()
    local net = trained(models.resnet1d18 {width = 32, hidden = 16}, eg.randn(4, 400, 12))
    local threads = eg.num_threads()
    finally(function() eg.set_num_threads(threads) end)
    for _, batch in ipairs {1, 9, 1} do
      local x, first = eg.randn(batch, 400, 12), nil
      for count = 1, 3 do
        eg.set_num_threads(count)
        local y = eg.no_grad(net, x)
        first = first or y
        assert.are.equal(0, (y - first):abs():max():item())
      end
    end
  end)

  it("says which shapes do not fit", function()
    local net = nn.Sequential {nn.Conv1d(12, 8, 3), nn.BatchNorm1d(8)}:eval()
    assert.has_error(function() eg.no_grad(net, eg.randn(2, 20, 11)) end, "conv1d: input has 11 channels, weight expects 12")
    assert.has_error(function() eg.no_grad(folding.conv_norm, net[1], net[2], eg.randn(2, 20, 12), eg.randn(2, 17, 8)) end,
      "conv1d: the result has shape {2, 18, 8}, the residual {2, 17, 8}; expected the same")
    assert.has_error(function()
      core.folded_conv1d {weight = eg.zeros(8, 3, 12), mean = eg.zeros(7), var = eg.ones(8), eps = 1e-5, stride = 1, padding = 0,
        dilation = 1, groups = 1}
    end, "folded_conv1d: the convolution has 8 outputs, running_mean has shape {7}")
  end)
end)

describe("what lies between layers", function()
  before_each(function() eg.manual_seed(1) end)

  -- Networks with a part that somebody else may look at: their results must be those of the same layers called one by one.
  for what, change in pairs {
    ["fc1 replaced by Identity"] = function(net) net.fc1 = nn.Identity() net.fc2 = nn.Linear(64, 3) end,
    ["fc2 replaced by Identity"] = function(net) net.fc2 = nn.Identity() end,
    ["a stage replaced"] = function(net) net.layer4 = nn.Sequential {nn.Identity()} net.fc1 = nn.Linear(32, 16) end,
    ["a shortcut replaced"] = function(net) net.layer1[1].downsample = nn.Identity() end,
  } do
    it("stays where it is seen: " .. what, function()
      local net, x = models.resnet1d18 {width = 8, hidden = 16, classes = 3}, eg.randn(2, 100, 12)
      change(net)
      net:eval()
      local recorded, folded = net(x), eg.no_grad(net, x)
      assert.is_true(distance(folded, recorded) < tolerance)
      assert.are.same({2, 100, 12}, x:shape())
    end)
  end

  it("stays where a layer of somebody else keeps it", function()
    local Head = nn.module "KeepingHead"
    function Head:forward(y) self.seen = y return y * 2 end
    for _, name in ipairs {"gru", "resnet1d18"} do
      local net = name == "gru" and models.gru {length = 20, hidden = 4} or models.resnet1d18 {width = 4, hidden = 8}
      net[net.head_name] = Head()
      net:eval()
      local y = eg.no_grad(net, eg.randn(2, name == "gru" and 20 or 100, 12))
      assert.is_true((net[net.head_name].seen * 2):equal(y))
    end
    local net = models.resnet1d18 {width = 4, hidden = 8}:eval()
    local head = Head()
    net.layer2 = nn.Sequential {head}
    net.layer3 = nn.Sequential {nn.Conv1d(4, 32, 1)}
    net.layer4, net.fc1 = nn.Identity(), nn.Linear(32, 8)
    eg.no_grad(net, eg.randn(2, 100, 12))
    assert.are.equal(4, head.seen:size(3))
  end)

  it("stays where a hook keeps it", function()
    local net, x, kept = models.resnet1d18 {width = 4, hidden = 8}:eval(), eg.randn(2, 100, 12), {}
    local function keep(_, y) kept[#kept + 1] = y return y end
    for _, layer in ipairs {net.layer2, net.layer3[1], net.layer4, net.layer4[2].bn1, net.fc1} do layer:on_forward(keep) end
    eg.no_grad(net, x)
    assert.are.equal(5, #kept)
    for _, y in ipairs(kept) do assert.is_true(y:numel() > 0) end
  end)

  it("is a recurrent layer's own affair where that gives no state", function()
    local Cell = nn.module "CellWithoutState"
    function Cell:forward(x) return x:narrow(3, 1, 4) end -- luacheck: ignore self
    local net = models.gru {length = 20, hidden = 4}
    net.gru = Cell()
    assert.are.same({2, 5}, eg.no_grad(net:eval(), eg.randn(2, 20, 12)):shape())
  end)
end)

describe("a failed allocation", function()
  it("while folding raises, loses nothing, and the next call gives the result", function()
    eg.manual_seed(1)
    local net, x = nn.Sequential {nn.Conv1d(12, 40, 3, {padding = 1}), nn.BatchNorm1d(40), nn.ReLU()}:eval(), eg.randn(30, 50, 12)
    local expected = net(x)
    local function work()
      local y <close> = eg.no_grad(net, x)
      return distance(y, expected) < tolerance
    end
    collectgarbage()
    collectgarbage()
    local before = core.memory().blocks
    for _, forever in ipairs {false, true} do
      local passed = false
      for nth = 1, 500 do
        net(x) -- recorded: what was folded is forgotten
        collectgarbage()
        core.fail_allocation(nth, forever)
        local ok, result = pcall(work)
        core.fail_allocation(0)
        if ok then
          passed = result
          break
        end
        assert.matches("out of memory", tostring(result))
      end
      assert.is_true(passed)
    end
    assert.is_true(work())
    net(x)
    collectgarbage()
    collectgarbage()
    assert.are.equal(before, core.memory().blocks)
  end)
end)

describe("inference", function()
  -- A sanitizer build does not.
  local function keeps_freed_memory()
    core.memory_trim()
    do local x <close> = eg.zeros(1000) end -- luacheck: ignore
    return core.memory().cached > 0
  end

  for _, name in ipairs(models.names) do
    it("of " .. name .. " asks the system for no memory after the first call", function()
      if not keeps_freed_memory() then pending "this build keeps no freed memory" end
      local small = name:find "^resnet" and {width = 8, hidden = 16} or {length = 200, hidden = 24}
      local net, x = models[name](small):eval(), eg.randn(3, 200, 12)
      local function call() local y <close> = net(x) end -- luacheck: ignore
      collectgarbage()
      collectgarbage "stop"
      finally(function() collectgarbage "restart" end)
      eg.no_grad(call)
      local before = core.memory().asked
      eg.no_grad(function() for _ = 1, 20 do call() end end)
      assert.are.equal(0, core.memory().asked - before)
    end)
  end
end)
