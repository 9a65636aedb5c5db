--- The PTB Diagnostic ECG Database as first published: patient001/s0001_re and so on, 12 leads in .dat, the three Frank leads in .xyz, and
-- a clinical summary in the header's comments.
local atomic_file = require "ecgraft.atomic_file"
local core = require "ecgraft.core"
local record = require "ecgraft.data.layouts.record"
local wfdb_parts = require "ecgraft.data.wfdb_parts"

local ptb = {
  name = "ptb", title = "PTB", reader = "eg.data.ptb(FOLDER)", rates = {1000}, classes = {"NORM", "MI", "LBBB", "RBBB", "LVH", "AF"},
  files = {"^RECORDS$", "^patient%d+/s%d+_re%.hea$", "^patient%d+/s%d+_re%.dat$", "^patient%d+/s%d+_re%.xyz$"},
}

local LEADS = {"i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6"}
local FRANK = {"vx", "vy", "vz"}

-- The Frank leads from the standard twelve, of which V1 to V6, I and II count: the inverse of Dower's matrix (Edenbrandt & Pahlm,
-- J. Electrocardiol. 21, 1988).
local INVERSE = core.tensor{
  {.156, -.227, .022}, {-.010, .887, .102}, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}, {0, 0, 0},
  {-.172, .057, -.229}, {-.074, -.019, -.310}, {.122, -.106, -.246}, {.231, -.022, -.063}, {.239, .041, .055}, {.194, .048, .108},
}

-- ORDER REASONS: the first that a record's findings give is its reason for admission. What is not here gives none ("n/a").
local reasons = {
  {"MI", "Myocardial infarction"}, {"LBBB", "Bundle branch block"}, {"RBBB", "Bundle branch block"}, {"LVH", "Hypertrophy"},
  {"AF", "Dysrhythmia"}, {"SB", "Dysrhythmia"}, {"STach", "Dysrhythmia"}, {"IAVB", "Dysrhythmia"}, {"PAC", "Dysrhythmia"},
  {"PVC", "Dysrhythmia"}, {"NORM", "Healthy control"},
}

local function reason_of(findings)
  local has = {}
  for _, finding in ipairs(findings) do has[finding] = true end
  for _, each in ipairs(reasons) do
    if has[each[1]] then return each[2], has.MI end
  end
  return "n/a"
end

local function comments(job, i)
  local set = job.set
  local age, sex = set.ages and set.ages[i], set.sexes and set.sexes[i]
  local truth = set.truth[i]
  local reason, infarct = reason_of(truth.findings)
  return {
    "", "# age: " .. (age and ("%d"):format(age) or "n/a"), "# sex: " .. (sex or "n/a"), "# ECG date: n/a", "",
    "# Diagnose:", "# Reason for admission: " .. reason,
    "# Acute infarction (localization): " .. (infarct and (truth.region or "n/a") or "no"), "# Former infarction (localization): no",
    "# Additional diagnoses: n/a", "", "# Synthetic: " .. job.says(i),
  }
end

function ptb.write(job)
  local set, names = job.set, {}
  for i = 1, #set do
    local patient, name = ("patient%03d"):format(job.patient[i]), ("s%04d_re"):format(i)
    local folder, signals = job.folder .. "/" .. patient, set.signals:select(1, i)
    local ok, message = atomic_file.make_folder(folder)
    if ok then
      ok, message = record.write(folder, name, {
        rate = set.rate, units_per_mv = 2000, format = "16", gain = "2000", comments = comments(job, i),
        files = {
          {ending = "dat", leads = LEADS, rows = signals:totable()},
          {ending = "xyz", leads = FRANK, rows = core.ops.matmul(signals, INVERSE):totable()},
        },
      })
    end
    if not ok then return nil, message end
    names[i] = patient .. "/" .. name
  end
  return wfdb_parts.write_file(job.folder .. "/RECORDS", table.concat(names, "\n") .. "\n")
end

return ptb
