--- Tables in comma-separated files: quoted fields with commas, quotes and line ends in them, LF or CR LF, a byte order mark.
local options = require "ecgraft.options"
local text_of = require "ecgraft.data.text"

local csv = {}

local MOST_BYTES = 1 << 30

-- The field that begins at `at`: its text, and where the character behind it is. nil, line: a quote is not closed.
local function field_at(text, at)
  if text:byte(at) ~= 34 then
    local stop = text:find("[,\r\n]", at) or #text + 1
    return text:sub(at, stop - 1), stop
  end
  local parts, from = {}, at + 1
  while true do
    local quote = text:find('"', from, true)
    if not quote then return nil, at end
    parts[#parts + 1] = text:sub(from, quote - 1)
    if text:byte(quote + 1) ~= 34 then
      -- What stands between the closing quote and the comma belongs to the field, as spreadsheets read it.
      local stop = text:find("[,\r\n]", quote + 1) or #text + 1
      return table.concat(parts, '"') .. text:sub(quote + 1, stop - 1), stop
    end
    from = quote + 2
  end
end

local function line_of(text, at)
  local _, breaks = text:sub(1, at):gsub("\n", "")
  return breaks + 1
end

-- Fields of the row that begins at `at`, and where the next one begins.
local function row_at(text, at)
  local fields = {}
  while true do
    local field, stop = field_at(text, at)
    if not field then return nil, stop end
    fields[#fields + 1] = field
    local mark = text:byte(stop)
    if mark ~= 44 then
      if mark == 13 and text:byte(stop + 1) == 10 then stop = stop + 1 end
      return fields, stop + 1
    end
    at = stop + 1
  end
end

--- Text as a list of rows, each a list of strings; blank lines are left out. nil, message where a quote is not closed, or the text is
-- UTF-16.
function csv.rows(text, name)
  if text:find("^\255\254") or text:find("^\254\255") then
    return nil, ("%s: expected text in UTF-8, got UTF-16 (spreadsheets can save it as \"CSV UTF-8\")"):format(name)
  end
  local rows, lines, at = {}, {}, text:sub(1, 3) == "\239\187\191" and 4 or 1
  while at <= #text do
    local fields, next_at = row_at(text, at)
    if not fields then
      return nil, ("%s, line %d: expected a closing quote, got the end of the file"):format(name, line_of(text, next_at))
    end
    if #fields > 1 or fields[1] ~= "" then
      rows[#rows + 1], lines[#lines + 1] = fields, at
    end
    at = next_at
  end
  return rows, function(i) return line_of(text, lines[i]) end
end

local function missing(columns, names)
  for _, wanted in ipairs(columns) do
    local found = false
    for _, name in ipairs(names) do found = found or name == wanted end
    if not found then return wanted end
  end
end

--- Text with a header line as a list of rows keyed by column. `columns` must be there; others may.
-- Returns rows, names; or nil, message: a column is missing, a row has more or fewer fields than the header.
function csv.parse(text, name, columns)
  local rows, line = csv.rows(text, name)
  if not rows then return nil, line end
  if #rows == 0 then return nil, ("%s: expected a line of column names, got an empty file"):format(name) end
  local names = table.remove(rows, 1)
  for i, each in ipairs(names) do names[i] = text_of.trim(each) end
  local absent = missing(columns, names)
  if absent then
    return nil, ("%s: has no column '%s'; its columns are %s"):format(name, absent, text_of.list(names))
  end
  for i, fields in ipairs(rows) do
    if #fields ~= #names then
      return nil, ("%s, line %d: expected %d fields, got %d"):format(name, line(i + 1), #names, #fields)
    end
    local row = {}
    for c, column in ipairs(names) do row[column] = fields[c] end
    rows[i] = row
  end
  return rows, names
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
function csv.read(path, columns)
  options.argument("csv.read", 1, "path", path, {type = "string"})
  local text, message = text_of.read(path, MOST_BYTES)
  if not text then return nil, message end
  return csv.parse(text, path, columns or {})
end

--- A table of records: what csv.read gives, and nil, message where there is no row.
function csv.records(path, columns)
  local rows, names = csv.read(path, columns)
  if rows and #rows == 0 then return nil, path .. ": expected rows behind the names of columns, got none" end
  return rows, names
end

return csv
