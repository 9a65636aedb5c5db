--- The records of a folder: those that its RECORDS file names, or every .hea file in it and below, in the order of their names.
local files = require "ecgraft.files"
local lfs = require "lfs"
local text = require "ecgraft.data.text"

local listing = {}

local DEEPEST = 12 -- folders within folders
local MOST_BYTES = 1 << 26 -- of a RECORDS file

-- Files that stand beside headers: no need to ask whether they are folders.
local beside = {mat = true, dat = true, xyz = true, atr = true, csv = true, txt = true, html = true, zip = true}

-- A walk: where it begins, what it has found, and the folders it was in, by device and number: links may form circles.
local function new_walk(root) return {root = root, found = {}, seen = {}} end

-- Whether root/below ("" or "folder/") is a folder, for the first time.
local function enter(walk, below)
  local about = lfs.attributes(walk.root .. "/" .. below)
  if not about or about.mode ~= "directory" then return false end
  local key = about.dev .. ":" .. about.ino
  local new = not walk.seen[key]
  walk.seen[key] = true
  return new
end

-- Names of .hea files in a folder and below, without the ending, relative to root.
local function find_headers(walk, below, depth)
  local names, message = files.names(below == "" and walk.root or walk.root .. "/" .. below:sub(1, -2))
  if not names then error(message, 0) end
  for _, name in ipairs(names) do -- sorted: of a folder that can be reached in two ways, always the same is taken
    local hidden = name:sub(1, 1) == "."
    if name:find("%.hea$") and not hidden then
      walk.found[#walk.found + 1] = below .. name:sub(1, -5)
    elseif not hidden and not beside[name:match("%.(%w+)$") or ""] and depth < DEEPEST and enter(walk, below .. name .. "/") then
      find_headers(walk, below .. name .. "/", depth + 1)
    end
  end
end

-- Whether a name in RECORDS leads to where that stands or below.
local function plain(name)
  for part in (name:gsub("/$", "") .. "/"):gmatch("([^/]*)/") do
    if part == "" or part == "." or part == ".." then return false end
  end
  return not name:find("[\\%c]")
end

-- What RECORDS names in a folder, each a record or, with a slash behind it, a folder; where there is no such file, all headers. Faults are
-- thrown as text.
local function read_folder(walk, below, depth)
  if not enter(walk, below) then return end
  local path = walk.root .. "/" .. below .. "RECORDS"
  if not lfs.attributes(path, "mode") then return find_headers(walk, below, depth) end
  local content, message = text.read(path, MOST_BYTES)
  if not content then error(message, 0) end
  for line in content:gmatch("[^\r\n]+") do
    local name = text.trim(line)
    if name ~= "" and not plain(name) then
      error(("%s: expected the names of records and of folders below it, got %s"):format(path, text.show(name)), 0)
    elseif name:sub(-1) ~= "/" then
      if name ~= "" then walk.found[#walk.found + 1] = below .. name end
    elseif depth < DEEPEST then
      read_folder(walk, below .. name, depth + 1)
    end
  end
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
  local walk = new_walk(root)
  local ok, reason = pcall(read_folder, walk, "", 1)
  if not ok then return nil, reason end
  local names = walk.found
  if #names == 0 then return nil, ("%s: expected WFDB records (.hea files), found none"):format(folder) end
  table.sort(names)
  for i = 2, #names do
    if names[i] == names[i - 1] then return nil, ("%s: record %s is listed twice"):format(root, names[i]) end
  end
  local paths = {}
  for i, name in ipairs(names) do paths[i] = root .. "/" .. name .. ".hea" end
  return paths, ids_of(names)
end

return listing
