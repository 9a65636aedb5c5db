--- Ningbo First Hospital, in the layout of the PhysioNet/CinC Challenge of 2021.
--
-- physionet.org/content/challenge-2021 (WFDB_Ningbo, 34,905 records; also in physionet.org/content/ecg-arrhythmia), CC BY 4.0; Zheng et
-- al., "Optimal multi-stage arrhythmia classification approach", Scientific Reports 10, 2898 (2020). 500 samples a second, 10 s. Patients
-- are not named; each record is of another one.
local challenge = require "ecgraft.data.challenge"

-- The scored diagnoses that occur in it; complete bundle branch blocks count as LBBB and RBBB, SVPB as PAC.
local classes = {"AFL", "BBB", "Brady", "IAVB", "IRBBB", "LAD", "LAnFB", "LBBB", "LQRSV", "NSIVCB", "NSR", "PAC", "PR", "PRWP", "PVC",
  "LPR", "LQT", "QAb", "RAD", "RBBB", "SA", "SB", "STach", "TAb", "TInv"}

--- data.ningbo(dir [, options]): a Dataset, or nil and a message. Options as for data.challenge, without path.
return {read = challenge.reader("data.ningbo", "Ningbo", classes), classes = classes}
