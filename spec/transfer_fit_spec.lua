--- eg.transfer.fit: one training by a strategy, with the same weights as when its parts are put together by hand.
local eg = require "ecgraft"
local files = require "spec.support.files"
local temporary = require "spec.support.temporary"
local toy = require "spec.support.toy"

local transfer = eg.transfer
local CLASSES = 2

local function network(seed)
  eg.manual_seed(seed)
  return eg.models.resnet1d18{leads = 3, classes = CLASSES, width = 4, hidden = 4}
end

local function parts() return toy.set(48, 1):split{train = 0.6, val = 0.4, seed = 1} end

local function copy(net)
  local state = {}
  for name, tensor in pairs(net:state()) do state[name] = tensor:clone() end
  return state
end

local function same(a, b)
  for name, tensor in pairs(a) do if not tensor:equal(b[name]) then return false, name end end
  return true
end

local function pretrained()
  local net = network(1)
  eg.fit(net, toy.set(32, 2), {epochs = 1, batch = 16, progress = false})
  return net
end

local function with(more)
  local o = {epochs = 3, batch = 8, seed = 4, lr = 5e-3, progress = false, val = parts().val}
  for name, value in pairs(more) do o[name] = value end
  return o
end

--- The parts put together by hand.
local function by_hand(net, source, strategy, o)
  local copied, values = strategy.start(net, source:state(), {seed = o.seed})
  local groups = strategy.groups and strategy.groups(net, o.lr) or {{params = net:parameters()}}
  local history = eg.fit(net, parts().train, {epochs = o.epochs, batch = o.batch, seed = o.seed, val = o.val, progress = false,
    optimizer = eg.optim.Adam(groups, {lr = o.lr}), penalty = strategy.penalty, before_epoch = strategy.on_epoch})
  return history, copied / values, values
end

describe("transfer.fit", function()
  for _, name in ipairs{"finetune", "linear_probe", "lp_ft", "gradual", "discriminative", "l2_sp", "bn_only", "partial", "rescale"} do
    it("trains as the parts of " .. name .. " do by hand", function()
      local source = pretrained()
      local net, other = network(3), network(3)
      local first = copy(net)
      local history, share, values = transfer.fit(net, parts().train, with{strategy = name, from = source})
      local expected, expected_share, expected_values
      other:load_state(first)
      eg.manual_seed(3)
      network(3) -- the same numbers are drawn by rescale
      expected, expected_share, expected_values = by_hand(other, source, transfer[name], with{})
      assert.is_true(same(net:state(), other:state()))
      assert.same({expected_share, expected_values, #expected, expected.best_score},
        {share, values, #history, history.best_score})
      assert.is_false(same(first, net:state()))
      for parameter, tensor in net:named_parameters() do assert(tensor:requires_grad(), parameter .. " is left frozen") end
    end)
  end

  it("trains from random weights, and takes a strategy that needs no source", function()
    local net, other = network(3), network(3)
    local history, share, values = transfer.fit(net, parts().train, with{strategy = transfer.scratch, from = "not read"})
    eg.fit(other, parts().train, {epochs = 3, batch = 8, seed = 4, val = parts().val, progress = false,
      optimizer = eg.optim.Adam(other:parameters(), {lr = 5e-3})})
    assert.is_true(same(net:state(), other:state()))
    assert.same({3, 0, select(2, net:count())}, {#history, share, values})
  end)

  it("takes a network, a state or a model's file, also itself", function()
    temporary.folder(function(folder)
      local source = pretrained()
      assert(source:save(folder .. "/source.h5"))
      local nets = {}
      for i, from in ipairs{source, source:state(), folder .. "/source.h5"} do
        nets[i] = network(3)
        transfer.fit(nets[i], parts().train, with{strategy = "l2_sp", from = from})
        assert.is_true(same(nets[1]:state(), nets[i]:state()))
      end
      local own = pretrained()
      transfer.fit(own, parts().train, with{strategy = transfer.l2_sp{body = 1e6, head = 0}, from = own, lr = 1e-4, epochs = 2})
      local far = 0
      for name, tensor in source:named_parameters() do
        if not name:find "^fc" then far = math.max(far, (tensor - own:state()[name]):abs():max():item()) end
      end
      assert.is_true(far > 0 and far < 5e-3, "drawn to what it was itself: " .. far)
      local history, message = transfer.fit(network(3), parts().train, with{strategy = "finetune", from = folder .. "/absent.h5"})
      assert.is_nil(history)
      assert.matches("absent.h5", message, 1, true)
    end)
  end)

  it("puts the first layer in the order of the leads, and refuses what does not fit", function()
    local source = pretrained()
    local two = parts().train:select{parts().train.leads[3], parts().train.leads[1]}
    eg.manual_seed(3)
    local net = eg.models.resnet1d18{leads = 2, classes = CLASSES, width = 4, hidden = 4}
    transfer.fit(net, two, {strategy = "linear_probe", from = source, epochs = 1, progress = false})
    assert.is_true(net.conv1.weight:select(3, 1):equal(source.conv1.weight:select(3, 3)))
    assert.is_true(net.conv1.weight:select(3, 2):equal(source.conv1.weight:select(3, 1)))
  end)

  it("solves for the head, and writes the history into the checkpoint's folder", function()
    temporary.folder(function(folder)
      local source = pretrained()
      local net = network(3)
      local history, share = transfer.fit(net, parts().train, with{strategy = "svm_probe", from = source, checkpoint = folder .. "/run"})
      assert.equal(1, #history)
      assert.is_true(share > 0.9)
      assert.matches("^epoch,train_loss", files.read(folder .. "/run/history.csv"))
      assert.is_true(net.conv1.weight:equal(source.conv1.weight))
    end)
  end)

  it("adds the penalty and before_epoch that are given, and makes the optimizer from the groups", function()
    local called, groups, added = {}, nil, 0
    local net = network(3)
    transfer.fit(net, parts().train, with{strategy = "discriminative", from = pretrained(),
      optimizer = function(given)
        groups = given
        return eg.optim.SGD(given, {lr = 1})
      end,
      before_epoch = function(_, epoch, epochs) called[#called + 1] = epoch .. "/" .. epochs end})
    assert.same({"1/3", "2/3", "3/3"}, called)
    assert.equal(7, #groups)
    assert.equal(5e-3, groups[7].lr)
    local frozen
    transfer.fit(net, parts().train, with{strategy = "l2_sp", from = net, epochs = 1,
      penalty = function(each)
        added = added + 1
        return each.fc1.bias:square():sum()
      end})
    assert.is_true(added > 0)
    transfer.fit(net, parts().train, with{strategy = "linear_probe", from = net, epochs = 1,
      before_epoch = function(each) frozen = not each.conv1.weight:requires_grad() end})
    assert.is_true(frozen)
  end)

  it("leaves what was frozen before frozen, also after an error", function()
    local net = network(3)
    net:freeze "^conv1"
    local ok, message = pcall(transfer.fit, net, parts().train, with{strategy = "lp_ft", from = pretrained(),
      on_epoch = function() error "enough" end})
    assert.is_false(ok)
    assert.matches("enough", message)
    for name, tensor in net:named_parameters() do assert.equal(not name:find "^conv1%.", tensor:requires_grad(), name) end
  end)

  it("says what is wrong at the line that calls it", function()
    local set = parts().train
    local Plain = eg.nn.module "TransferFitPlain"
    function Plain:init() self.linear = eg.nn.Linear(3, CLASSES) end
    function Plain:forward(x) return self.linear(x:mean(2)) end
    local function fails(text, ...)
      local arguments = table.pack(...)
      local ok, message = pcall(function()
        local _ = transfer.fit(table.unpack(arguments, 1, arguments.n))
      end)
      assert.is_false(ok)
      assert.matches(text, message, 1, true)
      return message
    end
    local function fails_here(...) assert.matches("^[^:]*transfer_fit_spec.lua:%d+: ", (fails(...))) end
    local net, source = network(3), network(1)
    fails_here("transfer.fit: unknown option 'epoch'; known options: adapt_threads, augment, batch", net, set,
      {strategy = "finetune", epoch = 1})
    fails_here("transfer.fit: option 'strategy' is required", net, set, {from = source})
    fails_here("transfer.fit: unknown strategy \"finetun\"; known: scratch, finetune", net, set, {strategy = "finetun", from = source})
    fails_here("transfer.fit: unknown strategy \"fit\"; known: ", net, set, {strategy = "fit", from = source})
    fails_here("the strategy finetune needs the option 'from'", net, set, {strategy = "finetune"})
    fails_here("option 'from' must be a network, a state as net:state() gives, or the path of a model file, got 3", net, set,
      {strategy = "finetune", from = 3})
    fails_here("option 'from' must be a network", net, set, {strategy = "finetune", from = set})
    fails_here("option 'optimizer' must be one of adam, adamw, rmsprop, sgd, or a function of the groups, got \"adm\"", net, set,
      {strategy = "finetune", from = source, optimizer = "adm"})
    fails_here("argument 1 (net) must be a network, got a table", set, net, {strategy = "finetune", from = source})
    fails_here("argument 2 (set) must be a dataset", net, 3, {strategy = "finetune", from = source})
    fails_here("transfer.fit: the network takes 2 leads (its option leads), the training set has 3",
      eg.models.gru{leads = 2, classes = CLASSES, head = "mean", hidden = 4}, set, {strategy = "finetune", from = source})
    for _, strategy in ipairs{"finetune", "svm_probe"} do
      fails_here("transfer.fit: option 'val' must be a dataset, got a table with x", net, set,
        {strategy = strategy, from = source, val = {x = 1}})
      fails_here("transfer.fit: the network takes 3 leads (its option leads), val has 2 (", net, set,
        {strategy = strategy, from = source, val = set:select{set.leads[1], set.leads[2]}})
    end
    fails_here("the strategy svm_probe sees whole records, not windows of them: leave out the option 'crop'", net, set,
      {strategy = "svm_probe", from = source, crop = 10})
    fails_here("option 'monitor' must be a score such as \"macro_auroc\" for the strategy svm_probe, got \"loss\"", net, set,
      {strategy = "svm_probe", from = source, monitor = "loss"})
    fails_here("fit: option 'crop' must be at most", net, set, {strategy = "finetune", from = source, crop = 1e6, progress = false})
    fails_here("in the pretrained network, {4, 7, 3} here", net, set, {strategy = "finetune", progress = false,
      from = eg.models.resnet1d18{leads = 3, classes = CLASSES, width = 8, hidden = 4}})
    fails("TransferFitPlain does not say which layer is its head: give its class a field head_name", Plain(), set,
      {strategy = "finetune", from = Plain(), progress = false})
  end)
end)
