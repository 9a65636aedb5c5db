-- Each strategy is shown by what it does to the weights: where they start, which move, which do not.
local eg = require "ecgraft"
local transfer = eg.transfer
local strategy = require "ecgraft.transfer.strategy"

local LENGTH = 64

local function network(seed, classes)
  eg.manual_seed(seed)
  return eg.models.resnet1d18{leads = 3, classes = classes, width = 4, hidden = 6}
end

local function data()
  eg.manual_seed(9)
  return eg.randn(16, LENGTH, 3), eg.rand(16, 2):gt(0.5)
end

local function copy(net)
  local state = {}
  for name, tensor in pairs(net:state()) do state[name] = tensor:clone() end
  return state
end

--- A pretrained state whose statistics are not the initial ones.
local function pretrained()
  local net = network(1, 4)
  net:train()
  for _ = 1, 3 do net(eg.randn(8, LENGTH, 3) * 2 + 0.5) end
  return copy(net)
end

--- Trains a few steps under a strategy as a study does, `epochs` times one step. Returns net, state at the start, state at the end.
local function train(chosen, epochs, from, to)
  local source, net = pretrained(), network(2, 2)
  if chosen.start then chosen.start(net, source) end
  local groups = chosen.groups and chosen.groups(net, 0.1) or {{params = net:parameters()}}
  local optimizer = eg.optim.SGD(groups, {lr = 0.1})
  local x, y = data()
  local before
  net:train()
  for epoch = from or 1, to or epochs do
    if chosen.on_epoch then chosen.on_epoch(net, epoch, epochs) end
    before = before or copy(net)
    optimizer:zero_grad()
    local loss = eg.nn.bce_with_logits(net(x), y)
    local penalty = chosen.penalty and chosen.penalty(net)
    if penalty then loss = loss + penalty end
    loss:backward()
    optimizer:step()
  end
  return net, before, copy(net), source
end

--- Names of state entries that changed.
local function moved(before, after)
  local names = {}
  for name in pairs(after) do names[name] = not before[name]:equal(after[name]) or nil end
  return names
end

local function each_name(net, check)
  for name in net:named_state() do check(name, name:find "^fc2%." ~= nil, name:find "running_" ~= nil) end
end

describe("the strategy", function()
  it("scratch starts from random weights and moves all", function()
    local net, before, after, source = train(transfer.scratch, 1)
    local changed = moved(before, after)
    assert.is_false(before["conv1.weight"]:equal(source["conv1.weight"]))
    each_name(net, function(name) assert(changed[name], name) end)
  end)

  it("finetune starts from the pretrained body with a new head and moves all", function()
    local net, before, after, source = train(transfer.finetune, 1)
    local changed = moved(before, after)
    each_name(net, function(name, head)
      if head then assert.is_false(#before[name] == #source[name] and before[name]:equal(source[name]))
      else assert(before[name]:equal(source[name]), name) end
      assert(changed[name], name)
    end)
    local copied, all = transfer.load_body(network(3, 2), source)
    assert.equal(all - (6 * 2 + 2), copied)
  end)

  it("linear_probe moves the head alone, not even running statistics", function()
    local net, before, after, source = train(transfer.linear_probe, 2)
    local changed = moved(before, after)
    each_name(net, function(name, head)
      assert(head == (changed[name] or false), name)
      if not head then assert(after[name]:equal(source[name]), name) end
    end)
  end)

  it("linear_probe and finetune may have a head with a hidden layer, which alone is new", function()
    local probe = transfer.linear_probe{mlp = 5, mlp_dropout = 0.1}
    assert.equal("linear_probe-mlp5-mlp_dropout0.1", probe.name)
    assert.equal("strategy linear_probe-mlp5-mlp_dropout0.1: pretrained body frozen, new head with 5 hidden units trained", tostring(probe))
    local net, before, after, source = train(probe, 2)
    assert.equal("Sequential", net.fc2._name)
    assert.equal(0.1, net.fc2[3].p)
    local changed = moved(before, after)
    each_name(net, function(name, head)
      assert(head == (changed[name] or false), name)
      if not head then assert(after[name]:equal(source[name]), name) end
    end)
    local tuned
    tuned, before, after = train(transfer.finetune{mlp = 5}, 1)
    changed = moved(before, after)
    each_name(tuned, function(name) assert(changed[name], name) end)
    local copied, all = transfer.finetune{mlp = 5}.start(network(3, 2), source)
    assert.equal(all - (6 * 5 + 5 + 5 * 2 + 2), copied)
    -- a linear head where the network has another
    eg.manual_seed(1)
    local deep = eg.models.resnet1d18{leads = 3, classes = 2, width = 4, hidden = 6, mlp = 7}
    transfer.linear_probe{mlp = 0}.start(deep, source)
    assert.equal("Linear", deep.fc2._name)
    assert.error_matches(function() transfer.finetune{mpl = 5} end, "unknown option 'mpl'; known options: mlp, mlp_dropout")
  end)

  it("svm_probe sets the head alone, from a support vector machine on the features", function()
    local set = eg.data.synthetic{records = 90, hospital = "B", seconds = 5, seed = 1}
    local parts = set:split{train = 0.6, val = 0.4, seed = 1}
    local function net_of(seed)
      eg.manual_seed(seed)
      return eg.models.resnet1d18{classes = #set.classes, width = 4, hidden = 6}
    end
    local source, net, probe = copy(net_of(1)), net_of(2), transfer.svm_probe{C = {0.01, 1}, loss = "hinge"}
    assert.equal("svm_probe-C0.01-1-hinge", probe.name)
    probe.start(net, source)
    local before = copy(net)
    local history = probe.solve(net, parts.train, parts.val, {metric = "macro_auroc", scaler = "set", seed = 1})
    local changed = moved(before, net:state())
    each_name(net, function(name, head)
      assert(head == (changed[name] or false), name)
      if not head then assert(net:state()[name]:equal(source[name]), name) end
    end)
    assert.is_false(net.training)
    assert.same({set.classes, "set"}, {net.card.classes, net.card.scaler.kind})
    local svm = eg.linear_svm(eg.features(net, parts.train), parts.train.labels, {C = {0.01, 1}, loss = "hinge",
      val = {eg.features(net, parts.val), parts.val.labels}})
    assert.is_true(eg.predict(net, parts.val):equal(svm:probabilities(eg.features(net, parts.val)), 1e-5))
    assert.equal(svm.score, history.best_score)
    assert.equal(1, #history)
    -- without validation records C is not chosen, and a hidden layer in the head gives way
    eg.manual_seed(3)
    local deep = eg.models.gru{classes = #set.classes, hidden = 4, head = "mean", mlp = 5}
    history = transfer.svm_probe.solve(deep, parts.train, nil, {metric = "macro_auroc", scaler = "none", seed = 1})
    assert.equal("Linear", deep.fc._name)
    assert.is_nil(history.best_score)
    assert.error_matches(function() transfer.svm_probe{c = 1} end, "unknown option 'c'; known options: C, loss")
  end)

  it("lp_ft moves the head first and then all", function()
    local net, before, after = train(transfer.lp_ft, 4, 1, 2)
    each_name(net, function(name, head) assert(head == (moved(before, after)[name] or false), name) end)
    net, before, after = train(transfer.lp_ft, 4, 3, 3)
    each_name(net, function(name) assert(moved(before, after)[name], name) end)
    net, before, after = train(transfer.lp_ft{probe = 0}, 4, 1, 1)
    each_name(net, function(name) assert(moved(before, after)[name], name) end)
  end)

  it("gradual unfreezes one part after the other from the head", function()
    local chosen = transfer.gradual{every = 1}
    local parts = #strategy.parts(network(1, 2))
    assert.equal(7, parts)
    for epoch = 1, parts do
      local net = network(2, 2)
      chosen.on_epoch(net, epoch, parts)
      for i, part in ipairs(strategy.parts(net)) do
        for _, pair in ipairs(part) do
          assert(pair[2]:requires_grad() == (i > parts - epoch), pair[1] .. " in epoch " .. epoch)
        end
      end
    end
    local _, before, after = train(chosen, parts, 2, 2)
    local changed = moved(before, after)
    assert.is_true(changed["fc1.weight"] and changed["fc2.weight"])
    assert.is_nil(changed["layer4.1.conv2.weight"])
    assert.is_nil(changed["layer4.1.bn2.running_mean"])
  end)

  it("discriminative gives each part 1/2.6 of the rate above it", function()
    local net = network(2, 2)
    local groups = transfer.discriminative.groups(net, 0.1)
    local count = 0
    for i, group in ipairs(groups) do
      assert.is_true(math.abs(group.lr - 0.1 / 2.6 ^ (#groups - i)) < 1e-15)
      count = count + #group.params
    end
    assert.equal(#net:parameters(), count)
    -- and a step of SGD is that much smaller than with one rate for all
    local _, before, after = train(transfer.discriminative, 1)
    local _, plain_before, plain_after = train(transfer.finetune, 1)
    local function step(a, b) return (b["layer1.0.conv1.weight"] - a["layer1.0.conv1.weight"]):square():sum():sqrt():item() end
    assert.is_true(math.abs(step(plain_before, plain_after) / step(before, after) / 2.6 ^ 5 - 1) < 1e-3)
  end)

  it("l2_sp adds half the weighted square distance from where it began, and from 0 for the head", function()
    local net, source = network(2, 2), pretrained()
    local chosen = transfer.l2_sp{body = 0.5, head = 0.25}
    chosen.start(net, source)
    eg.no_grad(function()
      net.conv1.weight:add_(0.1)
      net.fc1.bias:add_(-0.2)
    end)
    local head = 0.5 * 0.25 * (net.fc2.weight:square():sum():item() + net.fc2.bias:square():sum():item())
    local body = 0.5 * 0.5 * (0.1 ^ 2 * net.conv1.weight:numel() + 0.2 ^ 2 * net.fc1.bias:numel())
    assert.is_true(math.abs(chosen.penalty(net):item() - head - body) < 1e-5)
    chosen.penalty(net):backward()
    assert.is_true(net.conv1.weight:grad():equal(eg.full(net.conv1.weight:shape(), 0.05), 1e-6))
    local _, _, far = train(transfer.finetune, 5)
    local _, start, near = train(transfer.l2_sp{body = 2, head = 0}, 5)
    local function distance(state) return (state["layer2.0.conv1.weight"] - start["layer2.0.conv1.weight"]):square():sum():item() end
    assert.is_true(distance(near) < distance(far))
  end)

  it("bn_only moves batch-norm and the head alone", function()
    local net, before, after = train(transfer.bn_only, 1)
    local changed = moved(before, after)
    each_name(net, function(name, head, statistics)
      local norm = statistics or name:find "bn%d%." or name:find "downsample%.1"
      assert(((head or norm) and true or false) == (changed[name] or false), name)
    end)
    local gru = eg.models.gru{leads = 3, classes = 2, length = 8, hidden = 2}
    assert.error_matches(function() transfer.bn_only.on_epoch(gru, 1, 1) end, "has no batch%-norm layer")
  end)

  it("partial takes the first parts and leaves the rest random", function()
    local net, before, _, source = train(transfer.partial{stages = 3}, 1)
    local random = network(2, 2):state()
    each_name(net, function(name)
      local kept = name:find "^conv1" or name:find "^bn1" or name:find "^layer[12]%."
      assert(before[name]:equal((kept and source or random)[name]), name)
    end)
    assert.equal("partial-3", transfer.partial{stages = 3}.name)
    assert.error_matches(function() train(transfer.partial{stages = 7}, 1) end, "less than the network's 7 parts")
  end)

  it("rescale keeps means and deviations alone", function()
    local _, before, _, source = train(transfer.rescale, 1)
    local a, b = before["layer4.1.conv2.weight"], source["layer4.1.conv2.weight"]
    assert.is_false(a:equal(b))
    assert.is_true(math.abs(a:std():item() / b:std():item() - 1) < 0.05)
    local correlation = ((a - a:mean()) * (b - b:mean())):mean():item() / (a:std():item() * b:std():item())
    assert.is_true(math.abs(correlation) < 0.1)
    assert.is_true(before["bn1.running_mean"]:equal(eg.zeros(4)))
  end)

  it("of one's own does what it says; a strategy without options takes none", function()
    local own = transfer.strategy{name = "own", source = false, start = function(net)
      eg.no_grad(function() net.fc2.bias:fill_(7) end)
    end}
    local _, before = train(own, 1)
    assert.equal(7, before["fc2.bias"][1]:item())
    assert.error_matches(function() transfer.strategy{nam = "x"} end, "unknown option 'nam'; known options: groups, name, on_epoch")
    assert.error_matches(function() transfer.bn_only{stages = 2} end, "transfer.bn_only takes no options")
    assert.error_matches(function() transfer.partial{stage = 2} end, "unknown option 'stage'")
  end)

  it("refuses a pretrained network of another shape", function()
    local other = eg.models.resnet1d18{leads = 3, classes = 4, width = 8, hidden = 6}:state()
    assert.error_matches(function() transfer.load_body(network(2, 2), other) end,
      "has shape {8, 7, 3} in the pretrained network, {4, 7, 3} here")
  end)
end)
