--- A session at the prompt: its variables, and what running a piece of input gives.
--
--   local session = session.new()
--   local result = session:run "x = 1 + 1"   --> {status = "done" | "more" | "failed" | "interrupted", values = {n = }, message =, trace =,
--                                                 seconds = }
--
-- Variables of the session are in a table of its own in front of Lua's globals: modules do not see them, and nothing here changes what
-- modules see.
local core = require "ecgraft.core"
local display = require "ecgraft.display.text"
local source = require "ecgraft.repl.source"
local uv = require "luv"

local session = {}

local Session = {}
Session.__index = Session

local PARTS = {"data", "explain", "metrics", "models", "nn", "optim", "stats", "tasks", "transfer"} -- of eg, by their own names

--- A new session.
function session.new()
  local eg = require "ecgraft"
  local self = setmetatable({count = 0, chunks = {}}, Session)
  local predefined = {eg = eg}
  local function make(name)
    for _, part in ipairs(PARTS) do if part == name then return eg[name] end end
    if name == "plot" then return require("ecgraft.repl.plot").callable(eg.plot) end
    return nil
  end
  self.environment = setmetatable({}, {__index = function(_, name)
    if predefined[name] == nil then predefined[name] = make(name) end
    if predefined[name] ~= nil then return predefined[name] end
    return _G[name]
  end})
  self.environment._G = self.environment
  return self
end

--- The names of all variables that there are, for completion.
function Session:names()
  local list = table.move(PARTS, 1, #PARTS, 3, {"eg", "plot"})
  for _, place in ipairs{self.environment, _G} do
    for name in next, place do if type(name) == "string" and name:find("^[%a_][%w_]*$") then list[#list + 1] = name end end
  end
  return list
end

local library = debug.getinfo(1, "S").source:match("^@(.*/ecgraft/)repl/") -- "lua/ecgraft/"

local function is_ours(source_name) return library ~= nil and source_name:sub(1, #library + 1) == "@" .. library end

-- "input 3:2: message" and "FILE.lua:2: message" in words; the place is left out where the input is the one line that was just typed.
local function placed(self, message)
  if library then
    local rest = message:match("^(%S*%.lua:%d+: .*)$")
    if rest and rest:sub(1, #library) == library then message = rest:gsub("^[^\n]-%.lua:%d+: ", "", 1) end
  end
  local count, line, rest = message:match("^input (%d+):(%d+): (.*)$")
  if not count then return message end
  count = tonumber(count)
  if count == self.count and not self.chunks[count] then return rest end
  if count == self.count then return ("line %s: %s"):format(line, rest) end
  return ("input %d, line %s: %s"):format(count, line, rest)
end

-- The lines of the user's that led there, innermost first; nothing where that is the input alone.
local function trace_of(self, level)
  local lines = {}
  while true do
    local info = debug.getinfo(level, "Slnt")
    if not info then break end
    local from = info.source
    if from == "@" .. (library or "") .. "repl/session.lua" then break end
    local input = from:match("^=input (%d+)$")
    if info.what ~= "C" and info.currentline > 0 and (input or (from:sub(1, 1) == "@" and not is_ours(from))) then
      local what = info.what == "main" and "" or info.name and (" in %s"):format(info.name) or " in a function"
      local place = input and (tonumber(input) == self.count and ("line %d"):format(info.currentline)
        or ("input %s, line %d"):format(input, info.currentline)) or ("%s, line %d"):format(info.short_src, info.currentline)
      lines[#lines + 1] = "  " .. place .. what
      if info.what == "main" then break end
    end
    level = level + 1
  end
  if #lines < 2 then return {} end
  if #lines > 8 then
    local left = #lines - 7
    lines = {lines[1], lines[2], lines[3], lines[4], ("  ... %d more"):format(left), lines[#lines - 2], lines[#lines - 1], lines[#lines]}
  end
  return lines
end

local function message_of(self, problem)
  if type(problem) == "string" then return placed(self, problem) end
  local meta = debug.getmetatable(problem)
  if type(meta) == "table" and rawget(meta, "__tostring") then return tostring(problem) end
  return "error with a value: " .. display(problem)
end

local SIGTERM = 15

-- Runs a compiled chunk so that Ctrl-C ends it and not the program.
local function call(self, chunk)
  local began = uv.hrtime()
  local problem, trace
  ---@type {n: integer, [integer]: any}
  local results = table.pack(core.interruptible(chunk, function(raised)
    problem = raised
    local ok, lines = pcall(trace_of, self, 4)
    trace = ok and lines or {}
  end))
  local ok, signal = results[1], results[2]
  local seconds = (uv.hrtime() - began) / 1e9
  if signal == SIGTERM then os.exit(128 + SIGTERM, true) end
  if problem == nil then problem = results[3] end -- out of memory, the handler is not asked
  if ok then return {status = "done", values = table.pack(table.unpack(results, 3, results.n)), seconds = seconds} end
  local told = type(problem) == "table" and problem.interrupted == true
  if signal or told then
    return {status = "interrupted", message = told and tostring(problem) or "interrupted", trace = told and {} or trace or {},
      seconds = seconds}
  end
  return {status = "failed", message = message_of(self, problem), trace = trace or {}, seconds = seconds}
end

--- Runs what was typed. status "more": it is incomplete, nothing was run. `values` are what an expression gave, and the last single one
-- becomes the variable `_`.
function Session:run(text)
  self.count = self.count + 1
  self.chunks[self.count] = text:find("\n", 1, true) ~= nil
  local chunk, message, more = source.compile(text, ("=input %d"):format(self.count), self.environment)
  if not chunk then
    message = placed(self, message)
    if more then self.count = self.count - 1 end
    return {status = more and "more" or "failed", message = message, trace = {}, seconds = 0}
  end
  local result = call(self, chunk)
  if result.status == "done" then
    result.silent = source.is_silent(text)
    if result.values.n == 1 and result.values[1] ~= nil then rawset(self.environment, "_", result.values[1]) end
  end
  return result
end

--- Runs a file; the locals at its top level are variables of the session afterwards. Returns what run returns.
function Session:run_file(path)
  local file, message = io.open(path, "rb")
  if not file then return {status = "failed", message = "cannot read " .. message, trace = {}, seconds = 0} end
  local text = file:read("a")
  file:close()
  if not text then return {status = "failed", message = ("cannot read '%s'"):format(path), trace = {}, seconds = 0} end
  text = text:gsub("^#[^\n]*", "")
  local chunk
  chunk, message = load(source.keep_locals(text), "@" .. path, "t", self.environment)
  if not chunk then return {status = "failed", message = message, trace = {}, seconds = 0} end
  return call(self, chunk)
end

return session
