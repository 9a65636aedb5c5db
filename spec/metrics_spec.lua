--- Metrics against scikit-learn (spec/fixtures/generate_stats.py), against published numbers, and their bootstrap.
local core = require "ecgraft.core"
local files = require "spec.support.files"
local json = require "dkjson"
local metrics = require "ecgraft.metrics"

local NAN = 0 / 0

local function number(value)
  if value == "nan" then return NAN end
  return value == "inf" and math.huge or value
end

local function close(expected, value, tolerance, what)
  expected = number(expected)
  local same = expected ~= expected and value ~= value or expected == value or math.abs(expected - value) <= tolerance
  assert(same, ("%s is %s, expected %s"):format(what, value, expected))
end

local function close_lists(expected, values, tolerance, what)
  assert(#expected == #values, ("%s has %d entries, expected %d"):format(what, #values, #expected))
  for i, each in ipairs(expected) do close(each, values[i], tolerance, ("%s[%d]"):format(what, i)) end
end

-- Scores N(shift, 1) of positives and N(0, 1) of negatives through the logistic function, and labels; both (n, k).
local function simulate(n, k, shift, share, seed)
  core.manual_seed(seed)
  local labels, scores = {}, core.randn(n, k):totable()
  local draws = core.rand(n, k):totable()
  for i = 1, n do
    labels[i] = {}
    for c = 1, k do
      labels[i][c] = draws[i][c] < share and 1 or 0
      scores[i][c] = 1 / (1 + math.exp(-scores[i][c] - shift * labels[i][c]))
    end
  end
  return core.tensor(scores), core.tensor(labels)
end

describe("metrics.evaluate", function()
  local cases = json.decode(files.read("spec/fixtures/stats/metrics.json"))

  for _, case in ipairs(cases) do
    it("agrees with scikit-learn: " .. case.name, function()
      local m = metrics.evaluate(core.tensor(case.scores), core.tensor(case.labels), {thresholds = case.thresholds})
      local compared = 0
      for k, expected in ipairs(case.classes) do
        local row = m.per_class[k]
        assert.equal(expected.support, row.support)
        for name, value in pairs(expected) do
          if type(value) ~= "table" and name ~= "best_f1" then
            close(value, row[name], 1e-12, ("%s of class %d"):format(name, k))
            if name ~= "support" then
              close(value, m[name][k], 1e-12, ("m.%s[%d]"):format(name, k))
              compared = compared + 1
            end
          end
        end
      end
      assert.equal(10 * #case.classes, compared)
      local totals = 0
      for name, value in pairs(case.total) do
        close(value, m[name], 1e-12, name)
        totals = totals + 1
      end
      assert.equal(13, totals)
    end)

    it("counts, curves and best thresholds agree with scikit-learn: " .. case.name, function()
      local scores, labels = core.tensor(case.scores), core.tensor(case.labels)
      local rows = metrics.confusion(scores, labels, {thresholds = case.thresholds})
      local thresholds, reached = metrics.tune_thresholds(scores, labels)
      local at_best = metrics.evaluate(scores, labels, {thresholds = thresholds})
      for k, expected in ipairs(case.classes) do
        local r = rows[k]
        assert.same(expected.confusion, {r.true_positive, r.false_positive, r.false_negative, r.true_negative})
        close(expected.best_f1 or "nan", reached[k], 1e-12, "the best F1")
        close(expected.best_f1 or "nan", at_best.f1[k], 1e-12, "F1 at the tuned threshold")
        if not expected.best_f1 then assert.equal(0.5, thresholds[k]) end
        if expected.roc then
          local roc = metrics.roc_curve(scores, labels, {class = k})
          close_lists(expected.roc.x, roc.false_positive_rate, 1e-12, "false-positive rate")
          close_lists(expected.roc.y, roc.recall, 1e-12, "recall")
          close_lists(expected.roc.thresholds, roc.thresholds, 0, "thresholds")
          local pr, wanted = metrics.precision_recall_curve(scores, labels, {class = k}), expected.precision_recall
          close_lists(wanted.x, pr.recall, 1e-12, "recall")
          close_lists(wanted.y, pr.precision, 1e-12, "precision")
          close_lists(wanted.thresholds, pr.thresholds, 0, "thresholds")
        end
        close(expected.ece, metrics.calibration(scores, labels, {class = k}).error, 1e-12, "ece")
      end
    end)
  end

  it("agrees with the published metrics of a model on PTB-XL's test fold", function()
    local folder = "../shared/data/metrics-case/"
    local file = io.open(folder .. "predictions.csv")
    if not file then pending("shared/data/metrics-case is not here") return end
    file:close()
    local classes, scores, labels = {"NORM", "MI", "STTC", "CD", "HYP"}, {}, {}
    for line in files.read(folder .. "predictions.csv"):gsub("^[^\n]*\n", ""):gmatch("[^\r\n]+") do
      local fields = {}
      for field in line:gmatch("[^,]+") do fields[#fields + 1] = field end
      local score, label = {}, {}
      for k = 1, 5 do label[k], score[k] = tonumber(fields[2 * k + 1]), tonumber(fields[2 * k + 2]) end
      scores[#scores + 1], labels[#labels + 1] = score, label
    end
    assert.equal(2198, #scores)
    local m = metrics.evaluate(core.tensor(scores), core.tensor(labels), {classes = classes})
    -- Probabilities were published rounded, and the calibration error computed in single precision.
    local columns = {{5, "auroc", 1e-9}, {6, "average_precision", 1e-9}, {7, "f1", 1e-9}, {9, "recall", 1e-9},
      {10, "specificity", 1e-9}, {11, "balanced_accuracy", 1e-9}, {12, "brier", 1e-9}, {13, "ece", 1e-8}}
    local compared = 0
    for line in files.read(folder .. "published_metrics.csv"):gsub("^[^\n]*\n", ""):gmatch("[^\r\n]+") do
      local fields = {}
      for field in (line .. ","):gmatch("([^,]*),") do fields[#fields + 1] = field end
      for _, column in ipairs(columns) do
        local value = fields[3] == "macro" and m["macro_" .. column[2]] or m[column[2]][fields[3]]
        close(tonumber(fields[column[1]]), value, column[3], column[2] .. " of " .. fields[3])
        compared = compared + 1
      end
      if fields[3] == "macro" then close(tonumber(fields[8]), m.micro_f1, 1e-9, "micro F1") end
    end
    assert.equal(48, compared)
  end)

  it("takes thresholds as a number, a list, a tensor or by class name", function()
    local scores, labels = simulate(40, 2, 1, .4, 1)
    local classes = {"AF", "LBBB"}
    local function f1(thresholds)
      return metrics.evaluate(scores, labels, {classes = classes, thresholds = thresholds}).f1
    end
    assert.same(f1{.25, .25}, f1(.25))
    assert.same(f1{.25, .75}, f1{LBBB = .75, AF = .25})
    assert.same(f1{.25, .75}, f1(core.tensor{.25, .75}))
    assert.same(f1(nil), f1(.5))
    assert.is_not.equal(f1(.25)[1], f1(.75)[1])
    assert.equal(f1(.25)[2], f1(.25).LBBB)
  end)

  it("does not change with the layout of its tensors", function()
    local scores, labels = simulate(30, 3, 1, .4, 2)
    local m = metrics.evaluate(scores, labels)
    local turned = scores:transpose(1, 2):contiguous():transpose(1, 2)
    assert.same(m:plain(), metrics.evaluate(turned, labels):plain())
    assert.same(m:plain().per_class[2].auroc,
      metrics.evaluate(scores:narrow(2, 2, 1), labels:narrow(2, 2, 1)).macro_auroc)
    assert.equal(m.per_class[1].f1, metrics.evaluate(scores:select(2, 1), labels:select(2, 1)).f1[1])
  end)

  it("names the classes that no macro average counts", function()
    local m = metrics.evaluate(core.tensor{{.9, .2}, {.1, .3}}, core.tensor{{1, 0}, {0, 0}}, {classes = {"AF", "LQT"}})
    assert.same({"LQT"}, m.left_out)
    assert.is_true(m.per_class[2].auroc ~= m.per_class[2].auroc)
    assert.equal(1, m.macro_auroc)
    local text = tostring(m)
    assert.truthy(text:find("not in the macro averages.*LQT"))
    assert.truthy(text:find("\nmacro "))
    assert.truthy(text:find("weighted F1 1.000, micro F1 1.000, Fmax 1.000; 2 records", 1, true))
  end)

  it("is plain without NaN for JSON", function()
    local m = metrics.evaluate(core.tensor{{.9, .2}, {.1, .3}}, core.tensor{{1, 0}, {0, 0}}, {classes = {"AF", "LQT"}})
    local back = json.decode(json.encode(m:plain()))
    assert.equal("LQT", back.per_class[2].class)
    assert.is_nil(back.per_class[2].auroc)
    assert.equal(1, back.macro_auroc)
    assert.equal(m.fmax, back.fmax)
    assert.is_nil(getmetatable(m:plain()))
  end)

  it("says what is wrong, and blames the caller", function()
    local scores, labels = simulate(4, 3, 1, .5, 3)
    local function fails(pattern, ...)
      local arguments = table.pack(...)
      local ok, message = pcall(function() metrics.evaluate(table.unpack(arguments, 1, arguments.n)) end)
      assert.is_false(ok)
      assert.truthy(message:find(pattern), message)
      assert.truthy(message:find("spec/metrics_spec.lua:%d+: metrics.evaluate: "), message)
    end
    local classes = {classes = {"AF", "SB"}}
    fails("labels must have the shape of the scores, {4, 3}, got {3, 3}", scores, labels:narrow(1, 1, 3))
    fails("must be tensor, got nil", nil, labels)
    fails("labels must be a tensor, got a table", scores, {})
    fails("unknown option 'threshold'; known options: classes, thresholds", scores, labels, {threshold = .5})
    fails("score of record 2, class 1 %(AF%) must be a finite number, got NaN", core.tensor{{.5, .5}, {NAN, .5}},
      core.tensor{{1, 0}, {0, 1}}, classes)
    fails("score of record 1, class 2 %(SB%) must be a probability", core.tensor{{.5, 1.5}}, core.tensor{{1, 0}}, classes)
    fails("label of record 1, class 2 %(SB%) must be 0 or 1, got 0.5", core.tensor{{.5, .5}}, core.tensor{{1, .5}}, classes)
    fails("expected the names of 3 classes, got 2", scores, labels, classes)
    fails('classes must differ, got "AF" twice', scores, labels, {classes = {"AF", "SB", "AF"}})
    fails("expected 3 thresholds, one a class, got 2", scores, labels, {thresholds = {.5, .5}})
    fails("the threshold of class 2 must be a number, got \"x\"", scores, labels, {thresholds = {.5, "x", .5}})
    fails("there is a threshold for 'XX', which is no class", scores, labels, {classes = {"A", "B", "C"},
      thresholds = {A = .1, B = .2, C = .3, XX = .4}})
    fails("at least one record", core.zeros(0, 2), core.zeros(0, 2))
    fails("scores must have shape {records, classes}", core.zeros(2, 2, 2), core.zeros(2, 2, 2))
  end)
end)

describe("metrics.tune_thresholds", function()
  it("lies half-way between scores, at the highest of equals", function()
    local thresholds, f1 = metrics.tune_thresholds(core.tensor{{.875}, {.75}, {.25}, {.125}}, core.tensor{{1}, {1}, {0}, {0}})
    assert.same({.5}, thresholds)
    assert.same({1}, f1)
    -- F1 is 2/3 with one, with two and with four predicted.
    thresholds, f1 = metrics.tune_thresholds(core.tensor{{.875}, {.75}, {.25}, {.125}}, core.tensor{{1}, {0}, {0}, {1}})
    assert.same({.8125}, thresholds)
    close(2 / 3, f1[1], 1e-15, "F1")
  end)

  it("predicts all where that is best", function()
    assert.same({.25}, (metrics.tune_thresholds(core.tensor{{.5}, {.25}}, core.tensor{{0}, {1}})))
  end)

  it("splits scores that are neighbours in single precision", function()
    local high = 0.5 + 2 ^ -24
    local scores, labels = core.tensor{{high}, {0.5}}, core.tensor{{1}, {0}}
    if scores:totable()[1][1] > 0.5 then
      local m = metrics.evaluate(scores, labels, {thresholds = (metrics.tune_thresholds(scores, labels))})
      assert.equal(1, m.f1[1])
    end
    scores = core.tensor{{0.5 + 2 ^ -23}, {0.5}}
    local m = metrics.evaluate(scores, labels, {thresholds = (metrics.tune_thresholds(scores, labels))})
    assert.equal(1, m.f1[1])
  end)
end)

describe("metrics curves", function()
  it("need a class where there are several", function()
    local scores, labels = simulate(10, 2, 1, .5, 4)
    assert.error_matches(function() metrics.roc_curve(scores, labels) end, "option 'class' must be one of")
    assert.error_matches(function() metrics.roc_curve(scores, labels, {class = "SB", classes = {"AF", "LQT"}}) end, "AF, LQT")
    assert.same(metrics.roc_curve(scores, labels, {class = 2}), metrics.roc_curve(scores, labels, {class = "LQT",
      classes = {"AF", "LQT"}}))
    assert.equal(#metrics.roc_curve(scores:narrow(2, 1, 1), labels:narrow(2, 1, 1)).recall, 11)
  end)

  it("calibration counts every record once", function()
    local scores, labels = simulate(200, 1, 1, .5, 5)
    local c = metrics.calibration(scores, labels, {bins = 7})
    local total, positives = 0, 0
    for b, count in ipairs(c.count) do
      total = total + count
      if count > 0 then
        assert(c.score[b] >= (b - 1) / 7 and c.score[b] <= b / 7)
        positives = positives + count * c.frequency[b]
      end
    end
    assert.equal(7, #c.count)
    assert.equal(200, total)
    close(labels:sum():item(), positives, 1e-9, "positives")
    assert.error_matches(function() metrics.calibration(core.tensor{{2}}, core.tensor{{1}}) end, "record 1, class 1")
  end)
end)

describe("metrics.bootstrap", function()
  it("gives the same numbers for any number of threads and the same seed", function()
    local scores, labels = simulate(150, 3, 1, .3, 6)
    local options = {statistics = {"macro_auroc", "fmax", "f1:2", "weighted_f1"}, resamples = 2000, seed = 5}
    local before, results = core.num_threads(), {}
    for threads = 1, 3 do
      core.set_num_threads(threads)
      results[threads] = tostring(metrics.bootstrap(scores, labels, options))
      local r = metrics.bootstrap(scores, labels, options)
      results[threads] = results[threads] .. ("%.17g %.17g"):format(r.fmax.low, r[1].high)
    end
    core.set_num_threads(before)
    assert.equal(results[1], results[2])
    assert.equal(results[1], results[3])
    options.seed = 6
    assert.is_not.equal(results[1]:match("^.-\n.-\n(.-)\n"), tostring(metrics.bootstrap(scores, labels, options)):match(
      "^.-\n.-\n(.-)\n"))
  end)

  it("averages over runs, and centres on their mean", function()
    local a, labels = simulate(200, 2, 1.5, .3, 7)
    core.manual_seed(8)
    local b = (a + core.randn(200, 2) * 0.1):clamp{min = 0, max = 1}
    local both = metrics.bootstrap({a, b}, labels, {statistics = {"macro_auroc", "auroc:2"}, resamples = 400})
    local ma, mb = metrics.evaluate(a, labels), metrics.evaluate(b, labels)
    close((ma.macro_auroc + mb.macro_auroc) / 2, both.macro_auroc.estimate, 1e-12, "the estimate")
    close((ma.auroc[2] + mb.auroc[2]) / 2, both["auroc:2"].estimate, 1e-12, "the estimate of a class")
    assert(both.macro_auroc.low < both.macro_auroc.estimate and both.macro_auroc.estimate < both.macro_auroc.high)
    assert.equal("macro_auroc", both[1].statistic)
  end)

  it("pairs arms: a gain of nothing is exactly nothing", function()
    local scores, labels = simulate(100, 2, 1, .4, 9)
    local same = metrics.compare(scores, scores, labels, {resamples = 100}).macro_auroc
    assert.equal(0, same.low)
    assert.equal(0, same.high)
    assert.equal(1, same.p)
    local worse = (scores * 0.2 + core.rand(100, 2) * 0.8):clamp{min = 0, max = 1}
    local gain = metrics.compare({scores, scores}, {worse}, labels, {resamples = 500}).macro_auroc
    close(gain.with.estimate - gain.without.estimate, gain.gain, 1e-12, "the gain")
    assert(gain.low > 0 and gain.p < .05)
    local apart = gain.with.high - gain.with.low + gain.without.high - gain.without.low
    assert(gain.high - gain.low < apart)
    assert.truthy(tostring(metrics.compare(scores, worse, labels, {resamples = 100})):find("macro_auroc.*%+"))
  end)

  it("takes each run's own thresholds", function()
    local a, labels = simulate(100, 2, 1, .4, 10)
    local arm = {scores = {a, a}, thresholds = {{.3, .3}, {.7, .7}}}
    local r = metrics.bootstrap(arm, labels, {statistics = "macro_f1", resamples = 10})
    local low = metrics.evaluate(a, labels, {thresholds = .3}).macro_f1
    local high = metrics.evaluate(a, labels, {thresholds = .7}).macro_f1
    close((low + high) / 2, r.macro_f1.estimate, 1e-12, "macro F1")
    assert.error_matches(function()
      metrics.bootstrap({scores = {a}, thresholds = {{.3, .3}, {.7, .7}}}, labels)
    end, "scores has 1 runs and thresholds for 2")
  end)

  it("draws whole groups, which widens intervals where records repeat", function()
    local one, label = simulate(60, 1, 1, .4, 11)
    local list = {}
    for copy = 1, 5 do list[copy] = one end
    local scores, labels, groups = core.ops.cat(list, 1), core.ops.cat({label, label, label, label, label}, 1), {}
    for i = 1, 300 do groups[i] = "patient " .. (i - 1) % 60 end
    local plain = metrics.bootstrap(scores, labels, {resamples = 400}).macro_auroc
    local grouped = metrics.bootstrap(scores, labels, {resamples = 400, groups = groups}).macro_auroc
    assert((grouped.high - grouped.low) / (plain.high - plain.low) > 1.6)
    assert.error_matches(function() metrics.bootstrap(scores, labels, {groups = {1, 2}}) end, "groups of 300 records, got 2")
    assert.error_matches(function() metrics.bootstrap(scores, labels, {groups = groups, stratified = true}) end, "stratified")
  end)

  it("draws again where a class loses a side, and says how often", function()
    local scores, labels = {}, {}
    for i = 1, 20 do scores[i], labels[i] = {i / 20, (i * 7 % 20) / 20}, {i == 20 and 1 or 0, i % 2} end
    scores, labels = core.tensor(scores), core.tensor(labels)
    local r = metrics.bootstrap(scores, labels, {resamples = 200})
    assert(r.redrawn > 50)
    assert.truthy(tostring(r):find("drawn again"))
    local stratified = metrics.bootstrap(scores, labels, {resamples = 200, stratified = true})
    assert.equal(0, stratified.redrawn)
    assert(stratified.macro_auroc.low <= stratified.macro_auroc.estimate)
  end)

  it("leaves what is not defined open", function()
    local r = metrics.bootstrap(core.tensor{{.9, .2}, {.1, .3}}, core.tensor{{1, 0}, {0, 0}}, {statistics = {"auroc:2"}, resamples = 5})
    assert.is_true(r[1].estimate ~= r[1].estimate and r[1].low ~= r[1].low)
  end)

  it("says what is wrong, and blames the caller", function()
    local scores, labels = simulate(10, 2, 1, .5, 12)
    local function fails(pattern, ...)
      local arguments = table.pack(...)
      local ok, message = pcall(function() metrics.bootstrap(table.unpack(arguments, 1, arguments.n)) end)
      assert.is_false(ok)
      assert.truthy(message:find(pattern), message)
      assert.truthy(message:find("spec/metrics_spec.lua:%d+: metrics.bootstrap"), message)
    end
    fails('unknown statistic "auroc"; known: macro_auroc', scores, labels, {statistics = {"auroc"}})
    fails("names no class; classes: 1, 2", scores, labels, {statistics = {"f1:3"}})
    fails("option 'statistics' is empty", scores, labels, {statistics = {}})
    fails("'resamples' must be at least 1", scores, labels, {resamples = 0})
    fails("'confidence' must lie between 0 and 1", scores, labels, {confidence = 1})
    fails("scores must be a tensor, a list of tensors", 5, labels)
    fails("scores must be a tensor, a list of tensors", {}, labels)
    fails("unknown option 'score'", {scores = scores, score = 1}, labels)
    fails("group of record 1 must be a string or a number", scores, labels, {groups = {{}, 1}})
    assert.error_matches(function() metrics.compare(scores, scores:narrow(1, 1, 5), labels) end, "metrics.compare: labels must have")
  end)

  -- The truth: the AUROC of a shift d is Phi(d / sqrt 2). More studies: spec/c/test_stats.c.
  it("covers the truth in 93 to 97 % of simulated studies", function()
    local studies, covered = 800, 0
    local truth = 0.8144533152386512 -- Phi(1 / sqrt 2 x 1.264911...): d = 1.2649110640673518
    for study = 1, studies do
      local scores, labels = simulate(200, 1, 1.2649110640673518, .4, 1000 + study)
      local r = metrics.bootstrap(scores, labels, {resamples = 300, seed = study})[1]
      if r.low <= truth and truth <= r.high then covered = covered + 1 end
    end
    assert(covered / studies >= .93 and covered / studies <= .97, covered / studies)
  end)
end)

describe("metrics.mcnemar", function()
  it("counts what only one got right", function()
    local labels = core.tensor{{1, 0}, {1, 0}, {0, 1}, {0, 1}}
    local a, b = core.tensor{{.9, .1}, {.9, .9}, {.1, .9}, {.9, .9}}, core.tensor{{.1, .1}, {.1, .1}, {.1, .9}, {.1, .9}}
    local rows = metrics.mcnemar(a, b, labels, {classes = {"AF", "SB"}})
    assert.equal("AF", rows[1].class)
    assert.same({2, 1}, {rows[1].only_first, rows[1].only_second})
    assert.same({0, 1}, {rows[2].only_first, rows[2].only_second})
    assert.equal(1, rows[1].p_exact)
    -- At 0.05 the second model says yes to every record, at 0.95 no.
    rows = metrics.mcnemar(a, b, labels, {second_thresholds = {.05, .95}})
    assert.same({1, 0}, {rows[1].only_first, rows[1].only_second})
    assert.same({2, 1}, {rows[2].only_first, rows[2].only_second})
    assert.error_matches(function() metrics.mcnemar(a, nil, labels) end, "second")
  end)
end)
