--- Lua text as it is typed at a prompt: its tokens, whether more must follow, and its top-level locals made into variables that stay.
local keywords = require "ecgraft.keywords"

local source = {}

--- The tokens of a text: a list of {kind, text, first, last}; kind is "name", "number", "string", "op" or "open" (a string or a long
-- comment that is not ended). Comments and space are left out.
function source.tokens(text)
  local list, at = {}, 1
  local function add(kind, last)
    list[#list + 1] = {kind = kind, text = text:sub(at, last), first = at, last = last}
    at = last + 1
  end
  local function long(from) -- the last place of a long bracket that begins at `from`; nil where it is none, false where it is open
    local level = text:match("^%[(=*)%[", from)
    if not level then return nil end
    local _, last = text:find("]" .. level .. "]", from, true)
    return last or false
  end
  while at <= #text do
    local space = text:match("^%s+()", at)
    if space then
      at = space
    elseif text:find("^%-%-", at) then
      local last = long(at + 2)
      if last == false then add("open", #text)
      else at = (last or (text:find("\n", at, true) or #text)) + 1 end
    elseif text:find("^[%a_]", at) then
      add("name", text:match("^[%w_]+()", at) - 1)
    elseif text:find("^%.?%d", at) then
      local last = at
      while text:find("^[%w_%.]", last + 1) or (text:find("^[%+%-]", last + 1) and text:find("^[eEpP]", last)
        and not (text:find("^[eE]", last) and text:find("^0[xX]", at))) do last = last + 1 end
      add("number", last)
    elseif text:find("^[\"']", at) then
      local quote, last = text:sub(at, at), at + 1 ---@type string, number
      while last <= #text and text:sub(last, last) ~= quote do
        if text:sub(last, last) == "\\" then last = text:match("^\\z%s*()", last) and text:match("^\\z%s*()", last) - 1 or last + 1 end
        if text:sub(last, last) == "\n" and text:sub(last - 1, last - 1) ~= "\\" and not text:sub(at, last):find("\\z%s*$") then break end
        last = last + 1
      end
      local closed = text:sub(last, last) == quote and last > at
      add(closed and "string" or "open", closed and last or #text)
    elseif long(at) ~= nil then
      local last = long(at)
      add(last and "string" or "open", last or #text)
    else
      local op = text:match("^%.%.%.", at) or text:match("^[=~<>]=", at) or text:match("^::", at) or text:match("^%.%.", at)
        or text:match("^[<>]+", at) or text:match("^//", at) or text:sub(at, at)
      add("op", at + #op - 1)
    end
  end
  return list
end

local opens = {["function"] = true, ["do"] = true, ["if"] = true, ["repeat"] = true, ["("] = true, ["{"] = true, ["["] = true}
local closes = {["end"] = true, ["until"] = true, [")"] = true, ["}"] = true, ["]"] = true}

--- The tokens that stand in no block, function or bracket: those that open or close one included, those within it not.
function source.top_level(text)
  local list, depth = {}, 0
  for _, token in ipairs(source.tokens(text)) do
    local counts = token.kind == "name" or token.kind == "op"
    if counts and closes[token.text] then depth = math.max(0, depth - 1) end
    if depth == 0 then list[#list + 1] = token end
    if counts and opens[token.text] then depth = depth + 1 end
  end
  return list
end

--- Whether a chunk that compiles can return a value of its own: whether a `return` stands outside its functions.
function source.returns(text)
  local open, functions = {}, 0
  for _, token in ipairs(source.tokens((text:gsub("^#[^\n]*", "")))) do
    if token.kind == "name" then
      if token.text == "return" and functions == 0 then return true end
      if opens[token.text] then
        open[#open + 1] = token.text
        if token.text == "function" then functions = functions + 1 end
      elseif closes[token.text] and table.remove(open) == "function" then
        functions = functions - 1
      end
    end
  end
  return false
end

-- The names behind a `local` and their attributes: the position of the token behind them, the places to blank, whether one is to be closed.
local function declared(tokens, i)
  local blanks, last = {}, nil
  while tokens[i] and tokens[i].kind == "name" do
    last = tokens[i]
    if last.text == "_ENV" or keywords[last.text] then return nil end
    i = i + 1
    if tokens[i] and tokens[i].text == "<" then
      local attribute, closing = tokens[i + 1], tokens[i + 2]
      if not attribute or attribute.text == "close" or not closing or closing.text:sub(1, 1) ~= ">" then return nil end
      blanks[#blanks + 1] = {tokens[i].first, closing.first}
      i = i + 3
    end
    if not tokens[i] or tokens[i].text ~= "," then break end
    i = i + 1
  end
  return i, blanks, last
end

--- The text with `local` taken from the declarations at its top level, so that what they name is there for the next lines as well; lines
-- stay where they are. Declarations with <close> are left as they are.
function source.keep_locals(text)
  local tokens, changes = source.top_level(text), {}
  for i, token in ipairs(tokens) do
    local following = token.kind == "name" and token.text == "local" and tokens[i + 1]
    if following and following.text == "function" then changes[#changes + 1] = {token.first, token.last, ""}
    elseif following then
      local behind, blanks, last = declared(tokens, i + 1)
      if behind and last then
        changes[#changes + 1] = {token.first, token.last, ""}
        for _, blank in ipairs(blanks) do changes[#changes + 1] = {blank[1], blank[2], ""} end
        local next_token = tokens[behind]
        if not (next_token and next_token.text == "=") then
          local at = #blanks > 0 and blanks[#blanks][2] > last.last and blanks[#blanks][2] or last.last
          changes[#changes + 1] = {at + 1, at, " = nil"}
        end
      end
    end
  end
  local out, at = {}, 1
  for _, change in ipairs(changes) do
    out[#out + 1] = text:sub(at, change[1] - 1) .. change[3]
    at = change[2] + 1
  end
  return table.concat(out) .. text:sub(at)
end

--- Whether an input ends with a semicolon, which says that its value is not to be shown.
function source.is_silent(text)
  local tokens = source.tokens(text)
  return #tokens > 0 and tokens[#tokens].text == ";"
end

return source
