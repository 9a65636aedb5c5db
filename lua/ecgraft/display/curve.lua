--- Small curves out of characters: braille dots where the terminal knows UTF-8, else stars.
local number_text = require "ecgraft.number_text"
local table_text = require "ecgraft.table_text"

local curve = {}

--- Whether the locale of this process writes UTF-8.
function curve.is_utf8()
  for _, name in ipairs{"LC_ALL", "LC_CTYPE", "LANG"} do
    local value = os.getenv(name)
    if value and value ~= "" then return value:lower():find("utf%-?8") ~= nil end
  end
  return false
end

-- Bits of a braille character, for its four rows of two dots.
local BITS = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

local function finite(value) return type(value) == "number" and value == value and math.abs(value) < math.huge end

--- Least and largest finite value; nil where there is none.
local function range(values, count)
  local low, high
  for i = 1, count do
    local v = values[i]
    if finite(v) then low, high = math.min(low or v, v), math.max(high or v, v) end
  end
  return low, high
end

--- The rows of dots, dots[row][column] = true, of a line through `count` values; row 1 is the top.
local function trace(values, count, low, high, wide, tall)
  local dots = {}
  for row = 1, tall do dots[row] = {} end
  local function height(v)
    if high == low then return (tall + 1) // 2 end
    return tall - math.floor((v - low) / (high - low) * (tall - 1) + 0.5)
  end
  local last_column, last_row
  for i = 1, count do
    if finite(values[i]) then
      local column = count == 1 and 1 or math.floor((i - 1) / (count - 1) * (wide - 1) + 1.5)
      local row = height(values[i])
      local first, from = last_column or column, last_row or row
      local before = from
      for c = first, column do
        local at = column == first and row or math.floor(from + (row - from) * (c - first) / (column - first) + 0.5)
        -- Steep pieces are filled, so that the line stays in one piece.
        for r = math.min(before + 1, at), math.max(before - 1, at) do dots[r][c] = true end
        before = at
      end
      last_column, last_row = column, row
    else
      last_column, last_row = nil, nil
    end
  end
  return dots
end

local function cells(dots, width, height, utf8_known)
  local lines = {}
  for row = 1, height do
    local out = {}
    for column = 1, width do
      if not utf8_known then out[column] = dots[row][column] and "*" or " "
      else
        local bits = 0
        for r = 1, 4 do
          for c = 1, 2 do
            if dots[4 * row - 4 + r][2 * column - 2 + c] then bits = bits | BITS[r][c] end
          end
        end
        out[column] = bits == 0 and " " or utf8.char(0x2800 + bits)
      end
    end
    lines[row] = table.concat(out)
  end
  return lines
end

--- A curve as a list of lines of `width` columns: a title, and `height` rows with the largest and least value before them.
-- values: numbers by position, holes and NaN are gaps; count: how many positions (default #values).
function curve.panel(title, values, o)
  local count, height, utf8_known = o.count or #values, o.height or 4, o.utf8
  if utf8_known == nil then utf8_known = curve.is_utf8() end
  local low, high = range(values, count)
  if not low then return nil end
  local top, bottom = number_text.short(high), number_text.short(low)
  local label = math.max(#top, #bottom)
  local width = math.max(4, o.width - label - 1) ---@type number
  local scale = utf8_known and 2 or 1
  local lines = cells(trace(values, count, low, high, width * scale, height * (utf8_known and 4 or 1)), width, height, utf8_known)
  for i, line in ipairs(lines) do
    local text = i == 1 and top or i == height and low ~= high and bottom or ""
    lines[i] = (" "):rep(label - #text) .. text .. " " .. line
  end
  table.insert(lines, 1, (" "):rep(label + 1) .. title)
  return lines
end

local COLOURS = {"34", "33", "32"} -- of panels beside each other: blue, yellow, green

--- Panels side by side, as text without an end of line; with `colour` each in its own.
function curve.beside(panels, colour)
  local lines = {}
  for i = 1, #panels[1] do
    local parts = {}
    for k, panel in ipairs(panels) do
      local text = panel[i]:gsub("%s+$", "")
      local width = panel.width ---@type integer of all but the last
      local space = (" "):rep(k < #panels and width - table_text.width(text) + 2 or 0)
      parts[k] = (colour and text ~= "" and ("\27[%sm%s\27[0m"):format(COLOURS[(k - 1) % #COLOURS + 1], text) or text) .. space
    end
    lines[i] = table.concat(parts):gsub("%s+$", "")
  end
  return table.concat(lines, "\n")
end

--- The curves of a training, loss and scores by epoch, or nil where there are fewer than three epochs.
-- history: a list of rows {epoch, train_loss, val_loss, val_score}, with its field monitor.
function curve.history(history, o)
  if #history < 3 then return nil end
  local shown = {}
  for _, name in ipairs{"train_loss", "val_loss", "val_score"} do
    local values = {}
    for i, row in ipairs(history) do values[i] = row[name] or 0 / 0 end
    -- A set that is validated now and then has gaps; the line goes on between its points.
    local at, last = {}, nil ---@type number[], integer?
    for i, v in ipairs(values) do
      if finite(v) then
        if last then for k = last + 1, i - 1 do at[k] = values[last] + (v - values[last]) * (k - last) / (i - last) end end
        at[i], last = v, i
      end
    end
    if last then shown[#shown + 1] = {title = name == "val_score" and history.monitor or name, values = at} end
  end
  if #shown == 0 then return nil end
  local panels, width = {}, math.min(34, (o.width + 2) // #shown - 2)
  for k, each in ipairs(shown) do
    panels[k] = curve.panel(tostring(each.title), each.values, {width = width, height = o.height, utf8 = o.utf8, count = #history})
    panels[k].width = width
  end
  return curve.beside(panels, o.colour)
end

return curve
