--- How figures look: sizes, colours, and for each series a colour, a marker and a dash of its own, so that series can be told apart
-- without colour too.
--
-- Everything coloured is drawn with currentColor inside an element that has a class and a `color`. On its own a picture is light;
-- a page that holds it can give the classes other colours (theme.dark_css).
local theme = {
  font = 12,       -- px: axis labels, legend
  small = 11,      -- px: tick labels
  title = 14,      -- px
  ink = "#1b2126",
  muted = "#59636d",
  grid = "#dfe3e7",
  axis = "#7b858e",
  background = "#ffffff",
}

-- Okabe and Ito (2008), "Color Universal Design", without the yellow, which is too faint on white paper; the sky blue and the
-- orange a little darker for thin lines. `dark` is for dark pages.
local series = {
  { color = "#0072b2", dark = "#4fb3ea", marker = "circle", dash = false },
  { color = "#d55e00", dark = "#ff8a3d", marker = "square", dash = "7 3" },
  { color = "#009e73", dark = "#2fd0a2", marker = "triangle", dash = "2 2.5" },
  { color = "#b8598f", dark = "#e69cc6", marker = "diamond", dash = "9 3 2 3" },
  { color = "#c98600", dark = "#f2b233", marker = "down", dash = "5 2" },
  { color = "#2f95c9", dark = "#8ad0f5", marker = "cross", dash = "11 3" },
  { color = "#444b52", dark = "#c3cad1", marker = "plus", dash = "1.5 2" },
  { color = "#7a4fb5", dark = "#b99aec", marker = "star", dash = "8 2 1.5 2 1.5 2" },
}

theme.count = #series

--- The look of series `i`; after the last the colours begin again with the next dash.
---@param i integer
function theme.series(i)
  local n = #series
  local base = series[(i - 1) % n + 1]
  if i <= n then
    return { class = "eg-s" .. i, color = base.color, marker = base.marker, dash = base.dash }
  end
  local shifted = series[(i - 1 + (i - 1) // n) % n + 1]
  return { class = "eg-s" .. ((i - 1) % n + 1), color = base.color, marker = shifted.marker, dash = shifted.dash }
end

--- Rules that make figures inside a dark page light on dark.
function theme.dark_css()
  local rules = {}
  local function rule(class, color)
    rules[#rules + 1] = (".%s{color:%s}"):format(class, color)
  end
  rule("eg-figure", "#e4e8ec")
  rule("eg-muted", "#a3adb7")
  rule("eg-grid", "#323a42")
  rule("eg-axis", "#7d8893")
  rule("eg-bg", "#171c21")
  for i, style in ipairs(series) do rule("eg-s" .. i, style.dark) end
  return table.concat(rules, "\n")
end

--- Draws a filled marker of the current colour about (x, y); `r` is half its size.
function theme.marker(canvas, shape, x, y, r)
  local fill = { fill = "currentColor" }
  if shape == "circle" then canvas:circle(x, y, r, fill)
  elseif shape == "square" then canvas:rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r, fill)
  elseif shape == "triangle" then
    canvas:polygon({ x, y - 1.2 * r, x + 1.1 * r, y + 0.8 * r, x - 1.1 * r, y + 0.8 * r }, fill)
  elseif shape == "down" then
    canvas:polygon({ x, y + 1.2 * r, x + 1.1 * r, y - 0.8 * r, x - 1.1 * r, y - 0.8 * r }, fill)
  elseif shape == "diamond" then
    canvas:polygon({ x, y - 1.3 * r, x + 1.3 * r, y, x, y + 1.3 * r, x - 1.3 * r, y }, fill)
  elseif shape == "cross" or shape == "plus" or shape == "star" then
    local number, strokes = require("ecgraft.plot.svg").number, {}
    local function stroke(dx, dy)
      strokes[#strokes + 1] = ("M%s %sL%s %s"):format(number(x - dx), number(y - dy), number(x + dx), number(y + dy))
    end
    if shape ~= "plus" then
      stroke(0.9 * r, 0.9 * r)
      stroke(0.9 * r, -0.9 * r)
    end
    if shape ~= "cross" then
      stroke(1.2 * r, 0)
      stroke(0, 1.2 * r)
    end
    canvas:path(table.concat(strokes), { stroke = "currentColor", ["stroke-width"] = math.max(1, 0.55 * r), fill = "none" })
  else
    error("plot.theme: no marker is called " .. tostring(shape))
  end
end

return theme
