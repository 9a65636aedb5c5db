--- From recordings that a reader has in memory to what a Dataset is made of: the counterpart of load.records for sets that are not
-- WFDB records.
local core = require "ecgraft.core"
local load = require "ecgraft.data.load"

local rows = {}

local Rows = {}
Rows.__index = Rows

--- rows.new(where, capacity, o): room for so many records; `o` holds checked options of load.schema.
function rows.new(where, capacity, o)
  return setmetatable({
    where = where, o = o, ids = {}, fates = {},
    core = core.rows.new(capacity, load.row_options(where, o)),
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
  note(self, ids, self.core:add(x, {names = given.names or ids, rate = given.rate, columns = given.columns, factor = given.factor,
    skip = given.skip, trim = given.trim}))
end

--- A record that could not be read, and why.
function Rows:fail(id, reason)
  note(self, {id}, {{error = reason, gaps = 0, repaired = 0, saturated = 0, flat = 0, padded = 0, cut = 0}})
end

--- What load.sorted returns, indices in the order in which records were added. Where self.failed is set (a damaged record, and `strict`)
-- there is no need to add more.
function Rows:finish()
  return load.sorted(self.where, self.ids, self.fates, self.core:tensor(), self.o)
end

return rows
