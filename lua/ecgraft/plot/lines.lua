--- plot.lines: values over a number axis, with intervals and single observations; plot.points: scatter. Both take
--   series      {{name =, x =, y =, low =, high =, points = {{x, y}, ...}, style =, thin =}, ...}: x, y, low and high are
--               lists or tensors, equally long; without x the y stand at 1, 2, 3; NaN leaves a gap; low and high are an interval, points
--               single observations
--   x, y        axes: label, scale "linear" or "log", min, max, ticks, zero, percent, integer; see plot/scale.lua
--   references  {{x = or y =, label =}, ...}: dashed lines across the chart
--   interval    low and high as a "band" (default) or as "bars"
--   markers     mark each y (default true)
--   dodge       series a little beside each other (default false)
--   legend      names of the series above the chart (default true)
--   title, subtitle  above the legend
--   desc        what a screen reader says of the picture; default: from the names
--   width       in pixels (default 560)
--   height      in pixels (default 380)
local axes = require "ecgraft.plot.axes"
local drawn = require "ecgraft.plot.drawn"
local figure = require "ecgraft.plot.figure"
local options = require "ecgraft.options"
local references = require "ecgraft.plot.references"
local scale = require "ecgraft.plot.scale"
local series = require "ecgraft.plot.series"
local theme = require "ecgraft.plot.theme"

local lines = {}

local CLOSEST, WIDEST = 2, 14 -- px between the whiskers of neighbouring series: at least, at most
local OBSERVATION = 2.4       -- px, the radius of a single observation
local MARK = 4                -- px, half of what a marker covers, with some air
local BESIDE = 0.45           -- of the way to the next series: how far observations stand beside the whiskers

local function style_group(canvas, style)
  canvas:open("g", { class = style.class, color = style.color })
end

local function draw_sample(style, with_line, with_marker, thin)
  return function(canvas, x, y, width)
    style_group(canvas, style)
    if with_line then
      canvas:line(x, y, x + width, y, { stroke = "currentColor", ["stroke-width"] = thin and 1 or 2, ["stroke-dasharray"] = style.dash })
    end
    if with_marker then theme.marker(canvas, style.marker, x + width / 2, y, 3.6) end
    canvas:close()
  end
end

--- Legend entries for checked series that have a name.
function lines.legend(list, with_line, with_marker)
  local entries = {}
  for _, each in ipairs(list) do
    if each.name ~= "" then
      entries[#entries + 1] = { name = each.name, draw = draw_sample(theme.series(each.style), with_line,
        with_marker and not each.thin, each.thin) }
    end
  end
  return entries
end

-- Runs of neighbours for which `value(i)` is finite: lists of indices.
local function runs(count, value)
  local all, current = {}, nil
  for i = 1, count do
    if value(i) then
      if not current then
        current = {}
        all[#all + 1] = current
      end
      current[#current + 1] = i
    else
      current = nil
    end
  end
  return all
end

local function draw_band(canvas, box, each)
  local function known(i)
    return series.finite(each.x[i]) and series.finite(each.low[i]) and series.finite(each.high[i])
  end
  for _, run in ipairs(runs(#each.x, known)) do
    local outline = {}
    for _, i in ipairs(run) do
      outline[#outline + 1] = box.x:place(each.x[i])
      outline[#outline + 1] = box.y:place(each.high[i])
    end
    for k = #run, 1, -1 do
      outline[#outline + 1] = box.x:place(each.x[run[k]])
      outline[#outline + 1] = box.y:place(each.low[run[k]])
    end
    if #run > 1 then canvas:polygon(outline, { fill = "currentColor", ["fill-opacity"] = 0.16 })
    else canvas:line(outline[1], outline[2], outline[3], outline[4], { stroke = "currentColor", ["stroke-width"] = 1.2 }) end
  end
end

local function draw_whiskers(canvas, box, each, shift)
  for i, value in ipairs(each.x) do
    if series.finite(each.low[i]) and series.finite(each.high[i]) then
      local x, low, high = box.x:place(value) + shift, box.y:place(each.low[i]), box.y:place(each.high[i])
      canvas:line(x, low, x, high, { stroke = "currentColor", ["stroke-width"] = 1.2 })
      for _, y in ipairs { low, high } do
        canvas:line(x - 2.5, y, x + 2.5, y, { stroke = "currentColor", ["stroke-width"] = 1.2 })
      end
    end
  end
end

local function draw_line(canvas, box, each, style, shift, marker)
  for _, run in ipairs(runs(#each.x, function(i) return series.finite(each.x[i]) and series.finite(each.y[i]) end)) do
    local points = {}
    for _, i in ipairs(run) do
      points[#points + 1] = box.x:place(each.x[i]) + shift
      points[#points + 1] = box.y:place(each.y[i])
    end
    if #run > 1 then
      canvas:polyline(points, {
        stroke = "currentColor", ["stroke-width"] = each.thin and 0.9 or 1.8, ["stroke-dasharray"] = style.dash,
        ["stroke-linejoin"] = "round",
      })
    end
    -- A single point is no line: it is always marked.
    if marker or #run == 1 then
      for k = 1, #points, 2 do theme.marker(canvas, style.marker, points[k], points[k + 1], 3.4) end
    end
  end
end

-- Half of the way from one x to the next is room for all series, and the outermost stay in the box.
local function dodge_of(box, list, thick)
  local dodge, outermost = WIDEST, (thick - 1) / 2 + BESIDE ---@type number, number
  for _, each in ipairs(list) do
    for i, x in ipairs(each.thin and {} or each.x) do
      local at = box.x:place(x)
      local way = i > 1 and math.abs(at - box.x:place(each.x[i - 1])) or 0
      if way > 0 then dodge = math.min(dodge, 0.5 * way / thick) end
      dodge = math.min(dodge, (box.right + 3 - at) / outermost, (at - box.left + 3) / outermost)
    end
  end
  return math.max(CLOSEST, dodge)
end

-- Single observations as dots, a little beside the whiskers where series stand beside each other: under them they could not be seen.
local function draw_observations(canvas, box, each, style, shift, o)
  for _, point in ipairs(each.points) do
    if series.finite(point[1]) and series.finite(point[2]) then
      local x, y = box.x:place(point[1]) + shift, box.y:place(point[2])
      if o.join then canvas:circle(x, y, OBSERVATION, { fill = "currentColor", ["fill-opacity"] = 0.6 })
      else theme.marker(canvas, style.marker, x, y, 3) end
    end
  end
end

--- Draws checked series into a box made by axes.draw. o: interval "band" or "bars", markers, dodge, join.
function lines.draw(canvas, box, list, o)
  -- What lies outside the axes is cut off: an inner svg clips without needing an id.
  local left, top = box.left - 6, box.top - 6
  local width, height = box.right - box.left + 12, box.bottom - box.top + 12
  canvas:open("svg", {
    x = left, y = top, width = width, height = height,
    viewBox = ("%s %s %s %s"):format(canvas.number(left), canvas.number(top), canvas.number(width), canvas.number(height)),
  })
  local thick = 0
  for _, each in ipairs(list) do if not each.thin then thick = thick + 1 end end
  local dodge, place = dodge_of(box, list, thick), 0
  for _, each in ipairs(list) do
    local style = theme.series(each.style)
    if not each.thin then place = place + 1 end
    local shift = o.dodge and not each.thin and (place - (thick + 1) / 2) * dodge or 0
    style_group(canvas, style)
    if each.low and o.interval == "band" then draw_band(canvas, box, each) end
    draw_observations(canvas, box, each, style, o.dodge and not each.thin and shift + BESIDE * dodge or shift, o)
    if each.low and o.interval == "bars" then draw_whiskers(canvas, box, each, shift) end
    if o.join then draw_line(canvas, box, each, style, shift, o.markers and not each.thin)
    else
      for k, x in ipairs(each.x) do
        if series.finite(x) and series.finite(each.y[k]) then
          theme.marker(canvas, style.marker, box.x:place(x) + shift, box.y:place(each.y[k]), 3.4)
        end
      end
    end
    canvas:close()
  end
  canvas:close()
end

--- Where checked series will lie in a box, for the words beside them: lines (where values are joined), markers, intervals and
-- observations (plot/drawn.lua).
function lines.ink(box, list, join)
  local ink = drawn.new(box.left, box.right)
  local function mark(x, y) ink:box(x - MARK, y - MARK, x + MARK, y + MARK) end
  for _, each in ipairs(list) do
    local last
    for i, value in ipairs(each.x) do
      local here
      if series.finite(value) and series.finite(each.y[i]) then
        local x = box.x:place(value)
        here = { x, box.y:place(each.y[i]) }
        if join then ink:line { last and last[1] or x, last and last[2] or here[2], x, here[2] } else mark(x, here[2]) end
        if each.low and series.finite(each.low[i]) and series.finite(each.high[i]) then
          ink:box(x - MARK, box.y:place(each.high[i]), x + MARK, box.y:place(each.low[i]))
        end
      end
      last = here
    end
    for _, point in ipairs(each.points) do
      if series.finite(point[1]) and series.finite(point[2]) then
        mark(box.x:place(point[1]), box.y:place(point[2]))
      end
    end
  end
  return ink
end

local function describe(kind, list, o)
  local names = {}
  for i, each in ipairs(list) do names[i] = each.name ~= "" and each.name or "series " .. i end
  return ("%s of %s over %s: %s."):format(kind, o.y.label ~= "" and o.y.label or "y", o.x.label ~= "" and o.x.label or "x",
    #names > 0 and table.concat(names, ", ") or "no data")
end

local function check_references(where, list)
  for i, each in ipairs(list) do
    options.check(("%s: reference %d"):format(where, i), each,
      { x = { type = "number" }, y = { type = "number" }, label = { type = "string" } }, 4)
  end
end

local schema = figure.schema(560, 380)
schema.series = { type = "table", required = true }
schema.x = { type = "table", default = {} }
schema.y = { type = "table", default = {} }
schema.references = { type = "table", default = {} }
schema.legend = { type = "boolean", default = true }
schema.interval = { type = "string", default = "band", choices = { "band", "bars" } }
schema.markers = { type = "boolean", default = true }
schema.dodge = { type = "boolean", default = false }

local function chart(where, given, join)
  local o = options.check(where, given, schema, 3)
  o.x, o.y = scale.check(where .. ": x", o.x, 3), scale.check(where .. ": y", o.y, 3)
  check_references(where, o.references)
  local list = series.check(where, o.series, 3)
  local x_data, y_data = series.extent(where, list, o.x, o.y, 3)
  local has_data = x_data[1] ~= nil
  for i, reference in ipairs(o.references) do
    for name, data in pairs { x = x_data, y = y_data } do
      local value = reference[name]
      if value and o[name].scale == "log" and value <= 0 then
        error(("%s: reference %d: %s must be above 0 on a log axis, got %s"):format(where, i, name, options.show(value)), 3)
      end
      if value then series.include(data, value) end
    end
  end
  local canvas, room = figure.new(o, describe(join and "Lines" or "Points", list, o))
  if o.legend then figure.legend(canvas, room, lines.legend(list, join, not join or o.markers)) end
  local box = axes.draw(canvas, room, o.x, o.y, x_data, y_data)
  references.draw(canvas, box, o.references, lines.ink(box, list, join))
  lines.draw(canvas, box, list, { interval = o.interval, markers = o.markers, dodge = o.dodge, join = join })
  if not has_data then figure.empty(canvas, box, "no data") end
  return canvas:finish()
end

--- A line chart as an SVG string. See the head of this file.
function lines.lines(given)
  return (chart("plot.lines", given, true)) -- no tail call: errors count its level
end

--- A scatter chart as an SVG string. See the head of this file.
function lines.points(given)
  return (chart("plot.points", given, false))
end

return lines
