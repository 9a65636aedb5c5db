--- Modules that say what is in them when they are printed, and to who asks for their names: also what is loaded when first used.
local named = {}

local WIDTH = 80

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

--- Lets print(module) show its title and the names in it. Keeps the metatable that it has. Returns the module.
function named.module(module, title)
  titles[module] = title
  local meta = getmetatable(module)
  if meta == nil then
    meta = {}
    setmetatable(module, meta)
  end
  if type(meta) == "table" and not rawget(meta, "__tostring") then
    rawset(meta, "__tostring", function(self)
      local shown = {}
      for _, name in ipairs(named.names(self)) do if name:sub(1, 1) ~= "_" then shown[#shown + 1] = name end end
      return listing(title, shown)
    end)
  end
  return module
end

return named
