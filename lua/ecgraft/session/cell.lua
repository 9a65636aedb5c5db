--- A cell of Lua as a function: its top-level locals live on in the session, and the value of its last expression is what it shows.
--
-- `local x = 1` at the top of a cell (in no block and no function) becomes a variable of the session, since what one `load` declares
-- local the next cannot see. What follows from that: to declare a name anew assigns to the same variable, also for functions of earlier
-- cells that use it; <const> is not watched over. A local with <close> stays one: it is closed at the end of its cell. Locals of blocks
-- and functions are as ever. Lines are as in the source.
local source_text = require "ecgraft.repl.source"

local cell = {}

--- The tokens that stand in no block, function or bracket: those that open or close one included, those within it not.
local function top_level(source)
  local list, depth = {}, 0
  for _, token in ipairs(source_text.tokens(source)) do
    local counts = token.kind == "name" or token.kind == "op"
    if counts and source_text.closes[token.text] then depth = math.max(0, depth - 1) end
    if depth == 0 then list[#list + 1] = token end
    if counts and source_text.opens[token.text] then depth = depth + 1 end
  end
  return list
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
    if token.kind == "name" and token.text == "return" then
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
  local code = source_text.keep_locals(source)
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
