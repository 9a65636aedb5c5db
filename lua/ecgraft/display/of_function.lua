--- Functions in words: their name where ECGraft has one for them, and what they take.
local colon = require "ecgraft.colon"

local of_function = {}

local MOST_DEPTH = 4

--- The modules that are loaded, walked for the name of a value: "eg.fit", "eg.data.synthetic". nil where it is none of ECGraft's.
function of_function.name(wanted)
  local seen, found = {}, nil
  local function walk(t, name, depth)
    if seen[t] or depth > MOST_DEPTH then return end
    seen[t] = true
    for key, value in next, t do
      if type(key) == "string" and key:find("^%a") then
        local inner = name .. "." .. key
        if rawequal(value, wanted) and (not found or #inner < #found or (#inner == #found and inner < found)) then found = inner end
        -- Into modules only: not into networks, sets and other values.
        if type(value) == "table" and not rawget(value, "_kinds") and next(value) ~= nil then walk(value, inner, depth + 1) end
      end
    end
  end
  local eg = package.loaded["ecgraft"]
  if type(eg) == "table" then walk(eg, "eg", 1) end
  local core = package.loaded["ecgraft.core"]
  if not found and type(core) == "table" then walk(core.tensor_methods, "tensor", MOST_DEPTH) end
  return found
end

-- The name of one of Lua's own functions: "print", "string.rep".
local function name_in_lua(wanted)
  for _, library in ipairs{"_G", "string", "table", "math", "io", "os", "utf8", "coroutine", "debug", "package"} do
    for name, value in next, package.loaded[library] or {} do
      if rawequal(value, wanted) then return library == "_G" and name or library .. "." .. name end
    end
  end
  return nil
end

--- The names of a Lua function's arguments, "(net, train, given)"; nil for one written in C.
function of_function.arguments(fn)
  fn = colon.behind(fn)
  local info = debug.getinfo(fn, "u")
  if debug.getinfo(fn, "S").what == "C" then return nil end
  local names = {}
  for i = 1, info.nparams do names[i] = debug.getlocal(fn, i) or "?" end
  if info.isvararg then names[#names + 1] = "..." end
  return "(" .. table.concat(names, ", ") .. ")"
end

-- The documentation stands above this folder; where it is loaded, it is asked.
local function documented(fn)
  local docs = package.loaded["ecgraft.docs"]
  if type(docs) ~= "table" then return nil end
  local ok, entry = pcall(docs.find, fn)
  return ok and type(entry) == "table" and entry or nil
end

--- What is known of a function: {name, signature, entry}; entry is that of ecgraft.docs.
function of_function.describe(fn)
  local entry = documented(fn)
  local name = entry and entry.name or of_function.name(fn)
  local signature = entry and entry.signature
  if not signature or signature == "" then signature = (name or "") .. (of_function.arguments(fn) or "(...)") end
  return {name = name, signature = signature, entry = entry}
end

--- One line for a function: "function eg.fit(net, train, given)", "function(x) in file.lua, line 12".
function of_function.text(fn)
  local known = of_function.describe(fn)
  if known.name then return "function " .. known.signature end
  local info = debug.getinfo(colon.behind(fn), "S")
  if info.what == "C" then
    local name = name_in_lua(fn)
    return name and ("function %s, of Lua itself"):format(name) or "function, written in C"
  end
  local where = info.source:sub(1, 1) == "@" and info.short_src or info.source:sub(1, 1) == "=" and info.source:sub(2) or "a string"
  return ("function%s in %s, line %d"):format(known.signature, where, info.linedefined)
end

return of_function
