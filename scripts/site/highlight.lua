--- Colours for code: text in, HTML out. What is not understood is left plain, never lost.
local highlight = {}

local function set(words)
  local s = {}
  for word in words:gmatch "%S+" do s[word] = true end
  return s
end

local LUA = require "ecgraft.keywords"
local C = set [[auto break case char const continue default do double else enum extern float for goto if inline int long register
  return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false NULL]]
local PYTHON = set("and as assert break class def del elif else except False finally for from if import in is"
  .. " lambda None not or pass raise return True try while with yield")

--- HTML's own characters written so that they stand for themselves.
function highlight.escape(text)
  return (text:gsub('[&<>"]', {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;"}))
end

-- What begins at `at`: class and the position behind it.
local function lua_token(text, at)
  local level = text:match("^%-%-%[(=*)%[", at) or text:match("^%[(=*)%[", at)
  local comment = text:sub(at, at + 1) == "--"
  if level then
    local _, last = text:find("]" .. level .. "]", at, true)
    return comment and "c" or "s", (last or #text) + 1
  end
  if comment then return "c", text:match("^[^\n]*()", at) end
  return nil
end

local function c_token(text, at)
  if text:sub(at, at + 1) == "/*" then
    local _, last = text:find("*/", at + 2, true)
    return "c", (last or #text) + 1
  end
  if text:sub(at, at + 1) == "//" then return "c", text:match("^[^\n]*()", at) end
  return nil
end

local function hash_token(text, at)
  if text:sub(at, at) == "#" and (at == 1 or text:sub(at - 1, at - 1):find "%s") then return "c", text:match("^[^\n]*()", at) end
  return nil
end

local languages = {
  lua = {token = lua_token, words = LUA}, c = {token = c_token, words = C}, h = {token = c_token, words = C},
  sh = {token = hash_token, words = {}, numbers = false}, python = {token = hash_token, words = PYTHON},
}

local function string_end(text, at)
  local quote = text:sub(at, at)
  local i = at + 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == "\\" then i = i + 1
    elseif c == quote then return i + 1
    elseif c == "\n" then return nil end
    i = i + 1
  end
  return nil
end

--- Code of a language ("lua", "c", "sh", "python"; others stay plain) as HTML.
function highlight.html(text, language)
  local how = languages[language]
  if not how then return highlight.escape(text) end
  local out, at = {}, 1
  local function put(class, last)
    local piece = highlight.escape(text:sub(at, last - 1))
    out[#out + 1] = class and ('<span class="%s">%s</span>'):format(class, piece) or piece
    at = last
  end
  while at <= #text do
    local class, last = how.token(text, at)
    if not class then
      local word = text:match("^[%a_][%w_]*", at)
      if word then
        class, last = how.words[word] and "k" or nil, at + #word
      elseif how.numbers ~= false and text:find("^%d", at) then
        class, last = "n", text:match("^[%w%.]+()", at)
      elseif text:find("^[\"']", at) then
        last = string_end(text, at)
        class, last = last and "s" or nil, last or at + 1
      else
        last = text:match("^%s+()", at) or at + 1
      end
    end
    put(class, last)
  end
  return table.concat(out)
end

return highlight
