--- Dashed lines across a chart at values of one axis, each with a text at one of its ends, where least is drawn.
local text_width = require "ecgraft.plot.text_width"
local theme = require "ecgraft.plot.theme"

local references = {}

local GAP = 4 -- px between a line and its text
local ASCENT, DESCENT = 0.75 * theme.small, 0.22 * theme.small

-- Places of a text as {x of its left end, y of its line of writing}, the usual one first.
local function beside_level(box, at, width)
  local above, below = at - GAP, at + theme.small + 1
  local places = {}
  for _, x in ipairs { box.right - 2 - width, box.left + 2, (box.left + box.right - width) / 2 } do
    for _, y in ipairs { above, below } do
      if y - ASCENT >= box.top - 1 and y + DESCENT <= box.bottom then places[#places + 1] = { x, y } end
    end
  end
  return places
end

local function beside_upright(box, at, width)
  local places, step = {}, 1.3 * theme.small
  for y = box.top + theme.small, box.bottom - 5, step do
    for _, x in ipairs { at + GAP, at - GAP - width } do
      if x >= box.left and x + width <= box.right then places[#places + 1] = { x, y } end
    end
  end
  return places
end

local function best_of(places, ink, width)
  local best, least = nil, math.huge
  for _, place in ipairs(places) do
    local covered = ink:covered(place[1] - 1, place[2] - ASCENT, place[1] + width + 1, place[2] + DESCENT)
    if covered < least then best, least = place, covered end
  end
  return best
end

--- Draws lines {{x = or y =, label =}, ...} into a box made by axes.draw. `ink` (plot/drawn.lua) holds what else will be drawn there.
function references.draw(canvas, box, list, ink)
  local style = { stroke = "currentColor", class = "eg-muted", color = theme.muted, ["stroke-width"] = 1, ["stroke-dasharray"] = "4 3" }
  for _, each in ipairs(list) do
    local points
    if each.y and box.y:holds(each.y) then
      local at = box.y:place(each.y)
      points = { box.left, at, box.right, at }
    elseif each.x and box.x:holds(each.x) then
      local at = box.x:place(each.x)
      points = { at, box.top, at, box.bottom }
    end
    if points then
      canvas:line(points[1], points[2], points[3], points[4], style)
      ink:line(points)
    end
  end
  for _, each in ipairs(list) do
    local level, upright = each.y and box.y:holds(each.y), each.x and box.x:holds(each.x)
    if (each.label or "") ~= "" and (level or upright) then
      local label = text_width.fit(each.label, theme.small, box.right - box.left - 4)
      local width = text_width.of(label, theme.small)
      local places = level and beside_level(box, box.y:place(each.y), width) or beside_upright(box, box.x:place(each.x), width)
      local place = best_of(places, ink, width) or { box.left + 2, box.top + theme.small }
      ink:box(place[1], place[2] - ASCENT, place[1] + width, place[2] + DESCENT)
      canvas:text(place[1], place[2], label,
        { ["font-size"] = theme.small, fill = "currentColor", class = "eg-muted", color = theme.muted })
    end
  end
end

return references
