--- Tables in comma-separated files: quoted fields with commas, quotes and line ends in them, LF or CR LF, a byte order mark.
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local text_of = require "ecgraft.data.text"

local csv = {}

local MARK = "\239\187\191" -- of UTF-8, which some programs write first
local MOST_BYTES = 1 << 30

local function line_of(text, at)
  local _, breaks = text:sub(1, at):gsub("\n", "")
  return breaks + 1
end

local function open_quote(text, name, at)
  return ("%s, line %d: expected a closing quote, got the end of the file"):format(name, line_of(text, at))
end

local function is_blank(fields) return #fields == 1 and fields[1] == "" end

-- Where the first row begins; nil, message where the text is UTF-16.
local function first_row(text, name)
  if text:find("^\255\254") or text:find("^\254\255") then
    return nil, ("%s: expected text in UTF-8, got UTF-16 (spreadsheets can save it as \"CSV UTF-8\")"):format(name)
  end
  return text:sub(1, 3) == MARK and 4 or 1
end

--- Text as a list of rows, each a list of strings; blank lines are left out. nil, message where a quote is not closed, or the text is
-- UTF-16.
function csv.rows(text, name)
  local rows, at, message = {}, first_row(text, name)
  if not at then return nil, message end
  while at <= #text do
    local fields, next_at = core.csv.row(text, at)
    if not fields then return nil, open_quote(text, name, next_at) end
    if not is_blank(fields) then rows[#rows + 1] = fields end
    at = next_at
  end
  return rows
end

local function missing(columns, names)
  for _, wanted in ipairs(columns) do
    local found = false
    for _, name in ipairs(names) do found = found or name == wanted end
    if not found then return wanted end
  end
end

-- The fields of the first line that is not blank, and where the next one begins; or nil, message.
local function header(text, name)
  local at, message = first_row(text, name)
  if not at then return nil, message end
  while at <= #text do
    local fields, next_at = core.csv.row(text, at)
    if not fields then return nil, open_quote(text, name, next_at) end
    if not is_blank(fields) then return fields, next_at end
    at = next_at
  end
  return nil, ("%s: expected a line of column names, got an empty file"):format(name)
end

-- What each field's value is kept under: its column's name; false for columns that are left out.
local function keys_of(names, columns)
  local kept, keys = {}, {}
  for _, column in ipairs(columns) do kept[column] = true end
  for i, column in ipairs(names) do keys[i] = kept[column] and column or false end
  return keys
end

--- Text with a header line as a list of rows keyed by column. `columns` must be there; others may, and are left out of the rows where
-- `only` is true, which makes large tables cheaper.
-- Returns rows, names; or nil, message: a column is missing, a row has more or fewer fields than the header.
function csv.parse(text, name, columns, only)
  local names, at = header(text, name)
  if not names then return nil, at end
  for i, each in ipairs(names) do names[i] = text_of.trim(each) end
  local absent = missing(columns, names)
  if absent then
    return nil, ("%s: has no column '%s'; its columns are %s"):format(name, absent, text_of.list(names))
  end
  local rows, place, count = core.csv.keyed(text, at, only and keys_of(names, columns) or names)
  if rows then return rows, names end
  if not count then return nil, open_quote(text, name, place) end
  return nil, ("%s, line %d: expected %d fields, got %d"):format(name, line_of(text, place), #names, count)
end

--- A row as text, without its line end: fields (strings or numbers) with commas, quotes or line ends in them are quoted.
function csv.line(fields)
  local out = {}
  for i, field in ipairs(fields) do
    local text = tostring(field)
    out[i] = text:find('[,"\r\n]') and '"' .. text:gsub('"', '""') .. '"' or text
  end
  return table.concat(out, ",")
end

--- Reads a file: csv.read(path, {"ecg_id", "scp_codes"}) --> list of rows keyed by column, list of column names; or nil, message.
-- `only` as in csv.parse.
function csv.read(path, columns, only)
  options.argument("csv.read", 1, "path", path, {type = "string"})
  local text, message = text_of.read(path, MOST_BYTES)
  if not text then return nil, message end
  return csv.parse(text, path, columns or {}, only)
end

--- A table of records: what csv.read gives, and nil, message where there is no row.
function csv.records(path, columns, only)
  local rows, names = csv.read(path, columns, only)
  if rows and #rows == 0 then return nil, path .. ": expected rows behind the names of columns, got none" end
  return rows, names
end

return csv
