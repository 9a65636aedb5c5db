--- The prompt: reads a line, runs it, prints what it gave, and again. docs/prompt.md shows a session.
local complete = require "ecgraft.repl.complete"
local core = require "ecgraft.core"
local display = require "ecgraft.display.text"
local editor = require "ecgraft.repl.editor"
local fault = require "ecgraft.repl.fault"
local help = require "ecgraft.repl.help"
local history = require "ecgraft.repl.history"
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"
local screen = require "ecgraft.repl.screen"
local session = require "ecgraft.session"
local variables = require "ecgraft.repl.variables"

local repl = {}

local PROMPT, CONTINUED = "> ", ">> "
local SLOW = 0.1 -- seconds: what takes longer has its time told

local function painted(text, code, o) return o.colour and ("\27[%sm%s\27[0m"):format(code, text) or text end

--- The values of a result as text; nil where there is nothing to show.
function repl.values_text(values, o)
  if values.n == 0 then return nil end
  local parts, one_line, width = {}, true, 0
  for i = 1, values.n do
    parts[i] = display(values[i], {width = o.width, colour = o.colour})
    one_line = one_line and not parts[i]:find("\n", 1, true)
    width = width + #parts[i] + 2
  end
  return table.concat(parts, one_line and width <= o.width and "  " or "\n")
end

-- Shows a result, of the input of that number and text. Returns nil, or where it was not well the exit status that says so.
local function report(result, o, interactive, count, text)
  io.stdout:flush()
  if result.status == "done" then
    if not result.silent then
      local shown = repl.values_text(result.values, o)
      if shown then io.stdout:write(shown, interactive and result.hint and painted("  " .. result.hint, "2", o) or "", "\n") end
    end
    if interactive and result.seconds >= SLOW then
      io.stdout:write(painted(("(%s)"):format(number_text.duration(result.seconds)), "2", o), "\n")
    end
    return nil
  end
  local message, lines = fault.text(result, count, text)
  local interrupted = result.status == "interrupted"
  io.stderr:write(painted(screen.wrapped(interrupted and message or "error: " .. message, o), interrupted and "33" or "31", o), "\n")
  for _, line in ipairs(lines) do io.stderr:write(painted(line, "2", o), "\n") end
  return interrupted and 130 or 1
end

local GENERAL = "?name shows the documentation of name, as in ?eg.fit; ??word looks for a word in all of it; Ctrl-D leaves."

-- What people type at a prompt before they know it, where Lua knows no such variable.
local asked = {help = GENERAL, exit = "Ctrl-D leaves.", quit = "Ctrl-D leaves."}

-- For questions, and words such as help; nil for other input.
local function answer(text, self, o)
  local word = text:match "^%s*(%a+)%s*$" or text:match "^%s*(%a+)%(%)%s*$"
  if word and asked[word] and self.env[word] == nil then return screen.wrapped(asked[word], o, 0) end
  if text:find "^%s*%?+%s*$" then return screen.wrapped(GENERAL, o, 0) end
  return help.answer(text, self.env, o)
end

local function welcome(note)
  local threads = core.num_threads()
  print(("ECGraft %s, %s, %d thread%s.\nTab completes, ?eg.fit explains, Ctrl-D leaves."):format(core.version, _VERSION, threads,
    threads == 1 and "" or "s"))
  if note then print(("Lines cannot be edited here: %s."):format(note)) end
end

-- One input: lines until they are complete. Returns the text and its result; nil at the end; false where it was given up.
local function read_input(self, input, prompts, o)
  local lines = {}
  while true do
    local line = input.read(prompts and (#lines == 0 and PROMPT or CONTINUED) or "")
    if line == nil and #lines == 0 then return nil end
    if line == false then return false end
    if line == nil then return table.concat(lines, "\n"), self:run(table.concat(lines, "\n")) end
    lines[#lines + 1] = line
    input.before = table.concat(lines, "\n") .. "\n" -- what completion must know of
    local text = table.concat(lines, "\n")
    local said = #lines == 1 and answer(text, self, o)
    if said then return text, {status = "done", values = {n = 0}, seconds = 0, said = said} end
    local result = self:run(text)
    if not result.incomplete then return text, result end
  end
end

local schema = {
  files = {type = "table", default = {}},          -- run before the first line
  history = {type = "boolean", default = true},    -- keep the lines in a file
}

--- Runs the prompt until the end of input. Returns an exit status: 0, or, where input is no terminal, at the first error 1, or 130 after
-- Ctrl-C.
function repl.run(given)
  local o = options.check("repl.run", given, schema)
  rawset(_G, "arg", {}) -- a line is no script that could be started again, as a study's workers would
  local self = session.new{behind = variables.new(), word = "input", interruptible = true}
  local input ---@type ecgraft.repl.editor
  local function find(line, first, last)
    local before = input.before or ""
    return complete.find(before .. line, first + #before, last + #before, self.env, self:names())
  end
  local note
  input, note = editor.new(find)
  local interactive = input.interactive
  local kept = interactive and o.history and history.path() or nil
  if kept then for _, text in ipairs(history.load(kept)) do input.remember(text) end end
  if interactive then welcome(note) end
  for _, path in ipairs(o.files) do
    local failed = report(self:run_file(path), screen.shape(), interactive)
    if failed and not interactive then return failed end
  end
  local previous
  while true do
    local shape = screen.shape()
    input.before = nil
    local text, result = read_input(self, input, interactive, shape)
    if text == nil then break end
    if text then
      if interactive and text:find "%S" and text ~= previous then
        input.remember(text)
        if kept then
          local ok, message = history.add(kept, text)
          if not ok then
            io.stderr:write(("the history cannot be kept: %s\n"):format(message))
            kept = nil
          end
        end
        previous = text
      end
      if result.said then
        screen.show(result.said, shape)
      else
        local failed = report(result, shape, interactive, self.count + (result.incomplete and 1 or 0), text)
        if failed and not interactive then return failed end
      end
    end
  end
  if interactive then print() end
  return 0
end

return repl
