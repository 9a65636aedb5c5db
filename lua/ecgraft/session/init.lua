--- A session: pieces of Lua that are run one after the other and share their variables. The prompt, notebooks and Jupyter evaluate with it.
--
--   local session = require "ecgraft.session".new()
--   session:run "local x = 2"
--   session:run("x + 1").values[1] --> 3
--
-- Its variables are in a table of its own in front of Lua's globals: modules do not see them, and nothing here changes what modules see.
local cell = require "ecgraft.session.cell"
local core = require "ecgraft.core"
local display = require "ecgraft.display.text"
local files = require "ecgraft.files"
local interruption = require "ecgraft.interruption"
local options = require "ecgraft.options"
local source = require "ecgraft.session.source"
local suggest = require "ecgraft.session.suggest"
local trace = require "ecgraft.session.trace"
local uv = require "luv"

local session = {}

local Session = {}
Session.__index = Session

local schema = {
  globals = {type = "table"},                        -- variables to begin with
  behind = {type = "table"},                         -- where names are looked for that are no variables; default Lua's globals
  word = {type = "string", default = "cell"},        -- what error messages call a piece of Lua: "cell 3"
  interruptible = {type = "boolean", default = false}, -- Ctrl-C ends what runs, by core.interruptible; else it is the caller who listens
}

--- A new session; options: see above. Its variables are in session.env.
function session.new(given)
  local o = options.check("session.new", given, schema)
  local env = setmetatable({}, {__index = o.behind or _G})
  for name, value in pairs(o.globals or {}) do env[name] = value end
  env._G = env
  return setmetatable({env = env, count = 0, behind = o.behind, word = o.word, interruptible = o.interruptible, sources = {}}, Session)
end

--- Whether more lines could make it whole: it is no Lua only because it ends too early.
function session.is_incomplete(text)
  local fn, _, incomplete = cell.compile(text, "=cell")
  return fn == nil and incomplete
end

--- The names of all variables that there are, for completion. `behind` may say in its metatable's table `parts` what it makes when asked.
function Session:names()
  local list = {}
  local meta = self.behind and getmetatable(self.behind)
  for _, place in ipairs{self.env, self.behind or {}, meta and meta.parts or {}, _G} do
    for name in next, place do if type(name) == "string" and name:find "^[%a_][%w_]*$" then list[#list + 1] = name end end
  end
  table.sort(list)
  return list
end

local function text_of(raised)
  if type(raised) == "string" then return trace.without_place(raised) end
  local meta = debug.getmetatable(raised)
  if type(meta) == "table" and rawget(meta, "__tostring") then return tostring(raised) end
  return "error with a value: " .. display(raised)
end

-- The text in which a chunk's lines are, at their places: cells of one name may be parts of one file.
local function remember(self, chunk, text, line)
  local lines, at = line > 1 and self.sources[chunk] or {}, line
  for each in (text .. "\n"):gmatch "(.-)\n" do
    for i = #lines + 1, at - 1 do lines[i] = "" end
    lines[at], at = each, at + 1
  end
  self.sources[chunk] = lines
end

local function source_of(self, chunk)
  if self.sources[chunk] then return table.concat(self.sources[chunk], "\n") end
  return chunk:sub(1, 1) == "@" and files.read(chunk:sub(2)) or nil
end

local function hint_for(self, message)
  local scene = trace.scene(self.env)
  return scene and suggest.of_error(message, scene, source_of(self, scene.source), self:names())
end

-- What became of code that raised, found while the stack is there.
local function fault_of(self, raised, fn, chunk)
  local told = interruption.is(raised)
  ---@type table<string, any>
  local fault = {message = text_of(raised), trace = {}, kept = told and raised.kept or nil,
    called = told and raised.called or nil}
  fault.interrupted = told or type(raised) == "string" and raised:find("interrupted", 1, true) ~= nil and core.interrupted()
  local ok, places = pcall(trace.places, fn)
  if ok and not told then fault.trace = places end
  for _, place in ipairs(fault.trace) do
    if place.source == chunk then
      fault.line = place.line
      break
    end
  end
  if fault.interrupted and not told then fault.message = "interrupted" end
  if type(raised) == "string" and not fault.interrupted then
    local found, hint = pcall(hint_for, self, raised)
    if found and hint then fault.message = fault.message .. "; " .. hint end
  end
  return fault
end

-- Calls fn, whose chunk's name is given: true, its results and their number; or false and the fault.
local function protected(self, fn, chunk)
  local fault
  local function handler(raised)
    fault = fault_of(self, raised, fn, chunk)
    return raised
  end
  local results
  if self.interruptible then
    results = table.pack(core.interruptible(fn, handler))
    local signal = table.remove(results, 2)
    results.n = results.n - 1
    if signal == uv.constants.SIGTERM then os.exit(128 + signal, true) end
  else
    results = table.pack(xpcall(fn, handler))
  end
  if results[1] then return true, {table.unpack(results, 2, results.n)}, results.n - 1 end
  -- Where memory or the stack ends the handler may not be asked, or fail.
  return false, fault or {message = text_of(results[2]), trace = {}, interrupted = false}
end

local function evaluate(self, fn, chunk, first)
  local began = uv.hrtime()
  local ok, found, count = protected(self, fn, chunk)
  local result = ok and {status = "done", values = {n = math.max(0, count - first + 1)}} or found ---@type table<string, any>
  result.ok, result.seconds = ok, (uv.hrtime() - began) / 1e9
  if ok then
    for i = 1, result.values.n do result.values[i] = found[first + i - 1] end
    if result.values.n == 1 and result.values[1] ~= nil then rawset(self.env, "_", result.values[1]) end
  else
    result.status = result.interrupted and "interrupted" or "failed"
    if result.kept ~= nil then
      rawset(self.env, "_", result.kept)
      result.message = ("%s; _ is %s"):format(result.message, result.called or "what there was so far")
    end
  end
  return result
end

local function not_run(message)
  local line = tonumber(message:match "^.-:(%d+): ")
  return {ok = false, status = "failed", message = message, trace = {}, line = line, interrupted = false, seconds = 0}
end

--- Runs a piece of Lua. options: name = what error messages call it (default "cell N"), line = at which it begins there (default 1).
-- Returns a table with status and seconds, the time it took:
--   "done"         ok = true, values = {n =, ...}: of its last expression, silent = whether a semicolon says that they are not to be shown,
--                  hint = what a name alone that is nil may have been meant to be
--   "failed"       message, line = in this piece, trace = places from the fault outwards (see session/trace.lua); incomplete = true
--                  where it is no Lua only because it ends too early
--   "interrupted"  by Ctrl-C: likewise, and interrupted = true
-- What was done before it failed stays done. A single value, and what was kept of an interrupted work, becomes the variable `_`.
function Session:run(text, given)
  options.argument("session:run", 1, "text", text, {type = "string"})
  local o = options.check("session:run", given, {name = {type = "string"}, line = {type = "integer", min = 1, default = 1}})
  local chunk = "=" .. (o.name or ("%s %d"):format(self.word, self.count + 1))
  local fn, shows, incomplete = cell.compile(text, chunk, o.line, self.env)
  if not incomplete then self.count = self.count + 1 end
  if not fn then
    local result = not_run(shows)
    result.incomplete = incomplete or nil
    return result
  end
  remember(self, chunk, text, o.line)
  local result = evaluate(self, fn, chunk, shows and 2 or 1) -- a return within a block gives values as well
  result.silent = result.ok and source.is_silent(text) or nil
  if result.ok and shows and result.values.n == 1 and result.values[1] == nil then
    result.hint = select(2, pcall(suggest.of_nil, text, self.env, self:names()))
  end
  return result
end

--- Runs a file; the locals at its top level are variables of the session afterwards. Returns what run returns.
function Session:run_file(path)
  local text, message = files.read(path)
  if not text then return not_run(message) end
  local chunk = "@" .. path
  local fn
  fn, message = load(source.keep_locals((text:gsub("^#[^\n]*", ""))), chunk, "t", self.env)
  if not fn then return not_run(message) end
  return evaluate(self, fn, chunk, 1)
end

return session
