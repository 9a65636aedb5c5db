--- What pretraining is worth: the curve of the scratch arm, records saved, the size from which on no gain is shown, and how soon an arm
-- reaches scratch's best validation score. After Hernandez et al. 2021 (effective data transferred).
local core = require "ecgraft.core"
local stats = require "ecgraft.stats"
local summary = require "ecgraft.report.summary"

local worth = {}

local FEWEST_SIZES = 3 -- a - b n^-c has three parameters
local STEPS = 32       -- points of the drawn curve

--- Scores by seed of each size of an arm: {{size = records, scores = {...}, as = size or "all"}, ...} at rising sizes.
local function cells_of(ordered, network, downstream, arm, metric)
  local cells, seen = {}, {}
  for _, size in ipairs(ordered.sizes) do
    local records = ordered:records(network, downstream, size)
    local spread = ordered:score(network, downstream, arm, size, metric)
    if records and spread.n > 0 and not seen[records] then
      seen[records] = true
      cells[#cells + 1] = {size = records, scores = spread.values, as = size}
    end
  end
  table.sort(cells, function(a, b) return a.size < b.size end)
  return cells
end

--- One point a run; with pick(n), a number from 1 to n, of seeds drawn anew. Resampled values spread by sqrt((n - 1) / n) too little
-- about their mean: that is put right. That this spread is an estimate, as stats.effective_size allows for, is not.
local function points_of(cells, pick)
  local sizes, scores = {}, {}
  for _, cell in ipairs(cells) do
    local n = #cell.scores
    local mean, stretch = summary.spread(cell.scores).mean, n > 1 and math.sqrt(n / (n - 1)) or 1
    for s = 1, n do
      sizes[#sizes + 1] = cell.size
      scores[#scores + 1] = pick and mean + stretch * (cell.scores[pick(n)] - mean) or cell.scores[s]
    end
  end
  return sizes, scores
end

--- The cells as ecgraft.stats takes them.
local function plain(cells)
  local list = {}
  for i, cell in ipairs(cells) do list[i] = {size = cell.size, scores = cell.scores} end
  return list
end

local function has_several_seeds(cells)
  for _, cell in ipairs(cells) do if #cell.scores < 2 then return false end end
  return true
end

--- The fitted curve as a row for the report. Intervals: percentiles over fits to seeds drawn with replacement at each size.
local function curve_row(cells, o)
  local curve = stats.fit_curve(points_of(cells))
  local fit = stats.lack_of_fit(curve, plain(cells))
  local row = {a = curve.a, b = curve.b, c = curve.c, sizes = #cells, x = {}, y = {},
    distance = fit.distance, distance_at = fit.size, fit_p = fit.p, fit = fit.p and fit.p < 1 - o.confidence and "poor"
      or fit.bound and "bound" or "good"}
  local first, last = cells[1].size, cells[#cells].size
  for i = 0, STEPS do
    local n = first * (last / first) ^ (i / STEPS)
    row.x[i + 1], row.y[i + 1] = n, curve:at(n)
  end
  if not has_several_seeds(cells) then return row end
  local drawn = {a = {}, c = {}, last = {}}
  for r = 1, o.resamples do
    local uniform, used = core.random.uniform(#(points_of(cells)), 1, r), 0
    local again = stats.fit_curve(points_of(cells, function(n)
      used = used + 1
      return 1 + math.floor(uniform[used] * n)
    end))
    drawn.a[r], drawn.c[r], drawn.last[r] = again.a, again.c, again:at(last)
  end
  row.a_low, row.a_high = stats.percentile_interval(drawn.a, o.confidence)
  row.c_low, row.c_high = stats.percentile_interval(drawn.c, o.confidence)
  row.last_low, row.last_high = stats.percentile_interval(drawn.last, o.confidence)
  return row
end

local function named(row, network, downstream, arm)
  row.network, row.downstream = network, downstream
  if arm then row.upstream, row.strategy = arm.upstream, arm.strategy end
  return row
end

--- Records saved, a row for each size of the arm. fit: how the curve of scratch fits.
local function saved_rows(scratch, cells, fit, o)
  local base = plain(scratch)
  local found = stats.effective_size{scratch = base, pretrained = plain(cells), confidence = o.confidence, resamples = o.resamples}
  local rows, sure = {}, has_several_seeds(scratch) and has_several_seeds(cells)
  for i, each in ipairs(found) do
    rows[i] = {size = cells[i].as, records = cells[i].size, score = each.score, worth = each.records.estimate,
      ratio = each.ratio.estimate, extrapolated = each.extrapolated, fit = fit, measured = stats.between_means(base, each.score)}
    if sure then
      rows[i].low, rows[i].high = each.records.low, each.records.high
      rows[i].ratio_low, rows[i].ratio_high = each.ratio.low, each.ratio.high
    end
  end
  return rows
end

--- Where no gain of an arm is shown: {shown = whether the smallest size has one, size, estimate (nil: not up to `largest`), largest}.
local function break_even_row(ordered, gains, network, downstream, arm)
  local rows = {}
  for _, gain in ipairs(gains) do
    local records = ordered:records(network, downstream, gain.size)
    if gain.network == network and gain.downstream == downstream and summary.arm_key(gain) == arm.key and records
        and gain.low and gain.low == gain.low then
      rows[#rows + 1] = {size = records, low = gain.low}
    end
  end
  table.sort(rows, function(a, b) return a.size < b.size end)
  for i = #rows, 2, -1 do -- "all" may be as many as a number
    if rows[i].size == rows[i - 1].size then table.remove(rows, i) end
  end
  if #rows < 2 then return nil end -- one size has no break-even
  local lost = stats.break_even(rows)
  return {shown = rows[1].low > 0, size = lost and lost.size, estimate = lost and lost.estimate, largest = rows[#rows].size}
end

--- Epochs and seconds of a run until its validation score is at least `target`; nil where it never is.
local function reach(run, target)
  local seconds = 0
  for i, row in ipairs(run.history) do
    seconds = seconds + (row.seconds or 0)
    if row.val_score and row.val_score >= target then return row.epoch or i, seconds end
  end
end

local function by_seed(runs)
  local list = {}
  for _, run in ipairs(runs) do list[run.seed] = run end
  return list
end

local function mean(list)
  return #list > 0 and summary.spread(list).mean or nil
end

--- How soon an arm is where the scratch run of the same seed was at its best, over the seeds both have.
local function reach_row(ordered, network, downstream, arm, size, pretraining)
  local scratch = by_seed(ordered:runs(network, downstream, ordered.arms[1], size))
  local epochs, seconds, base_epochs, base_seconds, seeds = {}, {}, {}, {}, 0
  for _, run in ipairs(ordered:runs(network, downstream, arm, size)) do
    local base = scratch[run.seed]
    if base and base.val_score and #base.history > 0 and #run.history > 0 then
      seeds = seeds + 1
      -- The best score as the history holds it, so that rounding in the file is the same on both sides.
      local target = -math.huge
      for _, row in ipairs(base.history) do if row.val_score then target = math.max(target, row.val_score) end end
      local epoch, spent = reach(run, target)
      if epoch then
        epochs[#epochs + 1], seconds[#seconds + 1] = epoch, spent
        base_epochs[#base_epochs + 1], base_seconds[#base_seconds + 1] = reach(base, target)
      end
    end
  end
  if seeds == 0 then return nil end
  local cost
  for _, each in ipairs(pretraining) do
    if each.network == network and each.upstream == arm.upstream then cost = each.seconds end
  end
  return {size = size, seeds = seeds, reached = #epochs, epochs = mean(epochs), seconds = mean(seconds),
    scratch_epochs = mean(base_epochs), scratch_seconds = mean(base_seconds),
    seconds_with_pretraining = mean(seconds) and cost and mean(seconds) + cost}
end

--- The area under the score against log n, from the smallest to the largest size, over its width: the mean score over sizes that are
-- evenly spread in log n. points: {{records, score}, ...}, at least two different sizes.
local function area(points)
  table.sort(points, function(a, b) return a[1] < b[1] end)
  local sum, first, last = 0, points[1][1], points[#points][1] ---@type number, number, number
  for i = 2, #points do
    sum = sum + (points[i][2] + points[i - 1][2]) / 2 * math.log(points[i][1] / points[i - 1][1])
  end
  return sum / math.log(last / first)
end

--- Areas of an arm and of scratch over the seeds that have every size in both, with the interval of the gain over seeds; nil where there
-- is no such seed or only one size.
local function area_row(ordered, network, downstream, arm, metric, confidence)
  local points, base, sizes, seen = {}, {}, 0, {}
  for _, size in ipairs(ordered:sizes_of(network, downstream)) do
    local records = ordered:records(network, downstream, size)
    local with, without = by_seed(ordered:runs(network, downstream, arm, size)),
      by_seed(ordered:runs(network, downstream, ordered.arms[1], size))
    if records and next(with) and next(without) and not seen[records] then
      sizes, seen[records] = sizes + 1, true
      for seed, run in pairs(with) do
        local a, b = run.scores[metric], without[seed] and without[seed].scores[metric]
        if a and b and a == a and b == b then
          points[seed], base[seed] = points[seed] or {}, base[seed] or {}
          table.insert(points[seed], {records, a})
          table.insert(base[seed], {records, b})
        end
      end
    end
  end
  local seeds, with, without = {}, {}, {}
  for seed, list in pairs(points) do if sizes > 1 and #list == sizes then seeds[#seeds + 1] = seed end end
  if #seeds == 0 then return nil end
  table.sort(seeds)
  for i, seed in ipairs(seeds) do with[i], without[i] = area(points[seed]), area(base[seed]) end
  local row = {sizes = sizes, seeds = #seeds, area = mean(with), scratch = mean(without)}
  if #seeds > 1 then
    local gain = stats.gain(with, without, {confidence = confidence})
    row.low, row.high = gain.low, gain.high
  end
  return row
end

local function add(list, rows, ...)
  for _, row in ipairs(rows) do list[#list + 1] = named(row, ...) end
end

--- From a described study, what gather found, and the gains: {curves, saved, break_even, reached, areas}, lists of rows for
-- report.write.
function worth.compute(spec, found, gains)
  local ordered = summary.new(spec, found.runs, gains)
  local o = {confidence = spec.confidence, resamples = math.min(spec.resamples, 1000)}
  local out = {curves = {}, saved = {}, break_even = {}, reached = {}, areas = {}}
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      local scratch = cells_of(ordered, network, downstream, ordered.arms[1], spec.metric)
      local fitted = #scratch >= FEWEST_SIZES
      local curve = fitted and curve_row(scratch, o) or nil
      if curve then add(out.curves, {curve}, network, downstream) end
      for a = 2, #ordered.arms do
        local arm = ordered.arms[a]
        local cells = cells_of(ordered, network, downstream, arm, spec.metric)
        if curve and #cells > 0 then add(out.saved, saved_rows(scratch, cells, curve.fit, o), network, downstream, arm) end
        add(out.areas, {area_row(ordered, network, downstream, arm, spec.metric, o.confidence)}, network, downstream, arm)
        add(out.break_even, {break_even_row(ordered, gains, network, downstream, arm)}, network, downstream, arm)
        for _, size in ipairs(ordered:sizes_of(network, downstream)) do
          add(out.reached, {reach_row(ordered, network, downstream, arm, size, found.pretraining)}, network, downstream, arm)
        end
      end
    end
  end
  return out
end

return worth
