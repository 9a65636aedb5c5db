--- Text and JSON files: read whole, replaced whole. What the world gets wrong gives nil and a message that names the file.
local atomic_file = require "ecgraft.atomic_file"
local json = require "dkjson"
local options = require "ecgraft.options"
local uv = require "luv"

local files = {write = atomic_file.write, together = atomic_file.together, make_folder = atomic_file.make_folder}

--- Whether there is a file or folder of that name.
function files.exists(path) return uv.fs_stat(path) ~= nil end

--- The names in a folder, sorted, without "." and ".."; or nil and a message that names the folder.
function files.names(folder)
  local handle, message = uv.fs_scandir(folder)
  if not handle then
    return nil, ("cannot read the folder '%s': %s"):format(folder, (tostring(message):gsub("^(%u+: [^:]+): .*$", "%1")))
  end
  local names = {}
  for name in function() return (uv.fs_scandir_next(handle)) end do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- A file's content, or nil and a message.
function files.read(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, "cannot read " .. message end
  local text, failure = file:read "a"
  file:close()
  if not text then return nil, ("cannot read '%s': %s"):format(path, tostring(failure)) end
  return text
end

-- dkjson writes 14 digits; this writes as many as it takes to read the same number back.
local function exact(number)
  local text
  for digits = 15, 17 do
    text = ("%%.%dg"):format(digits):format(number)
    if tonumber(text) == number then break end
  end
  return setmetatable({}, {__tojson = function() return text end})
end

--- JSON of tables, strings, numbers and booleans, with keys in order, so that equal values give equal text. indent: over lines.
function files.to_json(value, indent)
  local function ordered(v)
    if type(v) == "number" and (v ~= v or math.abs(v) == math.huge) then
      error(("files.to_json: %s cannot be written as JSON"):format(v), 0)
    end
    if math.type(v) == "float" then return exact(v) end
    if type(v) ~= "table" then return v end
    local copy, keys = {}, {}
    if #v > 0 then
      for i = 1, #v do copy[i] = ordered(v[i]) end
      return setmetatable(copy, {__jsontype = "array"})
    end
    for key, each in pairs(v) do copy[key] = ordered(each) end
    for _, name in ipairs(options.names(v)) do keys[#keys + 1] = name end
    return setmetatable(copy, {__jsonorder = keys})
  end
  return json.encode(ordered(value), {indent = indent and true or false})
end

--- The value of a JSON text, or nil and a message. Nothing is run.
function files.from_json(text)
  if type(text) ~= "string" then return nil, "expected JSON text, got " .. options.show(text) end
  local ok, value, _, message = pcall(json.decode, text, 1, nil, nil, nil) -- the last two: plain tables, without dkjson's metatables
  if not ok then message = "nested too deeply" end
  if message then return nil, "damaged JSON: " .. message end
  if value == nil then return nil, "expected a JSON value, got null" end
  return value
end

--- Writes a value as a JSON file. true, or nil and a message.
function files.write_json(path, value) return files.write(path, files.to_json(value, true) .. "\n") end

--- The value of a JSON file, or nil and a message.
function files.read_json(path)
  local text, message = files.read(path)
  if not text then return nil, message end
  local value
  value, message = files.from_json(text)
  if value == nil then return nil, ("%s: %s"):format(path, message) end
  return value
end

return files
