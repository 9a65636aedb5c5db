--- How many threads a training uses, with a clock and a machine that are made up.
local core = require "ecgraft.core"
local eg = require "ecgraft"
local threads = require "ecgraft.train.threads"
local toy = require "spec.support.toy"

--- Runs steps of 32 records until `seconds` have passed, a step taking seconds_of(number of threads, time). Returns the seconds that were
-- spent with each number.
local function spent(seconds_of, seconds)
  local now, limit, most = 0, 0, core.num_threads()
  local list = {}
  local function used() return limit > 0 and math.min(limit, most) or most end
  local adapted = threads.new(function() return now end, function(n)
    local before = limit
    limit = n
    return before
  end)
  while now < seconds do
    adapted:step(32, function()
      local each = seconds_of(used(), now)
      now, list[used()] = now + each, (list[used()] or 0) + each
    end)
  end
  local n = used()
  getmetatable(adapted).__close(adapted)
  assert.equal(0, limit)
  return list, n
end

describe("a training's threads", function()
  local before = core.num_threads()
  setup(function() core.set_num_threads(8) end)
  teardown(function() core.set_num_threads(before) end)

  it("stay as many as there are where that is fastest, at little cost", function()
    local list, last = spent(function(n) return 0.08 / n end, 600)
    assert.equal(8, last)
    assert(list[8] > 0.98 * 600, list[8])
    assert(list[4] > 0)
  end)

  it("become few where more are slower, and many again when that is over", function()
    local function seconds_of(n, now)
      if now < 100 then return n == 1 and 0.02 or 0.02 * n end
      return 0.08 / n
    end
    local _, last = spent(seconds_of, 100)
    assert.equal(1, last)
    local list
    list, last = spent(seconds_of, 300)
    assert.equal(8, last)
    assert(list[8] > 100, list[8])
  end)

  it("are measured by few steps where steps are long", function()
    local list = spent(function(n) return n > 4 and 30 or 10 end, 1000)
    assert(list[4] > 700 and list[8] < 200, list[4])
  end)

  it("are nothing to think about where there is one", function()
    core.set_num_threads(1)
    local list = spent(function() return 0.1 end, 10)
    core.set_num_threads(8)
    assert(list[1] >= 10)
  end)

  it("change no bit, are given back after an error as well, and are left alone where that is asked for", function()
    local hashes = {}
    for i, adapt in ipairs{true, false} do
      local net = toy.net(1)
      eg.fit(net, toy.set(90, 1), {epochs = 2, batch = 16, seed = 3, progress = false, adapt_threads = adapt,
        on_epoch = function() if adapt then core.limit_threads(1) end end})
      hashes[i] = toy.hash(net)
      assert.equal(8, core.num_threads())
    end
    assert.equal(hashes[1], hashes[2])
    assert.has_error(function()
      eg.fit(toy.net(1), toy.set(90, 1), {epochs = 1, progress = false, penalty = function()
        core.limit_threads(2)
        error "no"
      end})
    end)
    assert.equal(8, core.num_threads())
  end)
end)
