-- Pretraining tasks: what they ask of a network, and that it learns it.
local eg = require "ecgraft"
local core = require "ecgraft.core"
local temporary = require "spec.support.temporary"
local toy = require "spec.support.toy"
local tasks = eg.tasks

local function resnet(seed, given)
  eg.manual_seed(seed)
  local o = {classes = 3, width = 4, hidden = 16}
  for name, value in pairs(given or {}) do o[name] = value end
  return eg.models.resnet1d18(o)
end

local function gru(seed, given)
  eg.manual_seed(seed)
  local o = {classes = 3, hidden = 8, head = "mean"}
  for name, value in pairs(given or {}) do o[name] = value end
  return eg.models.gru(o)
end

local function adam(parameters) return eg.optim.Adam(parameters, {lr = 3e-3}) end

local function fit(net, train, given)
  local all = {batch = 32, progress = false, optimizer = adam}
  for name, value in pairs(given) do all[name] = value end
  return eg.fit(net, train, all)
end

local function near(expected, got, tolerance)
  assert(math.abs(expected - got) <= (tolerance or 1e-5), ("%.9g, expected %.9g"):format(got, expected))
end

local function copy(net)
  local state = {}
  for name, tensor in pairs(net:state()) do state[name] = tensor:clone() end
  return state
end

--- A set of a few records with this truth.
local function set_of(truth)
  local set = toy.set(#truth, 1)
  local by_id = {}
  for i, id in ipairs(set.records) do by_id[id] = truth[i] end
  return set:with_truth(by_id)
end

describe("the task intervals", function()
  it("learns heart rate and intervals, and predicts them in their units, also from its file", function()
    local parts = eg.data.synthetic{records = 480, hospital = "A", seconds = 5, seed = 1}:split{train = 0.7, val = 0.3, seed = 1}
    local net = resnet(1, {hidden = 32})
    local history = fit(net, parts.train, {task = "intervals", val = parts.val, epochs = 12})
    assert.equal("r2", history.monitor)
    assert(history[12].train_loss < 0.5 * history[1].train_loss)
    local best = history[history.best_epoch].val_scores
    -- the mean alone is 7.5 beats a minute away; three seeds gave 4.7 to 5.2
    assert(best.heart_rate_mae < 6, best.heart_rate_mae)
    assert(best.qrs_r2 > 0.5 and best.r2 > 0.3)
    assert.same({"heart_rate", "pr", "qrs", "qt"}, net.card.classes)

    local values = eg.predict(net, parts.val):totable()
    local sums, counts = {0, 0, 0, 0}, {0, 0, 0, 0}
    for i, truth in ipairs(parts.val.truth) do
      for k, name in ipairs(net.card.classes) do
        if truth[name] then sums[k], counts[k] = sums[k] + math.abs(values[i][k] - truth[name]), counts[k] + 1 end
      end
    end
    assert(counts[2] < counts[1]) -- no PR in atrial fibrillation
    for k, name in ipairs(net.card.classes) do near(sums[k] / counts[k], best[name .. "_mae"], 1e-3) end

    temporary.folder(function(folder)
      assert(net:save(folder .. "/model.h5"))
      local loaded = assert(eg.nn.load(folder .. "/model.h5"))
      assert.is_true(eg.predict(loaded, parts.val):equal(eg.predict(net, parts.val)))
      assert.same(net.card.task, loaded.card.task)
    end)
    -- with a new head it is a network for classes again
    eg.models.new_head(net, 2)
    assert.same({#parts.val, 2}, eg.predict(net, parts.val):shape())
    assert(eg.predict(net, parts.val):max():item() <= 1)
  end)

  it("leaves out records of which no target is known, and counts the known ones of the others", function()
    local set = set_of{{heart_rate = 60, qt = 400}, {}, {heart_rate = 80}, {heart_rate = 0 / 0, qt = 420, pr = 5}, {axis = 3}}
    local net = gru(1, {leads = 3})
    local job = tasks.intervals{targets = {"heart_rate", "qt"}}.begin(net, set)
    assert.same({70, 410}, job.card.task.mean)
    assert.same({10, 10}, job.card.task.deviation)
    local used, targets = job.prepare(set)
    assert.same({"toy0001", "toy0003", "toy0004"}, used.records)
    assert.same({{-1, -1, 1, 1}, {1, 0, 1, 0}, {0, 1, 0, 1}}, targets:totable())
    local outputs = eg.tensor{{0, -1}, {2, 50}, {-70, 3}}
    near((1 + 0 + 1 + 4) / 4, job.loss(outputs, targets):item())
    outputs:requires_grad(true)
    job.loss(outputs, targets):backward()
    assert.same({{0.5, 0}, {0.5, 0}, {0, 1}}, outputs:grad():totable())
    local loss, scores = job.score(outputs:detach(), targets)
    near(1.5, loss)
    near(1 - 2 / 2, scores.heart_rate_r2)
    near(1 - 4 / 2, scores.qt_r2)
    near(-0.5, scores.r2)
    near(10, scores.heart_rate_mae)
    near(10, scores.qt_mae)
    near(1, scores.mae)
  end)

  it("tells which scores are better when lower", function()
    local task = tasks.intervals
    assert.is_true(task:better("r2", 0.5, 0.4))
    assert.is_true(task:better("heart_rate_mae", 4, 5))
    assert.is_false(task:better("mae", 0 / 0, 5))
    assert.is_true(task:better("loss", 1, nil))
    local parts = eg.data.synthetic{records = 60, seconds = 5, seed = 1}:split{train = 0.7, val = 0.3, seed = 1}
    local history = fit(resnet(1), parts.train, {task = "intervals", val = parts.val, epochs = 4, monitor = "mae"})
    for _, row in ipairs(history) do assert(history.best_score <= row.val_score) end
  end)

  it("finds fault with what it is given", function()
    local set = set_of{{heart_rate = 60}, {heart_rate = 70}}
    local function fails(task, on, pattern) assert.error_matches(function() fit(gru(1, {leads = 3}), on, {task = task}) end, pattern) end
    fails("intervals", toy.set(10, 1), "the set %(made for a spec%) has no truth: synthetic sets have it, and set:with_truth gives it")
    fails("intervals", set, "'pr' is not known of any of 2 records")
    assert.error_matches(function() tasks.intervals{targets = {}} end, "must name at least one, got none")
    assert.error_matches(function() tasks.intervals{targets = {"qt", "qt"}} end, "the target qt comes twice")
    assert.error_matches(function() tasks.intervals{targets = {3}} end, "targets%[1%] must be a name in set.truth.* got 3")
    assert.error_matches(function() tasks.intervals{target = "qt"} end, "tasks.intervals: unknown option 'target'; known options: targets")
    assert.error_matches(function() fit(toy.net(1), set, {task = tasks.intervals{targets = {"heart_rate"}}}) end,
      "Sequential does not say which layer is its head")
  end)
end)

describe("the task reconstruction", function()
  it("gives back the shape of the signal, whatever the network and the length", function()
    for _, length in ipairs{500, 333, 64} do
      local set = {signals = eg.randn(3, length, 12), labels = eg.zeros(3, 3), rate = 100}
      local nets = {resnet(1), gru(1), eg.models.bilstm{classes = 2, hidden = 4, head = "last"},
        eg.models.resnet1d50{classes = 2, width = 4, hidden = 8}}
      for _, net in ipairs(nets) do
        local job = tasks.reconstruction.begin(net, set)
        assert.same({3, length, 12}, job.network(set.signals):shape())
        assert.is_true(net.training)
        local sequence = net:sequence(set.signals)
        if net.model_name:find "resnet" then
          -- features see the mean over time behind the same layer: equal where there is one place in time
          local x = eg.randn(2, 16, 12)
          net:eval()
          assert.is_true(net:sequence(x):select(2, 1):equal(net:features(x), 1e-5))
        else
          assert.equal(length, sequence:size(2))
          if net.options.head == "mean" then assert.is_true(sequence:mean(2):equal(net:features(set.signals), 1e-5)) end
        end
      end
    end
  end)

  it("hides the share it is told to, in pieces, in all leads at once, and leaves the rest", function()
    local set = {signals = eg.randn(40, 500, 12) + 5, labels = eg.zeros(40, 3), rate = 100}
    local job = tasks.reconstruction{mask = 0.4, block = 0.25}.begin(gru(1), set)
    eg.manual_seed(1)
    local x, y = job.inputs(set.signals)
    near(0.4, y.mask:mean():item(), 0.03)
    assert.is_true(x:equal(set.signals * (1 - y.mask)))
    assert.is_true(y.signals:equal(set.signals))
    for _, row in ipairs(y.mask:select(3, 1):totable()) do
      local run, first = 0, true
      for t = 1, 501 do
        if row[t] == 1 then run = run + 1
        elseif run > 0 then
          if not first and t <= 500 then assert.equal(0, run % 25) end -- whole pieces, but at both ends
          first, run = false, 0
        else first = false end
      end
    end
    -- outputs are compared where samples are hidden, and only there
    local outputs = (y.signals + y.mask * 2):clone():requires_grad(true)
    local loss = job.loss(outputs + (1 - y.mask) * 100, y)
    near(4, loss:item(), 1e-4)
    loss:backward()
    assert.is_true(outputs:grad():ne(0):equal(y.mask:expand(40, 500, 12)))
    local kept = job.reduce(outputs:detach(), y)
    local value, scores = job.score(kept)
    near(4, value, 1e-4)
    assert.equal(value, scores.masked_mse)
    near(1 - 4 / ((set.signals:square() * y.mask):sum():item() / (y.mask:sum():item() * 12)), scores.r2, 1e-4)
  end)

  it("lays noise over the signal; without a mask all samples count", function()
    local set = {signals = eg.zeros(20, 500, 12), labels = eg.zeros(20, 3), rate = 100}
    local job = tasks.reconstruction{mask = 0, noise = 0.5}.begin(gru(1), set)
    local x, y = job.inputs(set.signals)
    near(0.5, x:std():item(), 0.01)
    assert.equal(1, y.mask:min():item())
    near(0.25, job.loss(x, y):item(), 0.01)
  end)

  it("is learnt by both kinds of network, all but their heads", function()
    local parts = eg.data.synthetic{records = 160, hospital = "A", seconds = 5, seed = 1}:split{train = 0.7, val = 0.3, seed = 1}
    for _, net in ipairs{resnet(1, {width = 8, hidden = 32}), gru(1, {hidden = 24})} do
      local before = copy(net)
      local history = fit(net, parts.train, {task = "reconstruction", val = parts.val, epochs = 12, batch = 16})
      assert.equal("masked_mse", history.monitor)
      local last = history[#history]
      assert(last.train_loss < 0.92 * history[1].train_loss, last.train_loss / history[1].train_loss)
      local best = history[history.best_epoch]
      assert.equal(best.val_scores.masked_mse, history.best_score)
      assert(best.val_scores.r2 > 0.04, best.val_scores.r2)
      for _, row in ipairs(history) do assert(history.best_score <= row.val_score) end
      for name, tensor in pairs(net:state()) do
        assert((name:find("^" .. net.head_name .. "%.") ~= nil) == tensor:equal(before[name]), name)
      end
      assert.is_false(net.training)
      assert.error_matches(function() eg.predict(net, parts.val) end, "trained on the task reconstruction, which has not trained its head")
      assert.same({#parts.val, 3}, eg.predict(net, parts.val, {activation = "none"}):shape())
    end
  end)

  it("finds fault with what it is given", function()
    assert.error_matches(function() tasks.reconstruction{mask = 0} end, "there is nothing to reconstruct")
    assert.error_matches(function() tasks.reconstruction{mask = 1} end, "'mask' must be at most 0.95, got 1")
    assert.error_matches(function() tasks.reconstruction{share = 1} end, "unknown option 'share'; known options: block, mask, noise")
    assert.error_matches(function() fit(toy.net(1), toy.set(20, 1), {task = "reconstruction"}) end, "Sequential has no sequence%(x%)")
  end)
end)

describe("fit with a task", function()
  it("goes on where it was, to the same bits", function()
    local parts = eg.data.synthetic{records = 60, seconds = 5, seed = 1}:split{train = 0.7, val = 0.3, seed = 1}
    for _, task in ipairs{"intervals", "reconstruction"} do
      temporary.folder(function(folder)
        local function train(epochs, where)
          local net = resnet(1)
          local history = fit(net, parts.train, {task = task, val = parts.val, epochs = epochs, checkpoint = where, keep = "last",
            augment = eg.data.augment{noise = 0.1, scale = {0.9, 1.1}}})
          return toy.hash(net), history
        end
        local whole, history = train(3)
        train(1, folder)
        local resumed, again = train(3, folder)
        assert.equal(whole, resumed)
        assert.equal(history[3].val_loss, again[3].val_loss)
        assert.same(history[1].val_scores, again[1].val_scores)
        local other = task == "intervals" and "reconstruction" or "intervals"
        assert.error_matches(function() fit(resnet(1), parts.train, {task = other, checkpoint = folder}) end,
          "belongs to another training run: it was written with .*task " .. task)
      end)
    end
  end)

  it("gives the same bits for 1, 2 and 3 threads", function()
    local set, threads, first = eg.data.synthetic{records = 20, seconds = 5, seed = 1}, eg.num_threads(), {}
    for n = 1, 3 do
      eg.set_num_threads(n)
      for _, task in ipairs{"intervals", "reconstruction"} do
        local net = resnet(1)
        fit(net, set, {task = task, epochs = 1, batch = 8})
        first[task] = first[task] or toy.hash(net)
        assert.equal(first[task], toy.hash(net))
      end
    end
    eg.set_num_threads(threads)
  end)

  it("takes one of one's own", function()
    local own = tasks.task{name = "energy", text = "mean square of the signal", monitor = "loss",
      begin = function(net)
        eg.models.new_head(net, 1)
        return {
          network = net, card = {task = {name = "energy"}},
          prepare = function(set) return set, set.signals:square():mean(3):mean(2):unsqueeze(2) end,
          loss = eg.nn.mse,
          score = function(outputs, y) return eg.nn.mse(outputs, y):item(), {} end,
        }
      end}
    assert.equal("task energy: mean square of the signal", tostring(own))
    local net = gru(1, {leads = 3})
    local history = fit(net, toy.set(60, 1), {task = own, val = toy.set(20, 2), epochs = 5})
    assert(history[5].train_loss < history[1].train_loss)
    assert.equal("loss", history.monitor)
    assert.error_matches(function() own{} end, "tasks.energy takes no options")
    assert.error_matches(function() tasks.task{name = "a b", monitor = "x", begin = print} end, "the name \"a b\" may hold letters")
    assert.error_matches(function() tasks.task{nam = "x"} end, "unknown option 'nam'; known options: begin, lower, monitor, name")
  end)

  it("finds fault with options that do not go together", function()
    local set = eg.data.synthetic{records = 20, seconds = 5, seed = 1}
    local net = resnet(1)
    assert.error_matches(function() fit(net, set, {task = "regression"}) end,
      "fit: unknown task \"regression\"; known: classification, intervals, reconstruction, or one's own by tasks.task{}")
    assert.error_matches(function() fit(net, set, {task = "intervals", loss = eg.nn.mse}) end, "the task intervals has its own")
    assert.error_matches(function() fit(net, set, {task = "intervals", optimizer = eg.optim.Adam(net:parameters())}) end,
      "gives the network another head, which an optimizer made before does not train; give optimizer = function%(parameters%)")
    assert.error_matches(function() fit(net, set, {optimizer = function() end}) end,
      "or a function of the parameters that returns one, got nil")
    assert.error_matches(function() fit(net, set, {task = "intervals", val = set, epochs = 1, monitor = "macro_auroc"}) end,
      "monitor must be \"loss\" or a score of the task such as \"r2\", got \"macro_auroc\"")
  end)

  it("names variants by what is not as by default", function()
    assert.equal("intervals", tasks.intervals.name)
    assert.equal("intervals-qt-pr", tasks.intervals{targets = {"qt", "pr"}}.name)
    assert.equal("reconstruction-block0.1-mask0.3", tasks.reconstruction{mask = 0.3, block = 0.1}.name)
    assert.equal("reconstruction", tasks.reconstruction{mask = 0.5}.name)
    assert.is_true(core.is_recording())
  end)
end)
