--- The terminal that the prompt writes to: its size, lines that break between words, and long texts a page at a time.
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local programs = require "ecgraft.repl.programs"
local table_text = require "ecgraft.table_text"
local uv = require "luv"

local screen = {}

--- Why standard output is no terminal in which the cursor can be moved; nil where it is one.
function screen.lack()
  if uv.guess_handle(1) ~= "tty" then return "the output is no terminal" end
  local term = os.getenv "TERM" or ""
  return term == "" and "TERM is not set" or term == "dumb" and "TERM is dumb" or nil
end

--- What there is: {is_terminal, colour, width, height}; a width of 80 and no height where it is no terminal.
function screen.shape()
  local on = screen.lack() == nil
  local width, height
  if on then width, height = core.line_editor.size() end
  return {is_terminal = on, colour = on and (os.getenv "NO_COLOR" or "") == "", width = math.max(40, math.min(width or 80, 200)),
    height = height}
end

--- Words over lines of at most `width` columns, put behind the list `out`: the first one begins with `lead`, the others with `indent`
-- spaces. A word that is wider has a line of its own.
function screen.fill(words, lead, indent, width, out)
  local current, empty = lead, true
  for word in words:gmatch "%S+" do
    if not empty and table_text.width(current) + 1 + table_text.width(word) > width then
      out[#out + 1], current, empty = current, (" "):rep(indent), true
    end
    current, empty = current .. (empty and "" or " ") .. word, false
  end
  out[#out + 1] = current:gsub("%s+$", "")
end

--- A text whose lines are no wider than the terminal: those that are go on below, set in by `indent` (2) more than they are. Other lines
-- are as they were; so is all of it where there is no terminal.
function screen.wrapped(text, shape, indent)
  if not shape.is_terminal then return text end
  local out = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do
    local space, rest = line:match "^(%s*)(.*)$"
    if table_text.width(line) <= shape.width then out[#out + 1] = line
    else screen.fill(rest, space, math.min(#space + (indent or 2), shape.width // 2), shape.width, out) end
  end
  return table.concat(out, "\n")
end

-- The command that shows a page at a time: $PAGER, less, or more; nil where there is none or it is empty.
local function pager()
  local named = os.getenv "PAGER"
  if named then return named:find "%S" and named ~= "cat" and named or nil end
  return programs.find "less" and "less" or programs.find "more" and "more" or nil
end

--- Prints a text; one that is longer than the terminal a page at a time, where there is a program for that. Less leaves at Ctrl-C and q,
-- unless the variable LESS says otherwise.
function screen.show(text, shape)
  local _, breaks = text:gsub("\n", "")
  local command = shape.is_terminal and shape.height and breaks + 2 > shape.height and pager()
  local path = command and os.tmpname()
  if not path or not files.write(path, text .. "\n") then
    print(text)
    return
  end
  io.stdout:flush()
  -- Signals are the pager's while it runs: os.execute waits and does not hear Ctrl-C.
  local _, _, code = os.execute(("%s%s < '%s'"):format((os.getenv "LESS" or "") ~= "" and "" or "LESS=FRXK ", command, path))
  os.remove(path)
  if code == 126 or code == 127 then print(text) end -- there is no such program, as the shell has said
end

return screen
