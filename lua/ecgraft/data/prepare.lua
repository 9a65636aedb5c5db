--- A reader's option `prepared`: the set is read once, over all cores, into a prepared file, and from then on from there.
--
--   data.ptbxl("/data/ptb-xl", {rate = 100, prepared = "ptb-xl.h5"})
--   data.ptbxl("/data/ptb-xl", {rate = 100, prepared = {path = "ptb-xl.h5", dtype = "int16", stream = true}})
--
--   path         the file. Where it is there it is opened, if it was prepared by the same reader with the same options, and the folder,
--                where it is still there, has the files that it was made from, of the same sizes (tables: with the same checksums)
--   stream       true: the signals stay in the file, and training reads them ahead (false)
--   dtype, compression     how signals lie in it, see prepared.schema
--   progress     a progress line (true)
--   part         records that are read before they are kept (512)
--
-- Nothing larger than some megabytes of signals is in memory meanwhile. Ctrl-C, or worse, loses at most the part that was being read
-- (preparation.lua): the same call goes on. Processes that want the same file make it once; the others wait.
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local hdf5_array = require "ecgraft.data.hdf5_array"
local lfs = require "lfs"
local lock = require "ecgraft.lock"
local options = require "ecgraft.options"
local prepared = require "ecgraft.data.prepared"
local preparation = require "ecgraft.data.preparation"
local progress = require "ecgraft.progress"

local prepare = {}

local schema = {
  path = {type = "string", required = true},
  stream = {type = "boolean", default = false},
  progress = {type = "boolean", default = true},
  part = {type = "integer", default = 512, min = 1},
  dtype = prepared.schema.dtype, compression = prepared.schema.compression,
}

-- Options that say where things are: the files are known by their checksums.
local places = {prepared = true, path = true, csv = true, root = true}

-- What makes a prepared file the one that is asked for, as JSON: the reader, its options, and how signals are stored. A function among
-- the options cannot be compared.
local function description(where, given, o)
  local asked = {}
  for name, value in pairs(given) do
    if not places[name] then asked[name] = type(value) == "function" and "a function" or value end
  end
  return files.to_json{reader = where, options = asked, dtype = o.dtype, compression = o.compression}
end

-- The folder that a reader was given, or that of the file; nil where it was given neither, or it is not there.
local function root_of(arguments)
  local first, given = arguments[1], arguments[arguments.n]
  local path = type(first) == "string" and first or given.root or given.path or given.csv
  if type(path) ~= "string" then return nil end
  local mode = lfs.attributes(path, "mode")
  if mode == "file" then return path:match("^(.*)/[^/]*$") or "." end
  return mode == "directory" and path or nil
end

-- The list of sources of an open file: names, checksums, sizes; nil, message where it is damaged.
local function sources_of(file, path)
  local count, lists = file:shape("sources/names")[1] or 0, {}
  for i, name in ipairs{"names", "crc32", "bytes"} do
    local list, message = hdf5_array.list(file, path, "sources/" .. name, count)
    if not list then return nil, message end
    lists[i] = list
    local first, wanted = lists[i][1], i == 1 and "string" or "integer"
    if count > 0 and (math.type(first) or type(first)) ~= wanted then
      return nil, ("%s: expected sources/%s to be %ss, got %s"):format(path, name, wanted, options.show(first))
    end
  end
  return table.unpack(lists)
end

-- Where a source lies: below the folder, or where it lay.
local function place_of(root, name)
  local below = root .. "/" .. name
  return lfs.attributes(below, "mode") and below or name:sub(1, 1) == "/" and name or below
end

-- nil where the folder has the sources of a file; else what is different: the first name, and how.
local function difference(o, root)
  local file <close> = core.store.open(o.path)
  if not file or not file:has("sources/names") then return nil end
  local names, sums, sizes = sources_of(file, o.path)
  if not names then return o.path, sums end
  for i, name in ipairs(names) do
    local path = place_of(root, name)
    local size = lfs.attributes(path, "size")
    if not size then return name, "is not there" end
    if size ~= sizes[i] then return name, ("has %d bytes, had %d"):format(size, sizes[i]) end
    if name:find("%.csv$") then
      local sum = core.store.checksums{path}[1]
      if not sum or sum[1] ~= sums[i] then return name, "has changed" end
    end
  end
end

-- The set in a file that is there; nil, message where it is another one.
local function open(where, text, o, arguments)
  local attributes, message = core.store.attributes(o.path)
  if not attributes then return nil, message end
  if attributes.ecgraft_kind == "dataset" and attributes.preparation ~= text then
    return nil, ("%s: %s was prepared otherwise: %s; asked for is %s; name another file or remove this one"):format(where, o.path,
      attributes.preparation or "by set:save", text)
  end
  local root = root_of(arguments)
  if attributes.ecgraft_kind == "dataset" and root then
    local name, how = difference(o, root)
    if name then
      return nil, ("%s: %s was prepared from other files than those in %s: %s %s; name another file or remove this one"):format(where,
        o.path, root, name, how)
    end
  end
  return prepared.open(o.path, {stream = o.stream})
end

---@param arguments {n: integer, [integer]: any} of the reader, its options last
local function read(where, text, o, reader, arguments)
  local making, message = preparation.new{path = o.path, key = text, part = o.part, label = where, progress = o.progress}
  if not making then return nil, message end
  local given = {}
  for name, value in pairs(arguments[arguments.n]) do given[name] = value end
  given.prepared = making
  local all = table.move(arguments, 1, arguments.n - 1, 1, {})
  all[arguments.n] = given
  local set
  set, message = reader(table.unpack(all, 1, arguments.n))
  making:finish()
  if not set then return nil, message end
  local line <close> = progress.new{label = "writing " .. o.path, total = #set, unit = "records", quiet = not o.progress}
  local ok
  ok, message = prepared.write(set, o.path, o, {preparation = text, sources = making:sources(root_of(arguments)),
    on_block = function(count) line:advance(count) end})
  if not ok then return nil, message end
  making:remove()
  return true
end

local function make(where, text, o, reader, arguments)
  local held <close>, message = lock.wait(o.path .. ".lock")
  if not held then return nil, ("%s: %s"):format(where, message) end
  if files.exists(o.path) then return open(where, text, o, arguments) end -- another process has made it
  core.watch_interrupt()
  local ok, done, why = pcall(read, where, text, o, reader, arguments)
  core.unwatch_interrupt()
  if not ok then
    if type(done) == "table" and done.failed then return nil, ("%s: %s"):format(where, done.message) end
    -- What the caller got wrong is raised in the caller's line, not in this file's.
    if type(done) ~= "string" then error(done, 0) end
    error(done:gsub("^[^\n]-prepare%.lua:%d+: ", ""), 3)
  end
  if not done then return nil, why end
  held:close(true)
  return prepared.open(o.path, {stream = o.stream})
end

--- The reader `read_set` with the option `prepared`; its options are its last argument. `where` is its public name.
function prepare.reader(where, read_set)
  return function(...)
    local arguments = table.pack(...)
    local given = arguments[arguments.n]
    if type(given) ~= "table" or given.prepared == nil then return read_set(...) end
    local wanted = given.prepared
    if type(wanted) == "string" then wanted = {path = wanted} end
    if type(wanted) ~= "table" then
      error(("%s: option 'prepared' must be the name of a file, or a table of options, got %s"):format(where, options.show(wanted)), 2)
    end
    local o = options.check(where .. ": option 'prepared'", wanted, schema)
    local text = description(where, given, o)
    if files.exists(o.path) then return open(where, text, o, arguments) end
    return make(where, text, o, read_set, arguments)
  end
end

--- data.check_sources(path, folder): whether the files in `folder` are still those that the prepared file was made from: true; or false and
-- a list of {file, what is different}; nil and a message where it cannot be told.
function prepare.check_sources(path, folder)
  options.argument("data.check_sources", 1, "path", path, {type = "string"})
  options.argument("data.check_sources", 2, "folder", folder, {type = "string"})
  local file <close>, message = core.store.open(path)
  if not file then return nil, message end
  if not file:has("sources/names") then return nil, ("%s: does not say what it was made from"):format(path) end
  local names, sums, sizes = sources_of(file, path)
  if not names then return nil, sums end
  local paths, changed = {}, {}
  for i, name in ipairs(names) do paths[i] = place_of(folder, name) end
  for i, sum in ipairs(core.store.checksums(paths)) do
    local what = not sum and "cannot be read"
      or sum[2] ~= sizes[i] and ("has %d bytes, had %d"):format(sum[2], sizes[i])
      or sum[1] ~= sums[i] and ("has the checksum %08x, had %08x"):format(sum[1], sums[i]) or nil
    if what then changed[#changed + 1] = {names[i], what} end
  end
  if #changed > 0 then return false, changed end
  return true
end

return prepare
