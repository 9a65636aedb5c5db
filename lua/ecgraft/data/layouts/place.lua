--- A folder that is replaced as a whole: the new one is filled beside it and takes its place when it is complete.
--
-- What is there already may be an empty folder, or an earlier set that data.write_layout wrote and that holds nothing else: it is known by
-- its file SYNTHETIC.txt and by the names of its files. Anything else is refused, so that no file is lost that someone may miss.
local atomic_file = require "ecgraft.atomic_file"
local layouts = require "ecgraft.data.layouts"
local uv = require "luv"
local wfdb_parts = require "ecgraft.data.wfdb_parts"

local place = {}

local MARK = "SYNTHETIC.txt"
local FIRST = "Synthetic ECGs: made by a generator, from no patient. They say nothing about people."

--- Writes SYNTHETIC.txt into a folder: what it is, its layout, and further lines. true, or nil and a message.
function place.mark(folder, layout, lines)
  return wfdb_parts.write_file(folder .. "/" .. MARK, ("%s\nLayout: %s\n%s\n"):format(FIRST, layout, table.concat(lines, "\n")))
end

-- The layout that the folder's SYNTHETIC.txt names, or nil.
local function marked(folder)
  local file = io.open(folder .. "/" .. MARK, "rb")
  if not file then return nil end
  local first, second = file:read("l", "l")
  file:close()
  local name = first == FIRST and (second or ""):match("^Layout: (%w+)$")
  for _, known in ipairs(layouts.names) do
    if known == name then return layouts.of(name) end
  end
end

-- Everything below a folder, what lies in a folder before the folder itself: lists of paths relative to it and of whether each is a folder.
local function walk(root, below, paths, is_folder)
  local handle, message = uv.fs_scandir(root .. below)
  if not handle then return nil, message end
  local names = {}
  for name in function() return (uv.fs_scandir_next(handle)) end do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local path = below .. "/" .. name
    local stat = uv.fs_lstat(root .. path) -- a link counts as a file, wherever it leads
    local folder = stat ~= nil and stat.type == "directory"
    if folder then
      local ok, failure = walk(root, path, paths, is_folder)
      if not ok then return nil, failure end
    end
    paths[#paths + 1], is_folder[#is_folder + 1] = path, folder
  end
  return paths, is_folder
end

local function remove(root)
  local paths, is_folder = walk(root, "", {}, {})
  for i, path in ipairs(paths or {}) do
    if is_folder[i] then uv.fs_rmdir(root .. path) else uv.fs_unlink(root .. path) end
  end
  uv.fs_rmdir(root)
end

-- The first file that is not of the layout, or nil.
local function foreign(layout, paths, is_folder)
  for i, path in ipairs(paths) do
    local name, known = path:sub(2), is_folder[i] or path == "/" .. MARK
    for _, pattern in ipairs(layout.files) do known = known or name:find(pattern) ~= nil end
    if not known then return name end
  end
end

--- Whether a set may be written to `dir`: where it is or will be (links followed), and whether an earlier set is there; nil, message.
function place.check(dir)
  local plain = dir:gsub("(.)/+$", "%1")
  local real = uv.fs_realpath(plain)
  if not real then return plain, false end
  if uv.fs_stat(real).type ~= "directory" then return nil, ("%s: expected a folder, got a file"):format(dir) end
  local here = uv.cwd()
  if here == real or here:sub(1, #real + 1) == real .. "/" then
    return nil, ("%s: is the current folder or above it, which cannot be replaced; name another"):format(dir)
  end
  local paths, is_folder = walk(real, "", {}, {})
  if not paths then return nil, is_folder end
  if #paths == 0 then return real, false end
  local layout = marked(real)
  if not layout then
    return nil, ("%s: expected a new or empty folder, or one with a synthetic set (%s); it holds '%s'"):format(dir, MARK, paths[1]:sub(2))
  end
  local other = foreign(layout, paths, is_folder)
  if other then
    return nil, ("%s: holds '%s' beside a synthetic set, and is not replaced; move it or name another folder"):format(dir, other)
  end
  return real, true
end

--- Has fill(folder) write into a new folder, which then takes the place of `dir`. Where that fails, or fill raises, `dir` stays as it was.
-- true, or nil and a message.
function place.replace(dir, fill)
  local real, old = place.check(dir)
  if not real then return nil, old end
  local new, aside = atomic_file.temporary(real), atomic_file.temporary(real)
  local _ <close> = setmetatable({}, {__close = function()
    if uv.fs_lstat(new) then remove(new) end
  end})
  local ok, message = atomic_file.make_folder(new)
  if ok then ok, message = fill(new) end
  if ok and old then ok, message = uv.fs_rename(real, aside) end
  if not ok then return nil, message end
  ok, message = uv.fs_rename(new, real) -- an empty folder gives way
  if old then
    if ok then remove(aside) else uv.fs_rename(aside, real) end
  end
  if not ok then return nil, ("cannot write '%s': %s"):format(dir, message) end
  return true
end

return place
