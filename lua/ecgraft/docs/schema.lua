--- The table of options that a function checks, found from the function itself: the third argument of options.check, a local table of
-- its file or a field of one; or that of a function to which it hands its options on.
local source = require "ecgraft.docs.source"

local schema = {}

local FIELD = {type = true, default = true, required = true, min = true, max = true, choices = true, suggest = true}

--- Tables of options that several schemas take fields of, with their comments above them: {module, field}; or {module} that is such a
-- table, with a comment beside each.
local SHARED = {{"ecgraft.data.load", "schema"}, {"ecgraft.models.head", "fields"}, {"ecgraft.data.prepared", "schema"},
  {"ecgraft.train.fields"}}

-- Whether a value looks like a table of options: name -> field.
local function is_schema(value)
  if type(value) ~= "table" or next(value) == nil then return false end
  for name, field in pairs(value) do
    if type(name) ~= "string" or type(field) ~= "table" or next(field) == nil then return false end
    for key in pairs(field) do if not FIELD[key] then return false end end
  end
  return true
end

local function upvalues(fn)
  local found, i = {}, 1
  while true do
    local name, value = debug.getupvalue(fn, i)
    if not name then return found end
    found[name] = value
    i = i + 1
  end
end

-- What "a" or "a.b" is, from a table of upvalues.
local function follow(values, path)
  local value
  for part in path:gmatch "[^%.]+" do
    if value == nil then value = values[part]
    elseif type(value) == "table" then value = rawget(value, part)
    else return nil end
  end
  return value
end

-- The calls of a text in which the options themselves are an argument: a list of {name of what is called, arguments}.
local function calls_with_options(text, list)
  list = list or {}
  for name, arguments in text:gmatch "([%a_][%w_%.:]*)%s*(%b())" do
    local inside = arguments:sub(2, -2)
    local direct = " " .. inside:gsub("%b()", ""):gsub("%b{}", "") .. " "
    if direct:find "[%s,]given[%s,]" or direct:find "[%s,]fields[%s,]" then list[#list + 1] = {name, direct} end
    calls_with_options(inside, list)
  end
  return list
end

--- The table of options of a function, and its name in the file; nil where it takes none, or it cannot be found.
function schema.of(fn, depth)
  depth = depth or 0
  if debug.getinfo(fn, "S").what == "C" or depth > 4 then return nil end
  local body, values = source.body(fn), upvalues(fn)
  local calls = calls_with_options((body:gsub("^[^\n]-%b()", "", 1)))
  for _, call in ipairs(calls) do
    local name = call[1] == "options.check" and call[2]:match "[%s,]given%s*,%s*([%w_%.]+)" or call[2]:match "[%s,]fields%s*,%s*([%w_%.]+)"
    local value = call[1] == "options.check" and name and follow(values, name)
    if is_schema(value) then return value, name, fn end
  end
  for _, call in ipairs(calls) do
    local value = follow(values, call[1])
    if type(value) == "function" and value ~= fn then
      local found, name, where = schema.of(value, depth + 1)
      if found then return found, name, where end
    end
  end
  return nil
end

local function shown(value)
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) == "number" then
    if math.type(value) == "float" and value ~= math.floor(value) and value * 3 == math.floor(value * 3) then
      return ("%d/3"):format(math.tointeger(value * 3))
    end
    return ("%.14g"):format(value)
  end
  if type(value) == "boolean" then return tostring(value) end
  if type(value) == "table" then
    if #value == 0 and next(value) ~= nil then return nil end
    local parts = {}
    for i, each in ipairs(value) do parts[i] = shown(each) or "..." end
    return "{" .. table.concat(parts, ", ") .. "}"
  end
  return nil
end

schema.shown = shown

--- The values that an option may have, as texts; empty where any of its type is one.
function schema.choices(option)
  local list = {}
  for i, each in ipairs(option.choices or {}) do list[i] = shown(each) end
  return list
end

--- What a comment says of options in a list with a line for each, "  name   what it is": name -> text.
function schema.texts_in(comment)
  local texts, names, indent = {}, {}, 0
  for line in ((comment or "") .. "\n"):gmatch "([^\n]*)\n" do
    local space, list, text = line:match "^(%s+)([%a_][%w_]*[%w_, ]-)%s%s+(%S.*)$"
    if not list then space, list, text = line:match "^(%s+)([%a_][%w_]*)%s+(=%s.*)$" end
    if list and text:find "^=" then text = text:match "%-%-%s+(.*)$" or "" end -- a call with comments: name = value, -- what it is
    local first = list and #space < indent + 3 or indent == 0
    if list and first then
      names, indent = {}, #space
      local found = {}
      for name in list:gmatch "[%a_][%w_]*" do found[#found + 1] = name end
      for _, name in ipairs(found) do
        if not texts[name] then texts[name], names[#names + 1] = text, name end
      end
    elseif #names > 0 and line:match "^%s*" and #line:match "^%s*" > indent + 2 then
      for _, name in ipairs(names) do texts[name] = (texts[name] .. " " .. line:gsub("^%s*%-*%s*", "")):gsub("^%s", "") end
    else
      names, indent = {}, 0
    end
  end
  return texts
end

local shared -- field -> text

local function shared_texts()
  if shared then return shared end
  shared = {}
  for _, each in ipairs(SHARED) do
    local path = source.path_of(each[1])
    if not each[2] then
      local texts = source.fields_of(each[1], FIELD)
      for name, field in pairs(require(each[1])) do shared[field] = texts[name] end
    end
    for number, line in ipairs(path and each[2] and source.lines(path) or {}) do
      if line:find("^[%w_]+%." .. each[2] .. " = {") then
        local texts = schema.texts_in(source.above(path, number))
        for name, field in pairs(require(each[1])[each[2]]) do shared[field] = texts[name] end
      end
    end
  end
  return shared
end

--- The options of a function as a list, in the order of the file: {name, type, default (text), required, min, max, choices, suggest,
-- text}. Empty where it takes none. `comment` is what its documentation says, in which options may be described.
function schema.options(fn, comment)
  local found, name, where = schema.of(fn)
  if not found then return {} end
  local path = source.file_of(where)
  local beside, order = {}, {}
  if path then beside, order = source.field_texts(path, name:match "[%w_]+$", FIELD) end
  local texts = {beside, schema.texts_in(comment)} -- the nearest first
  if path then
    texts[3] = schema.texts_in(source.above(path, debug.getinfo(where, "S").linedefined))
    texts[4], texts[5] = schema.texts_in(source.head(path)), schema.texts_in(source.head(source.file_of(fn)))
  end
  local common = shared_texts()
  local names, list = {}, {}
  for key in pairs(found) do names[#names + 1] = key end
  table.sort(names, function(a, b)
    if order[a] ~= order[b] then return (order[a] or math.huge) < (order[b] or math.huge) end
    return a < b
  end)
  for i, key in ipairs(names) do
    local field = found[key]
    local text = common[field]
    for k = #texts, 1, -1 do text = texts[k][key] or text end
    list[i] = {name = key, type = field.type or "any", default = shown(field.default), required = field.required or false,
      min = field.min, max = field.max, choices = field.choices, suggest = field.suggest, text = text or ""}
  end
  return list
end

return schema
