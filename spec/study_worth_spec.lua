--- What pretraining is worth, from runs whose curves are known; and how the report says it.
local fake_study = require "spec.support.fake_study"
local report = require "ecgraft.report"
local worth = require "ecgraft.study.worth"
local xml = require "spec.support.xml"

local function computed(overrides, resamples)
  local given = fake_study.report(overrides)
  given.study.confidence, given.study.resamples = 0.95, resamples or 100
  local value = worth.compute(given.study, {runs = given.runs, pretraining = given.pretraining}, given.gains)
  given.study.confidence, given.study.resamples = nil, nil
  return value, given
end

local function reported(value, given)
  for name, rows in pairs(value) do given[name] = rows end
  local files = {}
  for _, file in ipairs(report.build(given)) do files[file.name] = file.text end
  return files
end

local one = {networks = {"resnet1d18"}, downstream = {"hospital B"}}

describe("what pretraining is worth", function()
  it("finds the scratch arm's curve and the records that fine-tuning saves", function()
    local value = computed{networks = one.networks, downstream = one.downstream}
    local curve = value.curves[1]
    -- the made-up runs follow 0.92 - 1.9 n^-0.47 from scratch and 0.92 - 1.0 n^-0.47 fine-tuned: 1.9^(1/0.47) = 3.92 times the records
    assert(curve.a_low < 0.92 and 0.92 < curve.a_high, curve.a)
    assert(curve.c_low < 0.47 and 0.47 < curve.c_high, curve.c)
    assert(curve.last_low <= curve.y[#curve.y] and curve.y[#curve.y] <= curve.last_high)
    assert.equal(50, curve.x[1])
    assert(math.abs(curve.x[#curve.x] - 1600) < 1e-6)
    local ratios = 0
    for _, row in ipairs(value.saved) do
      if row.strategy == "finetune" and not row.extrapolated then
        ratios = ratios + 1
        assert(row.ratio_low < 3.92 and 3.92 < row.ratio_high, row.ratio)
        assert(math.abs(row.worth / row.records - row.ratio) < 1e-9)
      end
    end
    assert.equal(4, ratios)
  end)

  it("gives where a gain is lost, and where it is not", function()
    local value, given = computed{networks = one.networks, downstream = one.downstream}
    local kept, lost = value.break_even[1], value.break_even[2]
    assert.same({"finetune", true, 1600}, {kept.strategy, kept.shown, kept.largest})
    assert.is_nil(kept.size)
    -- by hand: the first size of the linear probe from which on no interval lies above zero
    local first
    for _, gain in ipairs(given.gains) do
      if gain.strategy == "linear_probe" then first = gain.low <= 0 and (first or gain.size) or nil end
    end
    assert.equal(first, lost.size)
    assert(lost.estimate <= first and lost.estimate >= first / 2)
  end)

  it("needs three sizes for a curve and two seeds for its interval", function()
    local few = computed{networks = one.networks, downstream = one.downstream, sizes = {50, 100}}
    assert.equal(0, #few.curves + #few.saved)
    assert.equal(2, #few.break_even)
    local single = computed{networks = one.networks, downstream = one.downstream, seeds = {1}}
    assert.is_number(single.curves[1].a)
    assert.is_nil(single.curves[1].a_low)
    assert.is_number(single.saved[1].ratio)
    assert.is_nil(single.saved[1].ratio_low)
  end)

  it("tells no number that is far beyond what was trained", function()
    local value, given = computed{networks = one.networks, downstream = one.downstream}
    local row = value.saved[1]
    row.worth, row.low, row.high, row.ratio, row.ratio_low, row.ratio_high = 300, 80, 4e9, 6, 1.6, 8e7
    local files = reported(value, given)
    assert.matches("| 300 | [80, \\>5,000] | 6.00 | [1.60, \\>100] |", files["tables.md"], 1, true)
    assert.matches("worth about 300 from scratch (6.00 times, interval 1.60 to more than 100).", files["report.html"], 1, true)
    row.worth, row.ratio = 3e8, 6e6
    assert.matches("it was worth more than 5,000 from scratch (more than 100 times", reported(value, given)["report.html"], 1, true)
    row.worth, row.ratio, row.low, row.ratio_low = math.huge, math.huge, 1e25, 2e23 -- the limit is reached, in some resamples far off
    assert.matches("| [\\>5,000, \\>5,000] | ∞ | [\\>100, \\>100] |", reported(value, given)["tables.md"], 1, true)
    row.records = nil -- a row of one's own need not have it
    assert.matches("| [1e25, 4,000,000,000] |", reported(value, given)["tables.md"], 1, true)
  end)

  it("says how far the means lie from the curve, where it does not fit, and what the means themselves say", function()
    -- scores that jump between two plateaus: no a - b n^-c passes through them
    local function jumping(size, arm) return (arm == "scratch" and (size < 300 and 0.6 or 0.8) or 0.7) end
    local study = {metric = "macro_auroc", networks = {"n"}, downstream = {"d"}, upstream = {"u"}, strategies = {"scratch", "finetune"},
      confidence = 0.95, resamples = 50}
    local runs = {}
    for _, size in ipairs{50, 100, 200, 400, 800} do
      for seed = 1, 3 do
        for _, strategy in ipairs{"scratch", "finetune"} do
          runs[#runs + 1] = {network = "n", upstream = strategy == "scratch" and "none" or "u", downstream = "d", strategy = strategy,
            size = size, records = size, seed = seed, scores = {macro_auroc = jumping(size, strategy) + 0.001 * seed}, history = {}}
        end
      end
    end
    local gains = {}
    for i, size in ipairs{50, 100} do
      gains[i] = {network = "n", upstream = "u", downstream = "d", strategy = "finetune", size = size, mean = 0.1, low = 0.08, high = 0.12}
    end
    local value = worth.compute(study, {runs = runs, pretraining = {}}, gains)
    local curve, row = value.curves[1], value.saved[1]
    assert.equal("poor", curve.fit)
    assert(curve.fit_p < 1e-6)
    assert(math.abs(curve.distance) > 0.03, curve.distance)
    assert.equal("poor", row.fit)
    assert(math.abs(row.measured - 200 * 2 ^ 0.5) < 1e-6, row.measured) -- half-way between 0.602 at 200 and 0.802 at 400
    study.confidence, study.resamples, study.name = nil, nil, "s"
    local files = reported(value, {out = "x", study = study, runs = runs, gains = gains})
    assert.matches("fits badly", files["tables.md"], 1, true)
    assert.matches("| 283 | rough: poor fit |", files["tables.md"], 1, true)
    assert.matches("a rough guess: the curve fits scratch badly (between the measured means: about 283).", files["report.html"], 1, true)
  end)

  it("says that a limit stands on its bound, and that numbers beyond the sizes hang on it", function()
    local value, given = computed{networks = one.networks, downstream = one.downstream}
    assert.equal("good", value.curves[1].fit)
    assert.not_matches("rough", reported(value, given)["tables.md"], 1, true)
    value.curves[1].fit = "bound"
    for i, row in ipairs(value.saved) do row.fit, row.extrapolated, row.measured = "bound", i == 1, nil end
    local files = reported(value, given)
    assert.matches("limit on its bound", files["tables.md"], 1, true)
    local _, count = files["tables.md"]:gsub("| rough: limit not told |", "")
    assert.equal(1, count)
    value.saved[1].measured = 400
    assert.matches("| 400 | rough: misses means |", reported(value, given)["tables.md"], 1, true)
  end)

  it("counts epochs and seconds until scratch's best, with and without pretraining", function()
    local function run(strategy, upstream, seed, scores)
      local history, best = {}, 0
      for i, score in ipairs(scores) do
        history[i] = {epoch = i, val_score = score, seconds = 10}
        best = math.max(best, score)
      end
      return {network = "n", upstream = upstream, downstream = "d", strategy = strategy, size = 20, records = 20, seed = seed,
        scores = {macro_auroc = 0.5}, val_score = best, history = history}
    end
    local study = {metric = "macro_auroc", networks = {"n"}, downstream = {"d"}, upstream = {"u"}, strategies = {"scratch", "finetune"},
      confidence = 0.95, resamples = 100}
    local found = {runs = {run("scratch", "none", 1, {0.5, 0.6, 0.7, 0.65}), run("scratch", "none", 2, {0.5, 0.9}),
      run("finetune", "u", 1, {0.6, 0.7, 0.8}), run("finetune", "u", 2, {0.6, 0.7, 0.8})},
      pretraining = {{network = "n", upstream = "u", seconds = 100}}}
    local row = worth.compute(study, found, {}).reached[1]
    assert.same({1, 2, 2, 20, 3, 30, 120}, {row.reached, row.seeds, row.epochs, row.seconds, row.scratch_epochs, row.scratch_seconds,
      row.seconds_with_pretraining})
  end)
end)

describe("the report", function()
  local value, given = computed{networks = one.networks, downstream = one.downstream}
  local files = reported(value, given)

  it("tells it in words, tables and the figure of scores", function()
    local root = xml.parse(files["report.html"], {void = {"meta"}})
    for _, text in ipairs{"What pretraining is worth in records", "Break-even", "from scratch as a - b n^-c",
      "Until scratch's best validation score is reached"} do
      assert.matches(text, root.text, 1, true)
    end
    local cards = xml.with_class(root, "verdict")
    assert.matches("With 50 records it was worth about [%d,]+ from scratch %([34]%.%d+ times, interval", cards[1].text)
    assert.matches("A gain is shown up to 1,600 records.", cards[1].text, 1, true)
    assert.matches("From about %d+ records on no gain is shown%.", cards[2].text)
    local picture = files["figures/score-hospital-b-resnet1d18.svg"]
    assert.matches("scratch, fitted", picture, 1, true)
    assert.matches("no gain shown: linear probe", picture, 1, true)
    assert.matches('stroke%-width="0.9"', picture)
    assert.matches("tab:worth", files["tables.tex"], 1, true)
  end)

  it("finds fault with rows that are not as documented", function()
    local wrong = {out = "x", study = {name = "s"}, saved = {{network = "n"}}}
    assert.error_matches(function() report.write(wrong) end, "report.write: saved%[1%]: option 'downstream' is required")
  end)
end)
