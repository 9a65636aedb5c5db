--- From recordings that a reader has in memory to what a Dataset is made of: the counterpart of load.records for sets that are not
-- WFDB records.
local core = require "ecgraft.core"
local load = require "ecgraft.data.load"

local rows = {}

local Rows = {}
Rows.__index = Rows

local BLOCK = 512 -- records in a block where their number is not known beforehand

--- rows.new(where, capacity, o): room for so many records, or for any number where capacity is nil; `o` holds checked options of
-- load.schema.
function rows.new(where, capacity, o)
  local given = load.row_options(where, o)
  return setmetatable({
    where = where, o = o, ids = {}, fates = {}, given = given, blocks = {}, growing = not capacity, left = capacity or BLOCK,
    core = core.rows.new(capacity or BLOCK, given),
  }, Rows)
end

--- The column of each lead asked for among `names`; nil and a message where one is missing or there twice.
function Rows:columns(names)
  local columns = {}
  for i, lead in ipairs(self.o.leads) do
    for c, name in ipairs(names) do
      if core.wfdb.same_lead(name, lead) then
        if columns[i] then return nil, ("has lead %s twice, as columns %d and %d"):format(lead, columns[i], c) end
        columns[i] = c
      end
    end
    if not columns[i] then return nil, ("has no lead %s; its leads are %s"):format(lead, table.concat(names, ", ")) end
  end
  return columns
end

local function note(self, ids, fates)
  for i, fate in ipairs(fates) do
    self.ids[#self.ids + 1] = ids[i]
    self.fates[#self.fates + 1] = fate
    self.failed = self.failed or (self.o.strict and fate.error ~= nil and not fate.shorter)
  end
end

--- Adds x (L, C) or (n, L, C). given: rate, columns, factor, skip, trim as for core.rows; names: what to call the records in messages
-- (the ids where it is left out).
function Rows:add(x, ids, given)
  if self.growing and #ids > self.left then
    self.blocks[#self.blocks + 1] = self.core:tensor()
    self.left = math.max(BLOCK, #ids)
    self.core = core.rows.new(self.left, self.given)
  end
  self.left = self.left - #ids
  note(self, ids, self.core:add(x, {names = given.names or ids, rate = given.rate, columns = given.columns, factor = given.factor,
    skip = given.skip, trim = given.trim}))
end

--- A record that could not be read, and why.
function Rows:fail(id, reason)
  note(self, {id}, {{error = reason, gaps = 0, repaired = 0, saturated = 0, flat = 0, padded = 0, cut = 0}})
end

-- One tensor of all blocks, each of which is let go of once it is copied.
local function join(blocks, last, given)
  blocks[#blocks + 1] = last
  local count, at = 0, 1
  for _, block in ipairs(blocks) do count = count + #block end
  local whole = core.zeros(count, given.length, #given.leads)
  for i, block in ipairs(blocks) do
    if #block > 0 then whole:narrow(1, at, #block):copy_(block) end
    at = at + #block
    blocks[i] = false
  end
  return whole
end

--- What load.sorted returns, indices in the order in which records were added. Where self.failed is set (a damaged record, and `strict`)
-- there is no need to add more.
function Rows:finish()
  local signals = self.core:tensor()
  if #self.blocks > 0 then signals = join(self.blocks, signals, self.given) end
  return load.sorted(self.where, self.ids, self.fates, signals, self.o)
end

return rows
