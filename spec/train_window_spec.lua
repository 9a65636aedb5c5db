--- Training on windows of records (fit's option crop), and what becomes of it in evaluation, in files and in the command.
local eg = require "ecgraft"
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"
local toy = require "spec.support.toy"
local writer = require "spec.support.wfdb_writer"

local CROP = 25 -- of the toy's 64 samples; the middle begins with the 20th

local function middle(signals) return signals:narrow(2, 20, CROP) end

local function fit(net, given)
  local all = {val = toy.set(40, 2), epochs = 3, batch = 16, seed = 3, progress = false, crop = CROP,
    optimizer = eg.optim.Adam(net:parameters(), {lr = 1e-2})}
  for key, value in pairs(given or {}) do all[key] = value end
  return eg.fit(net, toy.set(60, 1), all)
end

describe("training on windows", function()
  it("sees a window of each record, anywhere, another in each epoch", function()
    local set, seen, steps = toy.set(60, 1), {}, 0
    local place = {} -- a record's first value of each row --> the row
    for i = 1, #set do
      for t = 1, 64 do place[set.signals[i][t][1]:item()] = {i, t} end
    end
    fit(toy.net(1), {scaler = "none", epochs = 4, augment = function(x, y)
      assert.same({CROP, 3}, {x:size(2), x:size(3)})
      for k = 1, #x do
        local row, first = table.unpack(place[x[k][1][1]:item()])
        assert.is_true(x[k]:equal(set.signals[row]:narrow(1, first, CROP)))
        assert.is_true(y[k]:equal(set.labels[row]))
        seen[first] = (seen[first] or 0) + 1
      end
      steps = steps + 1
      return x, y
    end})
    assert.equal(16, steps)
    local kinds, most = 0, 0
    for first, count in pairs(seen) do
      assert.is_true(first >= 1 and first <= 64 - CROP + 1)
      kinds, most = kinds + 1, math.max(most, count)
    end
    assert.is_true(kinds >= 35 and most <= 20, ("%d places, one of them %d times"):format(kinds, most)) -- 240 draws of 40 places
  end)

  it("scales a window by what is in the window", function()
    fit(toy.net(1), {scaler = "record", epochs = 1, augment = function(x, y)
      assert.is_true(x:mean(2):abs():max():item() < 1e-5)
      return x, y
    end})
  end)

  it("is evaluated on the middle of each record", function()
    local net = toy.net(1)
    local history = fit(net)
    local val = toy.set(40, 2)
    assert.same({64, CROP}, {net.card.samples, net.card.crop})
    local scores = eg.predict(net, val)
    assert.is_true(scores:equal(eg.predict(net, middle(val.signals):contiguous())))
    assert.is_true(scores:equal(eg.predict(net, val.signals)))
    local whole = toy.net(1)
    whole:load_state(net:state())
    assert.is_true(scores:equal(eg.predict(whole, net.card.scaler:apply(middle(val.signals)):contiguous()), 1e-6))
    assert.is_false(scores:equal(eg.predict(whole, net.card.scaler:apply(val.signals)), 1e-3))
    local m = eg.metrics.evaluate(scores, val.labels)
    assert.near(history.best_score, m.macro_auroc, 1e-12)
  end)

  it("gives the same bits for any number of threads, and after resuming", function()
    local threads, hashes = eg.num_threads(), {}
    for n = 1, 3 do
      eg.set_num_threads(n)
      local net = toy.net(1)
      fit(net, {epochs = 4})
      hashes[n] = toy.hash(net)
    end
    eg.set_num_threads(threads)
    assert.equal(hashes[1], hashes[2])
    assert.equal(hashes[1], hashes[3])
    temporary.folder(function(folder)
      fit(toy.net(1), {epochs = 2, checkpoint = folder})
      assert.error_matches(function() fit(toy.net(1), {epochs = 4, checkpoint = folder, crop = 30}) end,
        "written with .*windows of 25, this one has .*windows of 30")
      local net = toy.net(1)
      fit(net, {epochs = 4, checkpoint = folder})
      assert.equal(hashes[1], toy.hash(net))
    end)
  end)

  it("gives the same bits from a file that is read ahead", function()
    temporary.folder(function(folder)
      assert(toy.set(60, 1):save(folder .. "/set.h5"))
      local hashes, scores = {}, {}
      for i, stream in ipairs{false, true} do
        local net, set = toy.net(1), assert(eg.data.open(folder .. "/set.h5", {stream = stream}))
        eg.fit(net, set, {val = set, epochs = 2, batch = 16, crop = CROP, scaler = "lead", progress = false})
        hashes[i], scores[i] = toy.hash(net), eg.predict(net, set)
        assert.equal(stream, set:storage() ~= nil)
      end
      assert.equal(hashes[1], hashes[2])
      assert.is_true(scores[1]:equal(scores[2]))
    end)
  end)

  it("is for nets of a fixed length as well, which are that of the window", function()
    local set = toy.set(40, 1)
    local net = eg.models.lstm{leads = 3, classes = 2, length = CROP, hidden = 4, head = "flatten"}
    eg.fit(net, set, {val = toy.set(40, 2), epochs = 1, crop = CROP, progress = false})
    assert.same({40, 2}, eg.predict(net, set):shape())
  end)

  it("is for pretraining tasks as well", function()
    local set = eg.data.synthetic{records = 40, hospital = "A", seconds = 5, seed = 1}
    for _, task in ipairs{"reconstruction", "intervals"} do
      eg.manual_seed(1)
      local net = eg.models.resnet1d18{classes = 2, width = 2, hidden = 4}
      local history = eg.fit(net, set, {val = set, epochs = 1, crop = 200, task = task, progress = false})
      assert.equal(200, net.card.crop)
      assert.is_number(history[1].val_score)
    end
  end)

  it("finds fault with what cannot be", function()
    assert.error_matches(function() fit(toy.net(1), {crop = 65}) end,
      "'crop' must be at most the 64 samples of a record of the training set, got 65")
    local val = toy.set(40, 2)
    val = val:with_signals(val.signals:narrow(2, 1, 24))
    assert.error_matches(function() fit(toy.net(1), {val = val}) end, "at most the 24 samples of a record of val, got 25")
    assert.error_matches(function() fit(toy.net(1), {crop = 0}) end, "crop")
    local net = toy.net(1)
    fit(net, {epochs = 1})
    assert.error_matches(function() eg.predict(net, val) end, "predict: the net sees windows of 25 samples, the records have 24")
  end)
end)

describe("a model of windows", function()
  it("keeps them in its file, for predict, evaluate and info of the command", function()
    temporary.folder(function(folder)
      local function ecgraft(...)
        local command = {process.root .. "/bin/ecgraft", ...}
        command.cwd = folder
        return process.lua(command)
      end
      eg.manual_seed(1)
      local set = eg.data.synthetic{records = 40, hospital = "B", seconds = 5, seed = 1}
      local net = eg.models.resnet1d18{classes = #set.classes, width = 2, hidden = 4}
      eg.fit(net, set, {epochs = 1, progress = false, batch = 20, crop = 200, scaler = "lead"})
      assert(net:save(folder .. "/model.h5"))
      assert(set:save(folder .. "/set.h5"))
      local again = assert(eg.nn.load(folder .. "/model.h5"))
      assert.equal(200, again.card.crop)
      assert.same(net.card.scaler:state(), again.card.scaler:state())
      local scores = eg.predict(net, set)
      assert.is_true(scores:equal(eg.predict(again, set)))
      assert.is_true(scores:equal(eg.predict(again, set.signals:narrow(2, 151, 200):contiguous())))
      local code, out = ecgraft("info", "model.h5")
      assert.equal(0, code)
      assert.matches("500 samples at 100 Hz, mV, of which it sees the middle 200", out)
      assert.matches("scaler %(lead%): means ", out)
      code, out = ecgraft("evaluate", "model.h5", "set.h5")
      assert.equal(0, code)
      assert.matches("macro", out)
      -- Longer than the model's records: its first five seconds, and of these the middle.
      writer.write(folder, "a", {rate = 100, length = 900, value = function(i, k) return math.floor(300 * math.sin(i / 9 + k)) end})
      code, out = ecgraft("predict", "model.h5", "a", "--csv")
      assert.equal(0, code)
      local record = assert(eg.data.read_record(folder .. "/a"))
      local signals = assert(record:select(net.card.leads)).signals:narrow(1, 151, 200):contiguous()
      local first = eg.predict(net, signals:unsqueeze(1)):totable()[1][1]
      assert.near(first, tonumber(out:match("\n[^,]+,([^,\n]+)")), 1e-6)
    end)
  end)
end)
