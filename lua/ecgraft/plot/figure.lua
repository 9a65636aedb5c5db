--- A figure: a canvas with its background, title, subtitle and legend, and the room that is left for axes.
local svg = require "ecgraft.plot.svg"
local text_width = require "ecgraft.plot.text_width"
local theme = require "ecgraft.plot.theme"

local figure = {}

--- Options that every chart takes, for its schema: title, subtitle, desc, width, height.
function figure.schema(width, height)
  return {
    title = { type = "string", default = "" },
    subtitle = { type = "string", default = "" },
    desc = { type = "string", default = "" },
    width = { type = "number", default = width, min = 120, max = 10000 },
    height = { type = "number", default = height, min = 80, max = 10000 },
  }
end

local PADDING = 8

--- Height of padding, title and subtitle together, for charts whose height follows from their rows.
function figure.head_height(o)
  local width = o.width - 2 * PADDING
  local titles, subtitles = #text_width.wrap(o.title, theme.title, width, true), #text_width.wrap(o.subtitle, theme.font, width)
  return 2 * PADDING + 1.2 * theme.title * titles + 1.3 * theme.font * subtitles + (titles + subtitles > 0 and 6 or 0)
end

--- A figure for the checked options `o`. Returns the canvas and the room {left, top, right, bottom} below the title.
-- `desc` is what a screen reader says where the caller gave no description.
function figure.new(o, desc)
  local canvas = svg.canvas {
    width = o.width, height = o.height, class = "eg-figure", color = theme.ink,
    title = o.title ~= "" and o.title or "Figure", desc = o.desc ~= "" and o.desc or desc,
  }
  canvas:rect(0, 0, o.width, o.height, { class = "eg-bg", fill = "currentColor", color = theme.background })
  local room = { left = PADDING, top = PADDING, right = o.width - PADDING, bottom = o.height - PADDING } ---@type table<string, number>
  local width = room.right - room.left
  for _, line in ipairs(text_width.wrap(o.title, theme.title, width, true)) do
    room.top = room.top + 1.2 * theme.title
    canvas:text(room.left, room.top - 4, line,
      { ["font-size"] = theme.title, ["font-weight"] = "bold", fill = "currentColor" })
  end
  for _, line in ipairs(text_width.wrap(o.subtitle, theme.font, width)) do
    room.top = room.top + 1.3 * theme.font
    canvas:text(room.left, room.top - 4, line,
      { ["font-size"] = theme.font, fill = "currentColor", class = "eg-muted", color = theme.muted })
  end
  if o.title ~= "" or o.subtitle ~= "" then room.top = room.top + 6 end
  return canvas, room
end

local SAMPLE, GAP, BETWEEN = 26, 6, 16 -- px: length of a line sample, sample to text, entry to entry
local LEGEND_ROW = 1.6 * theme.font

local function fitted_entry(name, width)
  local fitted = text_width.fit(name, theme.font, width - SAMPLE - GAP)
  return fitted, SAMPLE + GAP + text_width.of(fitted, theme.font)
end

--- How much higher a figure of a width becomes by a legend of more than one row: what has to be added to keep the room for its axes.
function figure.legend_growth(names, width)
  local room, x, rows = width - 2 * PADDING, 0, 1
  for _, name in ipairs(names) do
    local _, wide = fitted_entry(name, room)
    if x > 0 and x + wide > room then x, rows = 0, rows + 1 end
    x = x + wide + BETWEEN
  end
  return (rows - 1) * LEGEND_ROW
end

--- A legend over the room's width, in as many rows as it needs; moves room.top below it.
-- entries: {{name =, draw = function(canvas, x, y, width)}, ...}, drawn in a box SAMPLE wide about the height y.
function figure.legend(canvas, room, entries)
  if #entries == 0 then return end
  local x, y, row = room.left, room.top, LEGEND_ROW
  for _, entry in ipairs(entries) do
    local fitted, wide = fitted_entry(entry.name, room.right - room.left)
    if x > room.left and x + wide > room.right then
      x, y = room.left, y + row
    end
    entry.draw(canvas, x, y + 0.55 * row, SAMPLE)
    canvas:text(x + SAMPLE + GAP, y + 0.55 * row + 0.35 * theme.font, fitted,
      { ["font-size"] = theme.font, fill = "currentColor" })
    x = x + wide + BETWEEN
  end
  room.top = y + row + 4
end

--- What to say in the room where there is nothing to draw.
function figure.empty(canvas, room, text)
  canvas:text((room.left + room.right) / 2, (room.top + room.bottom) / 2, text, {
    ["text-anchor"] = "middle", ["font-size"] = theme.font, fill = "currentColor", class = "eg-muted", color = theme.muted,
  })
end

return figure
