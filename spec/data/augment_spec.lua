local eg = require "ecgraft"
local toy = require "spec.support.toy"
local augment = eg.data.augment

local function batch()
  eg.manual_seed(4)
  return eg.randn(40, 100, 6), eg.rand(40, 3):gt(0.5)
end

describe("augmentation", function()
  it("scales each record by one factor within the range", function()
    local x, y = batch()
    local z, labels = augment{scale = {0.5, 2}}(x, y)
    local factor = (z / x):reshape(40, 600)
    assert.is_true(factor:var(2):max():item() < 1e-8)
    local factors = factor:select(2, 1)
    assert.is_true(factors:min():item() >= 0.5 and factors:max():item() <= 2)
    assert.is_true(factors:max():item() / factors:min():item() > 2)
    assert.is_true(math.abs(factors:log():mean():item()) < 0.2) -- as often smaller as larger
    assert.is_true(labels:equal(y))
  end)

  it("adds noise of the deviation asked for", function()
    local x, y = batch()
    local added = augment{noise = 0.1}(x, y) - x
    assert.is_true(math.abs(added:std():item() - 0.1) < 0.002)
    assert.is_true(math.abs(added:mean():item()) < 0.002)
  end)

  it("adds slow waves of at most the amplitude asked for, other ones to each lead", function()
    local x, y = batch()
    local added = augment{wander = 0.3, rate = 100}(x, y) - x
    assert.is_true(added:abs():max():item() <= 0.3 + 1e-6)
    local step = added:narrow(2, 2, 99) - added:narrow(2, 1, 99)
    assert.is_true(step:abs():max():item() <= 0.3 * 2 * math.pi * 0.5 / 100 + 1e-6) -- no faster than 0.5 Hz
    assert.is_true((added:select(3, 1) - added:select(3, 2)):abs():max():item() > 0.05)
  end)

  it("drops whole leads, but never all of a record", function()
    local x, y = batch()
    local z = augment{lead_dropout = 0.3}(x, y)
    local dropped = z:abs():max(2):eq(0)
    assert.is_true(math.abs(dropped:mean():item() - 0.3) < 0.1)
    assert.is_true((z * (z - x)):abs():max():item() == 0) -- the others are as they were
    z = augment{lead_dropout = 1}(x, y)
    assert.is_true(z:abs():max(2):gt(0):sum(2):equal(eg.ones(40)))
  end)

  it("moves records and fills with zeros", function()
    local x, y = batch()
    x = x + 10
    local z = augment{shift = 7}(x, y)
    local seen = {}
    for i = 1, 40 do
      local found
      for by = -7, 7 do
        local from, to = x[i]:narrow(1, math.max(-by, 0) + 1, 100 - math.abs(by)), z[i]:narrow(1, math.max(by, 0) + 1, 100 - math.abs(by))
        if from:equal(to) then found = by end
      end
      assert.is_number(found)
      seen[found] = true
      assert.equal(math.abs(found) * 6, z[i]:eq(0):sum():item())
    end
    assert.is_true(next(seen, next(seen)) ~= nil)
  end)

  it("mixes records and labels by one share", function()
    local x, y = batch()
    local shares = {}
    for i = 1, 200 do
      local z, labels = augment{mixup = 0.4}(eg.tensor{{{1}}, {{0}}}, eg.tensor{{1}, {0}})
      assert.is_true(z:reshape(2, 1):equal(labels, 1e-6))
      shares[i] = math.max(labels[1]:item(), labels[2]:item())
    end
    table.sort(shares)
    assert.is_true(shares[1] >= 0.5 and shares[200] <= 1 and shares[100] > 0.7) -- Beta(0.4, 0.4) is mostly near 0 and 1
    local z = augment{mixup = 0.4}(x, y)
    assert.same(x:shape(), z:shape())
  end)

  it("in a training gives the same bits for the same seed, and after resuming", function()
    local function train(epochs, folder)
      local net = toy.net(1)
      eg.fit(net, toy.set(48, 1), {epochs = epochs, batch = 16, seed = 2, progress = false, checkpoint = folder, checkpoint_seconds = 0,
        augment = augment{scale = {0.9, 1.1}, noise = 0.05, lead_dropout = 0.1, shift = 3, mixup = 0.3},
        optimizer = eg.optim.Adam(net:parameters(), {lr = 1e-2})})
      return toy.hash(net)
    end
    local once = train(4)
    assert.equal(once, train(4))
    require("spec.support.temporary").folder(function(folder)
      train(2, folder)
      assert.equal(once, train(4, folder))
    end)
  end)

  it("draws anew at each call, the same from the same seed, with any number of threads", function()
    local x, y = batch()
    local all = augment{scale = {0.9, 1.1}, noise = 0.05, wander = 0.1, rate = 100, lead_dropout = 0.1, shift = 3, mixup = 0.3}
    local threads, first, first_labels, second = eg.num_threads(), nil, nil, nil
    for n = 1, 3 do
      eg.set_num_threads(n)
      eg.manual_seed(9)
      local z, labels = all(x, y)
      first, first_labels = first or z, first_labels or labels
      assert.is_true(z:equal(first) and labels:equal(first_labels))
      local again = all(x, y)
      second = second or again
      assert.is_true(again:equal(second))
      assert.is_false(again:equal(z))
    end
    eg.set_num_threads(threads)
    eg.manual_seed(9)
    local turned = x:transpose(2, 3):contiguous():transpose(2, 3) -- the same values, laid out otherwise
    assert.is_true(first:equal((all(turned, y))))
    assert.is_true(augment{}(x, y):equal(x))
  end)

  it("finds fault with what it is given", function()
    local core = require "ecgraft.core"
    assert.error_matches(function() augment{noise = 1}(eg.zeros(3, 4)) end, "augment.records: the signals must have shape %(N, L, leads%)")
    assert.error_matches(function() augment{mixup = 1}(eg.zeros(3, 4, 2), eg.zeros(2, 1)) end, "expected labels for 3 records, got 2")
    assert.error_matches(function() augment{mixup = 1}(eg.zeros(3, 4, 2), eg.zeros(3)) end, "the labels must have shape %(N, K%)")
    assert.error_matches(function() core.augment.windows(eg.zeros(3, 4, 2), 5) end, "at most 4 samples, which the records have, got 5")
    assert.error_matches(function() augment{scale = {0, 1}} end, "0 < low <= high")
    assert.error_matches(function() augment{wander = 1} end, "needs 'rate'")
    assert.error_matches(function() augment{nois = 1} end, "unknown option 'nois'; known options: lead_dropout, mixup")
  end)
end)
