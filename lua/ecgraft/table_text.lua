--- Aligned text tables for printing, from the same table value that html.table, report.markdown and report.latex take:
--
--   { caption = text or nil,
--     columns = { {title = "network", align = "left" | "right" | "decimal"}, ... },   -- align: default "left"
--     rows    = { {cell, cell, ...}, ... },       -- cells: strings, numbers, nil, or {text = string, strong = true} for what stands out
--     note    = text or nil }                     -- below the table
--
-- A row may have `rule = true`: a line is drawn before it. Numbers are written with four significant digits.
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"

local table_text = {}

local schema = {
  caption = { type = "string" },
  columns = { type = "table", required = true },
  rows = { type = "table", required = true },
  note = { type = "string" },
}

--- Checks a table value for `where` and returns it; raises where a column or row is not what it should be.
function table_text.check(where, value, level)
  level = (level or 2) + 1
  local checked = options.check(where, value, schema, level)
  for i, column in ipairs(checked.columns) do
    options.check(("%s: column %d"):format(where, i), column, {
      title = { type = "string", required = true },
      align = { type = "string", default = "left", choices = { "left", "right", "decimal" } },
    }, level)
  end
  for i, row in ipairs(checked.rows) do
    if type(row) ~= "table" then
      error(("%s: row %d must be a table of cells, got %s"):format(where, i, options.show(row)), level)
    end
  end
  return checked
end

--- A cell as text, and whether it stands out: numbers short, nil and NaN as the mark for what is missing.
function table_text.cell(value)
  if type(value) == "table" then return table_text.cell(value.text), value.strong == true end
  if value == nil or type(value) == "number" then return number_text.short(value) end
  return tostring(value)
end

--- How many columns a terminal needs for a text: code points, wide East Asian ones counted twice, marks not at all.
---@return integer
function table_text.width(text)
  if not utf8.len(text) then return #text end
  local width = 0
  for _, code in utf8.codes(text) do
    if code >= 0x300 and code <= 0x36F then width = width + 0
    elseif code >= 0x1100 and (code <= 0x115F or (code >= 0x2E80 and code <= 0xA4CF) or (code >= 0xAC00 and code <= 0xD7A3)
        or (code >= 0xF900 and code <= 0xFAFF) or (code >= 0xFF00 and code <= 0xFF60)) then width = width + 2
    else width = width + 1 end
  end
  return width
end

local function split_at_point(text)
  local whole, rest = text:match("^([^.]*)(.*)$")
  return whole, rest
end

-- Cells of a decimal column padded so that their points stand under each other.
local function align_points(cells)
  local left, right = 0, 0
  for _, cell in ipairs(cells) do
    local whole, rest = split_at_point(cell)
    left, right = math.max(left, table_text.width(whole)), math.max(right, table_text.width(rest))
  end
  for i, cell in ipairs(cells) do
    local whole, rest = split_at_point(cell)
    cells[i] = (" "):rep(left - table_text.width(whole)) .. cell .. (" "):rep(right - table_text.width(rest))
  end
end

local function pad(text, width, align)
  local space = (" "):rep(width - table_text.width(text))
  return align == "left" and text .. space or space .. text
end

--- The table as lines of text, the last one ended; two spaces between columns, a line under the titles.
-- table_text.format{columns = {{title = "class"}, {title = "AUROC", align = "decimal"}}, rows = {{"AF", 0.981}}}
function table_text.format(value)
  value = table_text.check("table_text.format", value)
  local count = #value.columns
  local cells, widths = {}, {}
  for c, column in ipairs(value.columns) do
    cells[c] = {}
    for r, row in ipairs(value.rows) do
      local text = table_text.cell(row[c])
      cells[c][r] = text:gsub("%s+", " ")
    end
    if column.align == "decimal" then align_points(cells[c]) end
    widths[c] = table_text.width(column.title)
    for _, cell in ipairs(cells[c]) do widths[c] = math.max(widths[c], table_text.width(cell)) end
  end
  local lines = {}
  local function add(texts)
    lines[#lines + 1] = table.concat(texts, "  "):gsub("%s+$", "")
  end
  local function rule()
    local dashes = {}
    for c = 1, count do dashes[c] = ("─"):rep(widths[c]) end
    add(dashes)
  end
  if value.caption then lines[1] = value.caption end
  local titles = {}
  for c, column in ipairs(value.columns) do titles[c] = pad(column.title, widths[c], column.align or "left") end
  add(titles)
  rule()
  for r, row in ipairs(value.rows) do
    if row.rule and r > 1 then rule() end
    local texts = {}
    for c, column in ipairs(value.columns) do texts[c] = pad(cells[c][r], widths[c], column.align or "left") end
    add(texts)
  end
  if value.note then lines[#lines + 1] = value.note end
  return table.concat(lines, "\n") .. "\n"
end

return table_text
