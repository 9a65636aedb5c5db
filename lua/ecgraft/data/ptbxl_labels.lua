--- PTB-XL's statements and how they make classes, after Strodthoff et al., "Deep learning for ECG analysis: benchmarks and insights
-- from PTB-XL", 2020.
local csv = require "ecgraft.data.csv"
local literal = require "ecgraft.data.literal"
local text_of = require "ecgraft.data.text"

local labels = {}

--- ORDER SUPERCLASSES: as in the papers' tables.
local superclasses = {"NORM", "MI", "STTC", "HYP", "CD"}

-- For each kind of label: the class of a row of scp_statements.csv, or nil.
local function is_set(text) return tonumber(text) == 1 end
local class_of = {
  superclass = function(row) return is_set(row.diagnostic) and row.diagnostic_class or nil end,
  subclass = function(row) return is_set(row.diagnostic) and row.diagnostic_subclass or nil end,
  diagnostic = function(row) return is_set(row.diagnostic) and row[""] or nil end,
  form = function(row) return is_set(row.form) and row[""] or nil end,
  rhythm = function(row) return is_set(row.rhythm) and row[""] or nil end,
  all = function(row) return row[""] end,
}

labels.kinds = {"superclass", "subclass", "diagnostic", "form", "rhythm", "all"}

--- Reads scp_statements.csv: {names = classes in order, of = {[statement] = class index}, known = {[statement] = true}}; or nil, message.
-- Classes stand in the order of the file, superclasses in that of the papers. The map also keeps the labels of the texts it was asked for.
function labels.read(path, kind)
  local rows, message = csv.records(path, {"", "diagnostic", "form", "rhythm", "diagnostic_class", "diagnostic_subclass"})
  if not rows then return nil, message end
  local map, index = {names = {}, of = {}, known = {}, seen = {}}, {}
  local function class(name)
    if not index[name] then
      map.names[#map.names + 1] = name
      index[name] = #map.names
    end
    return index[name]
  end
  if kind == "superclass" then for _, name in ipairs(superclasses) do class(name) end end
  for _, row in ipairs(rows) do
    local name = class_of[kind](row)
    map.known[row[""]] = true
    if name == "" then return nil, ("%s: statement %s is diagnostic but has no class"):format(path, row[""]) end
    if name then map.of[row[""]] = class(name) end
  end
  if #map.names == 0 then return nil, ("%s: no statement is of kind %s"):format(path, kind) end
  return map
end

local function labels_of(map, text)
  local ok, statements = literal.parse(text)
  if not ok then return nil, statements end
  if type(statements) ~= "table" then return nil, ("expected a dict, got %s"):format(text_of.show(text)) end
  local row, any = {}, false
  for k = 1, #map.names do row[k] = 0 end
  for name in pairs(statements) do -- the order does not matter: each sets its own entry
    if not map.known[name] then return nil, ("statement %s is not in scp_statements.csv"):format(tostring(name)) end
    local k = map.of[name]
    if k then row[k], any = 1, true end
  end
  return row, any
end

--- The labels of one record from its scp_codes: a row of 0 and 1, which records with the same text share, and whether there is any 1; nil,
-- message where the text is no dict or a statement is not known. A statement counts whatever its likelihood.
function labels.row(map, text)
  local seen = map.seen[text]
  if not seen then
    local row, any = labels_of(map, text)
    if not row then return nil, any end
    seen = {row = row, any = any}
    map.seen[text] = seen
  end
  return seen.row, seen.any
end

return labels
