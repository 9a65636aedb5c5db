--- Does a fitted curve pass through the means, as far as the seeds can tell? And where do the means themselves reach a score?
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local stats = {}

-- P(F > f) for F with d1 and d2 degrees of freedom.
local function f_tail(f, d1, d2)
  if f == math.huge then return 0 end
  return core.stats.incomplete_beta(d2 / 2, d1 / 2, d2 / (d2 + d1 * f))
end

local function mean_of(list)
  local sum = 0
  for _, value in ipairs(list) do sum = sum + value end
  return sum / #list
end

local cell_schema = {size = {type = "number", required = true}, scores = {type = "table", required = true}}

local function check_cells(where, cells)
  local checked = {}
  for i, cell in ipairs(cells) do
    local row = ("%s: row %d"):format(where, i)
    checked[i] = options.check(row, cell, cell_schema, 3)
    if checked[i].size <= 0 then error(("%s: size must be above 0, got %s"):format(row, checked[i].size), 3) end
    if #checked[i].scores == 0 then error(row .. " has no scores", 3) end
    for s, score in ipairs(checked[i].scores) do
      if type(score) ~= "number" or score - score ~= 0 then
        error(("%s: score %d must be a finite number, got %s"):format(row, s, options.show(score)), 3)
      end
    end
  end
  return checked
end

local BOUND = 1e-9 -- how near to its bound a parameter stands on it

-- How many of a, b, c the fit was free to move; a parameter on its bound is not.
local function free_parameters(curve, o)
  if curve.b <= BOUND then return 1, false end -- a flat line: its height alone
  local bound, free = curve.a >= o.a_most - BOUND, 3
  if bound then free = free - 1 end
  if curve.c <= o.c_low * (1 + 1e-6) or curve.c >= o.c_high * (1 - 1e-6) then free = free - 1 end
  return free, bound
end

local fit_schema = {
  a_most = {type = "number", default = 1},
  c_low = {type = "number", default = 0.02},
  c_high = {type = "number", default = 4},
}

--- How well a curve of stats.fit_curve fits the scores that it was fitted to: cells is a list of {size =, scores = {one a seed}}. The
-- distances of the means from the curve are set against the spread of the seeds about their means, the pure error (F test of the lack of
-- fit). `given` may hold the bounds that fit_curve was given: a_most (1), c_low (0.02), c_high (4).
-- Returns {distance = of the mean that is furthest from the curve (below 0: the mean is lower), size = where, bound = whether a stands on
-- a_most, f, p, df, df_error}; f and p are nil where there is nothing to test with: one seed each, seeds that all agree, or no more
-- sizes than free parameters.
function stats.lack_of_fit(curve, cells, given)
  local where = "stats.lack_of_fit"
  local o = options.check(where, given, fit_schema)
  options.argument(where, 1, "curve", curve, {type = "table"})
  options.argument(where, 2, "cells", cells, {type = "table"})
  if type(curve.at) ~= "function" then
    error(("%s: expected a curve of stats.fit_curve, got %s"):format(where, options.show(curve)), 2)
  end
  local checked = check_cells(where, cells)
  if #checked == 0 then error(where .. ": expected at least one size", 2) end
  local free, bound = free_parameters(curve, o)
  ---@type table<string, any>
  local out = {distance = 0, size = checked[1].size, bound = bound, df = #checked - free, df_error = 0}
  local between, within = 0, 0 ---@type number, number
  for _, cell in ipairs(checked) do
    local mean = mean_of(cell.scores)
    local distance = mean - curve:at(cell.size)
    if math.abs(distance) > math.abs(out.distance) then out.distance, out.size = distance, cell.size end
    between = between + #cell.scores * distance ^ 2
    for _, score in ipairs(cell.scores) do within = within + (score - mean) ^ 2 end
    out.df_error = out.df_error + #cell.scores - 1
  end
  if out.df > 0 and out.df_error > 0 and within > 0 then
    out.f = between / out.df / (within / out.df_error)
    out.p = f_tail(out.f, out.df, out.df_error)
  end
  return out
end

-- Means that do not fall as the size rises: neighbours that do are put together (pool adjacent violators), weighted by their scores.
local function rising(cells)
  local blocks = {}
  for _, cell in ipairs(cells) do
    blocks[#blocks + 1] = {mean = mean_of(cell.scores), weight = #cell.scores, sizes = {cell.size}}
    while #blocks > 1 and blocks[#blocks].mean < blocks[#blocks - 1].mean do
      local last = table.remove(blocks)
      local into = blocks[#blocks]
      into.mean = (into.mean * into.weight + last.mean * last.weight) / (into.weight + last.weight)
      into.weight = into.weight + last.weight
      table.move(last.sizes, 1, #last.sizes, #into.sizes + 1, into.sizes)
    end
  end
  local points = {}
  for _, block in ipairs(blocks) do
    for _, size in ipairs(block.sizes) do points[#points + 1] = {size = size, mean = block.mean} end
  end
  return points
end

--- The number of records at which the measured means reach `score`: cells as for lack_of_fit, at rising sizes; linear in log n between
-- two of them, means that fall put together first so that they rise. nil where the score lies outside the means.
function stats.between_means(cells, score)
  local where = "stats.between_means"
  options.argument(where, 1, "cells", cells, {type = "table"})
  options.argument(where, 2, "score", score, {type = "number"})
  local checked = check_cells(where, cells)
  for i = 2, #checked do
    if checked[i].size <= checked[i - 1].size then error(("%s: sizes must rise, row %d does not"):format(where, i), 2) end
  end
  local points = rising(checked)
  if #points == 0 or score < points[1].mean then return nil end
  for i = 1, #points do
    local one, before = points[i], points[i - 1]
    if one.mean >= score then
      if not before or one.mean == score then return one.size end
      local part = (score - before.mean) / (one.mean - before.mean)
      return before.size * (one.size / before.size) ^ part
    end
  end
end

return stats
