--- Lua source as tokens with their places: enough to find statements and to colour code. It refuses nothing; what is no Lua is for `load`
-- to complain about.
local lexer = {}

lexer.keywords = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")
    :gmatch "%a+" do lexer.keywords[word] = true end

-- The end of a long bracket that begins at `at`, or nil where none does; one that is not closed reaches to the end.
local function long_bracket(source, at)
  local level = source:match("^%[(=*)%[", at)
  if not level then return nil end
  local _, stop = source:find("]" .. level .. "]", at + #level + 2, true)
  return stop or #source
end

local function quoted(source, at)
  local quote, i = source:sub(at, at), at + 1
  while i <= #source do
    local c = source:sub(i, i)
    if c == "\\" then
      -- \z passes over line ends too.
      local _, skipped = source:find("^\\z%s*", i)
      i = skipped and skipped + 1 or i + 2
    elseif c == quote then return i
    elseif c == "\n" then return i - 1
    else i = i + 1 end
  end
  return #source
end

local function number(source, at)
  local _, stop = source:find("^0[xX][%x.]*", at)
  if stop then
    local _, exponent = source:find("^[pP][+-]?%d*", stop + 1)
    return exponent or stop
  end
  _, stop = source:find("^[%d.]+", at)
  local _, exponent = source:find("^[eE][+-]?%d*", stop + 1)
  return exponent or stop
end

-- Kind and last byte of the token at `at`.
local function token_at(source, at)
  local c = source:sub(at, at)
  if c == "-" and source:find("^%-%-", at) then
    return "comment", long_bracket(source, at + 2) or (source:find("\n", at, true) or #source + 1) - 1
  elseif c == "[" and long_bracket(source, at) then return "string", long_bracket(source, at)
  elseif c == '"' or c == "'" then return "string", quoted(source, at)
  elseif source:find("^%.?%d", at) then return "number", number(source, at)
  elseif c:find "[%a_]" then
    local _, stop = source:find("^[%w_]+", at)
    return lexer.keywords[source:sub(at, stop)] and "keyword" or "name", stop
  end
  local _, stop = source:find("^%.%.%.?", at)
  if not stop then _, stop = source:find("^[=~<>]=", at) end
  if not stop then _, stop = source:find("^::", at) end
  return "symbol", stop or at
end

--- The tokens of a source, comments included: {kind =, text =, first =, last = (bytes)}; kind is "comment", "string", "number",
-- "keyword", "name" or "symbol".
function lexer.tokens(source)
  local list, at = {}, 1
  local _, first = source:find "^#![^\n]*" -- as of a script
  if first then at = first + 1 end
  while true do
    at = source:find("%S", at)
    if not at then return list end
    local kind, last = token_at(source, at)
    list[#list + 1] = {kind = kind, text = source:sub(at, last), first = at, last = last}
    at = last + 1
  end
end

return lexer
