--- Plain Lua tables as text: nested, short, in an order that does not change, with cycles and limits.
local keywords = require "ecgraft.keywords"
local markup = require "ecgraft.markup"
local number_text = require "ecgraft.number_text"

local INDENT = "  "
local MOST_ENTRIES, MOST_DEPTH, LONGEST_STRING = 30, 4, 400

local show = {}

local escapes = {["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ["\0"] = "\\0", ['"'] = '\\"', ["\\"] = "\\\\", ["\27"] = "\\27"}

--- A string in quotes on one line; a long one is cut and its length said.
function show.string(text, longest)
  longest = longest or LONGEST_STRING
  local cut = #text > longest
  local shown = text
  if cut then
    local last = longest
    while last > 0 and (text:byte(last + 1) or 0) & 0xC0 == 0x80 do last = last - 1 end -- not inside a character
    shown = text:sub(1, last)
  end
  shown = shown:gsub('[%c"\\]', function(c) return escapes[c] or ("\\%03d"):format(c:byte()) end)
  if not utf8.len(shown) then shown = shown:gsub("[\128-\255]", function(c) return ("\\%03d"):format(c:byte()) end) end
  return '"' .. shown .. '"' .. (cut and (" ... (%s bytes)"):format(number_text.count(#text)) or "")
end

--- What stands for a picture where none can be shown, with its title; nil where the text is no SVG picture.
function show.picture(text)
  if not text:find "^%s*<svg[%s>]" then return nil end
  local title = text:match "<title>([^<]*)</title>" or ""
  local named = title ~= "" and title ~= "Figure" -- which is what plot calls one that has no title
  return ("a picture (SVG, %s bytes)%s"):format(number_text.count(#text), named and ": " .. markup.unescape(title) or "")
end

local function key_text(key)
  if type(key) == "string" and key:find("^[%a_][%w_]*$") and not keywords[key] then return key end
  return "[" .. (type(key) == "string" and show.string(key, 60) or tostring(key)) .. "]"
end

local ranks = {number = 1, string = 2, boolean = 3}

--- The keys that are not of the list part: numbers, then strings, then the rest as they are called.
local function other_keys(t, length)
  local keys = {}
  for key in next, t do
    if not (math.type(key) == "integer" and key >= 1 and key <= length) then keys[#keys + 1] = key end
  end
  table.sort(keys, function(a, b)
    local x, y = ranks[type(a)] or 4, ranks[type(b)] or 4
    if x ~= y then return x < y end
    if x == 4 or x == 3 then return tostring(a) < tostring(b) end
    return a < b
  end)
  return keys
end

--- A table over as many lines as it needs. leaf(value, room): the text of what is no plain table, on one line.
-- `inside` holds the tables around this one.
local function render(t, room, indent, depth, inside, leaf)
  if next(t) == nil then return "{}" end
  if inside[t] then return "{...}" end -- a table within itself
  if depth > MOST_DEPTH then return "{...}" end
  inside[t] = true
  local length, parts, left, one_line = rawlen(t), {}, 0, 2
  local function add(key, value)
    if #parts >= MOST_ENTRIES then left = left + 1 return end
    local before = key == nil and "" or key_text(key) .. " = "
    local text
    if type(value) == "table" and show.is_plain(value) then
      text = render(value, room - #INDENT, indent .. INDENT, depth + 1, inside, leaf)
    else
      text = leaf(value, room - #before - #INDENT)
    end
    parts[#parts + 1] = before .. text
    one_line = one_line + #before + #text + 2
  end
  for i = 1, length do add(nil, rawget(t, i)) end
  local others = other_keys(t, length)
  for _, key in ipairs(others) do add(key, rawget(t, key)) end
  inside[t] = nil
  if left > 0 then parts[#parts + 1] = ("... %s more"):format(number_text.count(left)) end
  local all = table.concat(parts, ", ")
  if one_line <= room and not all:find("\n") then return "{" .. all .. "}" end
  -- Lists of short things fill lines; all else has a line each.
  local lines, line, listed = {}, "", next(others) == nil and not all:find("\n") and #all / #parts < 16
  for i, part in ipairs(parts) do
    local piece = part .. (i < #parts and "," or "")
    if not listed then lines[#lines + 1] = piece
    elseif line == "" then line = piece
    elseif #line + #piece + 1 + #INDENT <= room then line = line .. " " .. piece
    else
      lines[#lines + 1], line = line, piece
    end
  end
  if line ~= "" then lines[#lines + 1] = line end
  return "{\n" .. indent .. INDENT .. table.concat(lines, "\n" .. indent .. INDENT) .. "\n" .. indent .. "}"
end

--- Whether a table has no way of its own to be printed.
function show.is_plain(t)
  local meta = debug.getmetatable(t)
  return not (type(meta) == "table" and (rawget(meta, "__tostring") or rawget(meta, "__name")))
end

function show.table(t, width, leaf)
  return render(t, width, "", 1, {}, leaf)
end

return show
