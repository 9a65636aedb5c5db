--- A network in words, and as a description from which it can be built again.
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"
local table_text = require "ecgraft.table_text"

local describe = {}

local MOST_ARGUMENTS = 100 -- of a class; a damaged file may say anything

local function shape_text(tensor) return "{" .. table.concat(tensor:shape(), ", ") .. "}" end

local function with_commas(n)
  local text = tostring(n):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

local function value_text(value)
  if type(value) == "table" then
    local parts = {}
    for _, name in ipairs(options.names(value)) do
      local v = value[name]
      if v == nil then v = value[tonumber(name)] end
      parts[#parts + 1] = tonumber(name) and value_text(v) or name .. " = " .. value_text(v)
    end
    return "{" .. table.concat(parts, ", ") .. "}"
  end
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

local function has_modules(value)
  if module.is(value) then return true end
  if type(value) ~= "table" then return false end
  for _, each in pairs(value) do if has_modules(each) then return true end end
  return false
end

local function call_text(layer)
  local parts = {}
  for i = 1, layer._arguments.n do
    local value = layer._arguments[i]
    if value ~= nil and not has_modules(value) then parts[#parts + 1] = value_text(value) end
  end
  return layer._name .. "(" .. table.concat(parts, ", ") .. ")"
end

local NARROWEST = 12 -- columns of how a layer was made, where lines are to fit a terminal

--- A row for a layer: name, how it was made, first parameter and its shape, number of values; and a row for each further parameter.
local function add_rows(rows, name, layer)
  local shapes, count = {}, 0
  for _, field in ipairs(layer._fields) do
    local value = rawget(layer, field)
    if layer._kinds[field] == "parameter" and value then
      shapes[#shapes + 1] = field .. " " .. shape_text(value) .. (value:requires_grad() and "" or " frozen")
      count = count + value:numel()
    end
  end
  rows[#rows + 1] = {name == "" and "." or name, call_text(layer), shapes[1] or "", count > 0 and with_commas(count) or ""}
  for i = 2, #shapes do rows[#rows + 1] = {"", "", shapes[i], ""} end
end

local function count_text(net)
  local trained, all = net:count()
  return ("%s parameters, %s trained"):format(with_commas(all), trained == all and "all" or with_commas(trained))
end

--- The layers as a table value (see ecgraft.table_text): what describe.table says, for a page.
function describe.table_value(net)
  local rows = {}
  for name, layer in net:named_modules() do add_rows(rows, name, layer) end
  return {columns = {{title = "name"}, {title = "layer"}, {title = "parameters"}, {title = "values", align = "right"}}, rows = rows,
    note = count_text(net)}
end

--- The text that print(net) shows: the layers with how they were made, their parameters' shapes and the number of values. Where a width is
-- given, how layers were made is cut so that lines fit into as many columns.
---@param net ecgraft.Module
---@param width? integer
---@return string
function describe.table(net, width)
  local value, needed = describe.table_value(net), 6 -- two spaces between four columns
  local most = {} ---@type integer[]
  for c, column in ipairs(value.columns) do
    most[c] = #column.title
    for _, row in ipairs(value.rows) do most[c] = math.max(most[c], #row[c]) end
    needed = needed + most[c]
  end
  if width and needed > width then
    local room = math.max(NARROWEST, most[2] - (needed - width))
    for _, row in ipairs(value.rows) do
      if #row[2] > room then row[2] = row[2]:sub(1, room - 3) .. "..." end
    end
  end
  return (table_text.format(value):gsub("\n$", ""))
end

local function encode(value, where)
  if module.is(value) then return describe.plan(value) end
  if type(value) == "table" then
    local out = {}
    for key, each in pairs(value) do out[key] = encode(each, where) end
    return out
  end
  if type(value) == "function" or type(value) == "userdata" or type(value) == "thread" then
    error(("%s was made with %s as an argument, which a file cannot hold; save its state() instead"):format(where,
      options.show(value)), 0)
  end
  return value
end

--- How a network is built, as plain tables: {class = name, arguments = {n = , [1] = ...}}, nested.
function describe.plan(net)
  local arguments = {n = net._arguments.n}
  for i = 1, net._arguments.n do arguments["a" .. i] = encode(net._arguments[i], net._name) end
  return {class = net._name, arguments = arguments}
end

local function decode(value)
  if type(value) ~= "table" then return value end
  if value.class and value.arguments then return describe.build(value) end
  local out = {}
  for key, each in pairs(value) do out[key] = decode(each) end
  return out
end

--- Builds a network from its plan. Raises where a class is not known.
function describe.build(plan)
  if type(plan) ~= "table" or type(plan.class) ~= "string" or type(plan.arguments) ~= "table" then
    error("the description of the network is damaged: expected a class and its arguments", 0)
  end
  local class = module.classes[plan.class]
  if not class then
    error(("the network uses the class '%s', which is not defined here; run the script that defines it with nn.module first")
      :format(plan.class), 0)
  end
  local arguments, n = {}, math.tointeger(plan.arguments.n or 0)
  if not n or n < 0 or n > MOST_ARGUMENTS then
    error(("the description of the network is damaged: %s has %s arguments"):format(plan.class, tostring(plan.arguments.n)), 0)
  end
  for i = 1, n do arguments[i] = decode(plan.arguments["a" .. i]) end
  return class(table.unpack(arguments, 1, n))
end

describe.with_commas = with_commas

return describe
