--- Scalers: how signals are brought to a common size, learned from the training set and stored with the model.
--
--   kind "set"     one mean and one deviation over the training set, for all leads: voltage is kept
--   kind "lead"    one mean and one deviation for each lead over the training set
--   kind "record"  each lead of each record by its own mean and deviation
--   kind "minmax"  each lead of each record to [-1, 1] (Nguyen & Do 2025)
local colon = require "ecgraft.colon"
local core = require "ecgraft.core"
local dataset = require "ecgraft.data.dataset"
local options = require "ecgraft.options"

local scaler = {}

local Scaler = {}
Scaler.__index = Scaler

--- The kinds, as a set.
scaler.kinds = {set = true, lead = true, record = true, minmax = true}

local kind_field = {type = "string", default = "set", choices = {"set", "lead", "record", "minmax"}}

local new_schema = {kind = kind_field, mean = {type = "number|table"}, deviation = {type = "number|table"}}
local fit_schema = {kind = kind_field}

local function joined(list)
  local parts = {}
  for i, value in ipairs(list) do parts[i] = ("%.4g"):format(value) end
  return table.concat(parts, " ")
end

function Scaler:__tostring()
  if self.kind == "set" then return ("scaler (set): mean %.6g, deviation %.6g"):format(self.mean, self.deviation) end
  if self.kind == "lead" then return ("scaler (lead): means %s; deviations %s"):format(joined(self.mean), joined(self.deviation)) end
  return ("scaler (%s)"):format(self.kind)
end

local function is_number(value) return math.type(value) ~= nil and value == value and math.abs(value) < math.huge end

-- Whether mean and deviation are lists of as many numbers, the second above 0.
local function fit_each_other(mean, deviation)
  if type(mean) ~= "table" or type(deviation) ~= "table" or #mean == 0 or #mean ~= #deviation then return false end
  for i, value in ipairs(mean) do
    if not (is_number(value) and is_number(deviation[i]) and deviation[i] > 0) then return false end
  end
  return true
end

--- A scaler from numbers: scaler.new{kind = "set", mean = 0, deviation = .228}, scaler.new{kind = "lead", mean = {0, ...}, deviation =
-- {.2, ...}}; also what scaler:state() gave.
function scaler.new(given)
  local o = options.check("scaler", given, new_schema)
  if o.kind == "set" then
    if not (is_number(o.mean) and is_number(o.deviation) and o.deviation > 0) then
      error(("scaler: kind \"set\" needs a mean and a deviation above 0, got %s and %s"):format(options.show(o.mean),
        options.show(o.deviation)), 2)
    end
  elseif o.kind == "lead" then
    if not fit_each_other(o.mean, o.deviation) then
      error("scaler: kind \"lead\" needs lists with a mean and a deviation above 0 for each lead", 2)
    end
  elseif o.mean or o.deviation then
    error(("scaler: kind %q takes no mean and no deviation"):format(o.kind), 2)
  end
  return setmetatable(o, Scaler)
end

-- Mean, deviation and number of finite values of a block of records, lists with one for each lead or for all leads together.
local function block_moments(x, by_lead)
  if by_lead then return core.signal.moments_by_lead(x) end
  local mean, deviation, count = core.signal.moments(x)
  return {mean}, {deviation}, {count}
end

-- The same of a set, block by block (Chan, Golub & LeVeque 1983, eq. 2.1), so that a set in a file is never in memory as a whole, and
-- gives the same as one that is.
local function moments(set, by_lead)
  local mean, squares, count = {}, {}, {}
  for x in set:blocks() do
    local means, deviations, counts = block_moments(x, by_lead)
    for i, n in ipairs(counts) do
      local before = count[i] or 0
      local total, apart = before + n, means[i] - (mean[i] or 0)
      local share = total > 0 and n / total or 0
      mean[i] = (mean[i] or 0) + apart * share
      squares[i] = (squares[i] or 0) + deviations[i] * deviations[i] * n + apart * apart * (before * share)
      count[i] = total
    end
  end
  for i, n in ipairs(count) do squares[i] = n > 0 and math.sqrt(squares[i] / n) or 0 end
  return mean, squares
end

--- Learns from a training set: scaler.fit(set [, {kind = "set"}]). Missing samples are left out.
function scaler.fit(set, given)
  if not dataset.is(set) then error("scaler.fit: expected a Dataset, got " .. options.show(set), 2) end
  local o = options.check("scaler.fit", given, fit_schema)
  if o.kind == "record" or o.kind == "minmax" then return scaler.new{kind = o.kind} end
  local mean, deviation = moments(set, o.kind == "lead")
  if math.max(0, table.unpack(deviation)) == 0 then
    error(("scaler.fit: %d records have no signal to learn from: their deviation is 0"):format(#set), 2)
  end
  if o.kind == "set" then return scaler.new{kind = "set", mean = mean[1], deviation = deviation[1]} end
  for i, value in ipairs(deviation) do -- a lead that has one value throughout is only moved to 0
    if value == 0 then deviation[i] = 1 end
  end
  return scaler.new{kind = "lead", mean = mean, deviation = deviation}
end

--- A plain table that scaler.new takes: kind, and mean and deviation where it has them.
function Scaler:state()
  return {kind = self.kind, mean = self.mean, deviation = self.deviation}
end

local function scaled(self, x)
  if self.kind == "lead" and x:size(x:dim()) ~= #self.mean then
    error(("scaler:apply: the scaler knows %d leads, the signals have %d"):format(#self.mean, x:size(x:dim())), 3)
  end
  if self.kind == "set" or self.kind == "lead" then return core.signal.standardise(x, self.mean, self.deviation) end
  if self.kind == "record" then return core.signal.standardise(x) end
  return (core.signal.minmax(x))
end

--- The scaled set (units "scaled", with its scaler), or for signals (N, L, leads) or (L, leads) the scaled tensor. What was given stays.
function Scaler:apply(what)
  if not dataset.is(what) then return scaled(self, what) end
  if what.scaler then error("scaler:apply: the set is scaled already, by " .. tostring(what.scaler), 2) end
  return what:with_signals(scaled(self, what.signals), {units = "scaled", scaler = self})
end

colon.class(Scaler, "scaler")

return scaler
