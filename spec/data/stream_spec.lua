--- Sets whose signals stay in their file: everything is as in memory, to the same bits, and memory stays small.
local eg = require("ecgraft")
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local files = require("spec.support.files")
local temporary = require("spec.support.temporary")
local toy = require("spec.support.toy")

-- The toy set in a file, in memory and not.
local function both(folder, n, given)
  local path = folder .. "/set.h5"
  assert(toy.set(n, 1):save(path, given))
  return assert(data.open(path)), assert(data.open(path, {stream = true}))
end

local function in_file(set) return set:storage() ~= nil end

local function fit(set, val, given)
  local net = toy.net(1)
  local o = {val = val, epochs = 3, batch = 16, seed = 3, progress = false, optimizer = eg.optim.Adam(net:parameters(), {lr = 1e-2})}
  for name, value in pairs(given or {}) do o[name] = value end
  return net, eg.fit(net, set, o)
end

describe("a set that stays in its file", function()
  it("reads what is asked for", function()
    temporary.folder(function(folder)
      for _, given in ipairs{{}, {dtype = "int16"}, {compression = 5}} do
        local whole, streamed = both(folder, 50, given)
        assert.is_true(in_file(streamed))
        assert.same(whole:shape(), streamed:shape())
        assert.is_true(streamed:read{7, 3, 50}:equal(whole:read{7, 3, 50}))
        assert.same(whole.hashes, streamed.hashes)
        local a, b = whole:split{train = .6, val = .2, test = .2}, streamed:split{train = .6, val = .2, test = .2}
        assert.same(a.val.records, b.val.records)
        assert.is_true(b.val:read{2, 1}:equal(a.val:read{2, 1}))
        local part, some = a.train:take(9), b.train:take(9)
        assert.same(part:shape(), some:shape())
        assert.equal(tostring(part), tostring(some))
        assert.is_true(some:record(4).signals:equal(part:record(4).signals))
        assert.same(data.scaler.fit(part):state(), data.scaler.fit(some):state())
        assert.is_true(in_file(some) and in_file(b.val) and in_file(streamed))
        assert.is_true(some.signals:equal(part.signals)) -- all of them, into memory
        assert.is_false(in_file(some))
        assert.is_true(in_file(streamed))
        assert.is_true(some:read{2}:equal(part:read{2}))
      end
    end)
  end)

  it("goes through in blocks that make up the whole", function()
    temporary.folder(function(folder)
      local n = 2 * require("ecgraft.data.stored").block_rows{0, 2000, 1} + 3
      local signals, labels, records = core.randn(n, 2000, 1), core.zeros(n, 1), {}
      for i = 1, n do records[i] = "r" .. i end
      local set = data.dataset{signals = signals, labels = labels, classes = {"A"}, records = records, leads = {"I"}, rate = 100}
      assert(set:save(folder .. "/set.h5"))
      local streamed, at, blocks = assert(data.open(folder .. "/set.h5", {stream = true})), 1, 0
      for x, first in streamed:blocks() do
        assert.equal(at, first)
        assert.is_true(x:equal(signals:narrow(1, at, #x)))
        at, blocks = at + #x, blocks + 1
      end
      assert.equal(n + 1, at)
      assert.equal(3, blocks)
      local scaler = data.scaler.fit(streamed)
      assert.same(data.scaler.fit(set):state(), scaler:state())
      local mean, deviation = core.signal.moments(signals) -- of all at once
      assert.near(mean, scaler.mean, 1e-9)
      assert.near(deviation, scaler.deviation, 1e-9)
    end)
  end)

  it("trains, validates and predicts to the same bits, for any number of threads", function()
    temporary.folder(function(folder)
      local whole, streamed = both(folder, 130)
      local a, b = whole:split(), streamed:split()
      local threads = eg.num_threads()
      local net, history = fit(a.train, a.val)
      local hash, scores = toy.hash(net), eg.predict(net, a.test)
      for n = 1, 3 do
        eg.set_num_threads(n)
        local other, same = fit(b.train, b.val)
        assert.equal(hash, toy.hash(other))
        for i, row in ipairs(history) do assert.equal(row.val_loss, same[i].val_loss) end
        assert.is_true(eg.predict(other, b.test):equal(scores))
      end
      eg.set_num_threads(threads)
      assert.is_true(in_file(b.train) and in_file(b.val) and in_file(b.test))
    end)
  end)

  it("is trained on again where it was interrupted behind the last step of an epoch", function()
    temporary.folder(function(folder)
      local whole, streamed = both(folder, 90) -- six steps, the last of 10 records
      local hash = toy.hash((fit(whole)))
      for i, set in ipairs{whole, streamed} do
        local steps, o = 0, {checkpoint = folder .. "/last" .. i, checkpoint_seconds = 0}
        local interrupted = core.interrupted
        core.interrupted = function()
          steps = steps + 1
          return steps == 6
        end
        local ok, message = pcall(fit, set, nil, o)
        core.interrupted = interrupted
        assert(not ok and message.interrupted, tostring(message))
        assert.equal(hash, toy.hash((fit(set, nil, o))))
      end
    end)
  end)

  it("is not saved over the file that it is read from", function()
    temporary.folder(function(folder)
      local _, streamed = both(folder, 20)
      local path = folder .. "/set.h5"
      local bytes = files.read(path)
      local ok, message = streamed:subset{4, 5, 6}:save(path)
      assert.is_nil(ok)
      assert.matches("set%.h5: the set's own signals are read from this file", message)
      assert.is_true(files.read(path) == bytes)
      assert(streamed:subset{4, 5, 6}:save(folder .. "/part.h5"))
    end)
  end)

  it("is trained on again where it was interrupted", function()
    temporary.folder(function(folder)
      local _, streamed = both(folder, 90)
      local hash = toy.hash((fit(streamed)))
      local steps = 0
      local ok = pcall(fit, streamed, nil, {checkpoint = folder .. "/run", checkpoint_seconds = 0, augment = function(x, y)
        steps = steps + 1
        if steps == 9 then error("stop") end
        return x, y
      end})
      assert.is_false(ok)
      assert.equal(hash, toy.hash((fit(streamed, nil, {checkpoint = folder .. "/run", checkpoint_seconds = 0}))))
    end)
  end)

  it("says which file is damaged when it comes to it, and goes on living", function()
    temporary.folder(function(folder)
      local _, streamed = both(folder, 60)
      local path = folder .. "/set.h5"
      local bytes = files.read(path)
      local kind = core.scalar == "float64" and "<d" or "<f"
      local at = assert(bytes:find(string.pack(kind, streamed:read{33}[1][1][1]:item()), 1, true))
      temporary.write(path, bytes:sub(1, at - 1) .. string.char(bytes:byte(at) ~ 1) .. bytes:sub(at + 1))
      local opened = assert(data.open(path, {stream = true}))
      assert.error_matches(function() fit(opened) end, "set%.h5: damaged HDF5 file: 'signals'")
      assert.error_matches(function() return opened.signals end, "set%.h5: damaged HDF5 file: 'signals'")
      temporary.write(path, bytes)
      fit(assert(data.open(path, {stream = true})))
    end)
  end)

  it("takes no more memory than a few batches", function()
    temporary.folder(function(folder)
      local path, n, records = folder .. "/set.h5", 4000, {}
      for i = 1, n do records[i] = "r" .. i end
      assert(data.dataset{signals = core.randn(n, 1000, 12), labels = core.rand(n, 2):lt(.5), classes = {"A", "B"}, records = records,
        rate = 100}:save(path))
      collectgarbage()
      collectgarbage()
      core.memory_trim()
      local streamed = assert(data.open(path, {stream = true}))
      local before = core.memory().live
      core.memory_reset_peak()
      local net = eg.models.resnet1d18{leads = 12, classes = 2, width = 4, hidden = 8}
      local parts = streamed:split{train = .2, val = .1, test = .7}
      eg.fit(net, parts.train, {val = parts.val, epochs = 1, batch = 16, progress = false})
      eg.predict(net, parts.test)
      local signals = n * 1000 * 12 * (core.scalar == "float64" and 8 or 4)
      assert.is_true(core.memory().peak - before < signals / 2, ("%d of %d bytes"):format(core.memory().peak - before, signals))
      assert.is_true(in_file(parts.train))
    end)
  end)
end)

describe("signals in 16 bits", function()
  it("are within half a microvolt, and what is clipped is counted", function()
    temporary.folder(function(folder)
      local x = core.uniform({5, 40, 2}, -2, 2)
      x:select(1, 3):narrow(1, 1, 3):fill_(40)
      x:select(1, 4):narrow(1, 7, 1):fill_(-33)
      local records = {"a", "b", "c", "d", "e"}
      local set = data.dataset{signals = x, labels = core.zeros(5, 1), classes = {"A"}, records = records, leads = {"I", "II"}, rate = 100,
        notes = {"one"}}
      assert(set:save(folder .. "/set.h5", {dtype = "int16"}))
      local again = assert(data.open(folder .. "/set.h5"))
      assert.same({"one", "8 samples beyond 32.767 mV, in 2 records, stored as that"}, again.notes)
      local expected = x:clamp{min = -32.767, max = 32.767}
      assert.is_true((again.signals - expected):abs():max():item() <= .0005 + 1e-6)
      assert.near(32.767, again.signals[3][1][1]:item(), 1e-5)
      assert.near(-32.767, again.signals[4][7][2]:item(), 1e-5)
      -- Written again it is the same.
      assert(again:save(folder .. "/again.h5", {dtype = "int16"}))
      assert.is_true(assert(data.open(folder .. "/again.h5")).signals:equal(again.signals))
    end)
  end)
end)
