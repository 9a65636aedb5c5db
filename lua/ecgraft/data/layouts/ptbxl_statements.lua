--- PTB-XL's statements, and those of the synthetic ECG's findings. Names, kinds and classes are those of PTB-XL 1.0.3's scp_statements.csv
-- (Wagner et al., Scientific Data 7, 154 (2020), CC BY 4.0), whose columns of other vocabularies are left empty here.
local csv = require "ecgraft.data.csv"

local statements = {}

local COLUMNS = {"", "description", "diagnostic", "form", "rhythm", "diagnostic_class", "diagnostic_subclass", "Statement Category",
  "SCP-ECG Statement Description", "AHA code", "aECG REFID", "CDISC Code", "DICOM Code"}

-- {statement, description, kinds: diagnostic, form, rhythm; class, subclass}, in the order of the file.
---@type {[1]: string, [2]: string, [3]: string, [4]: string?, [5]: string?}[]
local list = {
  {"NDT", "non-diagnostic T abnormalities", "df", "STTC", "STTC"},
  {"NST_", "non-specific ST changes", "df", "STTC", "NST_"},
  {"DIG", "digitalis-effect", "df", "STTC", "STTC"},
  {"LNGQT", "long QT-interval", "df", "STTC", "STTC"},
  {"NORM", "normal ECG", "d", "NORM", "NORM"},
  {"IMI", "inferior myocardial infarction", "d", "MI", "IMI"},
  {"ASMI", "anteroseptal myocardial infarction", "d", "MI", "AMI"},
  {"LVH", "left ventricular hypertrophy", "d", "HYP", "LVH"},
  {"LAFB", "left anterior fascicular block", "d", "CD", "LAFB/LPFB"},
  {"ISC_", "non-specific ischemic", "d", "STTC", "ISC_"},
  {"IRBBB", "incomplete right bundle branch block", "d", "CD", "IRBBB"},
  {"1AVB", "first degree AV block", "d", "CD", "_AVB"},
  {"IVCD", "non-specific intraventricular conduction disturbance (block)", "d", "CD", "IVCD"},
  {"ISCAL", "ischemic in anterolateral leads", "d", "STTC", "ISCA"},
  {"CRBBB", "complete right bundle branch block", "d", "CD", "CRBBB"},
  {"CLBBB", "complete left bundle branch block", "d", "CD", "CLBBB"},
  {"ILMI", "inferolateral myocardial infarction", "d", "MI", "IMI"},
  {"LAO/LAE", "left atrial overload/enlargement", "d", "HYP", "LAO/LAE"},
  {"AMI", "anterior myocardial infarction", "d", "MI", "AMI"},
  {"ALMI", "anterolateral myocardial infarction", "d", "MI", "AMI"},
  {"ISCIN", "ischemic in inferior leads", "d", "STTC", "ISCI"},
  {"INJAS", "subendocardial injury in anteroseptal leads", "d", "MI", "AMI"},
  {"LMI", "lateral myocardial infarction", "d", "MI", "LMI"},
  {"ISCIL", "ischemic in inferolateral leads", "d", "STTC", "ISCI"},
  {"LPFB", "left posterior fascicular block", "d", "CD", "LAFB/LPFB"},
  {"ISCAS", "ischemic in anteroseptal leads", "d", "STTC", "ISCA"},
  {"INJAL", "subendocardial injury in anterolateral leads", "d", "MI", "AMI"},
  {"ISCLA", "ischemic in lateral leads", "d", "STTC", "ISCA"},
  {"RVH", "right ventricular hypertrophy", "d", "HYP", "RVH"},
  {"ANEUR", "ST-T changes compatible with ventricular aneurysm", "d", "STTC", "STTC"},
  {"RAO/RAE", "right atrial overload/enlargement", "d", "HYP", "RAO/RAE"},
  {"EL", "electrolytic disturbance or drug (former EDIS)", "d", "STTC", "STTC"},
  {"WPW", "Wolf-Parkinson-White syndrome", "d", "CD", "WPW"},
  {"ILBBB", "incomplete left bundle branch block", "d", "CD", "ILBBB"},
  {"IPLMI", "inferoposterolateral myocardial infarction", "d", "MI", "IMI"},
  {"ISCAN", "ischemic in anterior leads", "d", "STTC", "ISCA"},
  {"IPMI", "inferoposterior myocardial infarction", "d", "MI", "IMI"},
  {"SEHYP", "septal hypertrophy", "d", "HYP", "SEHYP"},
  {"INJIN", "subendocardial injury in inferior leads", "d", "MI", "IMI"},
  {"INJLA", "subendocardial injury in lateral leads", "d", "MI", "AMI"},
  {"PMI", "posterior myocardial infarction", "d", "MI", "PMI"},
  {"3AVB", "third degree AV block", "d", "CD", "_AVB"},
  {"INJIL", "subendocardial injury in inferolateral leads", "d", "MI", "IMI"},
  {"2AVB", "second degree AV block", "d", "CD", "_AVB"},
  {"ABQRS", "abnormal QRS", "f"},
  {"PVC", "ventricular premature complex", "f"},
  {"STD_", "non-specific ST depression", "f"},
  {"VCLVH", "voltage criteria (QRS) for left ventricular hypertrophy", "f"},
  {"QWAVE", "Q waves present", "f"},
  {"LOWT", "low amplitude T-waves", "f"},
  {"NT_", "non-specific T-wave changes", "f"},
  {"PAC", "atrial premature complex", "f"},
  {"LPR", "prolonged PR interval", "f"},
  {"INVT", "inverted T-waves", "f"},
  {"LVOLT", "low QRS voltages in the frontal and horizontal leads", "f"},
  {"HVOLT", "high QRS voltage", "f"},
  {"TAB_", "T-wave abnormality", "f"},
  {"STE_", "non-specific ST elevation", "f"},
  {"PRC(S)", "premature complex(es)", "f"},
  {"SR", "sinus rhythm", "r"},
  {"AFIB", "atrial fibrillation", "r"},
  {"STACH", "sinus tachycardia", "r"},
  {"SARRH", "sinus arrhythmia", "r"},
  {"SBRAD", "sinus bradycardia", "r"},
  {"PACE", "normal functioning artificial pacemaker", "r"},
  {"SVARR", "supraventricular arrhythmia", "r"},
  {"BIGU", "bigeminal pattern (unknown origin, SV or Ventricular)", "r"},
  {"AFLT", "atrial flutter", "r"},
  {"SVTAC", "supraventricular tachycardia", "r"},
  {"PSVT", "paroxysmal supraventricular tachycardia", "r"},
  {"TRIGU", "trigeminal pattern (unknown origin, SV or Ventricular)", "r"},
}

local is_diagnostic = {}
for _, each in ipairs(list) do is_diagnostic[each[1]] = each[3]:find("d", 1, true) ~= nil end

-- What PTB-XL says of each finding; LAD is in its column heart_axis instead. ST-T findings are those of form together with the diagnostic
-- statement that they usually come with there, so that they count as STTC.
local statements_of = {
  NORM = {"NORM"}, SB = {"SBRAD"}, STach = {"STACH"}, AF = {"AFIB"}, IAVB = {"1AVB"}, LBBB = {"CLBBB"}, RBBB = {"CRBBB"}, PAC = {"PAC"},
  PVC = {"PVC"}, LVH = {"LVH"}, LAD = {}, STE = {"STE_", "NST_"}, STD = {"STD_", "NST_"}, TAb = {"TAB_", "NDT"}, TInv = {"INVT", "NDT"},
  LQT = {"LNGQT"},
}
local infarct_of = {anterior = "AMI", inferior = "IMI", lateral = "LMI"}
local other_rhythm = {SB = true, STach = true, AF = true}

-- The statements of a record. The ST elevation of an infarction is part of it, and no statement of its own.
local function of(truth)
  local names, seen, rhythm, infarct = {}, {}, "SR", false ---@type string[], table<string, true>, string?, boolean
  local function add(name)
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  for _, finding in ipairs(truth.findings) do infarct = infarct or finding == "MI" end
  for _, finding in ipairs(truth.findings) do
    if finding == "MI" then add(infarct_of[truth.region] or "AMI")
    elseif not (infarct and finding == "STE") then
      for _, name in ipairs(statements_of[finding]) do add(name) end
    end
    if other_rhythm[finding] then rhythm = nil end
  end
  if rhythm then add(rhythm) end
  return names
end

--- scp_codes of a record (an entry of set.truth), as Python writes a dict: diagnostic statements at 100 %, others at 0, as there.
function statements.dict(truth)
  local parts = {}
  for k, name in ipairs(of(truth)) do parts[k] = ("'%s': %s"):format(name, is_diagnostic[name] and "100.0" or "0.0") end
  return "{" .. table.concat(parts, ", ") .. "}"
end

--- The column heart_axis, or nil where it is not known.
function statements.axis(findings)
  for _, finding in ipairs(findings) do
    if finding == "LAD" then return "LAD" end
  end
  return nil
end

--- The text of scp_statements.csv.
function statements.csv()
  local lines = {csv.line(COLUMNS)}
  for i, each in ipairs(list) do
    local function mark(kind) return each[3]:find(kind, 1, true) and "1.0" or "" end
    lines[i + 1] = csv.line{each[1], each[2], mark "d", mark "f", mark "r", each[4] or "", each[5] or "", "", "", "", "", "", ""}
  end
  return table.concat(lines, "\n") .. "\n"
end

return statements
