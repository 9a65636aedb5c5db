--- A set as a folder of WFDB records, which any WFDB software reads, and so does data.challenge: a header, the samples in format 16 at
-- 1 uV, and beat annotations where the set knows its beats.
local atomic_file = require "ecgraft.atomic_file"
local dataset = require "ecgraft.data.dataset"
local options = require "ecgraft.options"

local write_wfdb = {}

local UNITS_PER_MV, MISSING = 1000, -32768 -- the smallest value says that a sample is missing

-- SNOMED CT codes of the synthetic ECG's classes, as the PhysioNet/CinC Challenges write them behind #Dx.
local codes = {
  NORM = "426783006", SB = "426177001", STach = "427084000", AF = "164889003", IAVB = "270492004", LBBB = "164909002",
  RBBB = "59118001", PAC = "284470004", PVC = "427172004", VEB = "164884008", LVH = "164873001", LAD = "39732003",
  STE = "164931005", STD = "429622005", MI = "164865005", TAb = "164934002", TInv = "59931005", LQT = "111975006",
}

-- Annotation codes of the MIT format by the letters of truth.beat_types: normal, premature atrial, premature ventricular.
local annotation_codes = {N = 1, A = 8, V = 5}
local SKIP = 59 -- what follows is a longer interval than 10 bits hold

local function write_file(path, text)
  local file, message = io.open(path, "wb")
  if not file then return nil, message end
  local ok, failure = file:write(text)
  local closed, close_failure = file:close()
  if not ok or not closed then return nil, ("%s: %s"):format(path, failure or close_failure) end
  return true
end

-- A sample as the file holds it, or nil where it is beyond the format's range.
local function unit_of(millivolts)
  if millivolts ~= millivolts then return MISSING end
  local unit = math.floor(millivolts * UNITS_PER_MV + .5)
  return unit > MISSING and unit <= 32767 and math.tointeger(unit) or nil
end

-- The samples of rows[t][lead] as text, and by lead the first sample and the checksum; or nil, row, lead.
local function pack(rows, leads)
  local frames, first, sums = {}, {}, {}
  local format = "<" .. ("i2"):rep(leads)
  for lead = 1, leads do sums[lead] = 0 end
  for t, row in ipairs(rows) do
    for lead = 1, leads do
      local unit = unit_of(row[lead])
      if not unit then return nil, t, lead end
      row[lead], sums[lead] = unit, sums[lead] + unit
      if t == 1 then first[lead] = unit end
    end
    frames[t] = format:pack(table.unpack(row, 1, leads))
  end
  for lead = 1, leads do sums[lead] = (sums[lead] + 32768) % 65536 - 32768 end
  return table.concat(frames), first, sums
end

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
  local samples, first, sums = pack(rows, #set.leads)
  if not samples then
    local row, lead = first, sums
    return nil, ("data.write_wfdb: %s: expected samples from -32.767 to 32.767 mV, got %g at %d in lead %s"):format(set.records[i],
      set.signals:select(1, i):totable()[row][lead], row, set.leads[lead])
  end
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
