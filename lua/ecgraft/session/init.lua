--- A session: cells of Lua that are run one after the other and share their variables. What a notebook, Jupyter and a prompt evaluate with.
--
--   local session = require "ecgraft.session".new()
--   session:run "local x = 2"
--   session:run("x + 1").values[1] --> 3
local cell = require "ecgraft.session.cell"
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local session = {}

local Session = {}
Session.__index = Session

--- A new session. Its variables are in session.env, behind them Lua's globals. options: globals = a table of variables to begin with.
function session.new(given)
  local o = options.check("session.new", given, {globals = {type = "table"}})
  local env = setmetatable({}, {__index = _G})
  for name, value in pairs(o.globals or {}) do env[name] = value end
  env._G = env
  return setmetatable({env = env, count = 0}, Session)
end

session.is_incomplete = cell.is_incomplete

local library = debug.getinfo(1, "S").source:match "^(@.*/ecgraft/)session/" -- "@lua/ecgraft/"

local function is_ours(source) return library ~= nil and source:sub(1, #library) == library end

-- Where in the library a mistake was found is of no use in a notebook.
local function without_place(message)
  local path, rest = message:match "^([^\n:]*%.lua):%d+: (.*)$"
  return path and is_ours("@" .. path) and rest or message
end

-- The lines of a traceback between the fault and the cell, those of the library left out, and the cell's line.
local function trace(chunk, shown)
  local lines, cell_line = {}, nil
  for level = 3, 60 do
    local info = debug.getinfo(level, "Slnt")
    if not info then break end
    if info.source == chunk then cell_line = cell_line or info.currentline end
    if info.what ~= "C" and not is_ours(info.source) then
      local where = info.source == chunk and ("%s:%d"):format(shown, info.currentline) or ("%s:%d"):format(info.short_src, info.currentline)
      local what = info.what == "main" and "" or (" in %s"):format(info.name and ("function '%s'"):format(info.name) or "a function")
      lines[#lines + 1] = where .. what
    end
    if info.source == chunk and info.what == "main" then break end -- below it is only what runs the cell
  end
  return lines, cell_line
end

local function failure(message, chunk, shown)
  local trace_lines, line = trace(chunk, shown)
  local interrupted = type(message) == "table" and message.interrupted == true
    or type(message) == "string" and message:find "interrupted$" ~= nil and core.interrupted()
  local text = type(message) == "string" and message or type(message) == "table" and getmetatable(message)
    and getmetatable(message).__tostring and tostring(message) or "error value: " .. options.show(message)
  return {message = without_place(text), trace = trace_lines, line = line, interrupted = interrupted}
end

--- Runs a cell. options: name = what error messages call it (default "cell N"), line = the line at which it begins there (default 1).
-- Returns {ok = true, values = {n =, ...}: of the cell's last expression} or {ok = false, message =, line = in the cell's file,
-- trace = list of places from the fault outwards, interrupted = whether it was Ctrl-C}. What the cell did before it failed stays done.
function Session:run(source, given)
  options.argument("session:run", 1, "source", source, {type = "string"})
  local o = options.check("session:run", given, {name = {type = "string"}, line = {type = "integer", min = 1}})
  self.count = self.count + 1
  local shown = o.name or ("cell %d"):format(self.count)
  local chunk = "=" .. shown
  local fn, shows = cell.compile(source, chunk, o.line, self.env)
  if not fn then
    local line = tonumber(shows:match "^.-:(%d+): ")
    return {ok = false, message = shows, trace = {}, line = line, interrupted = false}
  end
  local results = table.pack(xpcall(fn, function(message) return failure(message, chunk, shown) end))
  if not results[1] then
    local fault = results[2]
    -- Where the handler itself failed (out of memory, out of stack) the message is all there is.
    if type(fault) ~= "table" or not fault.trace then fault = {message = tostring(fault), trace = {}, interrupted = false} end
    fault.ok = false
    return fault
  end
  local values = {n = 0}
  if shows then
    values.n = math.max(0, results.n - 2)
    for i = 1, values.n do values[i] = results[i + 2] end
  end
  return {ok = true, values = values}
end

return session
