--- What the 12-lead page needs of a record: leads as plain lists by name, and the facts for its header.
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"

local ecg_record = {}

ecg_record.standard = { "I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6" }

local canonical = {}
for _, name in ipairs(ecg_record.standard) do canonical[name:lower()] = name end

--- The usual spelling of a lead's name: "AVR" and "avr" are "aVR"; a name that is none of the twelve stays as it is.
function ecg_record.lead_name(name)
  return canonical[name:lower()] or name
end

local function fail(where, expected, value, level)
  error(("%s: %s, got %s"):format(where, expected, options.show(value)), level + 1)
end

-- Rows first..last of a (L, leads) tensor as lists by lead.
---@return number[][]
local function tensor_columns(signals, leads, first, last)
  if first > 1 or last < signals:shape()[1] then signals = signals:narrow(1, first, last - first + 1) end
  local rows, columns = signals:totable(), {}
  for c = 1, leads do
    local column = {}
    for r = 1, #rows do column[r] = rows[r][c] end
    columns[c] = column
  end
  return columns
end

---@return number[][]
local function table_columns(signals, first, last)
  local columns = {}
  for c, column in ipairs(signals) do columns[c] = table.move(column, first, last, 1, {}) end
  return columns
end

local function check_shape(where, record, level)
  local signals, leads = record.signals, #record.leads
  if type(signals) == "table" then
    if #signals ~= leads then
      error(("%s: record.leads names %d leads, record.signals has %d columns"):format(where, leads, #signals), level + 1)
    end
    for c, column in ipairs(signals) do
      if type(column) ~= "table" or #column ~= #signals[1] then
        error(("%s: every column of record.signals must be a list of %d samples, column %d is %s"):format(where, #signals[1], c,
          options.show(column)), level + 1)
      end
      for i, value in ipairs(column) do
        if type(value) ~= "number" then fail(where, ("record.signals[%d][%d] must be a number"):format(c, i), value, level + 1) end
      end
    end
    return leads > 0 and #signals[1] or 0
  end
  if type(signals) ~= "userdata" then
    fail(where, "record.signals must be a tensor (samples, leads) or a list of columns", signals, level + 1)
  end
  local shape = signals:shape()
  if #shape ~= 2 or shape[2] ~= leads then
    error(("%s: record.leads names %d leads, so record.signals must have the shape (samples, %d), got (%s)"):format(where, leads, leads,
      table.concat(shape, ", ")), level + 1)
  end
  return shape[1]
end

--- Checks a record and takes `seconds` from `start` on. Returns {columns = {name -> list}, names, rate, count = samples taken, total}.
function ecg_record.take(where, record, start, seconds, level)
  level = (level or 2) + 1
  if type(record) ~= "table" and type(record) ~= "userdata" then fail(where, "argument 1 (record) must be a record", record, level) end
  if type(record.leads) ~= "table" then fail(where, "record.leads must be a list of names", record.leads, level) end
  if type(record.rate) ~= "number" or record.rate ~= record.rate or record.rate <= 0 or record.rate == math.huge then
    fail(where, "record.rate must be a number of samples a second above 0", record.rate, level)
  end
  local total = check_shape(where, record, level)
  local first = math.floor(start * record.rate + 0.5) + 1
  if start > 0 and first > total then
    error(("%s: option 'start' is %s s, the record has only %s s"):format(where, number_text.short(start),
      number_text.short(total / record.rate)), level)
  end
  -- One sample more than the time, so that the trace reaches the end of its room.
  local last = math.min(total, first + math.floor(seconds * record.rate + 0.5))
  local columns = {} ---@type number[][]
  if last >= first then
    columns = type(record.signals) == "table" and table_columns(record.signals, first, last)
      or tensor_columns(record.signals, #record.leads, first, last)
  end
  local by_name, names = {}, {}
  for c, name in ipairs(record.leads) do
    if type(name) ~= "string" then fail(where, ("record.leads[%d] must be a string"):format(c), name, level) end
    name = ecg_record.lead_name(name)
    names[c] = name
    by_name[name] = by_name[name] or columns[c] or {}
  end
  return { columns = by_name, names = names, rate = record.rate, count = math.max(0, last - first + 1), total = total }
end

--- The median of a list, NaN left out; 0 where nothing is left.
function ecg_record.median(values)
  local sorted = {}
  for _, value in ipairs(values) do
    if value == value and value ~= math.huge and value ~= -math.huge then sorted[#sorted + 1] = value end
  end
  local n = #sorted
  if n == 0 then return 0 end
  table.sort(sorted)
  return n % 2 == 1 and sorted[(n + 1) // 2] or (sorted[n // 2] + sorted[n // 2 + 1]) / 2
end

local sexes = { m = "male", male = "male", f = "female", female = "female" }

local function says_synthetic(text)
  return type(text) == "string" and text:lower():find("synthetic", 1, true) ~= nil
end

--- Whether a record was made by the generator: it says so itself, or its source or a comment of its file does.
function ecg_record.is_synthetic(record)
  if record.synthetic ~= nil then return record.synthetic == true end
  if says_synthetic(record.source) then return true end
  for _, comment in ipairs(type(record.comments) == "table" and record.comments or {}) do
    if says_synthetic(comment) then return true end
  end
  return false
end

--- The facts of the header as a list of texts: age, sex, rate, length, labels or what the record's file says was found. What is
-- not known is left out.
function ecg_record.facts(record, taken, start, seconds)
  local facts = {}
  local age = record.age
  if type(age) == "number" and age == age and age >= 0 then facts[#facts + 1] = "age " .. number_text.short(age)
  elseif type(age) == "string" and age:find("%d") then facts[#facts + 1] = "age " .. age end
  local sex = type(record.sex) == "string" and sexes[record.sex:lower()]
  if sex then facts[#facts + 1] = sex end
  facts[#facts + 1] = number_text.short(taken.rate) .. " Hz"
  local length = taken.total / taken.rate
  if start > 0 or length > seconds + 0.5 / taken.rate then
    facts[#facts + 1] = ("%s to %s s of %s s"):format(number_text.short(start), number_text.short(math.min(length, start + seconds)),
      number_text.short(length))
  else
    facts[#facts + 1] = number_text.short(length) .. " s"
  end
  local found = record.labels or record.findings
  if type(found) == "table" and #found > 0 then facts[#facts + 1] = table.concat(found, ", ") end
  return facts
end

return ecg_record
