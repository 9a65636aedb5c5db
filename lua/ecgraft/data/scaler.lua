--- Scalers: how signals are brought to a common size, learned from the training set and stored with the model.
--
--   kind "set"     one mean and one deviation over the training set, for all leads: voltage is kept
--   kind "record"  each lead of each record by its own mean and deviation
--   kind "minmax"  each lead of each record to [-1, 1] (Nguyen & Do 2025)
local core = require "ecgraft.core"
local dataset = require "ecgraft.data.dataset"
local options = require "ecgraft.options"

local scaler = {}

local Scaler = {}
Scaler.__index = Scaler

local kind_field = {type = "string", default = "set", choices = {"set", "record", "minmax"}}

function Scaler:__tostring()
  if self.kind == "set" then return ("scaler (set): mean %.6g, deviation %.6g"):format(self.mean, self.deviation) end
  return ("scaler (%s)"):format(self.kind)
end

--- A scaler from numbers: scaler.new{kind = "set", mean = 0, deviation = .228}; also what scaler:state() gave.
function scaler.new(given)
  local o = options.check("scaler", given, {kind = kind_field, mean = {type = "number"}, deviation = {type = "number", min = 0}})
  if o.kind == "set" then
    if not o.mean or not o.deviation or o.deviation == 0 then
      error(("scaler: kind \"set\" needs a mean and a deviation above 0, got %s and %s"):format(options.show(o.mean),
        options.show(o.deviation)), 2)
    end
  elseif o.mean or o.deviation then
    error(("scaler: kind %q takes no mean and no deviation"):format(o.kind), 2)
  end
  return setmetatable(o, Scaler)
end

-- Mean, deviation and number of finite values of a set, block by block (Chan, Golub & LeVeque 1983, eq. 2.1), so that a set in a file is
-- never in memory as a whole, and gives the same as one that is.
local function moments(set)
  local mean, squares, count = 0, 0, 0
  for x in set:blocks() do
    local here, deviation, n = core.signal.moments(x)
    if n > 0 then
      local total, apart = count + n, here - mean
      mean = mean + apart * (n / total)
      squares = squares + deviation * deviation * n + apart * apart * (count * (n / total))
      count = total
    end
  end
  return mean, count > 0 and math.sqrt(squares / count) or 0, count
end

--- Learns from a training set: scaler.fit(set [, {kind = "set"}]). Missing samples are left out.
function scaler.fit(set, given)
  if not dataset.is(set) then error("scaler.fit: expected a Dataset, got " .. options.show(set), 2) end
  local o = options.check("scaler.fit", given, {kind = kind_field})
  if o.kind ~= "set" then return scaler.new{kind = o.kind} end
  local mean, deviation, count = moments(set)
  if count == 0 or deviation == 0 then
    error(("scaler.fit: %d records have no signal to learn from: their deviation is 0"):format(#set), 2)
  end
  return scaler.new{kind = "set", mean = mean, deviation = deviation}
end

--- A plain table that scaler.new takes: kind, and mean and deviation where it has them.
function Scaler:state()
  return {kind = self.kind, mean = self.mean, deviation = self.deviation}
end

local function scaled(self, x)
  if self.kind == "set" then return core.signal.standardise(x, self.mean, self.deviation) end
  if self.kind == "record" then return core.signal.standardise(x) end
  return (core.signal.minmax(x))
end

--- The scaled set (units "scaled", with its scaler), or for signals (N, L, leads) or (L, leads) the scaled tensor. What was given stays.
function Scaler:apply(what)
  if not dataset.is(what) then return scaled(self, what) end
  if what.scaler then error("scaler:apply: the set is scaled already, by " .. tostring(what.scaler), 2) end
  return what:with_signals(scaled(self, what.signals), {units = "scaled", scaler = self})
end

return scaler
