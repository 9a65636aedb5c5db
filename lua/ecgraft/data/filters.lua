--- Filters for ECGs, zero-phase: run forwards and backwards, so that no wave is moved (and the corner lies at -6 dB).
--
--   filters.bandpass(what, {low = 0.5, high = 40, order = 2})     Butterworth: what lies between two frequencies (Hz) stays
--   filters.bandstop(what, {low =, high =, order = 2})            Butterworth: what lies between two frequencies goes
--   filters.lowpass(what, {high =, order = 2})                    Butterworth: what lies below a frequency stays
--   filters.highpass(what, {low =, order = 2})                    Butterworth: what lies above a frequency stays
--   filters.notch(what, {frequency = 50, q = 30})                 mains hum
--   filters.baseline(what, {cutoff = 0.5})                        baseline wander, by a high-pass of order 2
--
-- `what` is a dataset or a record (a new one is returned), or a tensor (L, leads) or (N, L, leads) with options.rate in Hz.
local core = require "ecgraft.core"
local dataset = require "ecgraft.data.dataset"
local options = require "ecgraft.options"

local filters = {}

local frequency = {type = "number", min = 0}
local order = {type = "integer", min = 1, max = 12, default = 2}

--- Puts filtered signals where the old ones were: run(signals, rate) --> signals.
local function over(where, what, rate, run)
  if type(what) == "userdata" then
    if not rate then error(where .. ": option 'rate' is required for a tensor", 3) end
    return run(what, rate)
  elseif type(what) ~= "table" or not what.signals or not what.rate then
    error(("%s: expected a dataset, a record or a tensor, got %s"):format(where, options.show(what)), 3)
  elseif rate then
    error(("%s: option 'rate' is for tensors; a set and a record have their own"):format(where), 3)
  end
  local filtered = run(what.signals, what.rate)
  if dataset.is(what) then return what:with_signals(filtered) end
  local copy = {}
  for key, value in pairs(what) do copy[key] = value end
  copy.signals = filtered
  return setmetatable(copy, getmetatable(what))
end

local function butterworth(name, kind, schema)
  local where = "filters." .. name
  schema.order, schema.rate = order, frequency
  filters[name] = function(what, given)
    local o = options.check(where, given, schema)
    local filtered = over(where, what, o.rate, function(signals, rate)
      return core.filter.butterworth(signals, kind, o.order, rate, o.low or 0, o.high or 0)
    end)
    return filtered -- no tail call: errors count its level
  end
end

local required = {type = "number", min = 0, required = true}

butterworth("lowpass", "low", {high = required})
butterworth("highpass", "high", {low = required})
butterworth("bandpass", "band", {low = {type = "number", min = 0, default = 0.5}, high = {type = "number", min = 0, default = 40}})
butterworth("bandstop", "stop", {low = required, high = required})

local notch_schema = {
  frequency = {type = "number", min = 0, default = 50}, -- Hz
  q = {type = "number", min = 0, default = 30},         -- frequency over bandwidth
  rate = frequency,
}

function filters.notch(what, given)
  local o = options.check("filters.notch", given, notch_schema)
  local filtered = over("filters.notch", what, o.rate, function(signals, rate)
    return core.filter.notch(signals, rate, o.frequency, o.q)
  end)
  return filtered
end

local baseline_schema = {
  cutoff = {type = "number", min = 0, default = 0.5}, -- Hz
  rate = frequency,
}

function filters.baseline(what, given)
  local o = options.check("filters.baseline", given, baseline_schema)
  local filtered = over("filters.baseline", what, o.rate, function(signals, rate)
    return core.filter.butterworth(signals, "high", 2, rate, o.cutoff, 0)
  end)
  return filtered
end

return filters
