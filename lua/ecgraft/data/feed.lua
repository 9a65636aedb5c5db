--- The signals of a set in a given order, a batch at a time: from memory, or read ahead from the set's file.
local core = require "ecgraft.core"

local feed = {}

local Feed = {}
Feed.__index = Feed

--- feed.new(set, rows, batch): `rows` is a 1-D tensor of positions in the set (a Dataset, or any table with `signals`).
function feed.new(set, rows, batch)
  local self = setmetatable({set = set, rows = rows, batch = batch, at = 1}, Feed)
  local file, place_of
  if set.storage then file, place_of = set:storage() end
  if file then
    local places = rows:totable()
    for i, row in ipairs(places) do
      row = math.tointeger(row)
      places[i] = place_of and place_of[row] or row
    end
    self.stream = file:stream(places, batch)
  end
  return self
end

--- The next batch (n, L, leads), a new tensor.
function Feed:next()
  local count = math.min(self.batch, #self.rows - self.at + 1)
  local at = self.at
  self.at = at + count
  if not self.stream then return core.ops.index_select(self.set.signals, self.rows:narrow(1, at, count), 1) end
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
