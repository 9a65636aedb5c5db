--- Signal quality of a record or a set: which leads are flat, cut off, noisy or full of hum, and whether limb leads agree.
--
--   quality.of_record(record [, limits])      record:quality()
--   quality.of_set(set [, limits])            set:quality()
--
-- Limits, above which something counts (how each is measured: csrc/ecg/quality.c, csrc/ecg/limb_leads.c):
--   flat     share of the record in which a lead stands still for two seconds or more (0.5)
--   clipped  share of the record in which a lead is cut off at its own extremes (0.002)
--   noise    mV, RMS between the complexes, above 30 Hz, without hum (0.05)
--   hum      mV, RMS of mains hum at 50 or 60 Hz; not seen below 103 and 123 samples a second (0.025)
--   law      mV, the largest departure of III, aVR, aVL and aVF from what I and II make them (0.05)
--
-- Signals must be in mV, 50 samples a second or more, a second or more. Nothing is changed: a swap of electrodes is a suspicion.
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local quality = {}

--- What can be wrong, in the order in which it is told: faults of a lead, a broken law, a suspected swap.
quality.kinds = {"flat", "saturated", "noisy", "hum", "law", "swap"}

local LAW = .05 -- mV
local limit = {type = "number", min = 0}
local schema = {flat = limit, clipped = limit, noise = limit, hum = limit, law = {type = "number", min = 0, default = LAW}}

local words = {
  flat = "flat", saturated = "saturated", noisy = "noisy", hum = "hum", law = "limb leads disagree", swap = "electrodes swapped?",
}

-- For each of the limb leads, in the core's order, its column in `leads`, or 0.
local function limb_columns(leads)
  local columns = {}
  for c, wanted in ipairs(core.quality.limb_leads) do
    columns[c] = 0
    for i, lead in ipairs(leads) do
      if core.wfdb.same_lead(lead, wanted) then columns[c] = i end
    end
  end
  return columns
end

-- measures (N, leads, #core.quality.measures), and for each record {faults = {flat = {leads}, ...}, violation =, law =, swap =, beats =}.
local function judge(signals, rate, leads, o)
  local measures, faults = core.quality.leads(signals, rate, {flat = o.flat, clipped = o.clipped, noise = o.noise, hum = o.hum})
  local records = core.quality.limbs(signals, rate, limb_columns(leads))
  for i, record in ipairs(records) do
    for f, name in ipairs(core.quality.faults) do
      record[name] = {}
      for c, lead in ipairs(leads) do
        if faults[(i - 1) * #leads + c] >> (f - 1) & 1 == 1 then table.insert(record[name], lead) end
      end
    end
    record.broken = record.violation ~= nil and record.violation > o.law
  end
  return measures, records
end

-- Whether a judged record has a fault of that kind.
local function has(record, kind)
  if kind == "law" then return record.broken end
  if kind == "swap" then return record.swap ~= nil end
  return #record[kind] > 0
end

local RecordQuality = {}

--- of_record(record [, limits]): {flat, saturated, noisy, hum = names of the leads at fault; leads = {V1 = {flat =, clipped =, noise =,
-- share =, hum =, hum_frequency =}, ...}; violation = mV, law = "III = II - I", broken = whether it is above its limit; swap =
-- "right and left arm" or nil; beats = complexes found; good = true where nothing is wrong}. It can be printed. `share` is the part of
-- the lead's power that is above 30 Hz; hum is nil where the rate is too low to see it, violation where leads are missing.
function quality.of_record(record, given)
  local o = options.check("record:quality", given, schema)
  for i, units in ipairs(record.units) do
    if units ~= "mV" then
      error(("record:quality: lead %s of %s must be in mV, got %s; record:select takes leads by name"):format(record.leads[i],
        record.name, options.show(units)), 2)
    end
  end
  local shape = record.signals:shape()
  local measures, records = judge(record.signals:reshape(1, shape[1], shape[2]), record.rate, record.leads, o)
  local self, rows = records[1], measures[1]:totable()
  self.name, self.leads = record.name, {}
  for c, lead in ipairs(record.leads) do
    local measured = {}
    for m, name in ipairs(core.quality.measures) do
      if rows[c][m] == rows[c][m] then measured[name] = rows[c][m] end
    end
    self.leads[lead] = measured
  end
  self.good = true
  for _, kind in ipairs(quality.kinds) do self.good = self.good and not has(self, kind) end
  return setmetatable(self, RecordQuality)
end

function RecordQuality.__tostring(self)
  local lines = {}
  for _, kind in ipairs(core.quality.faults) do
    if has(self, kind) then lines[#lines + 1] = ("  %s: %s"):format(words[kind], table.concat(self[kind], ", ")) end
  end
  if self.broken then
    lines[#lines + 1] = ("  %s: %s is off by %.3g mV"):format(words.law, self.law, self.violation)
  end
  if self.swap then lines[#lines + 1] = ("  %s %s"):format(words.swap, self.swap) end
  if #lines == 0 then return self.name .. ": no fault found" end
  return self.name .. ":\n" .. table.concat(lines, "\n")
end

local SetQuality = {}

--- of_set(set [, limits]): {counts = {flat = records with a flat lead, saturated =, noisy =, hum =, law =, swap =, any =, good =},
-- rows = {flat = {row, ...}, ...} for the same names, records = {what is wrong with each}, measures = tensor (N, leads,
-- #measure_names), measure_names}. It can be printed. set:subset(rows.good) is the set without the records at fault.
function quality.of_set(set, given)
  local o = options.check("set:quality", given, schema)
  if set.units ~= "mV" then error(("set:quality: expected signals in mV, got %s"):format(set.units), 2) end
  local measures, records = judge(set.signals, set.rate, set.leads, o)
  local self = {measures = measures, measure_names = core.quality.measures, records = records, rows = {any = {}, good = {}}, counts = {},
    source = set.source, leads = set.leads}
  for _, kind in ipairs(quality.kinds) do self.rows[kind] = {} end
  for i, record in ipairs(records) do
    local any = false
    for _, kind in ipairs(quality.kinds) do
      if has(record, kind) then
        table.insert(self.rows[kind], i)
        any = true
      end
    end
    record.good = not any
    table.insert(any and self.rows.any or self.rows.good, i)
  end
  for kind, rows in pairs(self.rows) do self.counts[kind] = #rows end
  return setmetatable(self, SetQuality)
end

-- "V1 12, II 3": in how many records each lead is at fault, in the order of the leads.
local function by_lead(self, kind)
  local counts, parts = {}, {}
  for _, row in ipairs(self.rows[kind]) do
    for _, lead in ipairs(self.records[row][kind]) do counts[lead] = (counts[lead] or 0) + 1 end
  end
  for _, lead in ipairs(self.leads) do
    if counts[lead] then parts[#parts + 1] = ("%s %d"):format(lead, counts[lead]) end
  end
  return table.concat(parts, ", ")
end

-- "III = II - I 4": what the broken laws or the suspected swaps are.
local function by_name(self, kind)
  local counts, parts = {}, {}
  for _, row in ipairs(self.rows[kind]) do
    local name = self.records[row][kind]
    counts[name] = (counts[name] or 0) + 1
  end
  for _, name in ipairs(options.names(counts)) do parts[#parts + 1] = ("%s %d"):format(name, counts[name]) end
  return table.concat(parts, ", ")
end

function SetQuality.__tostring(self)
  local n = #self.records
  local lines = {("%s: %d of %d records have no fault"):format(self.source, #self.rows.good, n)}
  for _, kind in ipairs(quality.kinds) do
    local count = #self.rows[kind]
    if count > 0 then
      local which = (kind == "law" or kind == "swap") and by_name(self, kind) or by_lead(self, kind)
      lines[#lines + 1] = ("  %-20s %7d  %5.1f %%   %s"):format(words[kind], count, 100 * count / n, which)
    end
  end
  return table.concat(lines, "\n")
end

return quality
