--- The picture that fits a value, as an SVG string.
local kinds = require "ecgraft.display.kinds"
local options = require "ecgraft.options"
local plot = require "ecgraft.plot"
local tensor = require "ecgraft.tensor"

local KINDS = "a record, a set, a history, an evaluation, a tensor of one or two dimensions, a list of numbers, or a table of such lists "
  .. "by name"

-- Of more than `most` things every k-th is shown.
local function thin(count, most) return math.max(1, math.ceil(count / most)) end

local function curves(list, x_label)
  local most = 0
  for _, each in ipairs(list) do most = math.max(most, #each.y) end
  return plot.lines{series = list, markers = most <= 40, x = {label = x_label, integer = true}, y = {}, legend = #list > 1, width = 720}
end

local function series_of(name, values)
  local x, y, step = {}, {}, thin(#values, 4000)
  for i = 1, #values, step do x[#x + 1], y[#y + 1] = i, values[i] end
  return {name = name, x = x, y = y}
end

local function matrix(x)
  local rows, columns = x:shape()[1], x:shape()[2]
  if columns <= 12 and rows >= 4 * columns then -- a signal: (time, leads)
    local list = {}
    for c = 1, columns do list[c] = series_of(tostring(c), x:select(2, c):totable()) end
    return curves(list, "row")
  end
  local by_row, by_column = thin(rows, 48), thin(columns, 48)
  local row_names, column_names, values = {}, {}, {}
  local table_of = x:detach():totable()
  for r = 1, rows, by_row do
    row_names[#row_names + 1], values[#values + 1] = tostring(r), {}
    for c = 1, columns, by_column do
      if r == 1 then column_names[#column_names + 1] = tostring(c) end
      table.insert(values[#values], table_of[r][c])
    end
  end
  local is_thinned = by_row > 1 or by_column > 1
  local subtitle = is_thinned and ("one row of %d and one column of %d, of %d x %d"):format(by_row, by_column, rows, columns) or ""
  local low = x:min():item()
  return plot.heatmap{rows = row_names, columns = column_names, values = values, subtitle = subtitle,
    map = low < 0 and "diverging" or "sequential", width = math.max(300, math.min(1200, 90 + 40 * #column_names))}
end

local function of_tensor(x)
  x = x:detach()
  if x:numel() == 0 then error("plot: the tensor has no elements", 0) end
  if x:dim() == 1 then return curves({series_of("", x:totable())}, "position") end
  if x:dim() == 2 then return matrix(x) end
  error(("plot: a tensor of %d dimensions has no picture; select one of its entries, as in x[1]"):format(x:dim()), 0)
end

local function evaluation(m)
  local categories, series = {}, {}
  for k, row in ipairs(m.per_class) do categories[k] = row.class end
  for i, each in ipairs{{"AUROC", "auroc"}, {"average precision", "average_precision"}, {"F1", "f1"}} do
    local values = {}
    for k, row in ipairs(m.per_class) do values[k] = row[each[2]] or 0 / 0 end
    series[i] = {name = each[1], values = values}
  end
  return plot.bars{categories = categories, series = series, value = {label = "score", min = 0, max = 1},
    width = math.max(560, 90 * #categories), show_values = #categories <= 12}
end

local function set_counts(set)
  return plot.bars{categories = set.classes, series = {{values = (set:counts())}}, value = {label = "records", integer = true},
    title = set.source or "", width = math.max(560, 60 * #set.classes)}
end

local function is_numbers(t)
  for i = 1, #t do if type(t[i]) ~= "number" then return false end end
  return #t > 0
end

local function named_lists(t)
  local list = {}
  for _, name in ipairs(options.names(t)) do
    local values = t[name]
    if tensor.is(values) and values:dim() == 1 then values = values:totable() end
    if type(values) ~= "table" or not is_numbers(values) then return nil end
    list[#list + 1] = series_of(name, values)
  end
  return #list > 0 and list or nil
end

--- The picture of a value; raises where there is none for it.
return function(value)
  if tensor.is(value) then return of_tensor(value) end
  if type(value) == "string" and value:find("^%s*<svg") then return value end
  if type(value) == "table" then
    if require("ecgraft.data.dataset").is(value) then return set_counts(value) end
    if kinds.is_record(value) then return plot.ecg(value) end
    if kinds.is_history(value) then return plot.history(value) end
    if type(rawget(value, "per_class")) == "table" then return evaluation(value) end
    if is_numbers(value) then return curves({series_of("", value)}, "position") end
    local lists = #value == 0 and getmetatable(value) == nil and named_lists(value)
    if lists then return curves(lists, "position") end
  end
  error(("plot: expected %s, got %s"):format(KINDS, options.show(value)), 0)
end
