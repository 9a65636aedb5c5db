--- plot.grid: several pictures in one.
local figure = require "ecgraft.plot.figure"
local options = require "ecgraft.options"
local theme = require "ecgraft.plot.theme"

local grid = {}

local PIXELS = { [""] = 1, px = 1, mm = 96 / 25.4 }
local LETTER = 18 -- px, of the letter above a picture, with some air

-- Width and height of a picture in pixels, from its first tag; nil for anything else.
local function size_of(picture)
  local tag = type(picture) == "string" and picture:match "^%s*(<svg[^>]*>)"
  if not tag then return nil end
  local width, unit = tag:match '%swidth="([%d.]+)(%a*)"'
  local height, same = tag:match '%sheight="([%d.]+)(%a*)"'
  if not width or not height or not PIXELS[unit] or unit ~= same then return nil end
  return tonumber(width) * PIXELS[unit], tonumber(height) * PIXELS[unit]
end

local function check(pictures, level)
  if type(pictures) ~= "table" then
    error(("plot.grid: argument 1 (pictures) must be a list of pictures, got %s"):format(options.show(pictures)), level + 1)
  end
  if #pictures == 0 then error("plot.grid: argument 1 (pictures) must hold a picture at least, got an empty list", level + 1) end
  local list = {}
  for i, picture in ipairs(pictures) do
    local width, height = size_of(picture)
    if not width then
      error(("plot.grid: pictures[%d] must be a picture of eg.plot, got %s"):format(i, options.show(picture)), level + 1)
    end
    list[i] = { text = picture, width = width, height = height }
  end
  return list
end

-- The widths of the columns and the heights of the rows.
local function tracks(list, columns)
  local widths, heights = {}, {}
  for i, each in ipairs(list) do
    local column, row = (i - 1) % columns + 1, (i - 1) // columns + 1
    widths[column] = math.max(widths[column] or 0, each.width)
    heights[row] = math.max(heights[row] or 0, each.height)
  end
  return widths, heights
end

local function letter(i) return i <= 26 and string.char(96 + i) or tostring(i) end

local schema = {
  columns = { type = "integer", default = 2, min = 1 },
  gap = { type = "number", default = 12, min = 0, max = 1000 },
  letters = { type = "boolean", default = false },
  title = { type = "string", default = "" },
  subtitle = { type = "string", default = "" },
  desc = { type = "string", default = "" },
}

--- Several pictures in one, as an SVG string: row by row, each as large as it is, columns as wide as their widest picture.
--   pictures  a list of what the other functions of eg.plot return
--   columns   pictures in a row (default 2)
--   gap       between pictures, in pixels (default 12)
--   letters   a, b, c ... above the pictures (default false)
--   title, subtitle, desc
function grid.grid(pictures, given)
  local o = options.check("plot.grid", given, schema)
  local list = check(pictures, 2)
  local columns = math.min(o.columns, #list)
  local widths, heights = tracks(list, columns)
  local head = o.letters and LETTER or 0
  o.width, o.height = (columns - 1) * o.gap, (#heights - 1) * o.gap
  for _, width in ipairs(widths) do o.width = o.width + width end
  for _, height in ipairs(heights) do o.height = o.height + height + head end
  local has_title = o.title ~= "" or o.subtitle ~= ""
  if has_title then o.height = o.height + figure.head_height(o) end
  local canvas, room = figure.new(o, ("%d pictures in %d columns."):format(#list, columns))
  local y = has_title and room.top or 0 ---@type number
  for row, height in ipairs(heights) do
    local x = 0 ---@type number
    for column = 1, columns do
      local i = (row - 1) * columns + column
      if list[i] then
        if o.letters then
          canvas:text(x + 8, y + LETTER - 4, letter(i), { ["font-size"] = theme.title, ["font-weight"] = "bold", fill = "currentColor" })
        end
        canvas:inner(x, y + head, list[i].text)
        x = x + widths[column] + o.gap
      end
    end
    y = y + height + head + o.gap
  end
  return canvas:finish()
end

return grid
