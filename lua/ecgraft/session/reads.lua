--- Which files cells read: so that a notebook knows when what it shows is out of date.
--
-- reads.watch() puts itself around the functions that open files for reading (ORDER READERS) and folders; reads.take() gives what they were
-- asked for since the last time. A process does so for itself once; nothing is watched otherwise. Not seen: what programs that a cell
-- starts read, and what other C modules read.
local core = require "ecgraft.core"
local lfs = require "lfs"
local uv = require "luv"

local reads = {}

local found, order = {}, {}

--- What a file or folder is now: size and time of its last change in nanoseconds, as text; "absent" where there is none.
function reads.state(path)
  local stat = uv.fs_stat(path)
  if not stat then return "absent" end
  return ("%d %d.%09d"):format(stat.type == "directory" and 0 or stat.size, stat.mtime.sec, stat.mtime.nsec)
end

-- Noted as it was before it is read: a change meanwhile is a change.
local function note(path)
  if type(path) == "string" and not found[path] then
    found[path] = reads.state(path)
    order[#order + 1] = path
  end
end

--- What was read since the last take: {{path =, state =}, ...} in the order of reading.
function reads.take()
  local list = {}
  for i, path in ipairs(order) do list[i] = {path = path, state = found[path]} end
  found, order = {}, {}
  return list
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
  if mode == nil or tostring(mode):find "^r" then note(path) end
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
end

return reads
