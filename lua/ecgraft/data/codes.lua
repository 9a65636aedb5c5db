--- SNOMED CT codes of diagnoses, as the PhysioNet/CinC Challenges of 2020 and 2021 write them behind #Dx, mapped to classes.
local known = require "ecgraft.data.challenge_codes"
local options = require "ecgraft.options"

local codes = {}

-- By abbreviation in lower case, and by code.
local by_name, by_code = {}, {}
for _, entry in ipairs(known) do by_name[entry[2]:lower()], by_code[entry[1]] = entry, entry end

-- Codes that the Challenges score as one: the first is read as the second.
local equal = {
  ["713427006"] = "59118001", -- complete right bundle branch block: right bundle branch block
  ["733534002"] = "164909002", -- complete left bundle branch block: left bundle branch block
  ["63593006"] = "284470004", -- supraventricular premature beats: premature atrial contraction
  ["17338001"] = "427172004", -- ventricular premature beats: premature ventricular contractions
}

--- The one code that stands for `code` and those equal to it.
function codes.canonical(code) return equal[code] or code end

--- A code from a code, or from the Challenge's abbreviation for one ("AF"; case does not count); nil where it is neither.
function codes.code(text)
  if math.type(text) == "integer" then text = tostring(text) end
  if type(text) ~= "string" then return nil end
  if text:find("^%d+$") then return text end
  local entry = by_name[text:lower()]
  return entry and entry[1]
end

--- What the Challenge calls a code: its abbreviation and its name; nil where it does not know it.
function codes.name(code)
  local entry = by_code[code]
  if entry then return entry[2], entry[3] end
end

-- The class names in order, and for each its code or list of codes. An ordered list {{"NORM", "426783006"}, ...}
-- keeps its order; names as keys are sorted. A name alone is an abbreviation, and the class of its code.
local function entries(where, classes)
  local list = {}
  for i, entry in ipairs(classes) do
    if type(entry) == "string" then
      if not codes.code(entry) then
        error(("%s: entry %d of classes: %s is no abbreviation of the Challenge's; give {name, code, ...}"):format(where, i,
          options.show(entry)), 4)
      end
      entry = {entry, entry}
    end
    if type(entry) ~= "table" or type(entry[1]) ~= "string" then
      error(("%s: entry %d of classes must be {name, code, ...}, got %s"):format(where, i, options.show(entry)), 4)
    end
    list[i] = {entry[1], table.move(entry, 2, #entry, 1, {})}
  end
  for _, name in ipairs(options.names(classes)) do
    local given = classes[name]
    if given ~= nil then -- a name; positions were seen above
      if #classes > 0 then
        error(("%s: classes must be a list {{name, code, ...}, ...} or {name = code, ...}, got both"):format(where), 4)
      end
      list[#list + 1] = {name, type(given) == "table" and given or {given}}
    end
  end
  return list
end

--- Checks a class table and returns {names = {...}, of = {[code] = {class index, ...}}}.
function codes.classes(where, classes)
  local map, seen = {names = {}, of = {}}, {}
  for k, entry in ipairs(entries(where, classes)) do
    local name, list = entry[1], entry[2]
    if seen[name] then error(("%s: class %s is given twice"):format(where, name), 3) end
    if #list == 0 then error(("%s: class %s has no code"):format(where, name), 3) end
    seen[name], map.names[k] = true, name
    for _, code in ipairs(list) do
      local digits = codes.code(code)
      if not digits then
        error(("%s: class %s: expected a SNOMED CT code as a string of digits or the Challenge's abbreviation, got %s"):format(where,
          name, options.show(code)), 3)
      end
      code = codes.canonical(digits)
      map.of[code] = map.of[code] or {}
      table.insert(map.of[code], k)
    end
  end
  if #map.names == 0 then error(where .. ": classes is empty", 3) end
  return map
end

--- A class for every code that occurs, named by the code, in the order of the codes as text.
function codes.all(records)
  local map, seen = {names = {}, of = {}}, {}
  for _, list in ipairs(records) do
    for _, code in ipairs(list) do
      code = codes.canonical(code)
      if not seen[code] then
        seen[code] = true
        map.names[#map.names + 1] = code
      end
    end
  end
  table.sort(map.names)
  for k, name in ipairs(map.names) do map.of[name] = {k} end
  return map
end

--- The row of labels (0 and 1) for a list of codes, and whether any class has one of them.
function codes.row(map, list)
  local row, any = {}, false
  for k = 1, #map.names do row[k] = 0 end
  for _, code in ipairs(list) do
    for _, k in ipairs(map.of[codes.canonical(code)] or {}) do row[k], any = 1, true end
  end
  return row, any
end

return codes
