--- Which files cells read: so that a notebook knows when what it shows is out of date.
--
-- reads.watch() puts itself around the functions that open files for reading (ORDER READERS) or writing (ORDER WRITERS) and folders;
-- reads.take() gives what they were asked for since the last time. A process does so for itself once; nothing is watched otherwise. Not
-- seen: what programs that a cell starts read, and what other C modules read.
local core = require "ecgraft.core"
local lfs = require "lfs"
local uv = require "luv"

local reads = {}

local found, order, written = {}, {}, {}

local list_folder = uv.fs_scandir

-- The names in a folder, hidden ones left out, as a number (FNV-1a).
local function names_hash(path)
  local names, handle = {}, list_folder(path)
  while handle do
    local name = uv.fs_scandir_next(handle)
    if not name then break end
    if name:sub(1, 1) ~= "." then names[#names + 1] = name end
  end
  table.sort(names)
  local hash = 0xcbf29ce484222325
  for c in table.concat(names, "/"):gmatch "." do hash = (hash ~ c:byte()) * 0x100000001b3 end
  return ("%016x"):format(hash)
end

--- What a file or folder is now, as text: of a file size and time of its last change in nanoseconds, of a folder the names in it;
-- "absent" where there is none.
function reads.state(path)
  local stat = uv.fs_stat(path)
  if not stat then return "absent" end
  if stat.type == "directory" then return "folder " .. names_hash(path) end
  return ("%d %d.%09d"):format(stat.size, stat.mtime.sec, stat.mtime.nsec)
end

-- Noted as it was before it is read: a change meanwhile is a change.
local function note(path)
  if type(path) == "string" and not found[path] then
    found[path] = reads.state(path)
    order[#order + 1] = path
  end
end

local function note_written(path)
  if type(path) == "string" and not written[path] then
    written[path] = true
    written[#written + 1] = path
  end
end

--- What was read since the last take: {{path =, state =}, ...} in the order of reading; and the paths that were written.
function reads.take()
  local list, writes = {}, table.move(written, 1, #written, 1, {})
  for i, path in ipairs(order) do list[i] = {path = path, state = found[path]} end
  found, order, written = {}, {}, {}
  return list, writes
end

--- The list of what was read as it is to be remembered: what the same process wrote as well, or a folder in which it wrote, counts as the
-- run left it, all else as it was before it was read. `absolute`: makes a path of that process one of ours.
function reads.settle(list, writes, absolute)
  local own, out = {}, {}
  local function real(path) return uv.fs_realpath(absolute(path)) end
  for _, path in ipairs(writes) do
    for _, each in ipairs{real(path) or false, real(path:match "^(.*)/[^/]*$" or ".") or false} do if each then own[each] = true end end
  end
  for i, each in ipairs(list) do
    local at = real(each.path)
    out[i] = {path = each.path, state = at and own[at] and reads.state(at) or each.state}
  end
  return out
end

local function around(owner, name, before)
  local inner = owner[name]
  owner[name] = function(...)
    before(...)
    return inner(...)
  end
end

-- A record's header and the files that hold its signals.
local function note_record(path)
  if type(path) ~= "string" then return end
  note(path)
  note((path:gsub("%.hea$", "") .. ".hea"))
  for _, each in ipairs(core.wfdb.files(path) or {}) do note(each) end
end

local function note_opened(path, mode)
  mode = mode == nil and "r" or tostring(mode)
  if mode:find "^r" then note(path) end
  if mode:find "[wa+]" then note_written(path) end
end

-- Lua's own modules and ours are not: the library's version stands for them.
local function watch_modules()
  local inner = package.searchers[2]
  package.searchers[2] = function(name)
    local loader, path = inner(name)
    if type(loader) == "function" and not name:find "^ecgraft%f[.%z]" then note(path) end
    return loader, path
  end
end

--- Begins to note what is read.
function reads.watch()
  around(io, "open", note_opened)
  around(io, "lines", note)
  around(io, "input", note)
  around(_G, "loadfile", note)
  around(_G, "dofile", note)
  around(lfs, "dir", note)
  around(uv, "fs_scandir", note)
  watch_modules()
  -- ORDER READERS: every function of the core that reads a file whose path it is given.
  for _, name in ipairs{"open", "load", "load_npy", "load_safetensors", "attributes", "stream"} do around(core.store, name, note) end
  around(core.store, "checksums", function(paths) for _, path in ipairs(type(paths) == "table" and paths or {}) do note(path) end end)
  around(core.mat, "load", note)
  around(core.wfdb, "read", note_record)
  around(core.wfdb, "header", note_record)
  around(core.wfdb, "load", function(paths) for _, path in ipairs(type(paths) == "table" and paths or {}) do note_record(path) end end)
  -- ORDER WRITERS: every function of the core that writes a file whose path it is given.
  for _, name in ipairs{"create", "save", "save_npy", "save_safetensors", "write_file"} do around(core.store, name, note_written) end
  local function moved(from, to)
    note_written(from)
    note_written(to)
  end
  around(uv, "fs_rename", moved)
  around(os, "rename", moved)
  around(uv, "fs_mkdir", note_written)
  around(uv, "fs_unlink", note_written)
  around(os, "remove", note_written)
end

return reads
