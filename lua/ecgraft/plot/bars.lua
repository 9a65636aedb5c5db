--- plot.bars: values by category, one or more series, with intervals; told apart by colour and by hatching.
local axes = require "ecgraft.plot.axes"
local figure = require "ecgraft.plot.figure"
local number_text = require "ecgraft.number_text"
local numbers = require "ecgraft.plot.numbers"
local options = require "ecgraft.options"
local scale = require "ecgraft.plot.scale"
local series = require "ecgraft.plot.series"
local text_width = require "ecgraft.plot.text_width"
local theme = require "ecgraft.plot.theme"

local bars = {}

local series_schema = {
  name = { type = "string", default = "" },
  values = { type = "table|tensor", required = true },
  low = { type = "table|tensor" },
  high = { type = "table|tensor" },
  style = { type = "integer", min = 1 },
}

local function check_series(where, given, count, level)
  local list = {}
  for i, each in ipairs(given) do
    local place = ("%s: series %d"):format(where, i)
    local one = options.check(place, each, series_schema, level + 1)
    if (one.low == nil) ~= (one.high == nil) then error(place .. ": low and high must be given together", level + 1) end
    for _, name in ipairs { "values", "low", "high" } do
      local values = numbers.list(place, name, one[name], level + 1)
      one[name] = values
      if values and #values ~= count then
        error(("%s: there are %d categories, %s has %d values"):format(place, count, name, #values), level + 1)
      end
      for k, value in ipairs(values or {}) do
        if type(value) ~= "number" then
          error(("%s: %s[%d] must be a number, got %s"):format(place, name, k, options.show(value)), level + 1)
        end
      end
    end
    one.style = one.style or i
    list[i] = one
  end
  return list
end

-- Lines x + slope * y = c across a rectangle, cut at its sides: hatching without a pattern, which would need an id.
local function hatch(canvas, x, y, width, height, kind)
  local number, parts = canvas.number, {}
  local gap = 5
  local function add(x1, y1, x2, y2)
    parts[#parts + 1] = ("M%s %sL%s %s"):format(number(x1), number(y1), number(x2), number(y2))
  end
  if kind == 2 or kind == 4 then
    for c = gap, width + height - 1e-9, gap do
      add(x + math.min(c, width), y + math.max(0, c - width), x + math.max(0, c - height), y + math.min(c, height))
    end
  end
  if kind == 3 or kind == 4 then
    for c = gap - height, width - 1e-9, gap do
      add(x + math.max(c, 0), y + math.max(0, -c), x + math.min(width, c + height), y + math.min(height, width - c))
    end
  end
  if kind == 5 then
    for c = gap, height - 1e-9, gap do add(x, y + c, x + width, y + c) end
  end
  if #parts > 0 then
    canvas:path(table.concat(parts), { stroke = "currentColor", class = "eg-bg", color = theme.background, ["stroke-width"] = 1.2 })
  end
end

local function draw_bar(canvas, x, y, width, height, style)
  local look = theme.series(style)
  canvas:open("g", { class = look.class, color = look.color })
  canvas:rect(x, y, width, height, { fill = "currentColor" })
  hatch(canvas, x, y, width, height, (style - 1) % 5 + 1)
  canvas:close()
end

local function legend(list)
  local entries = {}
  for _, each in ipairs(list) do
    if each.name ~= "" then
      entries[#entries + 1] = { name = each.name, draw = function(canvas, x, y, width)
        draw_bar(canvas, x + 6, y - 6, width - 6, 12, each.style)
      end }
    end
  end
  return entries
end

local function extent(list)
  local data = {}
  for _, each in ipairs(list) do
    for i, value in ipairs(each.values) do
      series.include(data, value)
      if each.low then
        series.include(data, each.low[i])
        series.include(data, each.high[i])
      end
    end
  end
  return data
end

-- One bar of category `c`, series `s`: from the zero line to its value, across or upright.
local function draw_value(canvas, o, value_scale, each, c, at, thick)
  local value = each.values[c]
  if not series.finite(value) then return end
  local zero = value_scale:place(math.max(value_scale.low, math.min(value_scale.high, 0)))
  local clipped = math.max(value_scale.low, math.min(value_scale.high, value))
  local place = value_scale:place(clipped)
  local from, to = math.min(zero, place), math.max(zero, place)
  if o.horizontal then draw_bar(canvas, from, at, to - from, thick, each.style)
  else draw_bar(canvas, at, from, thick, to - from, each.style) end
  local tip = place
  if each.low and series.finite(each.low[c]) and series.finite(each.high[c]) then
    local low = value_scale:place(math.max(value_scale.low, each.low[c]))
    local high = value_scale:place(math.min(value_scale.high, each.high[c]))
    local middle = at + thick / 2
    local ink = { stroke = "currentColor", ["stroke-width"] = 1.3 }
    if o.horizontal then canvas:line(low, middle, high, middle, ink) else canvas:line(middle, low, middle, high, ink) end
    tip = value >= 0 and high or low
  end
  if o.show_values then
    local text, size = number_text.minus(number_text.short(value, 3)), theme.small - 1
    local attributes = { ["font-size"] = size, fill = "currentColor" }
    if o.horizontal then
      attributes["text-anchor"] = value < 0 and "end" or "start"
      canvas:text(tip + (value < 0 and -4 or 4), at + thick / 2 + 3.5, text, attributes)
    elseif text_width.of(text, size) <= thick + 1 then
      attributes["text-anchor"] = "middle"
      canvas:text(at + thick / 2, tip + (value < 0 and size + 2 or -4), text, attributes)
    end
  end
end

local function draw_horizontal(canvas, room, o, axis, list, data)
  local label = 0 ---@type number
  for _, name in ipairs(o.categories) do label = math.max(label, text_width.of(name, theme.small)) end
  label = math.min(label, 0.4 * (room.right - room.left))
  local left, right = room.left + label + 8, room.right - (o.show_values and 40 or 10)
  local bottom = room.bottom - 18 - (axis.label ~= "" and 18 or 0)
  local x = scale.new(axis, data[1], data[2], left, right, math.max(2, math.floor((right - left) / 70)))
  for _, tick in ipairs(x.ticks) do
    local at = x:place(tick.value)
    canvas:line(at, room.top, at, bottom, { stroke = "currentColor", class = "eg-grid", color = theme.grid })
    canvas:text(at, bottom + 14, tick.text,
      { ["text-anchor"] = "middle", ["font-size"] = theme.small, fill = "currentColor", class = "eg-muted", color = theme.muted })
  end
  if axis.label ~= "" then
    canvas:text((left + right) / 2, bottom + 32, axis.label,
      { ["text-anchor"] = "middle", ["font-size"] = theme.font, fill = "currentColor" })
  end
  local band = (bottom - room.top) / math.max(1, #o.categories)
  local thick = 0.78 * band / math.max(1, #list)
  for c, name in ipairs(o.categories) do
    local top = room.top + (c - 1) * band
    canvas:text(left - 6, top + band / 2 + 0.35 * theme.small, text_width.fit(name, theme.small, label + 1),
      { ["text-anchor"] = "end", ["font-size"] = theme.small, fill = "currentColor" })
    for s, each in ipairs(list) do draw_value(canvas, o, x, each, c, top + 0.11 * band + (s - 1) * thick, thick) end
  end
  local zero = x:place(math.max(x.low, math.min(x.high, 0)))
  canvas:line(zero, room.top, zero, bottom, { stroke = "currentColor", class = "eg-axis", color = theme.axis })
end

local function draw_upright(canvas, room, o, axis, list, data)
  local count = #o.categories
  -- Categories stand at 1, 2, ...; their names are written below by hand, on two heights where they are too wide for one.
  local names = scale.check("plot.bars: categories", { min = 0.5, max = math.max(1, count) + 0.5, ticks = {} })
  local widest = 0 ---@type number
  for _, name in ipairs(o.categories) do widest = math.max(widest, text_width.of(name, theme.small)) end
  local staggered = count > 0 and widest > (room.right - room.left - 50) / count - 6
  local inner = { left = room.left, right = room.right, top = room.top, bottom = room.bottom - (staggered and 14 or 0) }
  local box = axes.draw(canvas, inner, names, axis, { 1, math.max(1, count) }, data)
  local band = (box.right - box.left) / math.max(1, count)
  local thick = 0.78 * band / math.max(1, #list)
  for c, name in ipairs(o.categories) do
    local left = box.left + (c - 1) * band
    local lower = staggered and c % 2 == 0 and 13 or 0
    canvas:text(left + band / 2, box.bottom + 14 + lower, text_width.fit(name, theme.small, (staggered and 2 or 1) * band - 4),
      { ["text-anchor"] = "middle", ["font-size"] = theme.small, fill = "currentColor" })
    for s, each in ipairs(list) do draw_value(canvas, o, box.y, each, c, left + 0.11 * band + (s - 1) * thick, thick) end
  end
  local zero = box.y:place(math.max(box.y.low, math.min(box.y.high, 0)))
  canvas:line(box.left, zero, box.right, zero, { stroke = "currentColor", class = "eg-axis", color = theme.axis })
end

local schema = figure.schema(560, nil)
schema.categories = { type = "table", required = true }
schema.series = { type = "table", required = true }
schema.value = { type = "table", default = {} }
schema.horizontal = { type = "boolean", default = false }
schema.show_values = { type = "boolean", default = true }

--- A bar chart as an SVG string.
--   categories  names
--   series      {{name =, values =, low =, high =, style =}, ...}: a number for each category (a list or a tensor), NaN for none;
--               intervals where given
--   value       the axis of values; see plot/scale.lua (linear; holds 0)
--   horizontal  bars across, for long names (default false)
--   show_values write each value at its bar, where there is room (default true)
--   title, subtitle, desc, width (560), height (320; where horizontal it follows from the number of bars unless given)
function bars.bars(given)
  local where = "plot.bars"
  local o = options.check(where, given, schema)
  for i, name in ipairs(o.categories) do
    if type(name) ~= "string" then error(("%s: categories[%d] must be a string, got %s"):format(where, i, options.show(name)), 2) end
  end
  local axis = scale.check(where .. ": value", o.value)
  if axis.scale == "log" then error("plot.bars: bars need a linear axis, they begin at 0", 2) end
  if not axis.min and not axis.max then axis.zero = true end
  local list = check_series(where, o.series, #o.categories, 2)
  o.height = o.height or (o.horizontal and 90 + #o.categories * math.max(26, 18 * #list) or 320)
  local canvas, room = figure.new(o, ("Bars of %d series over %d categories."):format(#list, #o.categories))
  figure.legend(canvas, room, legend(list))
  local data = extent(list)
  if o.show_values and not o.horizontal then room.top = room.top + 8 end
  local draw = o.horizontal and draw_horizontal or draw_upright
  draw(canvas, room, o, axis, list, data)
  if not data[1] then figure.empty(canvas, room, "no data") end
  return canvas:finish()
end

return bars
