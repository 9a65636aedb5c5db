--- A small SVG writer: a canvas to which elements are added, and at the end a string.
-- Coordinates are numbers in the unit of the canvas, written with at most two decimals in any locale. Text and attributes are escaped.
local markup = require "ecgraft.markup"

local svg = {}

local Canvas = {}
Canvas.__index = Canvas

local LIMIT = 1e7

--- A coordinate as text: rounded to two decimals, no trailing zeros, always a decimal point. NaN and infinities are the caller's mistake.
function svg.number(value)
  if value ~= value or value > LIMIT or value < -LIMIT then
    error(("plot.svg: a coordinate must be a number of at most %d, got %s"):format(LIMIT, tostring(value)), 2)
  end
  local hundredths = math.floor(math.abs(value) * 100 + 0.5)
  if hundredths == 0 then return "0" end
  local whole, rest = hundredths // 100, hundredths % 100
  local sign = value < 0 and "-" or ""
  if rest == 0 then return ("%s%d"):format(sign, whole) end
  if rest % 10 == 0 then return ("%s%d.%d"):format(sign, whole, rest // 10) end
  return ("%s%d.%02d"):format(sign, whole, rest)
end

local number = svg.number
Canvas.number = number

--- A new canvas.
--   width, height  size in `unit` ("mm", or "" for pixels); one unit of the drawing is one `unit`
--   title, desc    what a screen reader says
--   class          for style sheets
function svg.canvas(o)
  local self = setmetatable({ parts = {}, open_elements = {} }, Canvas)
  self:open("svg", {
    xmlns = "http://www.w3.org/2000/svg",
    role = "img",
    class = o.class,
    width = number(o.width) .. (o.unit or ""),
    height = number(o.height) .. (o.unit or ""),
    viewBox = ("0 0 %s %s"):format(number(o.width), number(o.height)),
    ["font-family"] = "Helvetica, Arial, 'Liberation Sans', sans-serif",
    color = o.color,
  })
  if o.title and o.title ~= "" then self:add("title", nil, o.title) end
  if o.desc and o.desc ~= "" then self:add("desc", nil, o.desc) end
  return self
end

--- Adds an element; `content` is text (escaped) or nil.
function Canvas:add(name, attributes, content)
  local head = "<" .. name .. markup.attributes(attributes, number)
  local parts = self.parts
  if content == nil then parts[#parts + 1] = head .. "/>\n"
  else parts[#parts + 1] = head .. ">" .. markup.escape(content) .. "</" .. name .. ">\n" end
end

--- Opens an element that the next ones lie in, until close.
function Canvas:open(name, attributes)
  self.parts[#self.parts + 1] = "<" .. name .. markup.attributes(attributes, number) .. ">\n"
  self.open_elements[#self.open_elements + 1] = name
end

function Canvas:close()
  self.parts[#self.parts + 1] = "</" .. table.remove(self.open_elements) .. ">\n"
end

local function with(attributes, more)
  local all = {}
  for name, value in pairs(attributes or {}) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  return all
end

function Canvas:line(x1, y1, x2, y2, attributes)
  self:add("line", with(attributes, { x1 = x1, y1 = y1, x2 = x2, y2 = y2 }))
end

function Canvas:rect(x, y, width, height, attributes)
  self:add("rect", with(attributes, { x = x, y = y, width = math.max(0, width), height = math.max(0, height) }))
end

function Canvas:circle(x, y, radius, attributes)
  self:add("circle", with(attributes, { cx = x, cy = y, r = radius }))
end

function Canvas:path(commands, attributes)
  self:add("path", with(attributes, { d = commands }))
end

function Canvas:text(x, y, content, attributes)
  self:add("text", with(attributes, { x = x, y = y }), content)
end

--- Points {x1, y1, x2, y2, ...} joined by straight lines.
function Canvas:polyline(points, attributes)
  self:add("polyline", with(attributes, { points = svg.points(points), fill = "none" }))
end

function Canvas:polygon(points, attributes)
  self:add("polygon", with(attributes, { points = svg.points(points) }))
end

--- {x1, y1, x2, y2, ...} as the text of a points attribute.
function svg.points(points)
  local parts = {}
  for i = 1, #points, 2 do
    parts[#parts + 1] = number(points[i]) .. "," .. number(points[i + 1])
  end
  return table.concat(parts, " ")
end

--- Adds another picture, a string that begins with <svg, its upper left corner at a place.
function Canvas:inner(x, y, picture)
  self.parts[#self.parts + 1] = picture:gsub("^%s*<svg", ('<svg x="%s" y="%s"'):format(number(x), number(y)), 1) .. "\n"
end

--- Closes what is open and returns the picture as a string.
function Canvas:finish()
  while #self.open_elements > 0 do self:close() end
  return table.concat(self.parts)
end

return svg
