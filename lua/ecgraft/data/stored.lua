--- Signals that stay in HDF5 files and are read when they are needed: what a Dataset has instead of a tensor where it is larger than
-- memory. One file (a prepared set), or several that follow each other (the parts of one that is being made).
--
-- What cannot be read raises, as text: the file was there and whole when the set was opened.
local core = require "ecgraft.core"
local lfs = require "lfs"
local tensor = require "ecgraft.tensor"

local stored = {}

local Stored = {}
Stored.__index = Stored

local BLOCK_BYTES = 4 << 20

--- stored.new{files = {{path =, count =}, ...}, length =, leads =, scale =}: arrays named `signals` of shape (count, length, leads), each
-- value times `scale` (1).
function stored.new(given)
  local count, first = 0, {}
  for i, file in ipairs(given.files) do
    first[i] = count
    count = count + file.count
  end
  return setmetatable({files = given.files, first = first, count = count, length = given.length, leads = given.leads,
    scale = given.scale or 1}, Stored)
end

function stored.is(value) return getmetatable(value) == Stored end

--- How many rows of a shape {N, L, leads} are worked on at a time, so that a block is some megabytes whatever the length.
function stored.block_rows(shape)
  return math.max(1, BLOCK_BYTES // (4 * math.max(1, shape[2] * shape[3])))
end

--- Whether one of the files is the one at `path`.
function Stored:lies_in(path)
  local there = lfs.attributes(path)
  for _, file in ipairs(there and self.files or {}) do
    local here = lfs.attributes(file.path)
    if here and here.dev == there.dev and here.ino == there.ino then return true end
  end
  return false
end

function Stored:shape() return {self.count, self.length, self.leads} end

local function need(value, message)
  if value == nil then error(message, 0) end
  return value
end

-- The file that holds a row, and the row's place in it.
local function locate(self, row)
  local low, high = 1, #self.files
  while low < high do
    local middle = (low + high + 1) // 2
    if self.first[middle] < row then low = middle else high = middle - 1 end
  end
  return low, row - self.first[low]
end

-- The last file asked for stays open.
local function open(self, index)
  if self.open_index ~= index then
    if self.open_file then self.open_file:close() end
    self.open_index, self.open_file = nil, nil
    self.open_file = need(core.store.open(self.files[index].path))
    self.open_index = index
  end
  return self.open_file
end

--- The signals of `rows` (a list, from 1 on; default all), in that order: a new tensor (n, length, leads).
function Stored:gather(rows)
  if not rows then
    rows = {}
    for row = 1, self.count do rows[row] = row end
  end
  local pieces, at = {}, 1
  while at <= #rows do
    local index, place = locate(self, rows[at])
    local places = {place}
    for i = at + 1, #rows do
      local other, there = locate(self, rows[i])
      if other ~= index then break end
      places[#places + 1] = there
    end
    pieces[#pieces + 1] = need(open(self, index):gather("signals", places, self.scale))
    at = at + #places
  end
  if #pieces == 0 then return core.zeros(0, self.length, self.leads) end
  return #pieces == 1 and pieces[1] or tensor.cat(pieces)
end

--- The same rows, `batch` at a time, read ahead by a thread: a value with :next() (a tensor, or nil behind the last) and :close().
-- For a single file.
function Stored:stream(rows, batch)
  assert(#self.files == 1, "several files are not streamed")
  return need(core.store.stream(self.files[1].path, "signals", rows, batch, self.scale))
end

return stored
