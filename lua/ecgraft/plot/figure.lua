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

-- Where the entries of a legend of a width stand: {text, x, row (from 0)} each, and the last row.
local function legend_places(names, width)
  local places, x, row = {}, 0, 0 ---@type table[], number, integer
  for i, name in ipairs(names) do
    local text = text_width.fit(name, theme.font, width - SAMPLE - GAP)
    local wide = SAMPLE + GAP + text_width.of(text, theme.font)
    if x > 0 and x + wide > width then x, row = 0, row + 1 end
    places[i] = { text = text, x = x, row = row }
    x = x + wide + BETWEEN
  end
  return places, row
end

--- How much higher a figure of a width becomes by a legend of more than one row: what has to be added to keep the room for its axes.
function figure.legend_growth(names, width)
  local _, last = legend_places(names, width - 2 * PADDING)
  return last * LEGEND_ROW
end

--- A legend over the room's width, in as many rows as it needs; moves room.top below it.
-- entries: {{name =, draw = function(canvas, x, y, width)}, ...}, drawn in a box SAMPLE wide about the height y.
function figure.legend(canvas, room, entries)
  if #entries == 0 then return end
  local names = {}
  for i, entry in ipairs(entries) do names[i] = entry.name end
  local places, last = legend_places(names, room.right - room.left)
  for i, place in ipairs(places) do
    local x, y = room.left + place.x, room.top + (place.row + 0.55) * LEGEND_ROW
    entries[i].draw(canvas, x, y, SAMPLE)
    canvas:text(x + SAMPLE + GAP, y + 0.35 * theme.font, place.text, { ["font-size"] = theme.font, fill = "currentColor" })
  end
  room.top = room.top + (last + 1) * LEGEND_ROW + 4
end

--- What to say in the room where there is nothing to draw.
function figure.empty(canvas, room, text)
  canvas:text((room.left + room.right) / 2, (room.top + room.bottom) / 2, text, {
    ["text-anchor"] = "middle", ["font-size"] = theme.font, fill = "currentColor", class = "eg-muted", color = theme.muted,
  })
end

return figure
