--- From recordings that a reader has in memory to what a Dataset is made of: the counterpart of load.records for sets that are not
-- WFDB records.
--
-- Where a prepared file is made (option `prepared`), blocks of records are its parts, and those of an earlier start are taken from there.
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
  local self = setmetatable({where = where, o = o, ids = {}, fates = {}, given = given, blocks = {}, counts = {}}, Rows)
  if o.prepared then
    o.prepared:begin(capacity)
    capacity = o.prepared.part
  end
  self.growing, self.left = o.prepared ~= nil or not capacity, capacity or BLOCK
  self.core = core.rows.new(self.left, given)
  self:begin_part()
  return self
end

function Rows:begin_part()
  self.part = {first = #self.ids + 1, files = {}, counts = {}}
end

--- Notes that something is so of `by` records: self.counts is a list of {what, how many} in the order in which it was first met.
function Rows:count(what, by)
  local function add(list)
    for _, each in ipairs(list) do
      if each[1] == what then
        each[2] = each[2] + (by or 1)
        return
      end
    end
    list[#list + 1] = {what, by or 1}
  end
  add(self.counts)
  add(self.part.counts)
end

-- What was gathered since the last part becomes the next one of the prepared file.
local function close_part(self)
  local part = self.part
  if #self.ids < part.first then return end
  local ids, fates = table.move(self.ids, part.first, #self.ids, 1, {}), table.move(self.fates, part.first, #self.fates, 1, {})
  self.o.prepared:add(self.core:tensor(), ids, fates, part.files, part.counts)
  self.left = self.o.prepared.part
  self.core = core.rows.new(self.left, self.given)
  self:begin_part()
end

-- Takes over the next part of an earlier start, where there is one.
local function recover(self)
  local about = self.o.prepared:recover()
  if not about then return end
  self.recovered, self.taken = about, 0
  table.move(about.ids, 1, #about.ids, #self.ids + 1, self.ids)
  table.move(about.fates, 1, #about.fates, #self.fates + 1, self.fates)
  for _, each in ipairs(about.counts) do self:count(each[1], each[2]) end
  self:begin_part()
end

-- Closes the part that `count` more records would not fit in.
local function make_room(self, count)
  local held = #self.ids - self.part.first + 1
  if held > 0 and held + count > self.o.prepared.part then close_part(self) end
end

--- To be called before records are read and added: `paths` are the files that they are in.
function Rows:reads(ids, paths)
  if not self.o.prepared then return end
  make_room(self, #ids)
  table.move(paths, 1, #paths, #self.part.files + 1, self.part.files)
end

--- The same, where a reader needs nothing but the signals of these records: true says that an earlier start of the preparation has read
-- them, and that they are there.
function Rows:done(ids, paths)
  if not self.o.prepared then return false end
  if self.recovered and self.taken == #self.recovered.ids then self.recovered = nil end
  if not self.recovered then
    make_room(self, #ids)
    if #self.ids < self.part.first then recover(self) end
  end
  if not self.recovered then
    self:reads(ids, paths)
    return false
  end
  for i, id in ipairs(ids) do
    if self.recovered.ids[self.taken + i] ~= id then
      error(("%s: %s does not hold what was read before; remove it"):format(self.where, self.o.prepared.folder), 0)
    end
  end
  self.taken = self.taken + #ids
  return true
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
    if self.o.prepared then close_part(self)
    else self.blocks[#self.blocks + 1] = self.core:tensor() end
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
  if self.o.prepared then
    close_part(self)
    return load.sorted(self.where, self.ids, self.fates, self.o.prepared:signals(self.given), self.o)
  end
  local signals = self.core:tensor()
  if #self.blocks > 0 then signals = join(self.blocks, signals, self.given) end
  return load.sorted(self.where, self.ids, self.fates, signals, self.o)
end

return rows
