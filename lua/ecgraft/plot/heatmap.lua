--- plot.heatmap: a table of numbers as coloured cells, each with its number.
local figure = require "ecgraft.plot.figure"
local number_text = require "ecgraft.number_text"
local numbers = require "ecgraft.plot.numbers"
local options = require "ecgraft.options"
local series = require "ecgraft.plot.series"
local text_width = require "ecgraft.plot.text_width"
local theme = require "ecgraft.plot.theme"

local heatmap = {}

-- Lightness falls evenly, so the maps read in grey and by eyes that miss a colour. Sequential: white to dark blue;
-- diverging: orange over white to blue.
local maps = {
  sequential = { { 247, 251, 255 }, { 198, 219, 239 }, { 107, 174, 214 }, { 33, 113, 181 }, { 8, 48, 107 } },
  diverging = { { 166, 84, 0 }, { 236, 160, 80 }, { 247, 247, 247 }, { 105, 168, 214 }, { 8, 81, 156 } },
}

local function color_at(map, fraction)
  local stops = maps[map]
  local position = math.max(0, math.min(1, fraction)) * (#stops - 1)
  local i = math.min(math.floor(position), #stops - 2)
  local rest, rgb = position - i, {}
  for channel = 1, 3 do
    local a, b = stops[i + 1][channel], stops[i + 2][channel]
    rgb[channel] = math.floor(a + (b - a) * rest + 0.5)
  end
  return rgb
end

local function hex(rgb)
  return ("#%02x%02x%02x"):format(rgb[1], rgb[2], rgb[3])
end

-- Black or white, whichever is easier to read on the colour (relative luminance, WCAG 2).
local function ink_on(rgb)
  local luminance = 0 ---@type number
  for channel, weight in ipairs { 0.2126, 0.7152, 0.0722 } do
    local v = rgb[channel] / 255
    luminance = luminance + weight * (v <= 0.03928 and v / 12.92 or ((v + 0.055) / 1.055) ^ 2.4)
  end
  return luminance > 0.179 and "#16191c" or "#ffffff"
end

local function check_values(where, values, rows, columns, level)
  if #values ~= #rows then
    error(("%s: there are %d row names, values has %d rows"):format(where, #rows, #values), level + 1)
  end
  local data = {}
  for r, row in ipairs(values) do
    if type(row) ~= "table" or #row ~= #columns then
      error(("%s: values[%d] must be a list of %d numbers, got %s"):format(where, r, #columns, options.show(row)), level + 1)
    end
    for c, value in ipairs(row) do
      if type(value) ~= "number" then
        error(("%s: values[%d][%d] must be a number, got %s"):format(where, r, c, options.show(value)), level + 1)
      end
      series.include(data, value)
    end
  end
  return data
end

local function domain(o, data)
  local low, high = o.min or data[1] or 0, o.max or data[2] or 1
  if o.map == "diverging" then
    local reach = math.max(math.abs(high - o.center), math.abs(low - o.center)) ---@type number
    if reach == 0 then reach = 1 end
    return o.center - reach, o.center + reach
  end
  if low >= high then high = low + 1 end
  return low, high
end

local function text(canvas, x, y, content, more)
  local attributes = { ["font-size"] = theme.small, fill = "currentColor" }
  for name, value in pairs(more) do attributes[name] = value end
  canvas:text(x, y, content, attributes)
end

local function draw_cell(canvas, x, y, width, height, value, low, high, o)
  if not series.finite(value) then
    canvas:rect(x, y, width, height, { fill = "none", stroke = "currentColor", class = "eg-grid", color = theme.grid })
    text(canvas, x + width / 2, y + height / 2 + 4, number_text.missing,
      { ["text-anchor"] = "middle", class = "eg-muted", color = theme.muted })
    return
  end
  local rgb = color_at(o.map, (value - low) / (high - low))
  canvas:rect(x, y, width, height, { fill = hex(rgb) })
  local written = number_text.minus((o.signed and number_text.signed or number_text.fixed)(value, o.decimals))
  if text_width.of(written, theme.small) <= width - 2 then
    text(canvas, x + width / 2, y + height / 2 + 4, written, { ["text-anchor"] = "middle", fill = ink_on(rgb) })
  end
end

-- A strip of the colours with the ends (and the middle) of the domain below it.
local function draw_key(canvas, left, top, width, low, high, o)
  local steps = 48
  for i = 0, steps - 1 do
    canvas:rect(left + i * width / steps, top, width / steps + 0.4, 8, { fill = hex(color_at(o.map, (i + 0.5) / steps)) })
  end
  for i, value in ipairs { low, (low + high) / 2, high } do
    local anchor = i == 1 and "start" or i == 2 and "middle" or "end"
    local written = number_text.minus((o.signed and number_text.signed or number_text.fixed)(value, o.decimals))
    text(canvas, left + (i - 1) * width / 2, top + 20, written, { ["text-anchor"] = anchor, class = "eg-muted", color = theme.muted })
  end
  if o.label ~= "" then text(canvas, left, top - 5, o.label, { class = "eg-muted", color = theme.muted }) end
end

local schema = figure.schema(560, nil)
schema.height = nil
schema.rows = { type = "table", required = true }
schema.columns = { type = "table", required = true }
schema.values = { type = "table|tensor", required = true }
schema.map = { type = "string", default = "sequential", choices = { "sequential", "diverging" } }
schema.center = { type = "number", default = 0 }
schema.min = { type = "number" }
schema.max = { type = "number" }
schema.decimals = { type = "integer", default = 2, min = 0, max = 8 }
schema.signed = { type = "boolean", default = false }
schema.label = { type = "string", default = "" }
schema.row_label = { type = "string", default = "" }
schema.column_label = { type = "string", default = "" }

--- A heat map as an SVG string.
--   rows, columns   names
--   values          values[row][column], lists or a tensor (rows, columns); NaN leaves a cell empty
--   map             "sequential" (default) or "diverging" about `center` (default 0)
--   min, max        values at the ends of the colours; default: the data's
--   decimals        of the numbers in the cells (default 2); signed: with a plus sign (default false)
--   label           what the colours mean
--   row_label, column_label  above the row names and the columns
--   title, subtitle, desc, width (560); the height follows from the rows
function heatmap.heatmap(given)
  local where = "plot.heatmap"
  local o = options.check(where, given, schema)
  o.values = numbers.list(where, "values", o.values, 2, 2)
  local data = check_values(where, o.values, o.rows, o.columns, 2)
  local low, high = domain(o, data)
  local row_height, head = 26, 18 + (o.column_label ~= "" and 18 or 0)
  o.height = figure.head_height(o) + head + math.max(1, #o.rows) * row_height + 54
  local canvas, room = figure.new(o, ("Heat map of %d rows and %d columns."):format(#o.rows, #o.columns))
  if #o.rows == 0 or #o.columns == 0 then
    figure.empty(canvas, room, "no data")
    return canvas:finish()
  end
  local label_width = text_width.of(o.row_label, theme.small)
  for _, name in ipairs(o.rows) do label_width = math.max(label_width, text_width.of(tostring(name), theme.small)) end
  label_width = math.min(label_width, 0.4 * (room.right - room.left))
  local left, top = room.left + label_width + 8, room.top + head
  local cell = (room.right - left) / #o.columns
  if o.column_label ~= "" then
    text(canvas, (left + room.right) / 2, room.top + 10, o.column_label, { ["text-anchor"] = "middle", ["font-size"] = theme.font })
  end
  if o.row_label ~= "" then text(canvas, room.left, top - 6, o.row_label, { class = "eg-muted", color = theme.muted }) end
  for c, name in ipairs(o.columns) do
    text(canvas, left + (c - 0.5) * cell, top - 6, text_width.fit(tostring(name), theme.small, cell - 2), { ["text-anchor"] = "middle" })
  end
  for r, name in ipairs(o.rows) do
    local y = top + (r - 1) * row_height
    text(canvas, left - 6, y + row_height / 2 + 4, text_width.fit(tostring(name), theme.small, label_width + 1),
      { ["text-anchor"] = "end" })
    for c = 1, #o.columns do
      draw_cell(canvas, left + (c - 1) * cell + 0.5, y + 0.5, cell - 1, row_height - 1, o.values[r][c], low, high, o)
    end
  end
  draw_key(canvas, left, top + #o.rows * row_height + 24, math.min(220, room.right - left), low, high, o)
  return canvas:finish()
end

return heatmap
