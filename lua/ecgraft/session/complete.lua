--- What may follow the cursor, and what is known of the name at it. Positions count bytes from 0, as the space before a byte.
local core = require "ecgraft.core"
local lexer = require "ecgraft.session.lexer"
local named = require "ecgraft.named"
local of_function = require "ecgraft.display.of_function"
local tensor = require "ecgraft.tensor"
local text = require "ecgraft.display.text"

local complete = {}

-- What a value's fields and methods are called; nothing is run for it.
local function names_of(value)
  local list, seen = {}, {}
  local function add(t)
    if type(t) ~= "table" or seen[t] then return end
    seen[t] = true
    for _, name in ipairs(named.names(t)) do list[#list + 1] = name end
    local meta = debug.getmetatable(t)
    local index = type(meta) == "table" and rawget(meta, "__index")
    if type(index) == "table" then add(index) end
    if type(meta) == "table" and meta ~= t then
      -- A class with an __index of its own keeps its methods in a table that a function reads: that one's fields are its upvalue's.
      for i = 1, type(index) == "function" and 4 or 0 do
        local name, upvalue = debug.getupvalue(index, i)
        if name == "methods" or name == "made" then add(upvalue) end
      end
    end
  end
  if tensor.is(value) then add(core.tensor_methods)
  elseif type(value) == "string" then add(string)
  else add(value) end
  return list
end

-- A field without what a class may do when it is asked: through tables only, but for modules, which load their parts.
local function field(value, name)
  if tensor.is(value) then return core.tensor_methods[name] end
  if type(value) == "string" then return string[name] end
  if type(value) ~= "table" then return nil end
  local found = rawget(value, name)
  if found ~= nil then return found end
  if named.title(value) or value == package.loaded.ecgraft then return value[name] end
  local meta = debug.getmetatable(value)
  local index = type(meta) == "table" and rawget(meta, "__index")
  return type(index) == "table" and field(index, name) or nil
end

-- "eg.data.syn" before the cursor: the value of "eg.data", and "syn"; nil where there is no such value.
local function split(chain, env)
  local value, rest = env, chain
  while true do
    local name, after = rest:match "^([%a_][%w_]*)[.:](.*)$"
    if not name then return value, rest end
    value, rest = field(value, name), after
    if value == nil then return nil end
  end
end

local function chain_before(code, cursor) return code:sub(1, cursor):match "[%a_][%w_.:]*$" or "" end

--- Completions at the cursor: a sorted list of names, and the place of what they replace (first, last).
function complete.at(code, cursor, env)
  local chain = chain_before(code, cursor)
  local owner, stem = split(chain, env)
  local matches, seen = {}, {}
  local function add(name)
    local hidden = name:sub(1, 1) == "_" and stem:sub(1, 1) ~= "_"
    if not seen[name] and not hidden and name:sub(1, #stem) == stem and name:find "^[%a_][%w_]*$" then
      seen[name] = true
      matches[#matches + 1] = name
    end
  end
  if owner ~= nil and (stem ~= "" or chain ~= "") then
    for _, name in ipairs(names_of(owner)) do add(name) end
    if owner == env then for word in pairs(lexer.keywords) do add(word) end end
  end
  table.sort(matches)
  return matches, cursor - #stem, cursor
end

--- The name at the cursor in words: what a function takes and does, what a value is; nil where it is nothing that is known.
function complete.describe(code, cursor, env)
  local chain = chain_before(code, cursor) .. (code:match("^[%w_]+", cursor + 1) or "")
  if chain == "" and code:sub(cursor, cursor):find "[({\"']" then chain = chain_before(code, cursor - 1) end
  if chain == "" then return nil end
  local owner, name = split(chain, env)
  local value = owner ~= nil and field(owner, name) or nil
  if value == nil then return nil end
  if type(value) ~= "function" then return text(value, {utf8 = true}) end
  local known = of_function.describe(value)
  local entry = known.entry
  local body = entry and (entry.text or entry.doc or entry.description)
  return known.signature .. (type(body) == "string" and "\n\n" .. body or "")
end

return complete
