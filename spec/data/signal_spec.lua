--- Resampling against scipy.signal.resample_poly (spec/fixtures/generate_wfdb.py); gaps and scaling against their definitions.
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local files = require("spec.support.files")
local json = require("dkjson")

local signal = core.signal

local function largest_difference(a, b)
  return (a - b):abs():max():item()
end

describe("resampling", function()
  local fixture = json.decode(files.read("spec/fixtures/wfdb/resample.json"))
  local x = core.tensor(fixture.x)
  local range = x:max():item() - x:min():item()

  for _, case in ipairs(fixture.cases) do
    it(("is SciPy's from %d to %d, edges %s"):format(case.from, case.to, case.edges), function()
      local y, wanted = signal.resample(x, case.from, case.to, {edges = case.edges}), core.tensor(case.y)
      assert.same(wanted:shape(), y:shape())
      assert(largest_difference(y, wanted) <= 1e-6 * range)
    end)
  end

  it("treats each record and each lead by itself", function()
    local many = core.randn(3, 40, 19) -- more leads than are summed at once
    local y = signal.resample(many, 360, 250)
    assert.same({3, 28, 19}, y:shape())
    for i = 1, 3 do
      assert.is_true(y[i]:equal(signal.resample(many[i], 360, 250)))
      local lead = signal.resample(many[i]:narrow(2, 18, 1), 360, 250)
      assert.is_true(y[i]:narrow(2, 18, 1):equal(lead))
    end
  end)

  it("removes what the new rate cannot carry, and keeps what it can", function()
    local pi, rows = math.pi, {}
    for i = 0, 2999 do rows[i + 1] = {math.sin(2 * pi * 10 * i / 500), math.sin(2 * pi * 90 * i / 500)} end
    local y = signal.resample(core.tensor(rows), 500, 100):totable()
    for i = 100, 500 do
      assert.near(math.sin(2 * pi * 10 * (i - 1) / 100), y[i][1], 2e-3)
      assert.near(0, y[i][2], 2e-3)
    end
  end)

  it("leaves a signal at its own rate as it is", function()
    assert.is_true(signal.resample(x, 250, 250):equal(x))
    assert.is_true(signal.resample(x, 0.1, 0.1):equal(x))
  end)

  it("raises for rates that make no ratio", function()
    assert.error_matches(function() signal.resample(x, 0, 100) end, "expected two sampling rates above 0, got 0 and 100")
    assert.error_matches(function() signal.resample(x, 100, 0 / 0) end, "expected two sampling rates above 0")
    assert.error_matches(function() signal.resample(x, 100, math.huge) end, "expected two sampling rates above 0")
    assert.error_matches(function() signal.resample(x, 100, 100 * math.pi) end, "a fraction of integers up to 10000")
    assert.error_matches(function() signal.resample(x, 1e-300, 1e300) end, "a fraction of integers up to 10000")
    assert.error_matches(function() signal.resample(core.zeros(5), 100, 50) end, "must have shape %(L, leads%) or %(N, L, leads%)")
    assert.error_matches(function() signal.resample(core.zeros(0, 2), 100, 50) end, "at least one sample, got 0")
    assert.error_matches(function() signal.resample(x, 100, 50, {edges = "line"}) end, 'edges must be "zero" or "hold"')
    assert.error_matches(function() signal.resample(x, 100, 50, {edge = "zero"}) end, "unknown option 'edge'")
    assert.error_matches(function() signal.resample(x, 100, 50, 7) end, "options must be a table, got 7")
  end)
end)

describe("decimation", function()
  it("takes every nth sample, from the first", function()
    assert.same({{1, 2}, {7, 8}}, signal.decimate(core.tensor{{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 10}}, 3):totable())
    assert.same({0, 2}, signal.decimate(core.zeros(0, 2), 3):shape())
    assert.error_matches(function() signal.decimate(core.zeros(4, 2), 0) end, "the step must be an integer from 1")
    assert.error_matches(function() signal.decimate(core.zeros(4, 2)) end, "the step must be .* got nil")
  end)
end)

describe("gaps", function()
  local nan = 0 / 0

  it("are filled by straight lines, ends by their neighbour", function()
    local x = core.tensor{{nan, 1}, {2, nan}, {nan, nan}, {5, nan}, {nan, 5}, {nan, 1 / 0}}
    local y, report = signal.repair(x)
    assert.same({{2, 1}, {2, 2}, {3.5, 3}, {5, 4}, {5, 5}, {5, 5}}, y:totable())
    assert.same({gaps = 5, repaired = 8, left = 0, longest = 0}, report)
    assert.equal(8, x:count_nonfinite()) -- what was given stays
  end)

  it("are left where they are too long, or where nothing is known", function()
    local y, report = signal.repair(core.tensor{{1, nan}, {nan, nan}, {nan, nan}, {4, nan}}, 1)
    assert.same({gaps = 0, repaired = 0, left = 6, longest = 4}, report)
    assert.equal(6, y:count_nonfinite())
    y, report = signal.repair(core.tensor{{1, nan}, {nan, nan}, {nan, nan}, {4, nan}})
    assert.same({gaps = 1, repaired = 2, left = 4, longest = 4}, report)
    assert.near(2, y[2][1]:item(), 1e-6)
  end)
end)

describe("scaling", function()
  it("brings each lead of each record to [-1, 1]", function()
    local y, flat = signal.minmax(core.tensor{{{1, 7}, {2, 7}, {5, 7}}, {{0, -1}, {1, 0}, {0, 3}}})
    assert.same({{{-1, 0}, {-.5, 0}, {1, 0}}, {{-1, -1}, {1, -.5}, {-1, 1}}}, y:totable())
    assert.equal(1, flat)
  end)

  it("standardises by given numbers, or each lead by its own", function()
    assert.same({{1, 2}, {3, 4}}, signal.standardise(core.tensor{{3, 5}, {7, 9}}, 1, 2):totable())
    local y = signal.standardise(core.randn(4, 50, 3) * 5 + 2)
    for i = 1, 4 do
      for k = 1, 3 do
        local mean, deviation = signal.moments(y[i]:narrow(2, k, 1))
        assert.near(0, mean, 1e-6)
        assert.near(1, deviation, 1e-5)
      end
    end
    assert.error_matches(function() signal.standardise(core.zeros(2, 2), 1, 0) end, "the deviation must be above 0, got 0")
  end)

  it("counts finite values only in moments", function()
    local mean, deviation, count = signal.moments(core.tensor{{1, 0 / 0}, {3, 5}})
    assert.equal(3, mean)
    assert.near(math.sqrt(8 / 3), deviation, 1e-12)
    assert.equal(3, count)
    assert.same({0, 0, 0}, {signal.moments(core.zeros(0, 3))})
  end)
end)

describe("hashes", function()
  it("are equal for equal signals only, and know the order", function()
    local x = core.randn(4, 20, 3)
    x[3] = x[1]
    x[4] = core.signal.decimate(x[1], 1):flip(1)
    local h = signal.hashes(x)
    assert.equal(h[1], h[3])
    assert.are_not.equal(h[1], h[2])
    assert.are_not.equal(h[1], h[4])
    assert.equal(signal.hashes(core.tensor{{0}})[1], signal.hashes(core.tensor{{-0.0}})[1])
  end)
end)
