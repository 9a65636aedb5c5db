local eg = require "ecgraft"
local core = require "ecgraft.core"
local lfs = require "lfs"
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"
local toy = require "spec.support.toy"
local uv = require "luv"

local function fit(net, given)
  local all = {val = toy.set(40, 2), epochs = 6, batch = 16, seed = 3, progress = false,
    optimizer = eg.optim.Adam(net:parameters(), {lr = 1e-2})}
  for key, value in pairs(given or {}) do all[key] = value end
  return eg.fit(net, toy.set(90, 1), all)
end

--- Runs spec/support/programs/train.lua to its end; or to a step, where it says that it is there and is sent a signal. Returns exit code,
-- signal, output.
local function run(folder, threads, step, signal)
  local out, text, code, killed, child = uv.new_pipe(false), "", nil, nil, nil
  child = uv.spawn(uv.exepath(), {args = {"spec/support/programs/train.lua", folder, tostring(threads), tostring(step or 0)},
    stdio = {nil, out, nil}, env = process.environment()}, function(c, s)
    code, killed = c, s
    child:close()
  end)
  assert(child)
  out:read_start(function(_, chunk)
    if not chunk then out:close() return end
    text = text .. chunk
    if signal and text:find "here\n" and not child:is_closing() then child:kill(signal) end
  end)
  uv.run()
  return code, killed, text
end

describe("fit", function()
  it("learns, keeps the best epoch and says what it did", function()
    local net = toy.net(1)
    local history = fit(net)
    assert.equal(6, #history)
    assert.is_true(history[6].train_loss < history[1].train_loss)
    assert.is_true(history.best_score > 0.9)
    local best = history[history.best_epoch].val_score
    for _, row in ipairs(history) do assert.is_true(row.val_score <= best) end
    local m = eg.metrics.evaluate(eg.predict(net, toy.set(40, 2)), toy.set(40, 2).labels)
    assert.is_true(math.abs(m.macro_auroc - best) < 1e-12)
    assert.is_false(net.training)
    assert.same({"low", "high"}, net.card.classes)
    assert.matches("best", tostring(history))
    assert.equal("set", net.card.scaler.kind)
  end)

  it("gives the same bits for the same seed and 1, 2 and 3 threads, and others for another seed", function()
    local threads, hashes = eg.num_threads(), {}
    for n = 1, 3 do
      eg.set_num_threads(n)
      local net = toy.net(1)
      fit(net, {epochs = 3})
      hashes[n] = toy.hash(net)
    end
    eg.set_num_threads(threads)
    assert.equal(hashes[1], hashes[2])
    assert.equal(hashes[1], hashes[3])
    local net = toy.net(1)
    fit(net, {epochs = 3, seed = 4})
    assert.not_equal(hashes[1], toy.hash(net))
  end)

  it("stops early when validation gets no better", function()
    local net = toy.net(1)
    local history = fit(net, {epochs = 60, patience = 2})
    assert.is_true(#history < 60)
    assert.is_true(#history - history.best_epoch >= 2)
  end)

  it("validates only so often as val_steps says, last of all, and the same when it was interrupted between", function()
    local function validated(history)
      local epochs = {}
      for _, row in ipairs(history) do
        assert.equal(row.val_loss ~= nil, row.val_score ~= nil)
        if row.val_score then epochs[#epochs + 1] = row.epoch end
      end
      return epochs
    end
    local options = {epochs = 7, val_steps = 13, patience = 2} -- six steps an epoch
    local history = fit(toy.net(1), options)
    assert.same({3, 6, 7}, validated(history))
    assert.is_true(history.best_epoch == 3 or history.best_epoch == 6 or history.best_epoch == 7)
    assert.equal(history[history.best_epoch].val_score, history.best_score)
    temporary.folder(function(folder)
      options.checkpoint, options.on_epoch = folder, function(row) return row.epoch < 4 end
      assert.same({3}, validated(fit(toy.net(1), options)))
      options.on_epoch = nil
      local again = fit(toy.net(1), options)
      assert.same({3, 6, 7}, validated(again))
      assert.equal(history.best_score, again.best_score)
    end)
    assert.same({1, 2}, validated(fit(toy.net(1), {epochs = 2, val_steps = 6})))
  end)

  it("tells on_step the records seen, before the first step and after each, also where it goes on", function()
    temporary.folder(function(folder)
      local set, seen, totals = toy.set(10, 1), {}, {}
      local function train(epochs)
        eg.fit(toy.net(1), set, {epochs = epochs, batch = 4, checkpoint = folder, progress = false,
          on_step = function(records, total) seen[#seen + 1], totals[total] = records, true end})
      end
      train(2)
      assert.same({0, 4, 8, 10, 14, 18, 20}, seen)
      assert.same({[20] = true}, totals)
      seen = {}
      train(3)
      assert.same({20, 24, 28, 30}, seen)
    end)
  end)

  it("stops when on_epoch returns false, and calls before_epoch and penalty", function()
    local before, penalties = {}, 0
    local history = fit(toy.net(1), {on_epoch = function(row) return row.epoch < 3 end,
      before_epoch = function(_, epoch) before[#before + 1] = epoch end,
      penalty = function(net)
        penalties = penalties + 1
        return net[9].weight:square():sum() * 0.1
      end})
    assert.equal(3, #history)
    assert.same({1, 2, 3}, before)
    assert.equal(18, penalties)
  end)

  it("names the layer that first gives what is not finite, within a step, and keeps the checkpoint", function()
    temporary.folder(function(folder)
      local net = toy.net(1)
      fit(net, {epochs = 2, checkpoint = folder})
      local before = lfs.attributes(folder .. "/checkpoint.h5", "modification")
      assert.is_number(before)
      local ok, message = pcall(fit, net, {epochs = 4, checkpoint = folder, before_epoch = function(each)
        eg.no_grad(function() each[5].weight:fill_(0 / 0) end)
      end})
      assert.is_false(ok)
      assert.matches("the loss is NaN in epoch 3, step 1; the first output that is not finite: 4; the checkpoint of epoch 2 is kept",
        message)
      local again = toy.net(1)
      assert.equal(4, #fit(again, {epochs = 4, checkpoint = folder}))
    end)
  end)

  it("finds NaN in the input", function()
    local set = toy.set(30, 1)
    set.signals[7][3]:fill_(0 / 0)
    assert.error_matches(function() eg.fit(toy.net(1), set, {epochs = 1, progress = false, scaler = "none"}) end,
      "the input itself")
  end)

  it("finds fault with what it is given", function()
    assert.error_matches(function() fit(toy.net(1), {epoch = 3}) end, "fit: unknown option 'epoch'; known options: adapt_threads, augment")
    assert.error_matches(function() eg.fit(toy.net(1), {}) end, "the training set must be a dataset")
    assert.error_matches(function() eg.fit(toy.set(5, 1), toy.net(1)) end, "is a network; the order is eg.fit%(net, train, options%)")
    assert.error_matches(function() eg.optim.Adam(toy.net(1), {lr = 1}) end, "got a network: give net:parameters")
    assert.error_matches(function() return eg.models.resnet18 end, "models.resnet18 is not there; there are: resnet1d18, resnet1d50")
    assert.error_matches(function() fit(toy.net(1), {monitor = "accuracy_of_nothing"}) end, "monitor must be")
    assert.error_matches(function() fit(toy.net(1), {schedule = "zigzag"}) end, "one_cycle")
    assert.error_matches(function() fit(toy.net(1), {scaler = "odd"}) end, "odd")
  end)

  it("says that a network is for other classes or leads", function()
    local set = toy.set(20, 1)
    local function gru(given)
      local options = {hidden = 2, head = "mean", leads = 3, classes = 2}
      for key, value in pairs(given or {}) do options[key] = value end
      return eg.models.gru(options)
    end
    assert.equal(1, #eg.fit(gru(), set, {epochs = 1, progress = false}))
    assert.error_matches(function() eg.fit(gru{classes = 4}, set, {epochs = 1}) end,
      "^fit: the network gives outputs of shape {20, 4}; expected {20, 2}: records and classes of the set %(low, high%)$")
    local other = {signals = set.signals, labels = eg.zeros(20, 3), classes = {"a", "b", "c"}}
    assert.error_matches(function() eg.fit(gru(), set, {val = other}) end,
      "^fit: val has other classes %(a, b, c%) than the training set %(low, high%)$")
    assert.error_matches(function() eg.fit(gru{leads = 1}, set, {epochs = 1}) end,
      "^fit: the network takes 1 lead %(its option leads%), the training set has 3 %(")
    assert.error_matches(function() eg.predict(gru(), eg.zeros(2, 64, 12)) end,
      "^predict: the network takes 3 leads %(its option leads%), the set has 12$")
    assert.error_matches(function() eg.fit(gru(), {signals = eg.zeros(6, 3), labels = eg.zeros(6, 2)}) end,
      "the training set has signals of shape {6, 3}; expected records, time and leads$")
    assert.error_matches(function() eg.fit(gru(), {signals = {1, 2}, labels = {0, 1}}) end,
      "^fit: the training set must be a dataset %(signals, labels%), got a table with labels, signals$")
    local flat = gru{head = "flatten", length = 100}
    assert.error_matches(function() eg.fit(flat, set, {epochs = 1}) end, "^fit: the network's flattened head takes records of 100 samples, "
      .. "the training set has 64: give it the option length = 64, or another head")
    assert.error_matches(function() eg.predict(gru(), eg.zeros(64, 3)) end, "got a tensor of shape {64, 3}$")
  end)

  it("trains with a table of signals and labels, which need not say what it is", function()
    local plain = {signals = eg.randn(6, 64, 3), labels = eg.zeros(6, 2)}
    assert.equal(1, #eg.fit(toy.net(1), plain, {epochs = 1, scaler = "none", progress = false}))
    assert.error_matches(function() eg.fit(toy.net(1), {signals = plain.signals, labels = eg.zeros(6, 3)}, {scaler = "none"}) end,
      "^fit: the network gives outputs of shape {6, 2}; expected {6, 3}: records and classes of the set$")
  end)

  it("blames the line of whoever calls for leads in another order", function()
    local set = toy.set(20, 1)
    local net = toy.net(1)
    eg.fit(net, set, {epochs = 1, progress = false})
    local turned = set:select{"III", "II", "I"}
    local function call(fn, ...)
      local args = table.pack(...)
      local _, message = pcall(function() local _ = fn(table.unpack(args)) end)
      return message
    end
    for _, message in ipairs{call(eg.fit, net, set, {val = turned}), call(eg.predict, net, turned)} do
      assert.matches("^[^:]*train_spec%.lua:%d+: %w", message)
    end
  end)

  it("trains with a set smaller than a batch", function()
    assert.equal(2, #eg.fit(toy.net(1), toy.set(5, 1), {epochs = 2, progress = false}))
  end)
end)

describe("a training that is interrupted", function()
  local function hash_of(folder, threads) return select(3, run(folder, threads)):match "%d+" end

  it("goes on after kill -9 in the middle of an epoch to the same bits, also with another number of threads", function()
    temporary.folder(function(folder)
      local undisturbed = hash_of(folder .. "/a", 1)
      assert.is_string(undisturbed)
      assert.equal(undisturbed, hash_of(folder .. "/b", 2))
      for i, step in ipairs{1, 16, 45} do -- in the first epoch, the third and the last
        local place = folder .. "/k" .. i
        local _, signal = run(place, 1, step, "sigkill")
        assert.equal(9, signal)
        assert.equal(undisturbed, hash_of(place, i))
      end
    end)
  end)

  it("saves at the first Ctrl-C, exits with 130 and goes on to the same bits", function()
    temporary.folder(function(folder)
      local undisturbed = hash_of(folder .. "/a", 1)
      local code = run(folder .. "/c", 1, 16, "sigint")
      assert.equal(130, code)
      assert.is_table(lfs.attributes(folder .. "/c/checkpoint.h5"))
      assert.equal(undisturbed, hash_of(folder .. "/c", 1))
    end)
  end)

  it("does not go on with another training's checkpoint", function()
    temporary.folder(function(folder)
      fit(toy.net(1), {epochs = 1, checkpoint = folder})
      assert.error_matches(function() fit(toy.net(1), {epochs = 2, batch = 8, checkpoint = folder}) end,
        "belongs to another training run: it was written with .*batch 16.* this one has .*batch 8")
      assert.equal(1, #fit(toy.net(1), {epochs = 1, batch = 8, checkpoint = folder, resume = false}))
    end)
  end)

  it("does not take a longer training's checkpoint for the one that is asked for", function()
    temporary.folder(function(folder)
      fit(toy.net(1), {epochs = 3, checkpoint = folder})
      assert.error_matches(function() fit(toy.net(1), {epochs = 2, checkpoint = folder}) end,
        "checkpoint.h5 holds 3 epochs, more than the 2 that are asked for; ask for as many, use another folder or resume = false$")
      assert.equal(3, #fit(toy.net(1), {epochs = 3, checkpoint = folder}))
      assert.equal(2, #fit(toy.net(1), {epochs = 2, checkpoint = folder, resume = false}))
    end)
  end)

  it("that comes while the last epoch is validated keeps the history", function()
    local interrupted, asked = core.interrupted, false
    finally(function() core.interrupted = interrupted end)
    local net = toy.net(1)
    local ok, raised = pcall(fit, net, {epochs = 1, on_epoch = function()
      asked = true
      core.interrupted = function() return asked end
    end})
    assert.is_false(ok)
    assert.matches("interrupted; without the option checkpoint nothing was saved; the network keeps the weights of epoch 1", raised.message,
      1, true)
    assert.equal(1, #raised.kept)
  end)

  it("says what is damaged in a checkpoint", function()
    for _, each in ipairs{{"progress", "{", "damaged JSON"}, {"optimizer", "3", "expected a table"},
        {"history", "null", "expected a JSON value"}} do
      temporary.folder(function(folder)
        fit(toy.net(1), {epochs = 1, checkpoint = folder})
        local path, list = folder .. "/checkpoint.h5", {}
        local tensors, attributes = core.store.load(path)
        for name, tensor in pairs(tensors) do list[#list + 1] = {name = name, tensor = tensor} end
        attributes[each[1]] = each[2]
        assert(core.store.save(path, list, attributes))
        assert.error_matches(function() fit(toy.net(1), {epochs = 2, checkpoint = folder}) end,
          ("fit: .*checkpoint.h5 is damaged: its attribute '%s': %s"):format(each[1], each[3]))
      end)
    end
  end)
end)

describe("memory over a long training", function()
  it("is after a thousand steps where it was after ten", function()
    local net, set = toy.net(1), toy.set(32, 1)
    local optimizer = eg.optim.Adam(net:parameters(), {lr = 1e-3})
    local function step()
      optimizer:zero_grad()
      eg.nn.bce_with_logits(net(set.signals), set.labels):backward()
      optimizer:step()
    end
    local function live()
      collectgarbage()
      collectgarbage()
      return core.memory().live
    end
    for _ = 1, 10 do step() end
    local before = live()
    for _ = 1, 1000 do step() end
    assert.equal(before, live())
  end)
end)

describe("predict", function()
  it("takes a set or signals, and leaves the net as it was", function()
    local net, set = toy.net(1), toy.set(20, 1)
    net:train()
    local p = eg.predict(net, set)
    assert.same({20, 2}, p:shape())
    assert.is_true(net.training)
    assert.is_true(core.is_recording())
    assert.is_true(p:equal(eg.predict(net, set.signals, {batch = 7}), 1e-6))
    assert.is_true(eg.predict(net, set, {activation = "softmax"}):sum(2):equal(eg.ones(20), 1e-6))
    assert.is_true(eg.predict(net, set, {activation = "none"}):sigmoid():equal(p, 1e-6))
    assert.error_matches(function() eg.predict(net, 3) end, "expected a dataset or a tensor")
  end)
end)

describe("a net and a set that are not alike", function()
  it("are told apart by rate, leads and units, before anything is computed", function()
    local net, other = toy.net(1), toy.set(20, 2)
    fit(net, {epochs = 1})
    local function with(changes) return other:with_signals(other.signals, changes) end
    for _, each in ipairs{
      {{rate = 250}, "the network has 100 samples a second, the set has 250: read or resample it at that rate"},
      {{leads = {"III", "II", "I"}}, "the network has the leads I, II, III, the set has III, II, I"},
      {{units = "uV"}, "the network is in mV, the set in uV"},
    } do
      assert.error_matches(function() eg.predict(net, with(each[1])) end, "predict: " .. each[2])
      assert.error_matches(function() fit(toy.net(1), {val = with(each[1])}) end, (each[2]:gsub("the network", "the training set")
        :gsub("the set", "val")))
    end
    assert.equal(20, #eg.predict(net, other))
    assert.equal(20, #eg.predict(net, other.signals)) -- a tensor says nothing
  end)
end)
