--- Chapman University and Shaoxing People's Hospital, in the layout of the PhysioNet/CinC Challenge of 2021.
--
-- physionet.org/content/challenge-2021 (WFDB_ChapmanShaoxing, 10,247 records; also in physionet.org/content/ecg-arrhythmia), CC BY 4.0;
-- Zheng et al., "A 12-lead electrocardiogram database for arrhythmia research covering more than 10,000 patients", Scientific Data 7, 48
-- (2020). 500 samples a second, 10 s. Patients are not named; each record is of another one.
local challenge = require "ecgraft.data.challenge"

-- The scored diagnoses that occur in it. VPB: the records have 17338001, equal to PVC.
local classes = {"AF", "AFL", "IAVB", "LAD", "LBBB", "LQRSV", "NSIVCB", "NSR", "PAC", "LPR", "LQT", "QAb", "RAD", "RBBB", "SB", "STach",
  "TAb", "TInv", "VPB"}

--- data.chapman(dir [, options]): a Dataset, or nil and a message. Options as for data.challenge, without path.
return {read = challenge.reader("data.chapman", "Chapman-Shaoxing", classes), classes = classes}
