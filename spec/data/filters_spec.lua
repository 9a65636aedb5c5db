-- Filters against SciPy: spec/fixtures/generate_filter.py.
local eg = require "ecgraft"
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local filters = eg.data.filters

local fixture = assert(files.read_json "spec/fixtures/filter/cases.json")
local signals = eg.tensor(fixture.x)
-- Single precision holds the signal, about 1, to seven digits; the filters themselves compute in double.
local TOLERANCE = core.scalar == "float64" and 1e-7 or 1e-5

--- Every seventh row, as the fixture keeps them, against y.
local function check(expected, y)
  local rows = {}
  for i = 1, #y, 7 do rows[#rows + 1] = i end
  local got = y:index_select(eg.tensor(rows), 1)
  local off = (got - eg.tensor(expected)):abs():max():item()
  assert(off < TOLERANCE, ("off by %g"):format(off))
end

describe("a filter", function()
  for _, case in ipairs(fixture.butterworth) do
    local name = ("%s, order %d, %g Hz to %g Hz at %g Hz"):format(case.kind, case.order, case.low, case.high, case.rate)
    it("agrees with SciPy: " .. name, function()
      check(case.y, core.filter.butterworth(signals, case.kind, case.order, case.rate, case.low, case.high))
    end)
  end

  for _, case in ipairs(fixture.notches) do
    it(("agrees with SciPy: notch at %g Hz of quality %g, at %g Hz"):format(case.frequency, case.q, case.rate), function()
      check(case.y, filters.notch(signals, {rate = case.rate, frequency = case.frequency, q = case.q}))
    end)
  end

  it("agrees with SciPy under its own names and defaults", function()
    local seen = 0
    for _, case in ipairs(fixture.butterworth) do
      local run
      if case.kind == "high" and case.order == 2 then -- a high-pass of order 2 is what takes off the baseline
        run = function() return filters.baseline(signals, {rate = case.rate, cutoff = case.low ~= .5 and case.low or nil}) end
      elseif case.kind == "band" and case.order == 2 and case.low == .5 and case.high == 40 then
        run = function() return filters.bandpass(signals, {rate = case.rate}) end
      elseif case.kind == "low" then
        run = function() return filters.lowpass(signals, {rate = case.rate, order = case.order, high = case.high}) end
      elseif case.kind == "high" then
        run = function() return filters.highpass(signals, {rate = case.rate, order = case.order, low = case.low}) end
      elseif case.kind == "stop" then
        run = function() return filters.bandstop(signals, {rate = case.rate, order = case.order, low = case.low, high = case.high}) end
      end
      if run then
        check(case.y, run())
        seen = seen + 1
      end
    end
    assert.equal(11, seen)
    check(fixture.notches[1].y, filters.notch(signals, {rate = 500}))
  end)

  it("treats each record of a set for itself, whatever the number of threads", function()
    local two, threads = eg.stack{signals, signals * -2}, eg.num_threads()
    local y = filters.bandpass(two, {rate = 100})
    assert.is_true(y[1]:equal(filters.bandpass(signals, {rate = 100})))
    assert.is_true((y[1] * -2):equal(y[2], 1e-5))
    eg.set_num_threads(3)
    assert.is_true(y:equal(filters.bandpass(two, {rate = 100})))
    eg.set_num_threads(threads)
  end)

  it("takes sets and records, and takes off baseline and hum", function()
    local set = eg.data.synthetic{records = 5, hospital = "A", seed = 2}
    local flat = filters.baseline(set)
    assert.is_true(eg.data.is_dataset(flat))
    assert.same(set.records, flat.records)
    assert.is_true(flat.signals:mean(2):abs():max():item() < 0.1)
    local t = eg.arange(2000):reshape(2000, 1)
    local hum = (t * (2 * math.pi * 50 / 500)):sin()
    local left = filters.notch(hum, {rate = 500}):narrow(1, 500, 1000):abs():max():item()
    assert.is_true(left < 0.02)
    assert.same(set:record(1).leads, filters.lowpass(set:record(1), {high = 30}).leads)
  end)

  it("says what is wrong", function()
    assert.error_matches(function() filters.bandpass(signals, {low = 1, high = 60, rate = 100}) end, "half the rate, 50 Hz; got 1 and 60")
    assert.error_matches(function() filters.bandpass(signals, {low = 20, high = 10, rate = 100}) end, "corners must rise")
    assert.error_matches(function() filters.lowpass(signals, {rate = 100}) end, "option 'high' is required")
    assert.error_matches(function() filters.lowpass(signals, {high = 10}) end, "option 'rate' is required for a tensor")
    assert.error_matches(function() filters.lowpass(eg.zeros(8, 2), {high = 10, rate = 100, order = 4}) end,
      "longer than 15 samples, got 8")
    assert.error_matches(function() filters.notch(3) end, "expected a dataset, a record or a tensor, got 3")
  end)
end)
