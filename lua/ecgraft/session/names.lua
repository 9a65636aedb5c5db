--- What can stand behind "value." and "value:", found without calling anything of the user's.
local core = require "ecgraft.core"
local named = require "ecgraft.named"
local tensor = require "ecgraft.tensor"

local names = {}

-- The tables in which a value's names are, nearest first.
local function places(value)
  local list = {}
  if tensor.is(value) then return {core.tensor_methods} end
  if type(value) == "string" then return {string} end
  local at, depth = value, 0
  if type(at) == "table" then list[1] = at end
  while at ~= nil and depth < 10 do
    local meta = debug.getmetatable(at)
    if type(meta) ~= "table" then break end
    for _, field in ipairs{"parts", "methods"} do
      if type(rawget(meta, field)) == "table" then list[#list + 1] = rawget(meta, field) end
    end
    local index = rawget(meta, "__index")
    if type(index) == "function" and rawget(meta, "_name") then index = meta end -- a layer class with an __index of its own
    if type(index) ~= "table" or index == at then break end
    list[#list + 1] = index
    at, depth = index, depth + 1
  end
  return list
end

--- A field or method, or nil where it is not there or where it would have to be made. An entry of a tensor is a tensor.
function names.get(value, key)
  if tensor.is(value) and math.type(key) == "integer" then return value end
  if value == nil then return nil end
  if named.title(value) then -- a module: its parts are loaded when they are asked for
    local ok, found = pcall(function() return value[key] end)
    return ok and found or nil
  end
  local meta = debug.getmetatable(value)
  local parts = type(meta) == "table" and rawget(meta, "parts")
  for _, place in ipairs(places(value)) do
    local found = rawget(place, key)
    if found ~= nil and place ~= parts then return found end
  end
  return nil
end

--- The names of a value's fields and methods, sorted; with `calls` only what can be called as a method. Those that begin with "_" only
-- where `hidden`.
function names.of(value, calls, hidden)
  local seen, list = {}, {}
  for _, place in ipairs(places(value)) do
    for name, each in next, place do
      if type(name) == "string" and not seen[name] and name:find("^[%a_][%w_]*$") and (hidden or name:sub(1, 1) ~= "_")
        and (not calls or type(each) == "function") then
        seen[name] = true
        list[#list + 1] = name
      end
    end
  end
  table.sort(list)
  return list
end

--- The value of a chain of names that ends with the token at `i`, and where the chain begins: nn.init, parts[1].train, x["a b"]. nil where
-- it is no such chain, or nothing has that name.
function names.chain(tokens, i, environment)
  local steps = {}
  while true do
    local token = tokens[i]
    if not token then return nil end
    if token.kind == "op" and token.text == "]" then
      local key, open = tokens[i - 1], tokens[i - 2]
      if not (key and open and open.text == "[") then return nil end
      if key.kind == "number" then table.insert(steps, 1, tonumber(key.text))
      elseif key.kind == "string" and key.text:find("^[\"']") then table.insert(steps, 1, key.text:sub(2, -2))
      else return nil end
      i = i - 3
    elseif token.kind == "name" then
      table.insert(steps, 1, token.text)
      local before = tokens[i - 1]
      if not (before and (before.text == "." or before.text == ":")) then break end
      i = i - 2
    else
      return nil
    end
  end
  local value = environment[steps[1]]
  for k = 2, #steps do
    if value == nil then return nil end
    value = names.get(value, steps[k])
  end
  return value, i
end

return names
