--- Tensors: what Lua adds to the methods from C: making many into one, printing.
local core = require "ecgraft.core"
local colon = require "ecgraft.colon"
local near = require "ecgraft.near"
local options = require "ecgraft.options"

local known_elsewhere = require("ecgraft.pytorch_names").tensor

local tensor = {}
local methods, meta, ops = core.tensor_methods, core.tensor_meta, core.ops

local MOST_INPUTS = 8 -- of one call of an op in C

--- Whether a value is a tensor.
function tensor.is(value)
  return type(value) == "userdata" and getmetatable(value) == meta
end

--- Tensors joined along a dim (default 1): eg.cat({a, b, c}, 2). The other dims must be equal.
function tensor.cat(list, dim)
  options.argument("cat", 1, "tensors", list, {type = "table"})
  if #list == 0 then error("cat: expected a list of at least one tensor, got an empty table", 2) end
  while #list > MOST_INPUTS do
    local joined = {}
    for first = 1, #list, MOST_INPUTS do
      joined[#joined + 1] = ops.cat(table.move(list, first, math.min(first + MOST_INPUTS - 1, #list), 1, {}), dim)
    end
    list = joined
  end
  return ops.cat(list, dim)
end

--- Tensors of one shape stacked along a new dim (default 1).
function tensor.stack(list, dim)
  options.argument("stack", 1, "tensors", list, {type = "table"})
  if #list == 0 then error("stack: expected a list of at least one tensor, got an empty table", 2) end
  dim = dim or 1
  local expanded = {}
  for i, each in ipairs(list) do
    if not tensor.is(each) then
      error(("stack: entry %d must be a tensor, got %s"):format(i, options.show(each)), 2)
    end
    expanded[i] = each:unsqueeze(dim)
  end
  return tensor.cat(expanded, dim)
end

--- A dim of size 1 added so that it becomes dim `dim` (1 .. dim() + 1).
function methods.unsqueeze(x, dim)
  local shape = x:shape()
  options.argument("unsqueeze", 1, "dim", dim, {type = "integer", min = 1})
  if dim > #shape + 1 then error(("unsqueeze: dim %d of a tensor with %d dimensions"):format(dim, #shape), 2) end
  table.insert(shape, dim, 1)
  return x:reshape(shape)
end

--- Dims of size 1 removed: all of them, or the one named.
function methods.squeeze(x, dim)
  local shape = {}
  for i, size in ipairs(x:shape()) do
    if size ~= 1 or (dim and dim ~= i) then shape[#shape + 1] = size end
  end
  return x:reshape(shape)
end

--- The dims from `first` (default 1) on made into one.
function methods.flatten(x, first)
  first = options.argument("flatten", 1, "first", first, {type = "integer", min = 1, default = 1})
  local shape, kept = x:shape(), {}
  if #shape == 0 then return x:reshape{1} end
  if first > #shape + 1 then error(("flatten: dim %d of a tensor with %d dimensions"):format(first, #shape), 2) end
  for i = 1, first - 1 do kept[i] = shape[i] end
  local count = 1 ---@type number
  for i = first, #shape do count = count * shape[i] end
  kept[first] = count
  return x:reshape(kept)
end

--- The matrix transposed: dims 1 and 2 of a 2-D tensor.
function methods.t(x) return x:transpose(1, 2) end

--- The standard deviation, as the root of var.
function methods.std(x, ...) return x:var(...):sqrt() end

--- Where each element is NaN: 1, elsewhere 0.
function methods.isnan(x) return x:ne(x) end

--- Whether two tensors have one shape and elements that differ by at most tolerance (default 0); NaN equals nothing.
---@param x ecgraft.Tensor
---@param y ecgraft.Tensor
function methods.equal(x, y, tolerance)
  local a, b = x:shape(), y:shape()
  if #a ~= #b then return false end
  for i = 1, #a do if a[i] ~= b[i] then return false end end
  if x:numel() == 0 then return true end
  return (x - y):abs():le(tolerance or 0):min():item() == 1
end

--- The positions (from 1) of the elements of a 1-D tensor that are not 0, as a Lua list.
function methods.nonzero(x)
  if x:dim() ~= 1 then
    error(("nonzero: expected a tensor of one dimension, got %d"):format(x:dim()), 2)
  end
  local found = {}
  for i, value in ipairs(x:totable()) do
    if value ~= 0 then found[#found + 1] = i end
  end
  return found
end

-- Printing: at most EDGE entries at each end of a dim, one format for all numbers. Of the dims before the last two only the first and
-- the last entry where there are more than FEW.

local EDGE, FULL, FEW = 3, 8, 3

local function shape_text(shape) return "{" .. table.concat(shape, ", ") .. "}" end

local function entries(x)
  local size, list = #x, {}
  local full, edge = FULL, EDGE
  if x:dim() > 2 and x:numel() > 64 then full, edge = FEW, 1 end
  if size <= full then
    for i = 1, size do list[i] = i end
    return list
  end
  for i = 1, edge do list[i], list[edge + 1 + i] = i, size - edge + i end
  list[edge + 1] = false
  return list
end

local function shown_values(x, values)
  if x:dim() == 0 then values[#values + 1] = x:item() return values end
  for _, i in ipairs(entries(x)) do
    if i then shown_values(x[i], values) end
  end
  return values
end

local function number_format(values)
  local whole, largest, smallest = true, 0, math.huge
  for _, v in ipairs(values) do
    if v == v and math.abs(v) < math.huge then
      whole = whole and v == math.floor(v)
      largest = math.max(largest, math.abs(v))
      if v ~= 0 then smallest = math.min(smallest, math.abs(v)) end
    end
  end
  if whole and largest < 1e6 then return "%.0f" end
  if largest >= 1e5 or (smallest < 1e-4 and largest < 1e-1) then return "%.3e" end
  return "%.4f"
end

local function render(x, format, width, indent, lines, prefix, suffix)
  if x:dim() == 0 then
    lines[#lines + 1] = prefix .. format:format(x:item()) .. suffix
  elseif x:dim() == 1 then
    local parts = {}
    for _, i in ipairs(entries(x)) do
      parts[#parts + 1] = i and ("%" .. width .. "s"):format(format:format(x[i]:item())) or "..."
    end
    lines[#lines + 1] = prefix .. "{" .. table.concat(parts, ", ") .. "}" .. suffix
  else
    local list = entries(x)
    if #list == 0 then lines[#lines + 1] = prefix .. "{}" .. suffix end
    for k, i in ipairs(list) do
      local before = k == 1 and prefix .. "{" or indent .. " "
      local after = k == #list and "}" .. suffix or ","
      if i then render(x[i], format, width, indent .. " ", lines, before, after)
      else lines[#lines + 1] = indent .. " ..." end
    end
  end
end

function meta.__tostring(x)
  local plain = x:detach()
  local values = shown_values(plain, {})
  local format, width, lines = number_format(values), 1, {}
  for _, v in ipairs(values) do width = math.max(width, #format:format(v)) end
  render(plain, format, width, "", lines, "", "")
  local note = x:requires_grad() and ", requires grad" or ""
  lines[#lines + 1] = ("[tensor %s%s]"):format(shape_text(x:shape()), note)
  return table.concat(lines, "\n")
end

colon.guard(methods, "x", tensor.is)

local MOST_NEAR = 3 -- names in an error

-- What is wrong with a key that is neither a position nor a method.
local function fault(key)
  if type(key) ~= "string" then
    return ("x[i] takes a position, got %s; several are x:narrow(dim, first, length), or x:index_select(eg.tensor{2, 5}, dim)"):format(
      options.show(key))
  end
  local meant = known_elsewhere[key]
  if not meant then
    local names = {}
    for name in pairs(methods) do names[#names + 1] = name end
    table.sort(names)
    meant = near.question(near.names(key, names, MOST_NEAR)) or "x[i] takes a position, from 1 or from -1 at the end"
  end
  return ("a tensor has no %s; %s"):format(key:find "^[%a_][%w_]*$" and key or options.show(key), meant)
end

--- Any other key than a position or a method is a mistake, never nil. A method of a network that was called with a dot has its tensor for
-- itself and asks it for what only the network has.
setmetatable(methods, {__index = function(_, key)
  local USER = 3 -- behind this function and the one in C that x[key] calls
  local slipped, level = colon.slipped(USER, tensor.is)
  if slipped == "" then error("a method of a network is called with a colon, net:forward(...)", level) end
  if slipped then error(("%s: call it with a colon, net:%s(...)"):format(slipped, slipped), level) end
  error(fault(key), USER)
end})

return tensor
