--- The signals of a set in a given order, a batch at a time: from memory, or read ahead from the set's file.
local core = require "ecgraft.core"
local is_tensor = require("ecgraft.tensor").is

local feed = {}

---@class ecgraft.data.feed
---@field set ecgraft.Dataset
---@field rows? ecgraft.Tensor
---@field count integer
---@field batch integer
---@field at integer position of the next record
---@field stream? any of the set's file
local Feed = {}
Feed.__index = Feed

--- Whether signals can be fed from a value: a Dataset, or any table with a tensor `signals`.
function feed.is_set(value)
  return type(value) == "table" and (value.storage ~= nil or is_tensor(value.signals))
end

--- {N, L, leads} of such a set; reads no signals.
function feed.shape(set)
  return set.storage and set:shape() or set.signals:shape()
end

-- Rows of the file, in the order of `rows` or of the set.
local function places(rows, count, place_of)
  local list = {}
  if rows then rows = rows:totable() end
  for i = 1, count do
    local row = rows and math.tointeger(rows[i]) or i
    list[i] = place_of and place_of[row] or row
  end
  return list
end

--- feed.new(set, rows, batch): `rows` is a 1-D tensor of positions in the set; nil: all, in order.
function feed.new(set, rows, batch)
  local count = rows and #rows or feed.shape(set)[1]
  local self = setmetatable({set = set, rows = rows, count = count, batch = batch, at = 1}, Feed)
  local file, place_of
  if set.storage then file, place_of = set:storage() end
  if file then self.stream = file:stream(places(rows, count, place_of), batch) end
  return self
end

--- The next batch (n, L, leads), which shares memory with the set where it can.
function Feed:next()
  local at, count = self.at, math.min(self.batch, self.count - self.at + 1)
  self.at = at + count
  if not self.stream then
    local signals, rows = self.set.signals, self.rows
    return rows and core.ops.index_select(signals, rows:narrow(1, at, count), 1) or signals:narrow(1, at, count)
  end
  local x, message = self.stream:next()
  if not x then error(message or "feed: nothing is left", 0) end
  return x
end

--- Ends the reading ahead.
function Feed:close()
  if self.stream then self.stream:close() end
  self.stream = nil
end

Feed.__close = Feed.close

return feed
