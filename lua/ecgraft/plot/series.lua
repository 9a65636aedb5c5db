--- The series of a chart over two number axes: checked, copied into plain lists, and their extent.
local numbers = require "ecgraft.plot.numbers"
local options = require "ecgraft.options"

local series = {}

local schema = {
  name = { type = "string", default = "" },
  x = { type = "table|tensor" },
  y = { type = "table|tensor", default = {} },
  low = { type = "table|tensor" },
  high = { type = "table|tensor" },
  points = { type = "table", default = {} },
  style = { type = "integer", min = 1 },
  thin = { type = "boolean", default = false },
}

local function check_numbers(where, list, count, name, level)
  if #list ~= count then
    error(("%s: x has %d values, %s has %d"):format(where, count, name, #list), level)
  end
  for i = 1, count do
    if type(list[i]) ~= "number" then
      error(("%s: %s[%d] must be a number, got %s"):format(where, name, i, options.show(list[i])), level)
    end
  end
end

--- Checks the series given to the public function `where`:
--   name       for the legend
--   x, y       lists of numbers or tensors of one dimension, equally long; NaN in y leaves a gap. Without x: 1, 2, 3 ...
--   low, high  as long: an interval about each y
--   points     {{x, y}, ...}: single observations, drawn small
--   thin       a thin line without markers, at its place also where others stand beside each other
--   style      number of colour, marker and dash; default: the position in the list
function series.check(where, given, level)
  level = (level or 2) + 1
  if type(given) ~= "table" then
    error(("%s: option 'series' must be a list of series, got %s"):format(where, options.show(given)), level)
  end
  local list = {}
  for i, each in ipairs(given) do
    local place = ("%s: series %d"):format(where, i)
    local one = options.check(place, each, schema, level)
    if one.name ~= "" then place = ("%s (%s)"):format(place, options.show(one.name)) end
    for _, name in ipairs { "x", "y", "low", "high" } do one[name] = numbers.list(place, name, one[name], level) end
    if not one.x then -- y alone: over its positions
      one.x = {}
      for k = 1, #one.y do one.x[k] = k end
    end
    if #one.x > 0 and #one.y == 0 then
      error(("%s: x has %d values, y %s"):format(place, #one.x, each.y == nil and "is not given (a name that is nil?)"
        or "is empty (its values must stand at 1, 2, 3 and so on)"), level)
    end
    check_numbers(place, one.x, #one.x, "x", level + 1)
    check_numbers(place, one.y, #one.x, "y", level + 1)
    if (one.low == nil) ~= (one.high == nil) then
      error(("%s: low and high must be given together"):format(place), level)
    end
    if one.low then
      check_numbers(place, one.low, #one.x, "low", level + 1)
      check_numbers(place, one.high, #one.x, "high", level + 1)
    end
    for p, point in ipairs(one.points) do
      if type(point) ~= "table" or type(point[1]) ~= "number" or type(point[2]) ~= "number" then
        error(("%s: points[%d] must be {x, y}, got %s"):format(place, p, options.show(point)), level)
      end
    end
    one.style = one.style or i
    list[i] = one
  end
  return list
end

local function finite(value)
  return value == value and value ~= math.huge and value ~= -math.huge
end
series.finite = finite

local function widen(extent, value)
  if not finite(value) then return end
  extent[1] = extent[1] and math.min(extent[1], value) or value
  extent[2] = extent[2] and math.max(extent[2], value) or value
end

--- The extents {low, high} in x and in y of all that will be drawn; {} where nothing will.
-- Raises where a value is not above 0 on a log axis.
function series.extent(where, list, x_axis, y_axis, level)
  local x_data, y_data = {}, {}
  local function add(x, y)
    if finite(x) and finite(y) then
      widen(x_data, x)
      widen(y_data, y)
    end
  end
  for _, each in ipairs(list) do
    for i, x in ipairs(each.x) do
      add(x, each.y[i])
      if each.low then
        add(x, each.low[i])
        add(x, each.high[i])
      end
    end
    for _, point in ipairs(each.points) do add(point[1], point[2]) end
  end
  for name, pair in pairs { x = { x_axis, x_data }, y = { y_axis, y_data } } do
    if pair[1].scale == "log" and pair[2][1] and pair[2][1] <= 0 then
      error(("%s: values on the log axis %s must be above 0, got %s"):format(where, name, pair[2][1]), (level or 2) + 1)
    end
  end
  return x_data, y_data
end

--- Widens an extent by the values of reference lines.
function series.include(extent, value)
  widen(extent, value)
end

return series
