--- One checker for every option table: a typo fails at once, and says what is known.
--
-- A schema maps each option's name to a field:
--   type      "number", "integer", "string", "boolean", "table", "function", "tensor", "any", or several: "number|string"
--   default   the value where none is given (a table is not copied: treat it as read-only)
--   required  true: must be given
--   min, max  bounds, both allowed values
--   choices   list of allowed values
--   suggest   list of values that are often meant, where others are allowed too: for completion at the prompt, not checked
-- The order in which a table is walked never reaches a result.
local options = {}

local function kind(value)
  if math.type(value) == "integer" or (math.type(value) == "float" and value == math.floor(value)
      and math.abs(value) < 2 ^ 53) then
    return "integer"
  end
  local t = type(value)
  if t == "userdata" then
    local meta = getmetatable(value)
    return type(meta) == "table" and meta.__name == "ecgraft.Tensor" and "tensor" or "userdata"
  end
  return t
end

--- The keys of a table as a sorted list of strings.
function options.names(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = tostring(name) end
  table.sort(names)
  return names
end

local function cut(text) return #text > 60 and text:sub(1, 57) .. "..." or text end

--- A value for an error message: strings quoted, tables and long strings shortened.
function options.show(value)
  if type(value) == "string" then
    return #value > 60 and ("%q..."):format(value:sub(1, 57)) or ("%q"):format(value)
  elseif type(value) == "table" then
    local names = #value == 0 and options.names(value) or {}
    if #names > 0 then return "a table with " .. cut(table.concat(names, ", ")) end
    return ("a table of %d entries"):format(#value)
  elseif type(value) == "userdata" then
    return "a " .. kind(value)
  end
  return tostring(value)
end

local function matches(value, wanted)
  local k = kind(value)
  for each in wanted:gmatch("[%w_]+") do
    if each == "any" or each == k or (each == "number" and type(value) == "number" and value == value) then return true end
  end
  return false
end

local function check_field(where, name, field, value, level)
  local function fail(expected)
    error(("%s: option '%s' must be %s, got %s"):format(where, name, expected, options.show(value)), level + 2)
  end
  if field.type and not matches(value, field.type) then
    fail((field.type:gsub("|", " or ")))
  end
  if type(value) == "number" then
    if field.min and value < field.min then fail("at least " .. field.min) end
    if field.max and value > field.max then fail("at most " .. field.max) end
    if field.type == "integer" then return math.tointeger(value) end
  end
  if field.choices then
    local shown = {}
    for i, choice in ipairs(field.choices) do
      if value == choice then return value end
      shown[i] = options.show(choice)
    end
    fail("one of " .. table.concat(shown, ", "))
  end
  return value
end

--- Checks `given` (nil counts as empty) against a schema and returns a new table with defaults filled in.
-- Raises "WHERE: unknown option 'x'; known options: a, b" and the like, blaming the caller `level` above (default 2).
---@return table<string, any>
function options.check(where, given, schema, level)
  level = (level or 2) + 1
  if given == nil then given = {} end
  if type(given) ~= "table" then
    error(("%s: expected a table of options, got %s"):format(where, options.show(given)), level)
  end
  for _, name in ipairs(options.names(given)) do
    if not schema[name] then
      error(("%s: unknown option '%s'; known options: %s"):format(where, name,
        table.concat(options.names(schema), ", ")), level)
    end
  end
  local out = {}
  for _, name in ipairs(options.names(schema)) do
    local field, value = schema[name], given[name]
    if value == nil then value = field.default
    else value = check_field(where, name, field, value, level) end
    if value == nil and field.required then
      error(("%s: option '%s' is required%s"):format(where, name,
        field.type and field.type ~= "any" and " (" .. field.type:gsub("|", " or ") .. ")" or ""), level)
    end
    out[name] = value
  end
  return out
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  if #a ~= #b then return false end
  for i, value in ipairs(a) do if b[i] ~= value then return false end end
  return true
end

--- A name that tells variants of a thing apart: `base`, and every checked option that is not as by default, in the order of names; words
-- stand for themselves, numbers behind their option's name: "intervals-qt", "reconstruction-mask0.3".
function options.variant_name(base, schema, checked)
  local parts = {base}
  for _, name in ipairs(options.names(schema)) do
    local value = checked[name]
    if value ~= nil and not same(value, schema[name].default) then
      local list = type(value) == "table" and value or {value}
      local text = {}
      for i, each in ipairs(list) do text[i] = type(each) == "number" and ("%.6g"):format(each) or tostring(each) end
      parts[#parts + 1] = (type(list[1]) == "string" and "" or name) .. table.concat(text, "-")
    end
  end
  return table.concat(parts, "-")
end

--- Checks one positional argument against a field's type, min, max and default:
-- options.argument("nn.Linear", 1, "in", value, {type = "integer", min = 1}).
function options.argument(where, position, name, value, field, level)
  if value == nil and field.default ~= nil then return field.default end
  level = (level or 2) + 1
  if value == nil or (field.type and not matches(value, field.type)) or (field.min and value < field.min)
      or (field.max and value > field.max) then
    local expected = (field.type or "any"):gsub("|", " or ")
    if field.min and field.max then expected = ("%s from %s to %s"):format(expected, field.min, field.max)
    elseif field.min then expected = expected .. " >= " .. field.min
    elseif field.max then expected = expected .. " <= " .. field.max end
    error(("%s: argument %d (%s) must be %s, got %s"):format(where, position, name, expected,
      options.show(value)), level)
  end
  return field.type == "integer" and math.tointeger(value) or value
end

return options
