--- What the stack says of an error, while it is raised: the user's lines that led there, and the function in which it happened.
local trace = {}

local library = debug.getinfo(1, "S").source:match "^(@.*/ecgraft/)session/" -- "@lua/ecgraft/"
local MOST = 8 -- places that are told
local DEEPEST = 1000 -- levels that are looked at: each costs as much time as it is deep

--- Whether a chunk's source is a file of this library.
function trace.is_ours(source) return library ~= nil and source:sub(1, #library) == library end

-- Of what lies between a handler of errors and the code that failed.
local function is_session(source) return library ~= nil and source:sub(1, #library + 8) == library .. "session/" end

--- Where in the library a mistake was found is of no use to a user: a message without it.
function trace.without_place(message)
  local path, rest = message:match "^([^\n:]*%.lua):%d+: (.*)$"
  if not path then return message end
  local left = path:match "^%.%.%.(.*/ecgraft/)" -- Lua cuts long names at their beginning
  local ours = trace.is_ours("@" .. path) or library and left and library:sub(-#left) == left
  return ours and rest or message
end

-- Of many places the first and the last.
local function thinned(places)
  if #places <= MOST then return places end
  local left = #places - MOST + 1
  local out = table.move(places, 1, MOST - 4, 1, {})
  out[#out + 1] = {left = left}
  return table.move(places, #places - 2, #places, #out + 1, out)
end

--- The user's lines from the fault outwards to the function `outermost`: a list of {source, place = the chunk's name, line, name = the
-- function's, is_main}; where some are left out, {left = how many}.
function trace.places(outermost)
  local list = {}
  for level = 2, DEEPEST do
    local info = debug.getinfo(level, "Slnf")
    if not info then break end
    if info.what ~= "C" and info.currentline > 0 and not trace.is_ours(info.source) then
      list[#list + 1] = {source = info.source, place = info.short_src, line = info.currentline, name = info.name,
        is_main = info.what == "main"}
    end
    if info.func == outermost then break end
  end
  return thinned(list)
end

--- The user's function that is on top of the stack: {source, line, is_within = whether it was in a function of the library that it called,
-- find(name) --> the value that a variable has there, names = of its variables, values = unnamed ones in order, {n = }}; nil where there is
-- none. `env`: its global variables.
function trace.scene(env)
  local level, within = 2, false
  local info ---@type debuglib.DebugInfo?
  while true do
    info = debug.getinfo(level, "Slf")
    if not info then return nil end
    if info.what ~= "C" and not trace.is_ours(info.source) then break end
    within = within or info.what ~= "C" and not is_session(info.source)
    level = level + 1
  end
  local values, names, variables = {n = 0}, {}, {}
  local i = 1
  while true do
    local name, value = debug.getupvalue(info.func, i)
    if not name then break end
    if name ~= "_ENV" and name ~= "" then variables[name] = {value} elseif name == "_ENV" then env = value end
    i = i + 1
  end
  i = 1
  while true do
    local name, value = debug.getlocal(level, i)
    if not name then break end
    if name:find "^[%a_]" then variables[name] = {value}
    else
      values.n = values.n + 1
      values[values.n] = value
    end
    i = i + 1
  end
  for name in pairs(variables) do names[#names + 1] = name end
  table.sort(names)
  return {source = info.source, line = info.currentline, is_within = within, values = values, names = names, env = env,
    find = function(name)
      if variables[name] then return variables[name][1] end
      return env[name]
    end}
end

return trace
