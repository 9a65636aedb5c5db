--- A reader's option `prepared`: the set is read once, over all cores, into a prepared file, and from then on from there.
--
--   data.ptbxl("/data/ptb-xl", {rate = 100, prepared = "ptb-xl.h5"})
--   data.ptbxl("/data/ptb-xl", {rate = 100, prepared = {path = "ptb-xl.h5", dtype = "int16", stream = true}})
--
--   path         the file. Where it is there it is opened, if it was prepared by the same reader with the same options
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

-- The folder that a reader was given, where it was given one.
local function root_of(arguments)
  local first, given = arguments[1], arguments[arguments.n]
  for _, path in ipairs{type(first) == "string" and first or false, given.root or false, given.path or false} do
    if path and lfs.attributes(path, "mode") == "directory" then return path end
  end
end

-- The set in a file that is there; nil, message where it is another one.
local function open(where, text, o)
  local attributes, message = core.store.attributes(o.path)
  if not attributes then return nil, message end
  if attributes.ecgraft_kind == "dataset" and attributes.preparation ~= text then
    return nil, ("%s: %s was prepared otherwise: %s; asked for is %s; name another file or remove this one"):format(where, o.path,
      attributes.preparation or "by set:save", text)
  end
  return prepared.open(o.path, {stream = o.stream})
end

local function read(where, text, o, reader, arguments)
  local making = preparation.new{path = o.path, key = text, part = o.part, label = where, progress = o.progress}
  local given = {}
  for name, value in pairs(arguments[arguments.n]) do given[name] = value end
  given.prepared = making
  local all = table.move(arguments, 1, arguments.n - 1, 1, {})
  all[arguments.n] = given
  local set, message = reader(table.unpack(all, 1, arguments.n))
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
  local held <close> = lock.wait(o.path .. ".lock") -- luacheck: ignore held
  if files.exists(o.path) then return open(where, text, o) end -- another process has made it
  core.watch_interrupt()
  local ok, done, message = pcall(read, where, text, o, reader, arguments)
  core.unwatch_interrupt()
  if not ok then error(done, 0) end
  if not done then return nil, message end
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
    local o = options.check(where .. ": option 'prepared'", wanted, schema)
    local text = description(where, given, o)
    if files.exists(o.path) then return open(where, text, o) end
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
  local count, lists = file:shape("sources/names")[1] or 0, {}
  for i, name in ipairs{"names", "crc32", "bytes"} do
    lists[i], message = hdf5_array.list(file, path, "sources/" .. name, count)
    if not lists[i] then return nil, message end
    local first, wanted = lists[i][1], i == 1 and "string" or "integer"
    if count > 0 and (math.type(first) or type(first)) ~= wanted then
      return nil, ("%s: expected sources/%s to be %ss, got %s"):format(path, name, wanted, options.show(first))
    end
  end
  local names, sums, sizes = table.unpack(lists)
  local paths, changed = {}, {}
  for i, name in ipairs(names) do paths[i] = folder .. "/" .. name end
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
