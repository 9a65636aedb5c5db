--- A cell of Lua as a function: its top-level locals live on in the session, and the value of its last expression is what it shows.
--
-- `local x = 1` at the top of a cell (in no block and no function) becomes a variable of the session, since what one `load` declares
-- local the next cannot see. What follows from that: to declare a name anew assigns to the same variable, also for functions of earlier
-- cells that use it; <const> is not watched over. A local with <close> stays one: it is closed at the end of its cell. Locals of blocks
-- and functions are as ever. Lines and, but for an inserted `= nil`, columns are as in the source.
local lexer = require "ecgraft.session.lexer"

local cell = {}

local OPENING = {["do"] = true, ["function"] = true, ["if"] = true, ["repeat"] = true}
local CLOSING = {["end"] = true, ["until"] = true}
local BRACKETS = {["("] = 1, ["["] = 1, ["{"] = 1, [")"] = -1, ["]"] = -1, ["}"] = -1}

--- The tokens without comments that stand in no block, function or bracket: those that open one included, those within it not.
local function top_level(source)
  local list, depth = {}, 0
  for _, token in ipairs(lexer.tokens(source)) do
    if token.kind ~= "comment" then
      local closing = token.kind == "keyword" and CLOSING[token.text] or token.kind == "symbol" and BRACKETS[token.text] == -1
      if closing then depth = math.max(0, depth - 1) end
      if depth == 0 then list[#list + 1] = token end
      if token.kind == "keyword" and OPENING[token.text] or token.kind == "symbol" and BRACKETS[token.text] == 1 then
        depth = depth + 1
      end
    end
  end
  return list
end

-- The names that a `local` at tokens[i] declares: whether it stays one, the attributes' tokens, the last token of the list and whether
-- values follow. nil where it is no declaration that could be carried.
local function declaration(tokens, i)
  local attributes, at, last = {}, i + 1
  while true do
    if not tokens[at] or tokens[at].kind ~= "name" or tokens[at].text == "_ENV" then return nil end
    last, at = tokens[at], at + 1
    if tokens[at] and tokens[at].text == "<" then
      local word = tokens[at + 1]
      if not word or word.text ~= "const" or not tokens[at + 2] or tokens[at + 2].text ~= ">" then return nil end
      attributes[#attributes + 1] = {first = tokens[at].first, last = tokens[at + 2].last}
      last, at = tokens[at + 2], at + 3
    end
    if not tokens[at] or tokens[at].text ~= "," then break end
    at = at + 1
  end
  return attributes, last, tokens[at] ~= nil and tokens[at].text == "="
end

--- The source with its top-level locals made variables of the environment.
function cell.carry(source)
  local tokens, edits = top_level(source), {}
  local function blank(first, last) edits[#edits + 1] = {first, last, (source:sub(first, last):gsub("[^\n]", " "))} end
  for i, token in ipairs(tokens) do
    if token.kind == "keyword" and token.text == "local" then
      local following = tokens[i + 1]
      if following and following.text == "function" then blank(token.first, token.last)
      else
        local attributes, last, has_values = declaration(tokens, i)
        if attributes then
          blank(token.first, token.last)
          for _, each in ipairs(attributes) do blank(each.first, each.last) end
          if not has_values then edits[#edits + 1] = {last.last + 1, last.last, " = nil"} end
        end
      end
    end
  end
  local parts, at = {}, 1
  for _, edit in ipairs(edits) do
    parts[#parts + 1] = source:sub(at, edit[1] - 1) .. edit[3]
    at = edit[2] + 1
  end
  return table.concat(parts) .. source:sub(at)
end

-- A value in front keeps what follows from being a tail call, which would take the cell's line out of an error's message.
local SHOW = "return nil, "

local function starts_line(source, token)
  return source:sub(1, token.first - 1):find "^%s*$" ~= nil or source:sub(1, token.first - 1):find "[\n;]%s*$" ~= nil
end

-- The source with its last statement returned, and its function; nil where the last statement has no value. `valid`: whether the source
-- compiles as it is; then only a call can be an expression, and it begins with a name (what begins with a bracket may go on a statement).
local function showing(source, tokens, compile, valid)
  for i = #tokens, 1, -1 do
    local token, previous = tokens[i], tokens[i - 1]
    local may_begin = not previous or previous.text == ";" or starts_line(source, token)
    local fn
    if token.kind == "keyword" and token.text == "return" then
      fn = compile(source:sub(1, token.first - 1) .. SHOW .. source:sub(token.last + 1))
    elseif may_begin and (not valid or token.kind == "name" or (token.text == "(" and (not previous or previous.text == ";"))) then
      fn = compile(source:sub(1, token.first - 1) .. SHOW .. source:sub(token.first))
    end
    if fn then return fn end
  end
end

--- Compiles a cell. name: the chunk's name as `load` takes it; line: the line at which it begins there (default 1); env: its variables.
-- Returns a function, and whether its results after the first are the value to show: not where the cell ends with a statement, or with a
-- semicolon. nil, message where it is no Lua.
function cell.compile(source, name, line, env)
  local code = cell.carry(source)
  local ahead = ("\n"):rep((line or 1) - 1)
  local function compile(text) return load(ahead .. text:gsub("^#![^\n]*", ""), name, "t", env) end
  local plain, message = compile(code)
  local tokens = top_level(code)
  local fn = showing(code, tokens, compile, plain ~= nil)
  if not fn then
    if plain then return plain, false end
    return nil, message
  end
  return fn, tokens[#tokens].text ~= ";"
end

--- Whether more lines could make it whole: it is no Lua only because it ends too early.
function cell.is_incomplete(source)
  local fn, message = cell.compile(source, "=cell")
  return fn == nil and message:find "<eof>%s*$" ~= nil
end

return cell
