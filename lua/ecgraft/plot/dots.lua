--- plot.dots: single observations in rows, each row with its mean and an interval.
local figure = require "ecgraft.plot.figure"
local number_text = require "ecgraft.number_text"
local numbers = require "ecgraft.plot.numbers"
local options = require "ecgraft.options"
local rows = require "ecgraft.plot.rows"
local scale = require "ecgraft.plot.scale"
local series = require "ecgraft.plot.series"
local text_width = require "ecgraft.plot.text_width"
local theme = require "ecgraft.plot.theme"

local dots = {}

local ROW, LABEL = 30, 14 -- px
local ABOVE, BELOW = -5, 6  -- px from the middle of a row: the mean and its interval, the observations
local RADIUS, NEAR = 2.8, 4 -- px: of an observation, and between two that are drawn at different heights

local row_schema = {
  label = { type = "string", required = true },
  values = { type = "table|tensor", required = true },
  mean = { type = "number" },
  low = { type = "number" },
  high = { type = "number" },
  group = { type = "string", default = "" },
  style = { type = "integer", min = 1, default = 1 },
}

local function mean_of(values)
  local sum = 0
  for _, value in ipairs(values) do sum = sum + value end
  return #values > 0 and sum / #values or 0 / 0
end

local function check_rows(where, given, level)
  local list = {}
  for i, each in ipairs(given) do
    local place = ("%s: row %d"):format(where, i)
    local row = options.check(place, each, row_schema, level + 1)
    local known = {}
    row.values = numbers.list(place, "values", row.values, level + 1)
    for k, value in ipairs(row.values) do
      if type(value) ~= "number" then
        error(("%s: values[%d] must be a number, got %s"):format(place, k, options.show(value)), level + 1)
      end
      if series.finite(value) then known[#known + 1] = value end
    end
    if (row.low == nil) ~= (row.high == nil) then error(("%s: low and high must be given together"):format(place), level + 1) end
    table.sort(known)
    row.values, row.mean = known, row.mean or mean_of(known)
    row.low, row.high = row.low or known[1] or 0 / 0, row.high or known[#known] or 0 / 0
    list[i] = row
  end
  return list
end

local function extent(list, references)
  local data = {}
  for _, row in ipairs(list) do
    for _, value in ipairs(row.values) do series.include(data, value) end
    for _, name in ipairs { "mean", "low", "high" } do series.include(data, row[name]) end
  end
  local has_data = data[1] ~= nil
  for _, reference in ipairs(references) do series.include(data, reference.x) end
  return data, has_data
end

local function number_column(row, decimals)
  if not series.finite(row.mean) then return number_text.missing end
  local text = number_text.fixed(row.mean, decimals)
  if series.finite(row.low) and series.finite(row.high) and row.low < row.high then
    text = ("%s [%s, %s]"):format(text, number_text.fixed(row.low, decimals), number_text.fixed(row.high, decimals))
  end
  return number_text.minus(text)
end

-- Observations as dots on a level, those that would cover each other a little higher and lower in turn.
local function draw_values(canvas, x, values, y)
  local last, turn = -math.huge, 0
  for _, value in ipairs(values) do
    if x:holds(value) then
      local at = x:place(value)
      turn = at - last < NEAR and turn + 1 or 0
      last = at
      canvas:circle(at, y + (turn == 0 and 0 or turn % 2 == 1 and 3 or -2), RADIUS, { fill = "currentColor", ["fill-opacity"] = 0.6 })
    end
  end
end

local function draw_row(canvas, row, x, y)
  local style = theme.series(row.style)
  canvas:open("g", { class = style.class, color = style.color })
  if series.finite(row.low) and series.finite(row.high) and row.high >= x.low and row.low <= x.high then
    canvas:line(x:place(math.max(row.low, x.low)), y + ABOVE, x:place(math.min(row.high, x.high)), y + ABOVE,
      { stroke = "currentColor", ["stroke-width"] = 1.6 })
  end
  draw_values(canvas, x, row.values, y + BELOW)
  if series.finite(row.mean) and x:holds(row.mean) then theme.marker(canvas, style.marker, x:place(row.mean), y + ABOVE, 4.2) end
  canvas:close()
end

local DASHED = { stroke = "currentColor", class = "eg-muted", color = theme.muted, ["stroke-dasharray"] = "4 3" }

-- The labels of references above the rows, one below the other, each at its line as far as the page allows.
local function draw_labels(canvas, x, references, room)
  for i, each in ipairs(references) do
    local label = text_width.fit(each.label or "", theme.small, room.right - room.left)
    local half = text_width.of(label, theme.small) / 2
    if x:holds(each.x) then
      local at = math.max(room.left + half, math.min(room.right - half, x:place(each.x)))
      rows.text(canvas, at, room.top + LABEL * (i - 0.5), label, { ["text-anchor"] = "middle", class = "eg-muted", color = theme.muted })
    end
  end
end

local schema = figure.schema(560, nil)
schema.height = nil
schema.rows = { type = "table", required = true }
schema.x = { type = "table", default = {} }
schema.references = { type = "table", default = {} }
schema.decimals = { type = "integer", default = 3, min = 0, max = 8 }

--- Observations in rows as an SVG string: in each the mean with an interval, and below it a dot for each observation.
--   rows      {{label =, values = {...}, mean =, low =, high =, group =, style =}, ...}; where they are not given, the mean is that of the
--             values, and the interval reaches from the lowest to the highest. Rows that follow each other with the same `group` stand
--             under one heading; `style` is a number of colour and marker
--   x         the axis; see plot/scale.lua (linear)
--   references  {{x =, label =}, ...}: dashed upright lines
--   decimals  of the numbers printed (default 3)
--   title, subtitle, desc, width (560); the height follows from the rows
function dots.dots(given)
  local where = "plot.dots"
  local o = options.check(where, given, schema)
  local axis = scale.check(where .. ": x", o.x)
  if axis.scale == "log" then error("plot.dots: the axis must be linear", 2) end
  local list = check_rows(where, o.rows, 2)
  for i, each in ipairs(o.references) do
    options.check(("%s: reference %d"):format(where, i), each,
      { x = { type = "number", required = true }, label = { type = "string" } }, 3)
  end
  local blocks, footer = rows.blocks(list), axis.label ~= "" and 44 or 26
  local named = LABEL * #o.references
  o.height = figure.head_height(o) + math.max(rows.height(blocks, ROW), 2 * ROW) + named + footer
  local canvas, room = figure.new(o, ("Dots of %d rows with mean and interval."):format(#list))
  local data, has_data = extent(list, o.references)
  if not has_data then
    figure.empty(canvas, room, "no data")
    return canvas:finish()
  end
  local label, wide = 0, 0 ---@type number, number
  for _, row in ipairs(list) do
    label = math.max(label, text_width.of(row.label, theme.small))
    wide = math.max(wide, text_width.of(number_column(row, o.decimals), theme.small))
  end
  label = math.min(label, 0.35 * (room.right - room.left))
  local from, to = room.left + label + 14, room.right - wide - 14
  local x = scale.new(axis, data[1], data[2], from, math.max(to, from + 60), math.max(2, math.floor((to - from) / 40)))
  local bottom = rows.place(canvas, room, blocks, ROW, x, named, function(top, below)
    for _, each in ipairs(o.references) do
      if x:holds(each.x) then canvas:line(x:place(each.x), top, x:place(each.x), below, DASHED) end
    end
  end)
  draw_labels(canvas, x, o.references, room)
  for _, row in ipairs(list) do
    rows.text(canvas, room.left, row.y, text_width.fit(row.label, theme.small, label + 1))
    draw_row(canvas, row, x, row.y)
    rows.text(canvas, x.to + 14, row.y, number_column(row, o.decimals))
  end
  rows.ticks(canvas, x, bottom)
  rows.axis_label(canvas, x, axis.label, bottom + 28)
  return canvas:finish()
end

return dots
