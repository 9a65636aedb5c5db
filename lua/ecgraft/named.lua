--- Modules that say what is in them when they are printed, and to who asks for their names: also what is loaded when first used.
local near = require "ecgraft.near"

local named = {}

local WIDTH = 80
local MOST_LISTED, MOST_NEAR = 40, 3 -- names in an error

local titles = setmetatable({}, {__mode = "k"})

--- The title that a module was given here: "eg.nn"; nil for other values.
function named.title(value) return titles[value] end

--- The names in a module, sorted: its string keys, and those of its metatable's table `parts`, which are loaded when first used.
-- Nothing is loaded by it.
function named.names(module)
  local seen, list = {}, {}
  local function add(name)
    if type(name) == "string" and not seen[name] then
      seen[name] = true
      list[#list + 1] = name
    end
  end
  for name in next, module do add(name) end
  local meta = getmetatable(module)
  local parts = type(meta) == "table" and rawget(meta, "parts")
  for name in pairs(type(parts) == "table" and parts or {}) do add(name) end
  table.sort(list)
  return list
end

local function listing(title, names)
  local lines, line = {}, title .. ":"
  for i, name in ipairs(names) do
    local piece = " " .. name .. (i < #names and "," or "")
    if #line + #piece > WIDTH then
      lines[#lines + 1], line = line, " "
    end
    line = line .. piece
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

local function shown_names(module)
  local shown = {}
  for _, name in ipairs(named.names(module)) do if name:sub(1, 1) ~= "_" then shown[#shown + 1] = name end end
  return shown
end

-- Raises that a module has no such name: with those that are near, or else with those that there are. Other keys than names, and names that
-- begin with "_", as other programs ask of any table, are just nil.
local function missing(module, called, name)
  if type(name) ~= "string" or name:sub(1, 1) == "_" then return nil end
  local names = shown_names(module)
  local rest = near.question(near.names(name, names, MOST_NEAR))
    or #names <= MOST_LISTED and "there are: " .. table.concat(names, ", ") or ("print(%s) lists what is there"):format(called)
  error(("%s.%s is not there; %s"):format(called, name, rest), 3)
end

--- Lets print(module) show its title and the names in it, and makes a name that it has not an error that says which there are. Keeps the
-- metatable that it has; what is found by its __index, a function, is found as before, and where its field `complete` is true that raises
-- by itself. called: what it is in a script, where that is not the title. Returns the module.
function named.module(module, title, called)
  if titles[module] then return module end
  titles[module] = title
  local meta = getmetatable(module)
  if meta == nil then
    meta = {}
    setmetatable(module, meta)
  end
  if type(meta) == "table" and not rawget(meta, "__tostring") then
    rawset(meta, "__tostring", function(self) return listing(title, shown_names(self)) end)
  end
  if type(meta) == "table" and not rawget(meta, "complete") then
    local inner = rawget(meta, "__index")
    called = called or title
    if inner == nil then
      rawset(meta, "__index", function(self, name) return (missing(self, called, name)) end)
    elseif type(inner) == "function" then
      rawset(meta, "__index", function(self, name)
        local value = inner(self, name)
        if value == nil then return (missing(self, called, name)) end
        return value
      end)
    end
  end
  return module
end

return named
