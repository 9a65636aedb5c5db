--- A cell of Lua as a function: its top-level locals live on in the session, and the value of its last expression is what it shows.
--
-- `local x = 1` at the top of a cell (in no block and no function) becomes a variable of the session, since what one `load` declares
-- local the next cannot see. What follows from that: to declare a name anew assigns to the same variable, also for functions of earlier
-- cells that use it; <const> is not watched over. A local with <close> stays one: it is closed at the end of its cell. Locals of blocks
-- and functions are as ever. Lines are as in the source.
local source = require "ecgraft.session.source"

local cell = {}

-- A value in front keeps what follows from being a tail call, which would take the cell's line out of an error's message.
local SHOW = "return nil, "

local function is_cut_short(message) return message:find "near '?<eof>'?$" ~= nil and not message:find("unfinished string", 1, true) end

-- The text with its last statement returned, as a function; nil where the last statement has no value, whether one could begin there that
-- is cut short, and the complaint about the first. `valid`: whether the text compiles as it is; then only a call can be an expression, and
-- it begins with a name (what begins with a bracket may go on a statement).
local function showing(text, tokens, compile, valid)
  local cut_short, complaint = false, nil
  for i = #tokens, 1, -1 do
    local token, previous, from = tokens[i], tokens[i - 1], nil -- from: where what is to be shown would begin
    local is_apart = not previous or previous.text == ";"
    if token.kind == "name" and token.text == "return" then from = token.last + 1
    elseif (is_apart or text:sub(previous.last + 1, token.first - 1):find("\n", 1, true))
      and (not valid or token.kind == "name" or token.text == "(" and is_apart) then from = token.first end
    if from then
      local shown, fn, why = SHOW .. text:sub(from), nil, nil
      -- Alone first: most end soon, while what is before them may be long.
      if i > 1 then fn, why = compile(shown) end
      if i == 1 or fn or is_cut_short(why) then fn, why = compile(text:sub(1, token.first - 1) .. shown) end
      if fn then return fn end
      cut_short = cut_short or token.text ~= "return" and is_cut_short(why)
      if i == 1 then complaint = why end
    end
  end
  return nil, cut_short, complaint
end

-- Text that begins as no statement can is an expression, and blamed as one.
local function begins_statement(token)
  return token == nil or token.kind == "name" or token.text == "(" or token.text == "::" or token.text == ";"
end

--- Compiles a cell. name: the chunk's name as `load` takes it; line: the line at which it begins there (default 1); env: its variables.
-- Returns a function, and whether its results after the first are the value of the cell: not where it ends with a statement. Where it is
-- no Lua nil, a message, and whether that is only because it ends too early.
function cell.compile(text, name, line, env)
  local code = source.keep_locals((text:gsub("^#![^\n]*", "")))
  local ahead = ("\n"):rep((line or 1) - 1)
  local function compile(each) return load(ahead .. each, name, "t", env) end
  local plain, message = compile(code)
  local tokens = source.top_level(code)
  local fn, cut_short, complaint = showing(code, tokens, compile, plain ~= nil)
  if fn then return fn, true end
  if plain then return plain, false end
  if is_cut_short(message) or cut_short then return nil, message, true end
  return nil, begins_statement(tokens[1]) and message or complaint or message, false
end

return cell
