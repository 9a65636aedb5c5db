--- A folder of the PhysioNet/CinC Challenges: g1, g2 and so on with 1000 records each, a header with #Age, #Sex and #Dx, and samples in a
-- MAT file of version 4, which is format 16 behind 24 bytes.
local atomic_file = require "ecgraft.atomic_file"
local record = require "ecgraft.data.layouts.record"
local wfdb_parts = require "ecgraft.data.wfdb_parts"

local challenge = {
  name = "challenge", title = "the PhysioNet/CinC Challenge", reader = "eg.data.challenge{path = FOLDER}",
  in_folder = 1000, rates = {500}, repeats = 0, -- patients are not named: each has one record
  files = {"^RECORDS$", "^g%d+/RECORDS$", "^g%d+/X%d+%.hea$", "^g%d+/X%d+%.mat$"},
}

-- The head of the matrix `val` of int16 (leads, samples): type 30, columns, rows, no imaginary part, length of the name, name.
local function mat_header(leads, samples) return ("<i4i4i4i4i4"):pack(30, leads, samples, 0, 4) .. "val\0" end

-- Codes of the findings. VEB in place of PVC where the set says so, as CPSC2018 does.
local function diagnoses(findings, ventricular)
  local dx = {}
  for k, finding in ipairs(findings) do dx[k] = wfdb_parts.codes[finding == "PVC" and ventricular or finding] end
  return table.concat(dx, ",")
end

local function comments(job, i, ventricular)
  local set = job.set
  local age, sex = set.ages and set.ages[i], set.sexes and set.sexes[i]
  return {
    "#Age: " .. (age and ("%d"):format(age) or "NaN"), "#Sex: " .. (sex == "male" and "Male" or sex == "female" and "Female" or "Unknown"),
    "#Dx: " .. diagnoses(set.truth[i].findings, ventricular), "#Rx: Unknown", "#Hx: Unknown", "#Sx: Unknown", "#Synthetic: " .. job.says(i),
  }
end

function challenge.write(job)
  local set, ventricular, folders = job.set, "PVC", {}
  for _, class in ipairs(set.classes) do ventricular = class == "VEB" and class or ventricular end
  for first = 1, #set, challenge.in_folder do
    local group, names = ("g%d"):format(first // challenge.in_folder + 1), {}
    local folder = job.folder .. "/" .. group
    local ok, message = atomic_file.make_folder(folder)
    for i = first, ok and math.min(#set, first + challenge.in_folder - 1) or 0 do
      local rows = set.signals:select(1, i):totable()
      names[#names + 1] = ("X%05d"):format(i)
      ok, message = record.write(folder, names[#names], {
        rate = set.rate, units_per_mv = 1000, format = "16+24", gain = "1000.0(0)/mV", comments = comments(job, i, ventricular),
        files = {{ending = "mat", leads = set.leads, rows = rows, before = mat_header(#set.leads, #rows)}},
      })
      if not ok then break end
    end
    if ok then ok, message = wfdb_parts.write_file(folder .. "/RECORDS", table.concat(names, "\n") .. "\n") end
    if not ok then return nil, message end
    folders[#folders + 1] = group .. "/"
  end
  return wfdb_parts.write_file(job.folder .. "/RECORDS", table.concat(folders, "\n") .. "\n")
end

return challenge
