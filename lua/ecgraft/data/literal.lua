--- Values as Python writes them (repr): dicts, lists, tuples, strings, numbers, True, False, None. Nothing is run.
local text_of = require "ecgraft.data.text"

local literal = {}

local DEEPEST = 32
local escapes = {n = "\n", t = "\t", r = "\r", ["\\"] = "\\", ["'"] = "'", ['"'] = '"', ["\n"] = ""}
local words = {True = true, False = false}

-- Each reader takes the text and a position and returns the value and the position behind it; faults are thrown as tables.
local read_value

local function fault(at, expected)
  error({at = at, expected = expected}, 0)
end

local function skip(text, at)
  return text:find("%S", at) or #text + 1
end

local plain = {["'"] = "^'([^'\\]*)'()", ['"'] = '^"([^"\\]*)"()'} -- strings without an escape: nearly all

local function read_string(text, at)
  local quote, parts = text:sub(at, at), {}
  local string, behind = text:match(plain[quote], at)
  if string then return string, behind end
  local from = at + 1
  while true do
    local stop = text:find("[\\" .. quote .. "]", from)
    if not stop then fault(at, "a closing quote") end
    parts[#parts + 1] = text:sub(from, stop - 1)
    if text:sub(stop, stop) == quote then return table.concat(parts), stop + 1 end
    local escape = text:sub(stop + 1, stop + 1)
    if not escapes[escape] then fault(stop, "a known escape") end
    parts[#parts + 1] = escapes[escape]
    from = stop + 2
  end
end

-- Entries up to `close`: `each` reads one and returns the position behind it.
local function read_entries(text, at, close, each)
  at = skip(text, at + 1)
  while text:sub(at, at) ~= close do
    at = skip(text, each(at))
    local mark = text:sub(at, at)
    if mark == "," then at = skip(text, at + 1)
    elseif mark ~= close then fault(at, "',' or '" .. close .. "'") end
  end
  return at + 1
end

local function read_dict(text, at, depth)
  local dict = {}
  local stop = read_entries(text, at, "}", function(from)
    local key, behind = read_value(text, from, depth)
    if type(key) ~= "string" and math.type(key) ~= "integer" then fault(from, "a string or an integer as key") end
    behind = skip(text, behind)
    if text:sub(behind, behind) ~= ":" then fault(behind, "':'") end
    dict[key], behind = read_value(text, skip(text, behind + 1), depth)
    return behind
  end)
  return dict, stop
end

local function read_list(text, at, depth, close)
  local list, n = {}, 0
  local stop = read_entries(text, at, close, function(from)
    local value, behind = read_value(text, from, depth)
    n = n + 1
    list[n] = value
    return behind
  end)
  return list, stop
end

local function read_word(text, at)
  local number, behind = text:match("^([-+]?[%d.][%d.eE+-]*)()", at)
  number = tonumber(number)
  if number then return number, behind end
  local word = text:match("^%a+", at)
  if word == "None" then return nil, at + 4 end
  if word == "nan" then return 0 / 0, at + 3 end
  if words[word or ""] ~= nil then return words[word], at + #word end
  fault(at, "a value")
end

function read_value(text, at, depth)
  depth = depth + 1
  if depth > DEEPEST then fault(at, "at most " .. DEEPEST .. " levels") end
  local mark = text:sub(at, at)
  if mark == "{" then return read_dict(text, at, depth) end
  if mark == "[" then return read_list(text, at, depth, "]") end
  if mark == "(" then return read_list(text, at, depth, ")") end
  if mark == "'" or mark == '"' then return read_string(text, at) end
  return read_word(text, at)
end

--- The value of a literal: literal.parse("{'NORM': 100.0, 'SR': 0.0}") --> {NORM = 100.0, SR = 0.0}.
-- Returns true and the value, or nil and a message.
function literal.parse(text)
  local ok, value, stop = pcall(read_value, text, skip(text, 1), 0) ---@type boolean, any, integer?
  stop = ok and skip(text, stop)
  if ok and stop <= #text then ok, value = false, {at = stop, expected = "the end"} end
  if ok then return true, value end
  if type(value) ~= "table" then error(value, 0) end
  return nil, ("expected %s at character %d, got %s"):format(value.expected, value.at, text_of.show(text:sub(value.at, value.at + 19)))
end

return literal
