--- From values to places on the page, and the values worth a tick.
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"

local scale = {}

---@class ecgraft.plot.scale
---@field axis table
---@field log boolean
---@field low number of the domain
---@field high number
---@field from number on the page
---@field to number
---@field ticks {value: number, text: string}[]
local Scale = {}
Scale.__index = Scale

local axis_schema = {
  label = { type = "string", default = "" },
  scale = { type = "string", default = "linear", choices = { "linear", "log" } },
  min = { type = "number" },
  max = { type = "number" },
  ticks = { type = "table" },
  zero = { type = "boolean", default = false },
  percent = { type = "boolean", default = false },
  integer = { type = "boolean", default = false },
}

--- Checks the description of an axis (`where` names the public function and the axis):
--   label    text beside the axis
--   scale    "linear" (default) or "log"
--   min, max the ends; where absent they follow the data
--   ticks    values, or {value, text} pairs, to stand there instead of round numbers
--   zero     true: the axis holds 0
--   percent  true: ticks are written as percentages of 1
--   integer  true: ticks at whole numbers only, the first of the axis among them (epochs)
function scale.check(where, given, level)
  local axis = options.check(where, given, axis_schema, (level or 2) + 1)
  if axis.min and axis.max and axis.min >= axis.max then
    error(("%s: min must be less than max, got %s and %s"):format(where, axis.min, axis.max), (level or 2) + 1)
  end
  if axis.scale == "log" and ((axis.min and axis.min <= 0) or (axis.max and axis.max <= 0)) then
    error(("%s: a log axis needs min and max above 0"):format(where), (level or 2) + 1)
  end
  for i, tick in ipairs(axis.ticks or {}) do
    local value = type(tick) == "table" and tick[1] or tick
    if type(value) ~= "number" or value ~= value then
      error(("%s: tick %d must be a number or {number, text}, got %s"):format(where, i, options.show(tick)), (level or 2) + 1)
    end
  end
  return axis
end

--- The 1-2-5 step that cuts `span` into about `count` pieces.
function scale.step(span, count)
  local rough = span / math.max(1, count)
  local power = 10.0 ^ math.floor(math.log(rough, 10))
  for _, factor in ipairs { 1, 2, 5 } do
    if factor * power >= rough * (1 - 1e-9) then return factor * power end
  end
  return 10 * power
end

local function decimals_of(step)
  return math.max(0, math.ceil(-math.log(step, 10) - 1e-9))
end

local function tick_text(value, decimals, percent)
  local text
  if percent then text = number_text.fixed(100 * value, math.min(8, math.max(0, decimals - 2))) .. "%"
  elseif math.abs(value) >= 1e6 or decimals > 8 then text = number_text.short(value)
  else
    text = number_text.fixed(value, decimals)
    if decimals == 0 and math.abs(value) >= 10000 then text = number_text.count(math.tointeger(tonumber(text)) or value) end
  end
  return number_text.minus(text)
end

-- Multiples of the step from the first in the domain to the last. Counted, not summed, so that rounding does not pile up. On an axis of
-- whole numbers also the first, which epochs begin with: 1, 5, 10.
local function linear_ticks(low, high, step, percent, integer)
  local ticks, decimals = {}, decimals_of(step)
  local first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
  for i = first, last do
    local value = i * step
    ticks[#ticks + 1] = { value = value, text = tick_text(value, decimals, percent) }
  end
  if integer and math.tointeger(low) and (not ticks[1] or ticks[1].value - low >= step / 2) then
    table.insert(ticks, 1, { value = low, text = tick_text(low, decimals, percent) })
  end
  return ticks
end

local function log_ticks(low, high)
  local ticks = {}
  local decades = math.log(high / low, 10)
  local factors = decades > 4 and { 1 } or decades > 2 and { 1, 5 } or { 1, 2, 5 }
  for power = math.floor(math.log(low, 10) - 1e-9), math.ceil(math.log(high, 10) + 1e-9) do
    for _, factor in ipairs(factors) do
      local value = factor * 10.0 ^ power
      if value >= low * (1 - 1e-9) and value <= high * (1 + 1e-9) then
        local whole = math.tointeger(value)
        ticks[#ticks + 1] = { value = value, text = whole and number_text.count(whole) or number_text.short(value) }
      end
    end
  end
  return ticks
end

local function given_ticks(list, low, high)
  local ticks = {}
  for _, tick in ipairs(list) do
    local value, text = tick, nil
    if type(tick) == "table" then value, text = tick[1], tick[2] end
    if value >= low and value <= high then
      ticks[#ticks + 1] = { value = value, text = text or number_text.minus(number_text.count(value)) }
    end
  end
  table.sort(ticks, function(a, b) return a.value < b.value end)
  return ticks
end

local function log_domain(axis, low, high)
  local pad = low < high and (high / low) ^ 0.05 or 2
  return axis.min or low / pad, axis.max or high * pad
end

local function linear_domain(axis, low, high, count)
  if axis.zero then low, high = math.min(low, 0), math.max(high, 0) end
  if low == high then
    local pad = axis.integer and 1 or low == 0 and 1 or math.abs(low) * 0.1
    low, high = low - pad, high + pad
  end
  low, high = axis.min or low, axis.max or high
  if low >= high then
    if axis.min then high = low + math.max(1, math.abs(low) * 0.1) else low = high - math.max(1, math.abs(high) * 0.1) end
  end
  local step = scale.step(high - low, count)
  if axis.integer then step = math.max(1, step) end
  if not axis.ticks and not axis.integer then
    if not axis.min then low = math.floor(low / step + 1e-6) * step end
    if not axis.max then high = math.ceil(high / step - 1e-6) * step end
  end
  return low, high, step
end

--- A scale for a checked axis over data from `low` to `high` (nil where there are none), drawn from `from` to `to` on the page.
-- `count` is about how many ticks are wanted. Fields: low, high (the domain), ticks {{value =, text =}, ...}; scale:place(value).
function scale.new(axis, low, high, from, to, count)
  local log = axis.scale == "log"
  if not low then low, high = axis.min or (log and 1 or 0), axis.max or (log and 10 or 1) end
  local self = setmetatable({ axis = axis, log = log, from = from, to = to }, Scale)
  if log then
    self.low, self.high = log_domain(axis, low, high)
    if self.low >= self.high then self.high = self.low * 10 end
    self.ticks = axis.ticks and given_ticks(axis.ticks, self.low, self.high) or log_ticks(self.low, self.high)
  else
    local step
    self.low, self.high, step = linear_domain(axis, low, high, count or 5)
    self.ticks = axis.ticks and given_ticks(axis.ticks, self.low, self.high)
      or linear_ticks(self.low, self.high, step, axis.percent, axis.integer)
  end
  return self
end

--- Where a value lies on the page.
function Scale:place(value)
  local low, high = self.low, self.high
  if self.log then value, low, high = math.log(value), math.log(low), math.log(high) end
  return self.from + (value - low) / (high - low) * (self.to - self.from)
end

--- Whether a value lies in the domain (ends included).
function Scale:holds(value)
  return value >= self.low and value <= self.high
end

--- Moves the scale to another place on the page, for margins that are known only after the ticks.
function Scale:range(from, to)
  self.from, self.to = from, to
end

return scale
