--- A set as a folder of WFDB records, which any WFDB software reads, and so does data.challenge: a header, the samples in format 16 at
-- 1 uV, and beat annotations where the set knows its beats.
local atomic_file = require "ecgraft.atomic_file"
local dataset = require "ecgraft.data.dataset"
local options = require "ecgraft.options"
local wfdb_parts = require "ecgraft.data.wfdb_parts"

local write_wfdb = {}

local UNITS_PER_MV = 1000
local codes = wfdb_parts.codes

-- Annotation codes of the MIT format by the letters of truth.beat_types: normal, premature atrial, premature ventricular.
local annotation_codes = {N = 1, A = 8, V = 5}
local write_file = wfdb_parts.write_file
local SKIP = 59 -- what follows is a longer interval than 10 bits hold

-- Comment lines of record i.
local function comments_of(set, i)
  local age, sex = set.ages and set.ages[i], set.sexes and set.sexes[i]
  local lines, dx, labels = {}, {}, {}
  for k, class in ipairs(set.classes) do
    if set.label_rows[i][k] ~= 0 then
      labels[#labels + 1] = class
      dx[#dx + 1] = codes[class]
    end
  end
  if age then lines[#lines + 1] = ("#Age: %g"):format(age) end
  if sex then lines[#lines + 1] = "#Sex: " .. (sex == "male" and "Male" or "Female") end
  if #dx > 0 then lines[#lines + 1] = "#Dx: " .. table.concat(dx, ",") end
  if #labels > 0 then lines[#lines + 1] = "#Labels: " .. table.concat(labels, ", ") end
  lines[#lines + 1] = "#Patient: " .. set.patients[i]
  lines[#lines + 1] = "#Source: " .. set.source
  return lines
end

local function header(set, i, length, first, sums)
  local name = set.records[i]
  local lines = {("%s %d %.10g %d"):format(name, #set.leads, set.rate, length)}
  for lead, lead_name in ipairs(set.leads) do
    lines[#lines + 1] = ("%s.dat 16 %d/mV 16 0 %d %d 0 %s"):format(name, UNITS_PER_MV, first[lead], sums[lead], lead_name)
  end
  table.move(comments_of(set, i), 1, 32, #lines + 1, lines)
  return table.concat(lines, "\n") .. "\n"
end

-- Annotations in the MIT format: 6 bits of code above 10 bits of interval in samples; 0 ends them.
local function annotations(truth, rate)
  local out, last = {}, 0
  for i, time in ipairs(truth.beats) do
    local at = math.floor(time * rate + .5)
    local interval = at - last
    if interval > 1023 then -- the 32 bits behind SKIP have their upper half first
      out[#out + 1] = ("<I2I2I2"):pack(SKIP << 10, interval >> 16, interval & 0xffff)
      interval = 0
    end
    out[#out + 1] = ("<I2"):pack(annotation_codes[truth.beat_types:sub(i, i)] << 10 | interval)
    last = at
  end
  return table.concat(out) .. "\0\0"
end

local function check_set(set)
  if not dataset.is(set) then error("data.write_wfdb: argument 1 must be a set, got " .. options.show(set), 3) end
  if set.units ~= "mV" then error(("data.write_wfdb: the set must be in mV, got '%s'"):format(set.units), 3) end
  for _, name in ipairs(set.records) do
    if not name:find("^[%w_][%w_.-]*$") then
      error(("data.write_wfdb: a record's id must be letters, digits, _, - and . to be a file's name, got %s"):format(
        options.show(name)), 3)
    end
  end
end

local function write_record(set, i, folder)
  local rows, base = set.signals:select(1, i):totable(), folder .. "/" .. set.records[i]
  local samples, first, sums = wfdb_parts.pack(rows, set.leads, UNITS_PER_MV)
  if not samples then return nil, ("data.write_wfdb: %s: %s"):format(set.records[i], first) end
  local ok, message = write_file(base .. ".dat", samples)
  local truth = set.truth and set.truth[i]
  if ok and truth and truth.beats and truth.beat_types then
    ok, message = write_file(base .. ".atr", annotations(truth, set.rate))
  end
  if ok then ok, message = write_file(base .. ".hea", header(set, i, #rows, first, sums)) end -- last: what has a header is whole
  return ok, message
end

--- data.write_wfdb(set, folder): writes each record as ID.hea and ID.dat (and ID.atr, beats at their QRS onset, where set.truth has
-- them), and the list RECORDS; makes the folder. Files of the same names are replaced. Samples are rounded to 1 uV, missing
-- ones stay missing. Labels go behind #Labels, and behind #Dx as SNOMED CT codes for the classes of data.synthetic, so that
-- data.challenge, data.cpsc2018 or data.georgia reads the folder back. true, or nil and a message.
function write_wfdb.write(set, folder)
  check_set(set)
  options.argument("data.write_wfdb", 2, "folder", folder, {type = "string"})
  local ok, message = atomic_file.make_folder(folder)
  if not ok then return nil, message end
  for i = 1, #set do
    ok, message = write_record(set, i, folder)
    if not ok then return nil, message end
  end
  return write_file(folder .. "/RECORDS", table.concat(set.records, "\n") .. "\n")
end

return write_wfdb
