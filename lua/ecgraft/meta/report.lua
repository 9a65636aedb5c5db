---@meta ecgraft.report
-- require "ecgraft.report".

---@class ecgraft.report
local report = {}

--- Everything that report.write would write, as a list {{name =, text =}, ...}.
---@param options ecgraft.report.build.Options
---@return {name: string, text: string}[]
function report.build(options) end

--- The report in short for a terminal: verdict, scores and gains as text. Takes what report.write takes.
---@param options ecgraft.report.text.Options
---@return string
function report.text(options) end

--- Writes the report of a study: report.html, tables and figures. Returns the path of report.html, or nil and a message
--- where a file cannot be written.
---
--- The report of a study, from plain tables: report.html (one file), results.csv and times.csv (a row a run), tables.md, tables.tex,
--- tables/*.csv and figures/*.svg.
--- Statistics are computed elsewhere and given here.
---
---   report.write{
---     out = "runs/georgia",                 -- a folder, made where it is missing
---     study = {
---       name = "georgia", question = "Does ...?",
---       protocol = "strict",                -- or "paper"
---       metric = "macro_auroc",             -- the score that the report is about; a name in each run's scores
---       metric_label = "macro AUROC",       -- for people; default: from the name
---       networks = {...}, upstream = {...}, downstream = {...}, strategies = {...}, sizes = {100, 500, "all"}, seeds = {1, 2, 3},
---                                           -- as planned; they also give the order in which things are shown
---       synthetic = false,                  -- true: everything is labelled so
---       planned = 48,                       -- number of runs; where fewer are done the page says that it is not finished
---       command = "ecgraft study georgia.lua --out runs/georgia", file = {path = "georgia.lua", text = "..."},
---       versions = {{"ecgraft", "0.1"}, {"Lua", "5.4.4"}, ...}, machine = "2 cores ...", date = "2026-01-31", notes = {"...", ...},
---       class_names = {AF = "atrial fibrillation", ...} },                  -- what short names of classes stand for, where known
---     runs = {{ network =, upstream = "none", task = "none" (of the pretraining), downstream =, strategy = "scratch", size = 100 or "all",
---       records = 100,                      -- how many training records the size came to; needed where size is "all"
---       seed = 1, scores = {macro_auroc = .81, macro_f1 = .62, ...},       -- on the test set; NaN where undefined
---       val_score =, epochs =, best_epoch =, seconds =,
---       transferred = .98,                  -- share of the weights that came from upstream
---       lr = 1e-3,                          -- the learning rate, where it was chosen on validation
---       history = {{epoch =, train_loss =, val_loss =, val_score =}, ...},
---       calibration = {temperatures = {...}, before = {ece =, brier =, bins = {count =, score =, frequency =}}, after = {...}},  -- on
---                                           -- the test set, before and after temperature scaling by class
---       per_class = {{class = "AF", support = 31, auroc =, f1 =, ...}, ...} }, ...},
---     gains = {{ network =, upstream =, downstream =, strategy =, size =, mean =, low =, high =,   -- over scratch, 95% interval
---       records_low =, records_high =,      -- over test records alone, for these very runs
---       p =, p_holm =, n_seeds = }, ...},
---     verdicts = {{ text =, certainty =, direction = "better" | "worse" | "open" }, ...},  -- default: put into words from the gains
---     baselines = {{ downstream =, name = "always NORM", metric = study.metric, score = }, ...},
---     pretraining = {{ network =, upstream =, task =, metric = (of the score), seed =, records =, epochs =,
---       best_epoch =, score =, seconds = }, ...},
---     curves = {{ network =, downstream =, a =, b =, c =, sizes =, x = {...}, y = {...},   -- score of scratch = a - b n^-c; points to draw
---       a_low =, a_high =, c_low =, c_high =, last_low =, last_high =,                       -- intervals; last: at the largest size
---       distance =, distance_at =, fit_p =, fit = "good" | "bound" | "poor" }, ...},       -- of the mean furthest from the curve, at which
---                                                             -- size; p of the lack of fit; bound: a stands on its bound
---     saved = {{ network =, upstream =, downstream =, strategy =, size =, records =, score =, worth =, low =, high =, ratio =,
---       ratio_low =, ratio_high =, extrapolated =, fit =, measured = }, ...}, -- worth: in records from scratch, math.huge where never
---                                                                      -- reached; fit: of the curve; measured: worth by the means
---     break_even = {{ network =, upstream =, downstream =, strategy =, shown =, size =, estimate =, largest = }, ...},
---                                                                  -- shown: there is a gain at the smallest size; size: the first without
---     areas = {{ network =, upstream =, downstream =, strategy =, sizes =, seeds =, area =, scratch =, low =, high = }, ...},
---                                     -- under the score against log n, over its width; low, high: of the gain
---     reached = {{ network =, upstream =, downstream =, strategy =, size =, seeds =, reached =, epochs =, seconds =, scratch_epochs =,
---       scratch_seconds =, seconds_with_pretraining = }, ...},       -- until scratch's best validation score
---     transferability = {{ measure = "logme", network =, upstream =, downstream =, strategy =, size =, value =, gain = }, ...},
---     correlations = {{ measure =, strategy =, size =, n =, rho = }, ...},       -- of ranks of value and gain
---     protocols = {{ network =, upstream =, downstream =, strategy =, size =, score =, other_score =, gain =, other_gain = }, ...},
---                                                      -- beside a study under study.other_protocol
---     examples = {{ network =, upstream =, downstream =, strategy =, size =, kind = "found", record =, class =, labels = "AF, RBBB",
---       method = "gradcam", probability =, threshold =, rate =, lead_names =, signals =, time = {...}, leads = {...} }, ...},
---                                                      -- records with what the network saw: see ecgraft.explain
---     mcnemar = {{ network =, upstream =, downstream =, strategy =, size =, seed =, class =, only_first =, only_second =, p =,
---       p_holm = }, ...},                              -- the arm's model against scratch's, class by class
---     sets = {{ name =, role = "upstream", records =, patients =, classes = {...}, rate =, seconds =, train =, val =, test =, skipped =,
---       synthetic =, notes = {...} }, ...},
---     failures = {{ network =, upstream =, downstream =, strategy =, size =, seed =, message = }, ...},
---     figures = true }                      -- write figures/*.svg too
---
--- Everything but out, study.name and the names in rows may be absent: a study can be reported while it runs.
---@param options ecgraft.report.write.Options
---@return string? path
---@return string? message
function report.write(options) end

--- A table value (see ecgraft.table_text) as a LaTeX table environment. `label` is for \ref.
---@param value table
---@param label? string
---@return string
function report.latex(value, label) end

--- A table value (see ecgraft.table_text) as Markdown text; its caption in bold above, its note below.
---@param value table
---@return string
function report.markdown(value) end

--- The runs of a report as csv text, in the order given: who they are, their scores by name, what they took. Nothing that depends on
--- the machine: the same study gives the same text.
---@param runs table[]
---@return string
function report.results_csv(runs) end

return report
