--- A prepared file in the making: records are read a part at a time, and each part is a file of its own in PATH.parts until the whole is
-- written. Started again, it takes the parts that are there, as long as they were made with the same options from the same bytes.
--
-- A part is an HDF5 file with `signals` (the rows that could be used) and in its attributes `key` (what the preparation is) and `about`
-- (JSON): ids of the records offered, fates (what became of each), files (name, CRC-32, bytes), counts (what a reader notes). Fates and
-- files are tables of one shape, which are kept as a list for each of their fields: that is much less to write and to sort.
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local interruption = require "ecgraft.interruption"
local lfs = require "lfs"
local progress = require "ecgraft.progress"
local stored = require "ecgraft.data.stored"

local preparation = {}

local Preparation = {}
Preparation.__index = Preparation

-- A list of tables as {count =, fields = {name, ...}, values = {list, ...}}; false stands for a field that one does not have.
local function columns_of(list)
  local columns, place = {count = #list, fields = {}, values = {}}, {}
  for i, each in ipairs(list) do
    for name, value in pairs(each) do
      if not place[name] then
        columns.fields[#columns.fields + 1] = name
        place[name] = #columns.fields
        columns.values[place[name]] = {}
        for k = 1, #list do columns.values[place[name]][k] = false end
      end
      columns.values[place[name]][i] = value
    end
  end
  return columns
end

-- The list again.
local function rows_of(columns)
  local list = {}
  for i = 1, columns.count do
    list[i] = {}
    for k, name in ipairs(columns.fields) do list[i][name] = columns.values[k][i] or nil end
  end
  return list
end

--- preparation.new{path =, key = text, part = records in a part, label =, progress = boolean}; nil and a message where the folder cannot
-- be made.
function preparation.new(given)
  local self = setmetatable(given, Preparation)
  self.folder = self.path .. ".parts"
  local ok, message = files.make_folder(self.folder)
  if not ok then return nil, message end
  self.parts, self.tables, self.offered = {}, {}, 0
  self.sums = {} -- path -> {CRC-32, bytes}, or false
  return self
end

-- Checksums of files, each taken once. A file that cannot be read has none: reading it will say why.
local function sums_of(self, paths)
  local asked, list = {}, {}
  for _, path in ipairs(paths) do
    if self.sums[path] == nil and not asked[path] then
      asked[path] = true
      asked[#asked + 1] = path
    end
  end
  for i, sum in ipairs(core.store.checksums(asked)) do self.sums[asked[i]] = sum end
  for _, path in ipairs(paths) do
    local sum = self.sums[path]
    if sum then list[#list + 1] = {path, sum[1], sum[2]} end
  end
  return list
end

--- A table that says which records there are: a part made with another one is not taken. Called before the first part.
function Preparation:uses(path)
  for _, source in ipairs(sums_of(self, {path})) do self.tables[#self.tables + 1] = source end
end

--- How many records there will be, where that is known; begins the progress line.
function Preparation:begin(total)
  self.line = progress.new{label = self.label, total = total, unit = "records", quiet = not self.progress}
end

-- A disk that takes no more ends a reading from within; printed as text, told apart by .failed.
local full = {__tostring = function(self) return self.message end}

local function advance(self, count)
  self.offered = self.offered + count
  if self.line then self.line:advance(count) end
  if core.interrupted() then
    if self.line then self.line:finish("interrupted") end
    error(interruption.new(("interrupted after %d records; %s keeps them, and the same call goes on from there"):format(self.offered,
      self.folder)), 0)
  end
end

local function part_path(self, index) return ("%s/%06d.h5"):format(self.folder, index) end

-- Tables come with each part: they are known only once the reader has begun.
local function key_of(self) return files.to_json{self.key, self.tables, core.version} end

-- What a part's file says, where it is whole and this preparation's.
local function read_part(self, path)
  local file <close> = core.store.open(path)
  local attributes = file and file:attributes()
  if not attributes or attributes.key ~= key_of(self) then return nil end
  local about = files.from_json(attributes.about)
  if not about or not (about.kept == 0 or file:has "signals") then return nil end
  about.fates, about.files = rows_of(about.fates), rows_of(about.files)
  return about
end

local function same_files(self, list)
  local paths = {}
  for i, each in ipairs(list) do paths[i] = each[1] end
  local now = sums_of(self, paths)
  if #now ~= #list then return false end
  for i, each in ipairs(list) do
    if each[2] ~= now[i][2] or each[3] ~= now[i][3] then return false end
  end
  return true
end

local function note(self, path, about)
  self.parts[#self.parts + 1] = {path = path, count = about.kept, files = about.files}
  advance(self, #about.ids)
  return about
end

--- The next part, where an earlier start has made it of the same files: {ids, fates, counts}; else nil. ids: those that it must have.
function Preparation:recover(ids)
  local path = part_path(self, #self.parts + 1)
  if not files.exists(path) then return nil end
  local about = read_part(self, path)
  if not about or not same_files(self, about.files) then return nil end
  if ids and table.concat(ids, "\n") ~= table.concat(about.ids, "\n") then return nil end
  return note(self, path, about)
end

--- Keeps the next part: signals (kept, L, leads), ids and fates of all records offered, the files they were read from, counts (a list of
-- {what, how many}).
function Preparation:add(signals, ids, fates, paths, counts)
  local path, kept = part_path(self, #self.parts + 1), #signals
  local about = {ids = ids, fates = fates, files = sums_of(self, paths), kept = kept, counts = counts or {}}
  local items = {}
  if kept > 0 then items[1] = {name = "signals", tensor = signals, checksum = true, chunk = 1} end
  local text = files.to_json{ids = ids, fates = columns_of(fates), files = columns_of(about.files), kept = kept, counts = about.counts}
  local ok, message = core.store.save(path, items, {key = key_of(self), about = text})
  if not ok then error(setmetatable({failed = true, message = message}, full), 0) end
  return note(self, path, about)
end

--- All parts as the signals of a set.
function Preparation:signals(o)
  local list = {}
  for _, part in ipairs(self.parts) do
    if part.count > 0 then list[#list + 1] = part end
  end
  return stored.new{files = list, length = o.length, leads = #o.leads}
end

--- The files that were read, in order, each once: {{name, CRC-32, bytes}, ...}; those below `root` are named from there.
function Preparation:sources(root)
  local list, seen, below = {}, {}, root and root:gsub("/*$", "/")
  local function add(source)
    if seen[source[1]] then return end
    seen[source[1]] = true
    local inside = below and source[1]:sub(1, #below) == below
    list[#list + 1] = {inside and source[1]:sub(#below + 1) or source[1], source[2], source[3]}
  end
  for _, source in ipairs(self.tables) do add(source) end
  for _, part in ipairs(self.parts) do
    for _, source in ipairs(part.files) do add(source) end
  end
  return list
end

function Preparation:finish()
  if self.line then self.line:finish() end
end

--- Removes the parts, as far as they can be removed: what they were for is written.
function Preparation:remove()
  for _, name in ipairs(files.names(self.folder) or {}) do
    if name:find("^%d+%.h5$") then os.remove(self.folder .. "/" .. name) end
  end
  lfs.rmdir(self.folder)
end

return preparation
