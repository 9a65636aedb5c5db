--- A program in a terminal of its own (by `script` of util-linux), for specs that type into it and read what it shows.
local process = require "spec.support.process"
local uv = require "luv"

local terminal = {}

local Terminal = {}
Terminal.__index = Terminal

--- Whether terminals can be made here: true, or nil and why not.
function terminal.is_there()
  local status, out, errors = process.run{"sh", "-c", "script -qefc true /dev/null", env = {SHELL = "/bin/sh"}, limit = 30}
  if status == 0 then return true end
  return nil, "needs a terminal by script of util-linux, which says: " .. ((errors .. out):match "[^\r\n]+" or "nothing")
end

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- Starts a program: terminal.open{"program", "argument", ..., env = {NAME = "value"}, cwd = folder}.
function terminal.open(command)
  local words = {"stty cols 80 rows 24; exec"} -- a shell in between would take a Ctrl-C for its own as well
  for _, word in ipairs(command) do words[#words + 1] = quoted(word) end
  local self = setmetatable({raw = "", shown = "", at = 1, input = uv.new_pipe(false), output = uv.new_pipe(false)}, Terminal)
  local env = {TERM = "vt100", LC_ALL = "C.UTF-8", SHELL = "/bin/sh"}
  for name, value in pairs(command.env or {}) do env[name] = value end
  local failure
  self.child, failure = uv.spawn("script", {args = {"-qefc", table.concat(words, " "), "/dev/null"},
    stdio = {self.input, self.output, nil}, cwd = command.cwd, env = process.environment(env)}, function(code)
    self.code = code
    self.child:close()
  end)
  assert(self.child, failure)
  self.output:read_start(function(_, chunk)
    if chunk then self:take(chunk) else self.output:close() end
  end)
  return self
end

-- What comes is kept as it is until no escape sequence can be cut in two; then without those and without carriage returns.
function Terminal:take(chunk)
  self.raw = self.raw .. chunk
  local last = self.raw:find("\27[^%a]*$")
  local whole = last and self.raw:sub(1, last - 1) or self.raw
  self.raw = last and self.raw:sub(last) or ""
  self.shown = self.shown .. whole:gsub("\27%[[%d;?]*%a", ""):gsub("\r", "")
end

-- Runs the loop until `done` gives something, for at most so many seconds.
local function wait(done, seconds)
  local timer, late = uv.new_timer(), false
  timer:start(seconds * 1000, 0, function() late = true end)
  local result = done()
  while not result and not late do
    uv.run "once"
    result = done()
  end
  timer:close()
  uv.run "nowait"
  return result
end

--- Waits until the plain text is shown behind what was waited for before. Returns what is shown up to its end; raises after
-- `seconds` (60), and where the program has ended without it.
function Terminal:expect(text, seconds)
  local last
  wait(function()
    last = select(2, self.shown:find(text, self.at, true))
    return last or self.output:is_closing()
  end, seconds or 60)
  if not last then
    self:kill()
    error(("'%s' was not shown; what was: %s"):format(text, self.shown:sub(self.at)), 2)
  end
  local part = self.shown:sub(self.at, last)
  self.at = last + 1
  return part
end

function Terminal:kill() if not self.code then self.child:kill "sigkill" end end

--- Types. Enter is "\r", Tab "\t", Ctrl-C "\3", Ctrl-D "\4", Up "\27[A".
function Terminal:type(text) self.input:write(text) end

--- Waits for the end of the program and returns its exit status; kills it where it does not come.
function Terminal:close(seconds)
  local ended = wait(function() return self.code end, seconds or 60)
  if not ended then self:kill() end
  self.input:close()
  wait(function() return self.output:is_closing() end, 5)
  return ended
end

return terminal
