--- rich(value) --> what a notebook can show for a value: a table of MIME types, always with "text/plain" (see display/text.lua).
--
--   records                      "image/svg+xml": the page of ECG paper
--   histories of trainings       "image/svg+xml": the learning curves, and "text/html": the table
--   sets, networks, metrics, intervals, tables (ecgraft.table_text), lists of rows, studies   "text/html"
--   pictures                     "image/svg+xml": a string is a picture where it begins with "<svg", as all that plot.* returns does
--   a class of one's own         what its metatable's field __rich(value) returns: MIME types; or __table(value): a table value
--                                (ecgraft.table_text), shown as "text/html"
--
-- Text is escaped: what data says never becomes markup.
local html = require "ecgraft.html"
local known = require "ecgraft.display.kinds"
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"
local plot = require "ecgraft.plot"
local show = require "ecgraft.display.table"
local table_text = require "ecgraft.table_text"
local text = require "ecgraft.display.text"

local MOST_ROWS, MOST_COLUMNS = 100, 24

-- A long table without its middle.
local function shortened(value)
  if #value.rows <= MOST_ROWS then return value end
  local head, tail = MOST_ROWS * 2 // 3, MOST_ROWS // 3
  local rows = table.move(value.rows, 1, head, 1, {})
  rows[#rows + 1] = {("... %s rows ..."):format(number_text.count(#value.rows - head - tail))}
  table.move(value.rows, #value.rows - tail + 1, #value.rows, #rows + 1, rows)
  return {columns = value.columns, rows = rows, caption = value.caption, note = value.note}
end

local function html_table(value) return html.table(shortened(value), {inline = true}) end

local function picture(value)
  local words = type(value) == "string" and show.picture(value)
  return words and {["image/svg+xml"] = value, ["text/plain"] = words} or nil
end

local function record(value) return known.is_record(value) and {["image/svg+xml"] = plot.ecg(value, {paper = "fit"})} or nil end

local function history(value)
  if not known.is_history(value) then return nil end
  local out = {["image/svg+xml"] = plot.history(value)}
  local meta = getmetatable(value)
  if type(meta) == "table" and rawget(meta, "__table") then out["text/html"] = html_table(meta.__table(value)) end
  return out
end

local function dataset(value)
  local class = package.loaded["ecgraft.data.dataset"]
  if not class or not class.is(value) then return nil end
  local lines = {}
  for line in tostring(value):gmatch "[^\n]+" do lines[#lines + 1] = line end
  local counts, none = value:counts()
  local rows = {}
  local function add(name, count)
    rows[#rows + 1] = {name, number_text.count(count), ("%.1f %%"):format(#value == 0 and 0 or 100 * count / #value)}
  end
  for k, name in ipairs(value.classes) do add(name, counts[k]) end
  if none > 0 then add("none", none) end
  local parts = {html.element("p", nil, lines[1]), html_table{columns = {{title = "class"}, {title = "records", align = "right"},
    {title = "share", align = "right"}}, rows = rows}}
  local more = {}
  for _, each in ipairs(value.notes) do more[#more + 1] = "note: " .. each end
  if #value.skipped > 0 then
    more[#more + 1] = ("skipped %s records, the first: %s: %s"):format(number_text.count(#value.skipped), value.skipped[1].record,
      value.skipped[1].reason)
  end
  if #more > 0 then parts[#parts + 1] = html.list(more) end
  return {["text/html"] = table.concat(parts)}
end

local function study(value)
  local is_study = type(value) == "table" and rawget(value, "spec") and rawget(value, "plan") and type(value.status) == "function"
  if not is_study then return nil end
  local parts = {html.element("p", nil, tostring(value))}
  local path = type(value.out) == "string" and value.out .. "/report.html"
  if path and require("luv").fs_stat(path) then
    parts[#parts + 1] = html.wrap("p", nil, html.element("a", {href = path}, path))
    parts[#parts + 1] = html.preformatted(tostring(value:status()))
  end
  return {["text/html"] = table.concat(parts)}
end

local function is_table_value(value)
  return getmetatable(value) == nil and type(value.columns) == "table" and type(value.rows) == "table"
    and type(value.columns[1]) == "table" and type(value.columns[1].title) == "string"
end

local scalar = {string = true, number = true, boolean = true}

-- Rows that all have the same few names, with numbers and words: {{class = "AF", f1 = 0.7}, ...}.
local function rows_as_table(list)
  if getmetatable(list) ~= nil or type(list[1]) ~= "table" or getmetatable(list[1]) ~= nil then return nil end
  local names = options.names(list[1])
  if #names == 0 or #names > MOST_COLUMNS then return nil end
  local value = {columns = {}, rows = {}}
  for i, name in ipairs(names) do
    if list[1][name] == nil then return nil end -- a list within a list
    value.columns[i] = {title = name, align = type(list[1][name]) == "number" and "right" or "left"}
  end
  for i, row in ipairs(list) do
    if type(row) ~= "table" then return nil end
    value.rows[i] = {}
    for name, each in pairs(row) do
      if type(name) ~= "string" or not scalar[type(each)] or list[1][name] == nil then return nil end
    end
    for c, name in ipairs(names) do value.rows[i][c] = row[name] == nil and "" or row[name] end
  end
  for name in pairs(list) do if math.type(name) ~= "integer" then return nil end end
  return value
end

local function tabular(value)
  if type(value) ~= "table" then return nil end
  local as_table
  if is_table_value(value) then as_table = value
  elseif getmetatable(value) ~= nil then
    local meta = getmetatable(value)
    local fn = type(meta) == "table" and rawget(meta, "__table")
    if fn then as_table = fn(value) end
  else as_table = rows_as_table(value) end
  if not as_table then return nil end
  local out = {["text/html"] = html_table(as_table)}
  if is_table_value(value) then out["text/plain"] = (table_text.format(value):gsub("\n$", "")) end
  return out
end

local function own(value)
  local meta = debug.getmetatable(value)
  local fn = type(meta) == "table" and rawget(meta, "__rich")
  return fn and fn(value) or nil
end

-- ORDER KINDS: the first that knows the value shows it.
local kinds = {own, picture, record, history, dataset, study, tabular}

--- A value as MIME types; options: as display.text takes them. A value that cannot be shown richly is shown as text, never an error.
return function(value, given)
  local out
  for _, kind in ipairs(kinds) do
    local ok, found = pcall(kind, value)
    if ok and type(found) == "table" then
      out = found
      break
    end
  end
  out = out or {}
  if not out["text/plain"] then out["text/plain"] = text(value, given) end
  return out
end
