---@meta ecgraft.data
-- require "ecgraft.data".

---@class ecgraft.data
---@field filters ecgraft.filters
---@field scaler ecgraft.scalers
local data = {}

--- A Dataset from its fields: data.dataset{signals =, labels =, classes =, records =, rate =, ...} (signals may be a value of
--- data/stored.lua); patients default to the records, leads to the standard 12, units to "mV". `truth` may hold N tables of what is known of
--- each record (the synthetic ECG's parameters).
---@param fields ecgraft.data.dataset.Options
---@return ecgraft.Dataset
function data.dataset(fields) end

--- Whether a value is a Dataset.
---@param value any
---@return boolean
function data.is_dataset(value) end

--- data.synthetic{records = 1000, hospital = "A", ...}: a Dataset of made-up ECGs in mV, always labelled as such.
---
---   records, seconds, rate, seed   how many (1000), how long (10), samples a second (100), and which (1)
---   hospital    "A", "B", or a table: name (required), like = "A" | "B", and what differs from that: classes, prevalence, several,
---               severity (0 to 1), heart_rate (a minute), gain, gain_spread, electrode, wander, hum, muscle (RMS, mV), noise_spread,
---               hum_frequency (Hz), artefact (share of records), bandwidth (Hz); see ecgraft/synth.h
---   classes     any of NORM SB STach AF IAVB LBBB RBBB PAC PVC (or VEB) LVH LAD STE STD MI TAb TInv LQT; by default hospital A has
---               CPSC2018's nine and hospital B Georgia's ten
---   prevalence  {AF = .3, ...}: relative weights that replace the hospital's
---   several     probability of a further finding in a record, or false for one at most
---   repeats     share of patients with two or three records, which all show the same findings (0.2)
---   noise       factor on everything that is not heart (1); 0 for none
---   clean       true: the heart through Dower's leads, with neither noise nor variation of gain and electrodes
---
--- Record i of a seed is the same in a set of any size. set.truth[i] = {findings = {"AF"}, heart_rate = (beats a minute), pr, qrs, qt =
--- (ms; no pr in AF), axis = (degrees), region = "anterior" | "inferior" | "lateral" (of STE and MI), beats = {seconds of QRS onsets},
--- beat_types = "NNAV..."}. set.ages and set.sexes are the patients', and have no bearing on the signals.
---@param options? ecgraft.data.synthetic.Options
---@return ecgraft.Dataset
function data.synthetic(options) end

--- PTB-XL in its own layout: ptbxl_database.csv, scp_statements.csv, records100/ and records500/ (Wagner et al. 2020).
---
--- data.ptbxl(dir [, options]): a Dataset with folds 1 to 10 in set.fold, or nil and a message.
---   labels      "superclass" (NORM MI STTC HYP CD), "subclass", "diagnostic", "form", "rhythm", "all" (71 statements)
---   unlabelled  "drop" records with no statement of that kind, or "keep" them
---   folds       a list of folds to read, as in {1, 2, 3}; all where it is left out
--- Other options: see load.lua. rate = 100 reads records100, another rate is made from records500.
---@param dir string
---@param options? ecgraft.data.ptbxl.Options
---@return ecgraft.Dataset?
---@return string? message
function data.ptbxl(dir, options) end

--- The PTB Diagnostic ECG Database, as first published and in the layout of the PhysioNet/CinC Challenge.
---
--- physionet.org/content/ptbdb, ODC-By 1.0; Bousseljot, Kreiseler & Schnabel, "Nutzung der EKG-Signaldatenbank CARDIODAT der PTB über das
--- Internet", Biomedizinische Technik 40 (1995), and Goldberger et al., "PhysioBank, PhysioToolkit, and PhysioNet", Circulation 101 (2000).
--- 549 records of 290 patients, 1000 samples a second, 38 s and more: 12 leads in .dat, the three Frank leads (vx, vy, vz) in .xyz.
---
--- Dropped: records whose header gives no reason for admission (27 of the 549: no clinical summary, or "n/a"). Kept with no label: other
--- reasons than an infarction or a healthy control. The Challenge's copy (516 records) has codes instead, and its NORM says no more than
--- sinus rhythm.
---
--- data.ptb(dir [, options]): a Dataset with the classes MI and NORM, or nil and a message. The layout is found by itself.
---   unlabelled  "keep" records with another diagnosis (their labels are 0), or "drop" them
--- Other options: see load.lua. The Frank leads are read where `leads` names them ("vx", "vy", "vz").
---@param dir string
---@param options? ecgraft.data.ptb.Options
---@return ecgraft.Dataset?
---@return string? message
function data.ptb(dir, options) end

--- The China Physiological Signal Challenge 2018, in the layout of the PhysioNet/CinC Challenge and as first published.
---
--- Challenge layout: physionet.org/content/challenge-2020, CC BY 4.0; first publication: 2018.icbeb.org/Challenge.html (REFERENCE.csv and
--- MAT files of the struct ECG: sex, age, data (12 x L) in mV, 500 samples a second, 6 to 60 s). 6877 records. Liu et al., "An open access
--- database for evaluating the algorithms of electrocardiogram rhythm and morphology abnormality detection", Journal of Medical Imaging and
--- Health Informatics 8 (2018). Patients are not named. Dropped by default: records shorter than 10 s (6 of 6877).
---
--- data.cpsc2018(dir [, options]): a Dataset, or nil and a message. The layout is found by itself.
--- Options: see load.lua; in the Challenge layout also those of data.challenge, without path.
---@param dir string
---@param options? ecgraft.data.cpsc2018.Options
---@return ecgraft.Dataset?
---@return string? message
function data.cpsc2018(dir, options) end

--- The Georgia 12-lead ECG Challenge database, in the Challenge layout.
---
--- Reads the set of that name from the folder where it lies: a Dataset, or nil and a message. Its classes and their codes are the file's;
--- another table of classes, as for data.challenge, may be given.
---@param dir string
---@param options? ecgraft.data.georgia.Options
---@return ecgraft.Dataset?
---@return string? message
function data.georgia(dir, options) end

--- Chapman University and Shaoxing People's Hospital, in the layout of the PhysioNet/CinC Challenge of 2021.
---
--- physionet.org/content/challenge-2021 (WFDB_ChapmanShaoxing, 10,247 records; also in physionet.org/content/ecg-arrhythmia), CC BY 4.0;
--- Zheng et al., "A 12-lead electrocardiogram database for arrhythmia research covering more than 10,000 patients", Scientific Data 7, 48
--- (2020). 500 samples a second, 10 s. Patients are not named; each record is of another one.
---
--- Reads the set of that name from the folder where it lies: a Dataset, or nil and a message. Its classes and their codes are the file's;
--- another table of classes, as for data.challenge, may be given.
---@param dir string
---@param options? ecgraft.data.chapman.Options
---@return ecgraft.Dataset?
---@return string? message
function data.chapman(dir, options) end

--- Ningbo First Hospital, in the layout of the PhysioNet/CinC Challenge of 2021.
---
--- physionet.org/content/challenge-2021 (WFDB_Ningbo, 34,905 records; also in physionet.org/content/ecg-arrhythmia), CC BY 4.0; Zheng et
--- al., "Optimal multi-stage arrhythmia classification approach", Scientific Reports 10, 2898 (2020). 500 samples a second, 10 s. Patients
--- are not named; each record is of another one.
---
--- Reads the set of that name from the folder where it lies: a Dataset, or nil and a message. Its classes and their codes are the file's;
--- another table of classes, as for data.challenge, may be given.
---@param dir string
---@param options? ecgraft.data.ningbo.Options
---@return ecgraft.Dataset?
---@return string? message
function data.ningbo(dir, options) end

--- Shandong Provincial Hospital: metadata.csv and records/A00001.h5 ... (or all in one folder), each with the array `ecg` (12, L) in mV.
---
--- springernature.figshare.com/collections/5779802, CC BY 4.0; Liu et al., "A large-scale multi-label 12-lead electrocardiogram database
--- with standardized diagnostic statements", Scientific Data 9, 272 (2022). 25,770 records of 24,666 patients, 500 samples a second,
--- 10 to 60 s.
--- Statements are AHA codes, "60+310;22": statements 60 (with modifier 310) and 22. Modifiers are passed over.
---
--- data.sph(dir [, options]): a Dataset, or nil and a message.
---   classes     {NORM = 1, AF = {50, 51}} (AHA codes; names sorted) or {{"NORM", 1}, ...}; by default each statement that occurs
---   unlabelled  "keep" records with none of the classes, or "drop" them
--- Other options: see load.lua. limit counts rows of metadata.csv.
---@param dir string
---@param options? ecgraft.data.sph.Options
---@return ecgraft.Dataset?
---@return string? message
function data.sph(dir, options) end

--- The CODE sets of the Telehealth Network of Minas Gerais: the test set (827 exams) and CODE-15 % (345,779 exams).
---
--- Test set: zenodo.org/records/3765780, CC BY 4.0; Ribeiro et al., "Automatic diagnosis of the 12-lead ECG using a deep neural network",
--- Nature Communications 11, 1760 (2020). ecg_tracings.hdf5, attributes.csv, annotations/gold_standard.csv, rows in the same order.
--- CODE-15 %: zenodo.org/records/4916206, CC BY 4.0; Ribeiro et al. (2021). exams.csv, exams_part0.hdf5 ... exams_part17.hdf5, found by
--- trace_file and exam_id; the last row of each part is an empty record 0.
---
--- Signals are (N, 4096, 12) at 400 samples a second, 7 or 10 s in the middle of zeros, which are cut off.
---
--- Units: the sets' documentation says "scale 1e-4 V", and in the same sentence that volts are multiplied by 1000 to get there, which makes
--- millivolts; the PhysioNet Challenge of 2025 reads them as millivolts too, and so is done here. Amplitudes of CODE-15 % are about
--- twice those of other hospitals' ECGs all the same: see `millivolts`.
---
--- Dropped: the empty record 0, rows of the csv whose part is not there (counted), and exams that no row of the csv names.
---
--- data.code(dir [, options]): a Dataset, or nil and a message. The test set where dir holds ecg_tracings.hdf5, CODE-15 % where it holds
--- exams.csv. Classes: 1dAVb, RBBB, LBBB, SB, AF, ST, and NORM where there is none of these.
---   padding     "cut": zeros at both ends are found and cut off; "keep": the middle `seconds` of the 4096 samples (Nguyen & Do 2025)
---   short       "pad" here: half of the exams last 7 s; "drop"
---   millivolts  mV in one stored unit (1)
---   annotator   test set: the file of annotations/, "gold_standard", "cardiologist1", ...
--- Other options: see load.lua. limit counts rows of the csv.
---@param dir string
---@param options? ecgraft.data.code.Options
---@return ecgraft.Dataset?
---@return string? message
function data.code(dir, options) end

--- Any folder of the PhysioNet/CinC Challenges of 2020 and 2021: headers with #Age, #Sex and #Dx, .mat files beside them.
---
--- data.challenge{path =, classes =, ...}: a Dataset, or nil and a message.
--- classes: {NORM = "426783006", CONDUCTION = {"59118001", "LBBB"}}, names sorted; or {{"NORM", "426783006"}, ...} in this order; or the
--- Challenge's abbreviations (challenge_codes.lua) alone, {"NSR", "AF"}; left out: each code that occurs is a class.
--- Codes that the Challenges score as equal are equal here.
--- unlabelled: "keep" records with none of the classes (their labels are all 0), or "drop" them.
--- Other options: see load.lua.
---@param options ecgraft.data.challenge.Options
---@return ecgraft.Dataset?
---@return string? message
function data.challenge(options) end

--- A set from arrays of one's own in an HDF5 file.
---
--- data.from_hdf5{path =, signals = "signals", labels = "labels", file_rate =, ...}: a Dataset, or nil and a message.
---   signals    the array (N, samples, leads) or (N, leads, samples)
---   labels     the array (N, K) of 0 and 1, or (N) of numbers of classes, from 0
---   classes    their names; by default the attribute "classes" of the labels or the file, else class1, class2, ...
---   records, patients, fold     arrays of N ids or numbers, where the file has them
---   file_rate  samples a second in the file; must be given
--- Other options: see own.lua (columns, units, unlabelled, source) and load.lua. A file that set:save wrote is opened by data.open.
---@param options ecgraft.data.from_hdf5.Options
---@return ecgraft.Dataset?
---@return string? message
function data.from_hdf5(options) end

--- A set from a table of one's own: a row for each recording, with its file, labels, patient.
---
--- data.from_table{csv =, path_column = or path =, label_columns =, ...}: a Dataset, or nil and a message.
---   csv            the table, with a line of column names
---   root           the folder that files are in (the table's own)
---   path_column    the column with each recording's file; or path = function(row) return name end, row being keyed by column
---   label_columns  columns with 0, 1, true or false: they are the classes
---   id_column, patient_column, age_column, sex_column, fold_column     where the table has them; ids are file names by default
---   rate_column    samples a second of each file; file_rate where all have the same. WFDB files say it themselves
---   truth_columns  {heart_rate = column, qt = column, ...}: measured values, for set.truth; text that is no number counts as not known
---   signals        the name of the array in an HDF5 file ("signals")
--- Files: WFDB (.hea, .dat, .mat, or no ending), .csv, .txt or .tsv (a column for each lead, named in the first line), .npy, .h5 or
--- .hdf5, the last two of shape (samples, leads) or (leads, samples). Other options: see own.lua (columns, units, unlabelled, source) and
--- load.lua. limit counts rows of the table.
---@param options ecgraft.data.from_table.Options
---@return ecgraft.Dataset?
---@return string? message
function data.from_table(options) end

--- A set from a function of one's own that yields one record after the other.
---
--- data.from_reader(fn [, options]): a Dataset, or nil and a message. fn() returns a record and, behind the last, nil:
---   {id = "a1", signals = tensor (samples, leads) or a table of rows, rate = 500, leads = {"I", "II"}, labels = {"AF"}, patient = "p1",
---    units = "mV", age = 61, sex = "female", fold = 3, truth = {heart_rate = 71, qt = 390}}     all but id and signals may be left out
---   {id = "a2", error = "why it could not be read"}        counted as skipped
--- classes: names in order; by default every label that occurs, sorted. With classes given, other labels are passed over.
--- Other options: see own.lua and load.lua; limit ends the reading.
---@param fn fun(): table?
---@param options? ecgraft.data.from_reader.Options
---@return ecgraft.Dataset?
---@return string? message
function data.from_reader(fn, options) end

--- data.open(path [, {stream = false}]): the Dataset that set:save or data.prepare wrote; nil and a message where the file is missing,
--- damaged or something else. stream = true leaves the signals in the file: training reads them ahead, a batch at a time.
---@param path string
---@param options? ecgraft.data.open.Options
---@return ecgraft.Dataset?
---@return string? message
function data.open(path, options) end

--- Reads a record: record.read(path [, {verify = true}]). `path` names the header, with or without .hea, or the .mat or .dat file.
--- Returns a record: signals (L, leads) tensor in mV (other units as they are: see units), leads (names as in the header), units
--- (by lead), rate (samples a second), name, comments (lines), age, sex, codes (diagnoses) and findings (texts: the header's labels, or
--- its codes by name) where given, date, time, missing (samples that are NaN), saturated, path. A record of several
--- segments comes in one piece. nil, message where a file is missing or damaged.
---@param path string
---@param options? ecgraft.data.read_record.Options
---@return ecgraft.Record?
---@return string? message
function data.read_record(path, options) end

--- annotations.read(path [, {rate =}]): the annotations of a file such as "100.atr", a list in the order of the file, each
---   {time = seconds from the beginning, sample = position in the record's signals, from 1, symbol = "N", code = 1, subtype = 0,
---    channel = 0 (as in the file; some files count signals so), number = 0, text = "(AFIB" where there is one}
--- and list.rate. Times are in the ticks that the file names, else in the frames of the header beside it; where neither says it, `rate` is
--- needed. `rate` in any case is that of `sample`. nil, message where the file is missing or damaged.
---@param path string
---@param options? ecgraft.data.read_annotations.Options
---@return ecgraft.Annotations?
---@return string? message
function data.read_annotations(path, options) end

--- Reads a file: csv.read(path, {"ecg_id", "scp_codes"}) --> list of rows keyed by column, list of column names; or nil, message.
--- `only` as in csv.parse.
---@param path string
---@param columns? string[]
---@param only? any
---@return table<string, string>[]?
---@return string[]|string names of the columns, or a message
function data.csv(path, columns, only) end

--- Augmentation of training batches: data.augment{...} --> a function for eg.fit's option augment.
---
---   data.augment{
---     scale        = {0.8, 1.25},   -- each record times a factor drawn log-uniformly from this range
---     noise        = 0.02,          -- white noise of this deviation, in the units of the batch (after scaling: deviations)
---     wander       = 0.1,           -- baseline wander: a sine of 0.05 to 0.5 Hz of at most this amplitude, another for each lead
---     lead_dropout = 0.1,           -- each lead is 0 with this probability; at least one stays
---     shift        = 50,            -- moved by up to so many samples either way; what is left open is 0
---     mixup        = 0.2,           -- Zhang et al. 2018: records and labels mixed with others, share from Beta(0.2, 0.2)
---     rate         = 100 }          -- samples a second, for wander
---
--- In this order, in C (csrc/ecg/augment.c). Numbers come from the Lua state's generator, which fit sets by seed, epoch and step: a resumed
--- training draws the same, and so does any number of threads.
---@param options? ecgraft.data.augment.Options
---@return fun(x: ecgraft.Tensor, y: ecgraft.Tensor): ecgraft.Tensor, ecgraft.Tensor
function data.augment(options) end

--- data.check_parts({train = set, val = set, test = set} [, {by = "patient"}]) --> the parts, where no patient and no signal is in two of
--- them; else an error that names the two records. Any names and number of parts. by = "record": signals are compared and patients not, as
--- for sets from different places, whose names for patients mean nothing to each other. Signals are equal where all their samples are.
---@param parts table<string, ecgraft.Dataset>
---@param options? ecgraft.data.check_parts.Options
---@return table<string, ecgraft.Dataset>
function data.check_parts(parts, options) end

--- data.check_sources(path, folder): whether the files in `folder` are still those that the prepared file was made from: true; or false and
--- a list of {file, what is different}; nil and a message where it cannot be told.
---@param path string
---@param folder string
---@return boolean?
---@return string[][]|string|nil what is different, or a message
function data.check_sources(path, folder) end

--- data.write_layout(set, folder, {layout = "ptbxl" | "challenge" | "ptb" | "code"}): writes a set of data.synthetic as the publisher
--- would, with labels from set.truth, ages, sexes and patients, and says in it that it is synthetic. The set must have a rate of the
--- layout: 100 or 500 (ptbxl), 500 (challenge), 1000 (ptb), 400 (code). The folder is replaced as a whole or not at all, and must be new,
--- empty, or an earlier set written by this function. true, or nil and a message.
---@param set ecgraft.Dataset
---@param folder string
---@param options ecgraft.data.write_layout.Options
---@return true?
---@return string? message
function data.write_layout(set, folder, options) end

--- data.write_wfdb(set, folder): writes each record as ID.hea and ID.dat (and ID.atr, beats at their QRS onset, where set.truth has
--- them), and the list RECORDS; makes the folder. Files of the same names are replaced. Samples are rounded to 1 uV, missing
--- ones stay missing. Labels go behind #Labels, and behind #Dx as SNOMED CT codes for the classes of data.synthetic, so that
--- data.challenge, data.cpsc2018 or data.georgia reads the folder back. true, or nil and a message.
---@param set ecgraft.Dataset
---@param folder string
---@return true?
---@return string? message
function data.write_wfdb(set, folder) end

return data
