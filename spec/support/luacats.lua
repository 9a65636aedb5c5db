--- A strict reader of the annotations that editors read: what is not as the language server's documentation has it raises.
--   luacats.line("@param x? integer the first")    checks one line behind the three dashes
--   luacats.types(text) --> the names of types in it, a list
local luacats = {}

local function fail(text, at, what) error(("%s at '%s' in '%s'"):format(what, text:sub(at, at + 20), text), 0) end

local parse_type

local function skip(text, at) return text:match("^%s*()", at) end

local function list_of(text, at, closing, item)
  at = skip(text, at)
  if text:sub(at, at) == closing then return at + 1 end
  while true do
    at = skip(text, item(text, at))
    local c = text:sub(at, at)
    if c == closing then return at + 1 end
    if c ~= "," then fail(text, at, ("expected ',' or '%s'"):format(closing)) end
    at = skip(text, at + 1)
  end
end

local function named(names)
  return function(text, at)
    local after = text:match("^%.%.%.()", at) or text:match("^[%a_][%w_]*%??()", at)
    if not after then fail(text, at, "expected a name") end
    local colon = text:match("^:%s*()", after)
    return colon and parse_type(text, colon, names) or after
  end
end

local function primary(text, at, names)
  local after = text:match('^"[^"]*"()', at) or text:match("^%-?%d+()", at)
  if after then return after end
  if text:sub(at, at) == "(" then
    after = parse_type(text, at + 1, names)
    if text:sub(after, after) ~= ")" then fail(text, after, "expected ')'") end
    return after + 1
  end
  if text:sub(at, at) == "{" then return list_of(text, at + 1, "}", named(names)) end
  after = text:match("^fun%(()", at)
  if after then
    after = list_of(text, after, ")", named(names))
    local returns = text:match("^:%s*()", after)
    if not returns then return after end
    after = parse_type(text, returns, names)
    while text:match("^,%s+()", after) and not text:match("^,%s+[%w_]+%??:", after) do
      after = parse_type(text, text:match("^,%s+()", after), names)
    end
    return after
  end
  local name
  name, after = text:match("^([%a_][%w_%.]*)()", at)
  if not name or name:find "%.$" then fail(text, at, "expected a type") end
  names[#names + 1] = name
  if text:sub(after, after) == "<" then
    after = list_of(text, after + 1, ">", function(t, i) return parse_type(t, i, names) end)
  end
  return after
end

function parse_type(text, at, names)
  while true do
    at = primary(text, at, names)
    while text:sub(at, at + 1) == "[]" or text:sub(at, at) == "?" do at = at + (text:sub(at, at) == "?" and 1 or 2) end
    if text:sub(at, at) ~= "|" then return at end
    at = at + 1
  end
end

--- The names of types in a text that begins with a type, and what stands behind it.
function luacats.types(text)
  local names = {}
  local at = parse_type(text, 1, names)
  local rest = text:sub(at)
  if rest ~= "" and not rest:find "^%s" then fail(text, at, "expected the end of the type") end
  return names, rest
end

local tags = {}

tags["meta"] = function(rest) assert(rest == "" or rest:find "^[%w_%.]+$", "meta: a module's name") return {} end

tags["class"] = function(rest)
  local name, parent = rest:match "^([%w_%.]+)$", nil
  if not name then name, parent = rest:match "^([%w_%.]+): ([%w_%.]+)$" end
  assert(name, "class: expected NAME or NAME: PARENT, got " .. rest)
  return parent and {parent} or {}
end

tags["alias"] = function(rest)
  local text = assert(rest:match "^[%w_%.]+ (.+)$", "alias: expected NAME TYPE")
  return (luacats.types(text))
end

tags["generic"] = function(rest) assert(rest:find "^%u%w*$", "generic: expected a name") return {} end

tags["param"] = function(rest)
  local text = rest:match "^[%a_][%w_]*%?? (.+)$" or rest:match "^%.%.%. (.+)$"
  return (luacats.types(assert(text, "param: expected NAME TYPE, got " .. rest)))
end

tags["return"] = function(rest) return (luacats.types(rest)) end

tags["field"] = function(rest)
  local key, text = rest:match "^%[(%w+)%] (.+)$"
  if key then
    local names = luacats.types(text)
    names[#names + 1] = key
    return names
  end
  text = rest:match "^[%a_][%w_]*%?? (.+)$"
  return (luacats.types(assert(text, "field: expected NAME TYPE, got " .. rest)))
end

tags["operator"] = function(rest)
  local name, argument, result = rest:match "^(%a+)(%b()): (.+)$"
  if not name then name, result = rest:match "^(%a+): (.+)$" end
  assert(name and ({add = 1, sub = 1, mul = 1, div = 1, pow = 1, unm = 1, len = 1, call = 1})[name], "operator: " .. rest)
  local names = luacats.types(result)
  if argument then table.move(luacats.types(argument:sub(2, -2)), 1, 99, #names + 1, names) end
  return names
end

tags["overload"] = function(rest)
  assert(rest:find "^fun%(", "overload: expected fun(...)")
  return (luacats.types(rest))
end

--- Checks a line "@tag ..."; returns the tag and the names of types in it.
function luacats.line(line)
  local tag, rest = line:match "^@(%a+)%s*(.*)$"
  assert(tag and tags[tag], "unknown annotation: " .. line)
  return tag, tags[tag](rest)
end

return luacats
