--- The score against the number of training records, and what pretraining is worth in records.
local blame = require "ecgraft.stats.blame"
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local stats = {}

local Curve = {}
Curve.__index = Curve

--- The score that the curve gives at n records.
function Curve:at(n)
  options.argument("curve:at", 1, "n", n, {type = "number"})
  return core.stats.curve_at(self, n)
end

--- The number of records at which the curve reaches `score`: math.huge from its limit a on, 0 for a flat curve above the score.
function Curve:inverse(score)
  options.argument("curve:inverse", 1, "score", score, {type = "number"})
  return core.stats.curve_inverse(self, score)
end

function Curve:__tostring()
  return ("score(n) = %.4g - %.4g n^-%.4g"):format(self.a, self.b, self.c)
end

local curve_fields = {
  a_most = {type = "number", default = 1},
  c_low = {type = "number", default = 0.02},
  c_high = {type = "number", default = 4},
  huber = {type = "number", default = 1.345},
}

local function curve_options(o)
  return {a_most = o.a_most, c_low = o.c_low, c_high = o.c_high, huber = o.huber}
end

--- Fits score(n) = a - b n^-c to points, one for each run: lists of sizes and scores, at least three different sizes. Robust least
-- squares with a <= a_most (1, the largest score there is), b >= 0 and c from c_low (0.02) to c_high (4); residuals beyond huber
-- (1.345) spreads count less, math.huge for plain least squares. Scores that do not rise with n give a flat curve, b = 0.
-- Returns a curve: a, b, c, spread (1.4826 x median |residual|), curve:at(n), curve:inverse(score).
function stats.fit_curve(sizes, scores, given)
  local where = "stats.fit_curve"
  local o = options.check(where, given, curve_fields)
  options.argument(where, 1, "sizes", sizes, {type = "table"})
  options.argument(where, 2, "scores", scores, {type = "table"})
  local curve = setmetatable(blame(2, core.stats.fit_curve, sizes, scores, curve_options(o)), Curve)
  return curve
end

local effective_schema = {
  scratch = {type = "table", required = true},
  pretrained = {type = "table", required = true},
  confidence = {type = "number", default = 0.95},
  resamples = {type = "integer", min = 1, max = 10000000, default = 1000},
  seed = {type = "integer", default = 1},
}
for name, field in pairs(curve_fields) do effective_schema[name] = field end

local function check_cells(where, name, cells)
  local checked = {}
  for i, cell in ipairs(cells) do
    checked[i] = options.check(("%s: %s[%d]"):format(where, name, i), cell,
      {size = {type = "number", required = true}, scores = {type = "table", required = true}}, 3)
  end
  return checked
end

--- What records are worth to a pretrained model, counted in records from scratch (the effective data of Hernandez et al. 2021):
--
--   stats.effective_size{scratch = {{size = 100, scores = {.71, .70}}, {size = 200, scores = ...}, ...},   -- scores: one a seed
--                        pretrained = {{size = 100, scores = {.80, .81}}, ...}}
--
-- The curve of the scratch arm (fit_curve, whose options are taken too) is inverted at the mean score of each pretrained size. The
-- intervals are percentiles over `resamples` (1000, with `seed` 1) in which the seeds of each size are drawn with replacement and
-- the curve is fitted anew; where both arms have as many scores at a size, the same seeds are drawn.
-- Returns {curve = curve, rows}: result[i] = {size, score, records = {estimate, low, high}, ratio = {estimate, low, high}: records /
-- size, extrapolated = true where records lie outside the sizes from scratch}. records are math.huge where scratch would never get
-- there.
function stats.effective_size(given)
  local where = "stats.effective_size"
  local o = options.check(where, given, effective_schema)
  local rows, curve = blame(2, core.stats.effective_sizes, check_cells(where, "scratch", o.scratch),
    check_cells(where, "pretrained", o.pretrained), o.confidence, o.resamples, o.seed, curve_options(o))
  rows.curve = setmetatable(curve, Curve)
  return rows
end

--- The number of records from which on no gain is shown: the first size from which on every interval holds 0 or lies below it.
-- `rows` is a list of {size, low, high, gain} at rising sizes (high and gain are not read). Returns {size: that size, estimate: where
-- the lower end crosses 0 on the way to it from the size before, linear in log n}, or nil where the last interval lies above 0.
function stats.break_even(rows)
  local where = "stats.break_even"
  options.argument(where, 1, "rows", rows, {type = "table"})
  local sizes, lows = {}, {}
  for i, row in ipairs(rows) do
    local checked = options.check(("%s: row %d"):format(where, i), row, {size = {type = "number", required = true},
      low = {type = "number", required = true}, high = {type = "any"}, gain = {type = "any"}, p = {type = "any"}})
    sizes[i], lows[i] = checked.size, checked.low
  end
  local lost = blame(2, core.stats.break_even, sizes, lows)
  return lost
end

return stats
