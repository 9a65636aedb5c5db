--- CODE-15 %: exams.csv and exams_part0.hdf5, exams_part1.hdf5 and so on: exam_id (N + 1) and tracings (N + 1, 4096, 12) at 400 samples a
-- second, each exam in the middle of zeros, the last row of a part an empty exam 0.
local core = require "ecgraft.core"
local csv = require "ecgraft.data.csv"
local wfdb_parts = require "ecgraft.data.wfdb_parts"

local LENGTH, BLOCK = 4096, 64 -- samples in a row; exams written at a time

local code = {
  name = "code", title = "CODE-15 %", reader = "eg.data.code(FOLDER)", in_part = 20000, rates = {400}, longest = LENGTH,
  classes = {"NORM", "IAVB", "RBBB", "LBBB", "SB", "AF", "STach"}, files = {"^exams%.csv$", "^exams_part%d+%.hdf5$"},
}

local COLUMNS = {"exam_id", "age", "is_male", "nn_predicted_age", "1dAVb", "RBBB", "LBBB", "SB", "ST", "AF", "patient_id", "death", "timey",
  "normal_ecg", "trace_file", "synthetic"}

-- The column of a finding; others have none.
local column_of = {IAVB = "1dAVb", RBBB = "RBBB", LBBB = "LBBB", SB = "SB", STach = "ST", AF = "AF", NORM = "normal_ecg"}

local function part_name(part) return ("exams_part%d.hdf5"):format(part) end

local function row_of(job, i)
  local set = job.set
  local age, sex = set.ages and set.ages[i], set.sexes and set.sexes[i]
  local row = {exam_id = i, age = age and ("%d"):format(age), is_male = sex and (sex == "male" and "True" or "False"),
    patient_id = job.patient[i], trace_file = part_name((i - 1) // code.in_part), synthetic = "True"}
  for _, column in pairs(column_of) do row[column] = "False" end -- in any order: each sets its own
  for _, finding in ipairs(set.truth[i].findings) do
    if column_of[finding] then row[column_of[finding]] = "True" end
  end
  local fields = {}
  for k, column in ipairs(COLUMNS) do fields[k] = row[column] or "" end
  return csv.line(fields)
end

local function fill(writer, job, first, last)
  local set, ids = job.set, {}
  local length = set.signals:size(2)
  local before = (LENGTH - length) // 2
  local ok, message = writer:reserve("tracings", {last - first + 2, LENGTH, 12}, {dtype = "float32"})
  local at = first
  while ok and at <= last do
    local count = math.min(BLOCK, last - at + 1)
    local block = core.zeros(count, LENGTH, 12)
    block:narrow(2, before + 1, length):copy_(set.signals:narrow(1, at, count))
    ok, message = writer:append("tracings", block)
    at = at + count
  end
  if ok then ok, message = writer:append("tracings", core.zeros(1, LENGTH, 12)) end
  for i = first, last do ids[#ids + 1] = i end
  ids[#ids + 1] = 0
  if ok then ok, message = writer:write{name = "exam_id", values = ids} end
  if ok then ok, message = writer:attributes{synthetic = job.about} end
  return ok, message
end

function code.write(job)
  local lines = {csv.line(COLUMNS)}
  for first = 1, #job.set, code.in_part do
    local last = math.min(#job.set, first + code.in_part - 1)
    local writer <close>, message = core.store.create(job.folder .. "/" .. part_name(first // code.in_part))
    if not writer then return nil, message end
    local ok
    ok, message = fill(writer, job, first, last)
    if ok then ok, message = writer:commit() end
    if not ok then return nil, message end
  end
  for i = 1, #job.set do lines[i + 1] = row_of(job, i) end
  return wfdb_parts.write_file(job.folder .. "/exams.csv", table.concat(lines, "\n") .. "\n")
end

return code
