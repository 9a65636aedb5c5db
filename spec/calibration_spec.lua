--- Temperature scaling and intervals over records and seeds, against SciPy (spec/fixtures/generate_calibration.py).
local core = require "ecgraft.core"
local files = require "spec.support.files"
local json = require "dkjson"
local metrics = require "ecgraft.metrics"

local fixture = json.decode(files.read("spec/fixtures/stats/calibration.json"))

local function close(expected, value, tolerance, what)
  local scale = math.max(1e-3, math.abs(expected))
  assert(math.abs(expected - value) <= tolerance * scale, ("%s is %.17g, expected %.17g"):format(what, value, expected))
end

describe("metrics.fit_temperatures", function()
  for _, case in ipairs(fixture.temperatures) do
    it("agrees with SciPy: " .. case.name, function()
      local scores, labels = core.tensor(case.scores), core.tensor(case.labels)
      local temperatures, rows = metrics.fit_temperatures(scores, labels)
      local scaled = metrics.scale_temperatures(scores, temperatures):totable()
      for k, expected in ipairs(case.classes) do
        close(expected.temperature, temperatures[k], 1e-6, "temperature") -- SciPy's search ends at 1e-10 in log T, the cost is flat there
        close(expected.before, rows[k].before, 1e-12, "likelihood before")
        close(expected.after, rows[k].after, 1e-12, "likelihood after")
        assert.is_true(rows[k].fitted)
        for i, value in ipairs(expected.scaled) do close(value, scaled[i][k], 1e-5, "a scaled score") end -- single precision
      end
    end)
  end

  it("keeps the order of the records, and with it AUROC", function()
    local case = fixture.temperatures[1]
    local scores, labels = core.tensor(case.scores), core.tensor(case.labels)
    local scaled = metrics.scale_temperatures(scores, (metrics.fit_temperatures(scores, labels)))
    local before, after = metrics.evaluate(scores, labels), metrics.evaluate(scaled, labels)
    close(before.macro_auroc, after.macro_auroc, 1e-6, "AUROC")
    assert(after.macro_ece < 0.6 * before.macro_ece, before.macro_ece .. " and " .. after.macro_ece)
    assert(after.macro_brier < before.macro_brier)
  end)

  it("stays at 1 for a class with few records of a side, and within its bounds where all are told apart", function()
    local scores, labels = {}, {}
    for i = 1, 20 do
      local half = i <= 10
      scores[i] = {half and .9 or .1, .6, half and .1 or .9}
      labels[i] = {half and 1 or 0, i <= 4 and 1 or 0, half and 1 or 0}
    end
    local temperatures, rows = metrics.fit_temperatures(core.tensor(scores), core.tensor(labels), {classes = {"A", "B", "C"}})
    close(0.05, temperatures[1], 1e-12, "the temperature of scores that tell all apart")
    close(20, temperatures[3], 1e-12, "the temperature of scores that are all wrong")
    assert.equal(1, temperatures[2])
    assert.is_false(rows[2].fitted)
    assert.equal("B", rows[2].class)
    assert(metrics.fit_temperatures(core.tensor(scores), core.tensor(labels), {fewest = 4})[2] ~= 1)
  end)

  it("says what is wrong, and blames the caller", function()
    local one = core.tensor{{.5, .5}}
    assert.error_matches(function() metrics.fit_temperatures(core.tensor{{2}}, core.tensor{{1}}) end,
      "fit_temperatures: .*record 1, class 1")
    assert.error_matches(function() metrics.fit_temperatures(one, one, {fewest = 0}) end, "fewest")
    assert.error_matches(function() metrics.scale_temperatures(one, {1}) end, "expected 2 temperatures, got 1")
    assert.error_matches(function() metrics.scale_temperatures(one, {1, 0}) end, "temperature 2 must be above 0")
    assert.error_matches(function() metrics.scale_temperatures(one * 3, {1, 1}) end, "record 1, class 1 must be a probability")
  end)
end)

describe("an interval over records and seeds", function()
  it("agrees with Obuchowski and Rockette's and Hillis's formulas", function()
    for i, c in ipairs(fixture.crossed) do
      local found = core.stats.crossed(c.gains, c.resampled, .95)
      for _, name in ipairs{"low", "high", "p", "df", "between", "records"} do
        close(c[name], found[name], 1e-9, name .. " of case " .. i)
      end
    end
  end)

  it("is given where runs of both arms can be paired", function()
    core.manual_seed(1)
    local labels = core.tensor{{1}, {0}, {1}, {0}, {1}, {0}, {1}, {0}, {1}, {0}, {0}, {1}}
    local function runs(n) local list = {} for i = 1, n do list[i] = core.rand(12, 1) + .3 * labels end return list end
    local r = metrics.compare(runs(3), runs(3), labels, {resamples = 200})[1]
    assert(r.overall.low < r.gain and r.gain < r.overall.high and r.overall.df >= 2 and r.overall.p <= 1)
    close(r.gain, (r.overall.low + r.overall.high) / 2, 1e-9, "the middle")
    assert.is_nil(metrics.compare(runs(3), runs(2), labels, {resamples = 200})[1].overall)
    assert.is_nil(metrics.compare(runs(1), runs(1), labels, {resamples = 200})[1].overall)
    local same = runs(2)
    local none = metrics.compare(same, same, labels, {resamples = 200})[1].overall
    assert.same({0, 0, 1}, {none.low, none.high, none.p})
  end)
end)
