--- Tests, intervals and learning curves against SciPy (spec/fixtures/generate_stats.py), and on simulated studies.
local core = require "ecgraft.core"
local files = require "spec.support.files"
local json = require "dkjson"
local stats = require "ecgraft.stats"

local fixture = json.decode(files.read("spec/fixtures/stats/tests.json"))

local function close(expected, value, tolerance, what)
  local scale = math.max(1, math.abs(expected))
  assert(math.abs(expected - value) <= tolerance * scale, ("%s is %.17g, expected %.17g"):format(what, value, expected))
end

local function share_between(low, high, hits, studies, what)
  assert(hits / studies >= low and hits / studies <= high, ("%s in %d of %d studies"):format(what, hits, studies))
end

describe("distributions", function()
  it("agree with SciPy", function()
    for _, c in ipairs(fixture.beta) do
      close(c.value, core.stats.incomplete_beta(c.a, c.b, c.x), 1e-12, ("I_%g(%g, %g)"):format(c.x, c.a, c.b))
    end
    for _, c in ipairs(fixture.t) do
      local p = core.stats.student_t(c.t, c.df)
      assert(math.abs(p - c.p) <= 1e-11 * c.p, ("P(|T| > %g), %g degrees: %.17g, expected %.17g"):format(c.t, c.df, p, c.p))
    end
  end)
end)

describe("stats.sign_flip", function()
  it("agrees with SciPy's exact randomization test", function()
    for i, c in ipairs(fixture.sign_flip) do
      local test = stats.sign_flip(c.differences)
      close(c.p, test.p, 1e-12, "p of case " .. i)
      close(c.mean, test.mean, 1e-12, "mean of case " .. i)
      assert.is_true(test.exact)
      assert.equal(2 ^ #c.differences, test.patterns)
      assert.equal(#c.differences, test.n)
    end
  end)

  it("counts sums that are equal on paper as equal", function()
    -- In tenths the sum is 2, and of the 16 patterns all but the two with sum 0 reach it; in binary some fall short by rounding.
    assert.equal(14 / 16, stats.sign_flip{.1, .2, .3, -.4}.p)
    assert.equal(1, stats.sign_flip{0, 0}.p)
  end)

  it("draws patterns beyond twenty differences, near the exact p at twenty", function()
    core.manual_seed(1)
    local draws, differences = core.randn(21):totable(), {}
    for i = 1, 20 do differences[i] = draws[i] + .35 end
    local exact = stats.sign_flip(differences)
    assert.is_true(exact.exact)
    differences[21] = 0 -- turns no sum: the exact p stays
    local drawn = stats.sign_flip(differences, {draws = 200000})
    assert.is_false(drawn.exact)
    assert(math.abs(drawn.p - exact.p) < 5 * math.sqrt(exact.p * (1 - exact.p) / 200000), drawn.p .. " and " .. exact.p)
    assert.equal(drawn.p, stats.sign_flip(differences, {draws = 200000}).p)
    assert.is_not.equal(drawn.p, stats.sign_flip(differences, {draws = 200000, seed = 2}).p)
  end)

  it("says what is wrong, and blames the caller", function()
    local _, message = pcall(function() stats.sign_flip{} end)
    assert.truthy(message:find("spec/stats_spec.lua:%d+: stats.sign_flip: "), message)
    assert.error_matches(function() stats.sign_flip{} end, "^stats.sign_flip: expected at least one difference")
    assert.error_matches(function() stats.sign_flip{1, 0 / 0} end, "difference 2 must be a finite number")
    assert.error_matches(function() stats.sign_flip{1, "x"} end, "entry 2 of differences must be a number")
    assert.error_matches(function() stats.sign_flip() end, "argument 1 %(differences%) must be table")
    assert.error_matches(function() stats.sign_flip({1}, {draw = 1}) end, "unknown option 'draw'")
  end)
end)

describe("stats.holm", function()
  it("agrees with its definition", function()
    for i, c in ipairs(fixture.holm) do
      local adjusted = stats.holm(c.p)
      for j, expected in ipairs(c.adjusted) do close(expected, adjusted[j], 1e-15, ("p %d of case %d"):format(j, i)) end
    end
    assert.same({}, stats.holm{})
    assert.error_matches(function() stats.holm{.5, 1.5} end, "^stats.holm: p value 2 must lie in %[0, 1%]")
  end)
end)

describe("stats.mcnemar", function()
  it("agrees with SciPy", function()
    for _, c in ipairs(fixture.mcnemar) do
      local test = stats.mcnemar(c.b, c.c)
      close(c.p_exact, test.p_exact, 1e-11, ("exact p of %d, %d"):format(c.b, c.c))
      close(c.chi_square, test.chi_square, 1e-12, "chi-square")
      close(c.p_chi_square, test.p_chi_square, 1e-11, "its p")
    end
    assert.equal(1, stats.mcnemar(0, 0).p_exact)
    assert.equal(1, stats.mcnemar(7, 7).p_chi_square)
    assert.error_matches(function() stats.mcnemar(-1, 2) end, "stats.mcnemar")
  end)
end)

describe("stats.mean_interval", function()
  it("is Student's", function()
    for _, c in ipairs(fixture.mean_interval) do
      local interval = stats.mean_interval(c.values, {confidence = c.confidence})
      close(c.mean, interval.mean, 1e-14, "mean")
      close(c.low, interval.low, 1e-12, "low")
      close(c.high, interval.high, 1e-12, "high")
    end
  end)

  it("is narrower by resampling, about the same mean", function()
    local values = fixture.mean_interval[#fixture.mean_interval].values
    local t, b = stats.mean_interval(values), stats.mean_interval(values, {method = "bootstrap"})
    assert.equal(t.mean, b.mean)
    local ratio = (b.high - b.low) / (t.high - t.low)
    assert(ratio > .85 and ratio < 1, ratio) -- sqrt(19 / 20) x 1.96 / 2.09 = 0.91 for 20 values
    assert.same(b, stats.mean_interval(values, {method = "bootstrap"}))
  end)

  it("says what is wrong", function()
    assert.error_matches(function() stats.mean_interval{1} end, "^stats.mean_interval: .*at least two values, got 1")
    assert.error_matches(function() stats.mean_interval({1, 2}, {confidence = 95}) end, "confidence must lie between 0 and 1, got 95")
    assert.error_matches(function() stats.mean_interval({1, 2}, {method = "z"}) end, 'one of "t", "bootstrap"')
  end)

  it("percentile intervals are numpy's quantiles of type 6", function()
    local low, high = stats.percentile_interval(fixture.percentile.values)
    close(fixture.percentile.low, low, 1e-14, "low")
    close(fixture.percentile.high, high, 1e-14, "high")
  end)
end)

describe("stats.gain", function()
  it("is the interval and the test of the differences", function()
    local with, without = {.90, .91, .93, .90, .92, .95}, {.88, .90, .90, .89, .91, .90}
    local g, differences = stats.gain(with, without), {}
    for i = 1, 6 do differences[i] = with[i] - without[i] end
    local interval = stats.mean_interval(differences)
    assert.same({interval.mean, interval.low, interval.high}, {g.gain, g.low, g.high})
    assert.equal(2 / 64, g.p)
    assert.same(differences, g.differences)
    assert.error_matches(function() stats.gain(with, {1}) end, "same seeds in both arms, got 6 and 1")
    assert.error_matches(function() stats.gain({1, "a"}, {1, 2}) end, "score 2 must be a number in both arms")
  end)

  it("of nothing is found in 3 to 7 % of studies, and intervals cover in 93 to 97 %", function()
    core.manual_seed(2)
    local studies, found, covered = 2000, 0, 0
    local draws = core.randn(studies, 16):totable()
    for _, row in ipairs(draws) do
      local with, without = table.move(row, 1, 8, 1, {}), table.move(row, 9, 16, 1, {})
      local g = stats.gain(with, without)
      found = found + (g.p <= .05 and 1 or 0)
      covered = covered + (g.low <= 0 and 0 <= g.high and 1 or 0)
    end
    share_between(.03, .07, found, studies, "a gain was found")
    share_between(.93, .97, covered, studies, "the interval held the truth")
  end)
end)

describe("stats.lack_of_fit", function()
  local curve = {a = 0.9, b = 0, c = 1, at = function() return 0.5 end} -- flat: one free parameter
  local function cells(means, spread)
    local list = {}
    for i, mean in ipairs(means) do list[i] = {size = 100 * i, scores = {mean - spread, mean + spread}} end
    return list
  end

  it("is the F test of the means' distances against the seeds' spread", function()
    -- distances 0, 0.1 and 0.2, two seeds each: between 2 (0.01 + 0.04) / 2 = 0.05; within 3 x 2 x 0.05^2 / 3 = 0.005
    local fit = stats.lack_of_fit(curve, cells({0.5, 0.6, 0.3}, 0.05))
    assert.same({2, 3, 300, false}, {fit.df, fit.df_error, fit.size, fit.bound})
    close(-0.2, fit.distance, 1e-12, "distance")
    close(10, fit.f, 1e-9, "F")
    close((1 + 2 * 10 / 3) ^ (-3 / 2), fit.p, 1e-9, "p") -- two degrees of freedom have a closed form
    -- with one degree of freedom F is the square of Student's t; here with 2: p = 1 - t / sqrt(2 + t^2)
    local one = stats.lack_of_fit(curve, cells({0.5, 0.6}, 0.05))
    close(1 - math.sqrt(one.f) / math.sqrt(2 + one.f), one.p, 1e-9, "p of one")
  end)

  it("counts a parameter on its bound as fixed, and says so", function()
    local bound = {a = 1, b = 1, c = 0.5, at = function(_, n) return 1 - n ^ -0.5 end}
    local fit = stats.lack_of_fit(bound, cells({0.9, 0.92, 0.94, 0.95}, 0.01))
    assert.same({true, 2}, {fit.bound, fit.df})
    assert.equal(1, stats.lack_of_fit({a = 0.97, b = 1, c = 0.5, at = bound.at}, cells({0.9, 0.92, 0.94, 0.95}, 0.01)).df)
    assert.is_false(stats.lack_of_fit(bound, cells({0.9}, 0.01), {a_most = 2}).bound)
  end)

  it("has nothing to test with from one seed a size", function()
    local fit = stats.lack_of_fit(curve, {{size = 100, scores = {0.6}}, {size = 200, scores = {0.5}}})
    assert.is_nil(fit.p)
    close(0.1, fit.distance, 1e-12, "distance")
    assert.error_matches(function() stats.lack_of_fit(curve, {{size = 100, scores = {}}}) end, "lack_of_fit: row 1 has no scores")
    assert.error_matches(function() stats.lack_of_fit({}, {}) end, "expected a curve of stats.fit_curve")
    assert.error_matches(function() stats.lack_of_fit(curve, {{size = 0, scores = {0.6}}}) end, "row 1: size must be above 0, got 0")
    for got, score in pairs{["\"a\""] = "a", inf = math.huge} do
      assert.error_matches(function() stats.lack_of_fit(curve, {{size = 100, scores = {0.6, score}}}) end,
        "lack_of_fit: row 1: score 2 must be a finite number, got " .. got)
    end
  end)

  it("finds fault with a curve that fits in one of twenty studies", function()
    local found, studies = 0, 400
    for s = 1, studies do
      local uniform, used, sizes, scores, list = core.random.uniform(24, 1, s), 0, {}, {}, {}
      for i, n in ipairs{50, 100, 200, 400} do
        list[i] = {size = n, scores = {}}
        for seed = 1, 3 do
          used = used + 1
          local noise = math.sqrt(-2 * math.log(1 - uniform[used])) * math.cos(2 * math.pi * uniform[12 + used]) -- normal
          local score = 0.92 - 1.9 * n ^ -0.47 + 0.02 * noise
          list[i].scores[seed], sizes[used], scores[used] = score, n, score
        end
      end
      if stats.lack_of_fit(stats.fit_curve(sizes, scores), list).p < .05 then found = found + 1 end
    end
    share_between(.02, .09, found, studies, "a fault was found")
  end)
end)

describe("stats.between_means", function()
  local function cells(...)
    local list = {}
    for i, mean in ipairs{...} do list[i] = {size = 100 * 2 ^ (i - 1), scores = {mean - 0.01, mean + 0.01}} end
    return list
  end

  it("reads the size off the means, evenly in log n", function()
    close(100 * 2 ^ 0.5, stats.between_means(cells(0.5, 0.7), 0.6), 1e-9, "half-way")
    close(100, stats.between_means(cells(0.5, 0.7), 0.5), 1e-9, "the first")
    close(200, stats.between_means(cells(0.5, 0.7), 0.7), 1e-9, "the last")
    assert.is_nil(stats.between_means(cells(0.5, 0.7), 0.49))
    assert.is_nil(stats.between_means(cells(0.5, 0.7), 0.71))
  end)

  it("puts means that fall together first", function()
    -- 0.5, then 0.7 and 0.6 as 0.65 twice, then 0.8
    close(100 * 2 ^ (0.1 / 0.15), stats.between_means(cells(0.5, 0.7, 0.6, 0.8), 0.6), 1e-9, "before the pool")
    close(400 * 2 ^ (0.05 / 0.15), stats.between_means(cells(0.5, 0.7, 0.6, 0.8), 0.7), 1e-9, "behind it")
    assert.error_matches(function() stats.between_means({{size = 2, scores = {1}}, {size = 1, scores = {1}}}, 1) end, "sizes must rise")
  end)
end)

describe("stats.fit_curve", function()
  for _, c in ipairs(fixture.curves) do
    it("agrees with SciPy: " .. c.name, function()
      local curve = stats.fit_curve(c.sizes, c.scores, {huber = c.huber and math.huge})
      close(c.a, curve.a, c.tolerance, "a")
      close(c.b, curve.b, 10 * c.tolerance, "b") -- b and c are nearly exchangeable
      close(c.c, curve.c, c.tolerance, "c")
      if c.spread then close(c.spread, curve.spread, c.tolerance, "spread") end
    end)
  end

  it("goes there and back", function()
    local curve = stats.fit_curve({100, 200, 400, 800}, {.7, .8, .85, .88})
    close(300, curve:inverse(curve:at(300)), 1e-9, "inverse of at")
    assert.equal(math.huge, curve:inverse(curve.a))
    assert.truthy(tostring(curve):find("^score%(n%) = "))
    assert.equal(0, stats.fit_curve({1, 2, 3}, {.9, .8, .7}).b)
  end)

  it("ignores a run that went wrong", function()
    local sizes, scores = {}, {}
    for i, n in ipairs{100, 200, 400, 800, 1600} do
      for seed = 1, 3 do
        sizes[#sizes + 1] = n
        scores[#scores + 1] = .9 - 2 * n ^ -.6 + .002 * (seed - 2) * (i % 2 * 2 - 1)
      end
    end
    local good = stats.fit_curve(sizes, scores)
    scores[14] = .55
    local robust, plain = stats.fit_curve(sizes, scores), stats.fit_curve(sizes, scores, {huber = math.huge})
    assert(math.abs(robust:at(1600) - good:at(1600)) < .005)
    assert(math.abs(plain:at(1600) - good:at(1600)) > .03)
  end)

  it("says what is wrong", function()
    assert.error_matches(function() stats.fit_curve({1, 2}, {.1, .2}) end, "^stats.fit_curve: .*three points")
    assert.error_matches(function() stats.fit_curve({1, 2, 2}, {.1, .2, .3}) end, "three different sizes, got 2")
    assert.error_matches(function() stats.fit_curve({1, 2, 3}, {.1, .2}) end, "a score for each of 3 sizes, got 2")
    assert.error_matches(function() stats.fit_curve({1, 2, 0}, {.1, .2, .3}) end, "size of point 3 must be above 0")
    assert.error_matches(function() stats.fit_curve({1, 2, 3}, {.1, .2, .3}, {c_low = 5}) end, "0 < low < high, got 5 and 4")
  end)
end)

describe("stats.effective_size", function()
  local function cells(sizes, worth, seed)
    local list = {}
    core.manual_seed(seed)
    for i, n in ipairs(sizes) do
      local noise, scores = core.randn(6):totable(), {}
      for s = 1, 6 do scores[s] = .92 - 1.8 * (n * worth) ^ -.55 + .003 * noise[s] end
      list[i] = {size = n, scores = scores}
    end
    return list
  end
  local scratch = cells({100, 200, 400, 800, 1600, 3200}, 1, 3)

  it("finds what records are worth", function()
    local worth = stats.effective_size{scratch = scratch, pretrained = cells({100, 400, 1600}, 4, 4), resamples = 300}
    for i, n in ipairs{100, 400, 1600} do
      local row = worth[i]
      assert.equal(n, row.size)
      close(row.records.estimate / n, row.ratio.estimate, 1e-12, "ratio")
      assert(row.ratio.low < 4 and 4 < row.ratio.high, ("%g: %g to %g"):format(n, row.ratio.low, row.ratio.high))
      close(worth.curve:inverse(row.score), row.records.estimate, 1e-9, "the curve's inverse")
      assert.equal(n == 1600, row.extrapolated)
    end
    assert.same(worth[1].records, stats.effective_size{scratch = scratch, pretrained = cells({100}, 4, 4), resamples = 300}[1].records)
  end)

  it("is infinite where scratch never gets there", function()
    local row = stats.effective_size{scratch = scratch, pretrained = {{size = 100, scores = {.99, .99}}}, resamples = 50}[1]
    assert.equal(math.huge, row.records.estimate)
    assert.equal(math.huge, row.ratio.high)
    assert.is_true(row.extrapolated)
  end)

  it("draws the same seeds in both arms: scratch against itself is worth what it is", function()
    local row = stats.effective_size{scratch = scratch, pretrained = {scratch[3]}, resamples = 300}[1]
    local apart = stats.effective_size{scratch = scratch, pretrained = {{size = 401, scores = scratch[3].scores}}, resamples = 300}[1]
    assert(row.records.high - row.records.low < apart.records.high - apart.records.low)
  end)

  it("says what is wrong", function()
    assert.error_matches(function() stats.effective_size{scratch = scratch} end, "option 'pretrained' is required")
    assert.error_matches(function() stats.effective_size{scratch = {{size = 1}}, pretrained = scratch} end,
      "scratch%[1%]: option 'scores' is required")
    assert.error_matches(function() stats.effective_size{scratch = {scratch[1]}, pretrained = scratch} end, "three different sizes, got 1")
    assert.error_matches(function() stats.effective_size{scratch = scratch, pretrained = {{size = 5, scores = {}}}} end,
      "size 5 of the pretrained arm has no scores")
  end)
end)

describe("stats.break_even", function()
  it("is the first size from which on intervals hold 0", function()
    local rows = {{size = 100, low = .06, high = .1}, {size = 200, low = .02, high = .1}, {size = 400, low = -.02, high = .1},
      {size = 800, low = -.03, high = .1}, {size = 1600, low = .01, high = .1}}
    local lost = stats.break_even(table.move(rows, 1, 4, 1, {}))
    assert.equal(400, lost.size)
    close(200 * math.sqrt(2), lost.estimate, 1e-12, "estimate")
    assert.is_nil(stats.break_even{rows[1], rows[2]})
    assert.is_nil(stats.break_even(rows)) -- a size in between that was measured badly is no loss
    assert.equal(400, stats.break_even{rows[3], rows[4]}.estimate)
    assert.error_matches(function() stats.break_even{rows[2], rows[1]} end, "^stats.break_even: .*rise")
    assert.error_matches(function() stats.break_even{{size = 1}} end, "row 1: option 'low' is required")
    assert.error_matches(function() stats.break_even{} end, "at least one size")
  end)
end)
