--- plot.forest: estimates with their intervals, one row each, about a reference value.
local figure = require "ecgraft.plot.figure"
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"
local rows = require "ecgraft.plot.rows"
local scale = require "ecgraft.plot.scale"
local series = require "ecgraft.plot.series"
local text_width = require "ecgraft.plot.text_width"
local theme = require "ecgraft.plot.theme"

local forest = {}

local ROW = 20 -- px

local row_schema = {
  label = { type = "string", required = true },
  estimate = { type = "any", required = true },
  low = { type = "any" },
  high = { type = "any" },
  note = { type = "string", default = "" },
  group = { type = "string", default = "" },
  style = { type = "integer", min = 1, default = 1 },
}

local function check_rows(where, given, level)
  local list = {}
  for i, each in ipairs(given) do
    local place = ("%s: row %d"):format(where, i)
    local row = options.check(place, each, row_schema, level + 1)
    for _, name in ipairs { "estimate", "low", "high" } do
      local value = row[name]
      if value == nil then row[name] = 0 / 0
      elseif type(value) ~= "number" then
        error(("%s: %s must be a number, got %s"):format(place, name, options.show(value)), level + 1)
      end
    end
    list[i] = row
  end
  return list
end

local function extent(list, reference)
  local data = {}
  for _, row in ipairs(list) do
    for _, name in ipairs { "estimate", "low", "high" } do series.include(data, row[name]) end
  end
  series.include(data, reference)
  return data
end

local function number_column(row, decimals)
  if not series.finite(row.estimate) then return number_text.missing end
  local text = number_text.signed(row.estimate, decimals)
  if series.finite(row.low) and series.finite(row.high) then
    text = ("%s [%s, %s]"):format(text, number_text.signed(row.low, decimals), number_text.signed(row.high, decimals))
  end
  return number_text.minus(text)
end

-- An arrow head where an interval runs out of the axis; direction -1 to the left, 1 to the right.
local function draw_arrow(canvas, x, y, direction)
  canvas:polygon({ x, y, x - 5 * direction, y - 3.5, x - 5 * direction, y + 3.5 }, { fill = "currentColor" })
end

local function draw_row(canvas, row, x, y, reference)
  local style = theme.series(row.style)
  canvas:open("g", { class = style.class, color = style.color })
  local known = series.finite(row.low) and series.finite(row.high)
  if known and row.high >= x.low and row.low <= x.high then
    local from, to = x:place(math.max(row.low, x.low)), x:place(math.min(row.high, x.high))
    canvas:line(from, y, to, y, { stroke = "currentColor", ["stroke-width"] = 1.6 })
    if row.low < x.low then draw_arrow(canvas, from, y, -1) end
    if row.high > x.high then draw_arrow(canvas, to, y, 1) end
  end
  if series.finite(row.estimate) and x:holds(row.estimate) then
    local at, r = x:place(row.estimate), 4
    -- Filled where the interval leaves the reference out, hollow where it does not (or there is none).
    if known and (row.low > reference or row.high < reference) then
      canvas:rect(at - r, y - r, 2 * r, 2 * r, { fill = "currentColor" })
    else
      canvas:rect(at - r, y - r, 2 * r, 2 * r, { fill = "currentColor", class = "eg-bg", color = theme.background })
      canvas:rect(at - r, y - r, 2 * r, 2 * r, { fill = "none", stroke = "currentColor", ["stroke-width"] = 1.6 })
    end
  end
  canvas:close()
end

-- What lies on each side of the reference: beside it, or moved as far as it takes to stay on the page.
local function draw_sides(canvas, o, room, zero, y)
  local left, right = o.left ~= "" and "← " .. o.left or "", o.right ~= "" and o.right .. " →" or ""
  local left_end = math.max(zero - 6, room.left + text_width.of(left, theme.small))
  local right_start = math.min(math.max(zero + 6, left_end + 12), room.right - text_width.of(right, theme.small))
  rows.text(canvas, math.min(left_end, right_start - 12), y, left, { ["text-anchor"] = "end" })
  rows.text(canvas, right_start, y, right)
end

-- Widths of the columns: labels, estimates, notes; the plot gets what is left.
local function columns(list, o, room)
  local label, numbers, notes = 0, 0, 0 ---@type number, number, number
  for _, row in ipairs(list) do
    label = math.max(label, text_width.of(row.label, theme.small))
    numbers = math.max(numbers, text_width.of(number_column(row, o.decimals), theme.small))
    notes = math.max(notes, text_width.of(row.note, theme.small))
  end
  local total = room.right - room.left
  label = math.min(label, 0.35 * total)
  local right = numbers + (notes > 0 and notes + 12 or 0)
  return label, numbers, room.left + label + 14, room.right - right - 14
end

local schema = figure.schema(560, nil)
schema.height = nil
schema.rows = { type = "table", required = true }
schema.reference = { type = "number", default = 0 }
schema.left = { type = "string", default = "" }
schema.right = { type = "string", default = "" }
schema.decimals = { type = "integer", default = 3, min = 0, max = 8 }
schema.x = { type = "table", default = {} }

--- A forest plot as an SVG string.
--   rows      {{label =, estimate =, low =, high =, note =, group =, style =}, ...}; rows that follow each other with the same `group`
--             stand under one heading; `style` is a number of colour
--   reference the value that means no effect (default 0)
--   left, right  words under the axis for what lies on each side of the reference
--   x         the axis; see plot/scale.lua (linear)
--   decimals  of the numbers printed (default 3)
--   title, subtitle, desc, width (560); the height follows from the rows
function forest.forest(given)
  local where = "plot.forest"
  local o = options.check(where, given, schema)
  local axis = scale.check(where .. ": x", o.x)
  if axis.scale == "log" then error("plot.forest: the axis must be linear", 2) end
  local list = check_rows(where, o.rows, 2)
  local blocks = rows.blocks(list)
  local footer = 26 + ((o.left ~= "" or o.right ~= "") and 16 or 0) + (axis.label ~= "" and 18 or 0)
  o.height = figure.head_height(o) + math.max(rows.height(blocks, ROW), 2 * ROW) + footer
  local canvas, room = figure.new(o, ("Forest plot of %d estimates with intervals."):format(#list))
  if #list == 0 then
    figure.empty(canvas, room, "no data")
    return canvas:finish()
  end
  local label_width, number_width, from, to = columns(list, o, room)
  local bottom = room.bottom - footer + 8
  local data = extent(list, o.reference)
  local x = scale.new(axis, data[1], data[2], from, math.max(to, from + 60), math.max(2, math.floor((to - from) / 55)))
  local zero = x:place(o.reference)
  rows.place(canvas, room, blocks, ROW, x, 0, function(top, below)
    canvas:line(zero, top, zero, below, { stroke = "currentColor", class = "eg-axis", color = theme.axis, ["stroke-width"] = 1.4 })
  end)
  for _, row in ipairs(list) do
    rows.text(canvas, room.left, row.y, text_width.fit(row.label, theme.small, label_width + 1))
    draw_row(canvas, row, x, row.y, o.reference)
    rows.text(canvas, x.to + 14, row.y, number_column(row, o.decimals))
    rows.text(canvas, x.to + 14 + number_width + 12, row.y, row.note, { class = "eg-muted", color = theme.muted })
  end
  rows.ticks(canvas, x, bottom)
  local sides = o.left ~= "" or o.right ~= ""
  if sides then draw_sides(canvas, o, room, zero, bottom + 26) end
  rows.axis_label(canvas, x, axis.label, bottom + (sides and 42 or 26))
  return canvas:finish()
end

return forest
