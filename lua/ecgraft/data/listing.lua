--- The records of a folder: those that its RECORDS file names, or every .hea file in it and below, in the order of their names.
local lfs = require "lfs"

local listing = {}

local DEEPEST = 12 -- folders within folders; ends the walk where links form a circle

-- Files that stand beside headers: no need to ask whether they are folders.
local beside = {mat = true, dat = true, xyz = true, atr = true, csv = true, txt = true, html = true, zip = true}

-- Names of .hea files below root/below, without the ending, relative to root.
local function walk(root, below, depth, out)
  local folder = below == "" and root or root .. "/" .. below
  local names = {}
  for name in lfs.dir(folder) do
    if name:sub(1, 1) ~= "." then names[#names + 1] = name end
  end
  for _, name in ipairs(names) do
    local relative = below == "" and name or below .. "/" .. name
    if name:find("%.hea$") then
      out[#out + 1] = relative:sub(1, -5)
    elseif not beside[name:match("%.(%w+)$") or ""] and depth < DEEPEST
        and lfs.attributes(root .. "/" .. relative, "mode") == "directory" then
      walk(root, relative, depth + 1, out)
    end
  end
end

-- Entries of root/below/RECORDS: a record's name, or a folder's name with a slash behind it. false where there is no such file.
local function from_file(root, below, depth, out)
  local file = io.open(root .. "/" .. below .. "RECORDS", "r")
  if not file then return false end
  for line in file:lines() do
    local name = line:match("^%s*(.-)%s*$")
    if name:sub(-1) == "/" and depth < DEEPEST then
      local folder = below .. name
      if not from_file(root, folder, depth + 1, out) and lfs.attributes(root .. "/" .. folder, "mode") == "directory" then
        walk(root, folder:sub(1, -2), depth + 1, out)
      end
    elseif name ~= "" then
      out[#out + 1] = below .. name
    end
  end
  file:close()
  return true
end

-- Base names where they are unique, else the whole relative names.
local function ids_of(names)
  local seen, ids, unique = {}, {}, true
  for i, name in ipairs(names) do
    local base = name:match("[^/]+$")
    unique = unique and not seen[base]
    seen[base], ids[i] = true, base
  end
  return unique and ids or names
end

--- listing.records(folder) --> paths of headers, ids; or nil, message where it is no folder or holds no record.
function listing.records(folder)
  local mode, message = lfs.attributes(folder, "mode")
  if not mode then return nil, message end
  if mode ~= "directory" then return nil, ("%s: expected a folder of records, got a file"):format(folder) end
  local root = folder:gsub("(.)/+$", "%1")
  local names = {}
  local ok, reason = pcall(function() -- lfs.dir raises where a folder may not be read
    if not from_file(root, "", 1, names) then walk(root, "", 1, names) end
  end)
  if not ok then return nil, reason end
  if #names == 0 then return nil, ("%s: expected WFDB records (.hea files), found none"):format(folder) end
  table.sort(names)
  local paths = {}
  for i, name in ipairs(names) do paths[i] = root .. "/" .. name .. ".hea" end
  return paths, ids_of(names)
end

return listing
