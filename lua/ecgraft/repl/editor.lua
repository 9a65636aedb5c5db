--- Where the lines come from: a terminal with line editing, a terminal without, or a file or pipe.
--
-- An editor has read(prompt) --> a line; nil at the end; false after Ctrl-C. remember(text): what Up brings back.
local core = require "ecgraft.core"
local screen = require "ecgraft.repl.screen"
local uv = require "luv"

---@class ecgraft.repl.editor
---@field interactive boolean
---@field read fun(prompt: string): string|false|nil
---@field remember fun(text: string)
---@field before? string the lines of an input that is not complete, for whoever uses it

local editor = {}

local function nothing() end

--- Waits until a line (or the end) can be read, or Ctrl-C came: a read that began just after that would not be woken by it.
local function wait()
  local input, clock, ready = uv.new_poll(0), uv.new_timer(), false
  input:start("r", function() ready = true end)
  clock:start(100, 100, nothing)
  while not ready and not core.interrupted() do uv.run "once" end
  input:close()
  clock:close()
  uv.run "nowait"
  return ready
end

local function ask(prompt)
  io.stdout:write(prompt)
  io.stdout:flush()
  return wait() and io.read "L" or nil
end

-- A read of standard input from which Ctrl-C comes back, from the moment on in which the prompt is shown.
local function read_plain(prompt)
  local ok, signal, line = core.interruptible(ask, nothing, prompt)
  if signal == uv.constants.SIGTERM then os.exit(128 + signal, true) end
  if signal then return false end
  return ok and line and line:gsub("\n$", "") or nil
end

--- An editor. complete(line, first, last): the function that finds completions. Returns it, and where lines cannot be edited a note that
-- says why.
---@return ecgraft.repl.editor
---@return string? why lines cannot be edited
function editor.new(complete)
  if uv.guess_handle(0) ~= "tty" then
    return {interactive = false, read = function() return io.read "l" end, remember = nothing}
  end
  local ok, why = false, screen.lack()
  if not why then ok, why = core.line_editor.open() end
  if ok then
    return {interactive = true, read = function(prompt)
      io.stdout:flush()
      local line = core.line_editor.read(prompt, complete)
      if line == false then io.stdout:write("^C\n") end
      return line
    end, remember = core.line_editor.remember}
  end
  return {interactive = true, remember = nothing, read = function(prompt)
    local line = read_plain(prompt)
    if line == false then io.stdout:write("\n") end
    return line
  end}, why
end

return editor
