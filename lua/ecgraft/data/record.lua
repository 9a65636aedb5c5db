--- One record, of a WFDB file or of a set, to look at or to predict on.
local colon = require "ecgraft.colon"
local annotations = require "ecgraft.data.annotations"
local comments = require "ecgraft.data.comments"
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local plot = require "ecgraft.plot"
local quality = require "ecgraft.data.quality"
local segments = require "ecgraft.data.segments"

local record = {}

local Record = {}
Record.__index = Record

function Record:__tostring()
  local shape = self.signals:shape()
  local person = {}
  if self.age then person[#person + 1] = ("%g years"):format(self.age) end
  if self.sex then person[#person + 1] = self.sex end
  return ("%s: %g s at %g Hz, leads %s%s%s%s"):format(self.name, shape[1] / self.rate, self.rate, table.concat(self.leads, ", "),
    #person > 0 and "; " .. table.concat(person, ", ") or "",
    self.labels and "; " .. (#self.labels > 0 and table.concat(self.labels, ", ") or "no label") or "",
    self.missing > 0 and ("; %d samples missing"):format(self.missing) or "")
end

--- The index of a lead by its name (case does not count), or nil.
function Record:lead(name)
  for i, lead in ipairs(self.leads) do
    if core.wfdb.same_lead(lead, name) then return i end
  end
end

--- The record with other columns: signals (L, #names) in the order of `names` (default: the standard 12).
-- nil, message where a lead is missing.
function Record:select(names)
  names = names or core.wfdb.standard_leads
  local rows = {}
  for i, name in ipairs(names) do
    rows[i] = self:lead(name)
    if not rows[i] then
      return nil, ("record:select: %s has no lead %s; its leads are %s"):format(self.name, name, table.concat(self.leads, ", "))
    end
  end
  local out = {}
  for key, value in pairs(self) do out[key] = value end
  out.signals = self.signals:index_select(core.tensor(rows), 2)
  out.leads = table.move(names, 1, #names, 1, {})
  out.units = {}
  for i, row in ipairs(rows) do out.units[i] = self.units[row] end
  return setmetatable(out, Record)
end

--- The record at another rate, anti-aliased. Missing samples are filled by interpolation before.
function Record:resample(rate)
  options.argument("record:resample", 1, "rate", rate, {type = "number", min = 1e-3})
  local out = {}
  for key, value in pairs(self) do out[key] = value end
  local filled, report = core.signal.repair(self.signals)
  if report.left > 0 then return nil, ("record:resample: a lead of %s has no valid sample"):format(self.name) end
  out.signals, out.rate, out.missing = core.signal.resample(filled, self.rate, rate), rate, 0
  return setmetatable(out, Record)
end

--- The annotations in the file beside the record with this ending ("atr"): a list as data.read_annotations gives it, `sample` being the
-- position in this record's signals. nil, message where there is no such file, or it is damaged.
function Record:annotations(ending)
  options.argument("record:annotations", 1, "ending", ending, {type = "string", default = "atr"})
  return annotations.read(self.path:gsub("%.hea$", "") .. "." .. (ending or "atr"), {rate = self.rate})
end

--- What is wrong with the leads (flat, saturated, noisy, hum), whether limb leads agree and look swapped: see data/quality.lua, which
-- has the limits that may be given. The record must be in mV.
function Record:quality(given)
  return quality.of_record(self, given)
end

--- Draws the record on ECG paper into an .svg, .png or .pdf file; options as for plot.ecg. true, or nil and a message.
function Record:plot(path, given)
  return plot.save(path, plot.ecg(self, given))
end

local read_schema = {verify = {type = "boolean", default = true}} -- whether checksums that disagree with the header are an error

--- Reads a record: record.read(path [, {verify = true}]). `path` names the header, with or without .hea, or the .mat or .dat file.
-- Returns a record: signals (L, leads) tensor in mV (other units as they are: see units), leads (names as in the header), units
-- (by lead), rate (samples a second), name, comments (lines), age, sex, codes (diagnoses) and findings (texts: the header's labels, or
-- its codes by name) where given, date, time, missing (samples that are NaN), saturated, path. A record of several
-- segments comes in one piece. nil, message where a file is missing or damaged.
function record.read(path, given)
  options.argument("data.read_record", 1, "path", path, {type = "string"})
  local o = options.check("data.read_record", given, read_schema)
  local read, message = core.wfdb.read(path, {verify = o.verify})
  local whole = not read and core.wfdb.header(path)
  if whole and whole.segments then read, message = segments.read(whole, o.verify) end
  if not read then return nil, message end
  local header, fields = read.header, comments.fields(read.header.comments)
  local self = {
    signals = read.signals, rate = read.rate, leads = {}, units = {}, name = header.name, path = header.path,
    comments = header.comments, age = comments.age(fields), sex = comments.sex(fields), codes = comments.codes(fields),
    findings = comments.findings(fields), missing = read.invalid, saturated = read.saturated,
    date = header.date ~= "" and header.date or nil, time = header.time ~= "" and header.time or nil,
  }
  for i, signal in ipairs(header.signals) do
    self.leads[i] = signal.name
    self.units[i] = core.wfdb.millivolts(signal.units) and "mV" or signal.units
  end
  return setmetatable(self, Record)
end

--- Record i of a set (a Dataset): the fields as above, and labels, the names of its classes. The signals share the set's memory where
-- it has them there.
function record.of_set(set, i)
  local self = {signals = set:storage() and set:read{i}[1] or set.signals[i], leads = set.leads, rate = set.rate, units = {},
    name = set.records[i], source = set.source,
    comments = {}, labels = {}, age = set.ages and set.ages[i] or nil, sex = set.sexes and set.sexes[i] or nil, saturated = 0}
  self.missing = self.signals:count_nonfinite()
  for k in ipairs(set.leads) do self.units[k] = set.units end
  for k, value in ipairs(set.label_rows[i]) do
    if value ~= 0 then table.insert(self.labels, set.classes[k]) end
  end
  return setmetatable(self, Record)
end

colon.class(Record, "record")

return record
