--- How wide a text is drawn, so that margins and legends can be laid out without a renderer.
-- Advance widths of Helvetica in thousandths of the font size (Adobe's AFM tables; Arial and Liberation Sans have the same).
local text_width = {}

local ascii = { -- from the space on, as in the ASCII table
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, -- space ! " # $ % & ' ( ) * + , - . /
  556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, -- 0-9 : ; < = > ?
  1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, -- @ A-O
  667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, -- P-Z [ \ ] ^ _
  333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, -- ` a-o
  556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, -- p-z { | } ~
}

local BOLD = 1.06 -- the bold face is about this much wider

--- Width of `text` at `size`, in the unit of `size`.
---@return number
function text_width.of(text, size, bold)
  local sum = 0
  if utf8.len(text) then
    for _, code in utf8.codes(text) do
      if code < 127 then sum = sum + (ascii[code - 31] or 0)
      elseif code >= 0x1100 then sum = sum + (code >= 0x2000 and code <= 0x2BFF and 600 or 1000)
      else sum = sum + 580 end
    end
  else
    sum = 560 * #text
  end
  return sum * size / 1000 * (bold and BOLD or 1)
end

local function characters(text)
  local list = {}
  if not utf8.len(text) then
    for i = 1, #text do list[i] = text:sub(i, i) end
    return list
  end
  for _, code in utf8.codes(text) do list[#list + 1] = utf8.char(code) end
  return list
end

--- The text cut to `width` with an ellipsis, or as it is where it fits.
function text_width.fit(text, size, width, bold)
  if text_width.of(text, size, bold) <= width then return text end
  local kept = characters(text)
  for count = #kept - 1, 0, -1 do
    local shorter = table.concat(kept, "", 1, count):gsub("%s+$", "") .. "…"
    if count == 0 or text_width.of(shorter, size, bold) <= width then return shorter end
  end
  return text
end

--- The text broken at spaces into lines no wider than `width`; a single longer word is cut.
function text_width.wrap(text, size, width, bold)
  local lines, line = {}, nil
  for word in text:gmatch("%S+") do
    local longer = line and line .. " " .. word or word
    if line and text_width.of(longer, size, bold) > width then
      lines[#lines + 1] = text_width.fit(line, size, width, bold)
      longer = word
    end
    line = longer
  end
  if line then lines[#lines + 1] = text_width.fit(line, size, width, bold) end
  return lines
end

return text_width
