--- The report of a study, from plain tables: report.html (one file), results.csv and times.csv (a row a run), tables.md, tables.tex,
-- tables/*.csv and figures/*.svg.
-- Statistics are computed elsewhere and given here.
--
--   report.write{
--     out = "runs/georgia",                 -- a folder, made where it is missing
--     study = {
--       name = "georgia", question = "Does ...?",
--       protocol = "strict",                -- or "paper"
--       metric = "macro_auroc",             -- the score that the report is about; a name in each run's scores
--       metric_label = "macro AUROC",       -- for people; default: from the name
--       networks = {...}, upstream = {...}, downstream = {...}, strategies = {...}, sizes = {100, 500, "all"}, seeds = {1, 2, 3},
--                                           -- as planned; they also give the order in which things are shown
--       synthetic = false,                  -- true: everything is labelled so
--       planned = 48,                       -- number of runs; where fewer are done the page says that it is not finished
--       command = "ecgraft study georgia.lua --out runs/georgia", file = {path = "georgia.lua", text = "..."},
--       versions = {{"ecgraft", "0.1"}, {"Lua", "5.4.4"}, ...}, machine = "2 cores ...", date = "2026-01-31", notes = {"...", ...},
--       class_names = {AF = "atrial fibrillation", ...} },                  -- what short names of classes stand for, where known
--     runs = {{ network =, upstream = "none", task = "none" (of the pretraining), downstream =, strategy = "scratch", size = 100 or "all",
--       records = 100,                      -- how many training records the size came to; needed where size is "all"
--       seed = 1, scores = {macro_auroc = .81, macro_f1 = .62, ...},       -- on the test set; NaN where undefined
--       val_score =, epochs =, best_epoch =, seconds =,
--       transferred = .98,                  -- share of the weights that came from upstream
--       lr = 1e-3,                          -- the learning rate, where it was chosen on validation
--       history = {{epoch =, train_loss =, val_loss =, val_score =}, ...},
--       calibration = {temperatures = {...}, before = {ece =, brier =, bins = {count =, score =, frequency =}}, after = {...}},  -- on
--                                           -- the test set, before and after temperature scaling by class
--       per_class = {{class = "AF", support = 31, auroc =, f1 =, ...}, ...} }, ...},
--     gains = {{ network =, upstream =, downstream =, strategy =, size =, mean =, low =, high =,   -- over scratch, 95% interval
--       records_low =, records_high =,      -- over test records alone, for these very runs
--       p =, p_holm =, n_seeds = }, ...},
--     verdicts = {{ text =, certainty =, direction = "better" | "worse" | "open" }, ...},  -- default: put into words from the gains
--     baselines = {{ downstream =, name = "always NORM", metric = study.metric, score = }, ...},
--     pretraining = {{ network =, upstream =, task =, metric = (of the score), seed =, records =, epochs =,
--       best_epoch =, score =, seconds = }, ...},
--     curves = {{ network =, downstream =, a =, b =, c =, sizes =, x = {...}, y = {...},   -- score of scratch = a - b n^-c; points to draw
--       a_low =, a_high =, c_low =, c_high =, last_low =, last_high =,                       -- intervals; last: at the largest size
--       distance =, distance_at =, fit_p =, fit = "good" | "bound" | "poor" }, ...},       -- of the mean furthest from the curve, at which
--                                                             -- size; p of the lack of fit; bound: a stands on its bound
--     saved = {{ network =, upstream =, downstream =, strategy =, size =, records =, score =, worth =, low =, high =, ratio =,
--       ratio_low =, ratio_high =, extrapolated =, fit =, measured = }, ...}, -- worth: in records from scratch, math.huge where never
--                                                                      -- reached; fit: of the curve; measured: worth by the means
--     break_even = {{ network =, upstream =, downstream =, strategy =, shown =, size =, estimate =, largest = }, ...},
--                                                                  -- shown: there is a gain at the smallest size; size: the first without
--     areas = {{ network =, upstream =, downstream =, strategy =, sizes =, seeds =, area =, scratch =, low =, high = }, ...},
--                                     -- under the score against log n, over its width; low, high: of the gain
--     reached = {{ network =, upstream =, downstream =, strategy =, size =, seeds =, reached =, epochs =, seconds =, scratch_epochs =,
--       scratch_seconds =, seconds_with_pretraining = }, ...},       -- until scratch's best validation score
--     transferability = {{ measure = "logme", network =, upstream =, downstream =, strategy =, size =, value =, gain = }, ...},
--     correlations = {{ measure =, strategy =, size =, n =, rho = }, ...},       -- of ranks of value and gain
--     protocols = {{ network =, upstream =, downstream =, strategy =, size =, score =, other_score =, gain =, other_gain = }, ...},
--                                                      -- beside a study under study.other_protocol
--     examples = {{ network =, upstream =, downstream =, strategy =, size =, kind = "found", record =, class =, labels = "AF, RBBB",
--       method = "gradcam", probability =, threshold =, rate =, lead_names =, signals =, time = {...}, leads = {...} }, ...},
--                                                      -- records with what the network saw: see ecgraft.explain
--     mcnemar = {{ network =, upstream =, downstream =, strategy =, size =, seed =, class =, only_first =, only_second =, p =,
--       p_holm = }, ...},                              -- the arm's model against scratch's, class by class
--     sets = {{ name =, role = "upstream", records =, patients =, classes = {...}, rate =, seconds =, train =, val =, test =, skipped =,
--       synthetic =, notes = {...} }, ...},
--     failures = {{ network =, upstream =, downstream =, strategy =, size =, seed =, message = }, ...},
--     figures = true }                      -- write figures/*.svg too
--
-- Everything but out, study.name and the names in rows may be absent: a study can be reported while it runs.
local atomic_file = require "ecgraft.atomic_file"
local calibration = require "ecgraft.report.calibration"
local csv = require "ecgraft.report.csv"
local csv_tables = require "ecgraft.report.csv_tables"
local files = require "ecgraft.files"
local input = require "ecgraft.report.input"
local latex = require "ecgraft.report.latex"
local markdown = require "ecgraft.report.markdown"
local page = require "ecgraft.report.page"
local protocols = require "ecgraft.report.protocols"
local summary = require "ecgraft.report.summary"
local table_text = require "ecgraft.table_text"
local tables = require "ecgraft.report.tables"
local training = require "ecgraft.report.training"
local transferability = require "ecgraft.report.transferability"
local verdict = require "ecgraft.report.verdict"
local worth = require "ecgraft.report.worth"

local report = {
  markdown = markdown.table, -- table value -> Markdown
  latex = latex.table,       -- table value, label -> LaTeX
  results_csv = csv.results, -- runs -> csv text
}

local function safe_name(name)
  return (name:lower():gsub("[^%w_.-]+", "-"):gsub("^[.-]+", ""))
end

-- The tables that a paper would take, with labels for LaTeX.
local function paper_tables(o, ordered)
  local list = { { "tab:scores", tables.scores(ordered, o.study) } }
  if #o.gains > 0 then list[#list + 1] = { "tab:gains", tables.gains(ordered, o.gains, o.study) } end
  if #o.saved > 0 then list[#list + 1] = { "tab:worth", worth.saved(ordered, o.saved, o.study) } end
  if #o.break_even > 0 then list[#list + 1] = { "tab:break-even", worth.break_even(ordered, o.break_even) } end
  if #o.areas > 0 then list[#list + 1] = { "tab:areas", worth.areas(ordered, o.areas, o.study) } end
  if #o.curves > 0 then list[#list + 1] = { "tab:curves", worth.curves(ordered, o.curves, o.study) } end
  local correlations = transferability.table(o.correlations)
  if correlations then list[#list + 1] = { "tab:transferability", correlations } end
  if #o.protocols > 0 then list[#list + 1] = { "tab:protocols", protocols.table(o.protocols, o.study) } end
  if #o.baselines > 0 then list[#list + 1] = { "tab:trivial", tables.baselines(ordered, o.baselines, o.study) } end
  local calibrated = calibration.table(ordered)
  if #calibrated.rows > 0 then list[#list + 1] = { "tab:calibration", calibrated } end
  list[#list + 1] = { "tab:cost", tables.cost(ordered) }
  if #o.reached > 0 then list[#list + 1] = { "tab:reached", worth.reached(ordered, o.reached) } end
  if #o.sets > 0 then list[#list + 1] = { "tab:data", tables.sets(o.sets, o.study) } end
  return list
end

local function joined_tables(o, ordered, format, comment)
  local parts = {}
  if o.study.synthetic then parts[1] = comment end
  for _, each in ipairs(paper_tables(o, ordered)) do parts[#parts + 1] = format(each[2], each[1]) end
  return table.concat(parts, "\n")
end

--- Everything that report.write would write, as a list {{name =, text =}, ...}.
function report.build(given)
  local o = input.check(given)
  local ordered = summary.new(o.study, o.runs, o.gains)
  local text, pictures = page.build(o, ordered)
  local list = {
    { name = "results.csv", text = csv.results(o.runs) },
    { name = "times.csv", text = csv.times(o.runs) },
    { name = "tables.md", text = joined_tables(o, ordered, markdown.table, "**Synthetic data: made by a generator, from no patient.**\n") },
    { name = "tables.tex", text = joined_tables(o, ordered, latex.table, "% Synthetic data: made by a generator, from no patient.\n") },
  }
  table.move(csv_tables.files(o, ordered), 1, 100, #list + 1, list)
  if o.figures then
    local taken = {}
    for _, picture in ipairs(pictures) do
      local name = safe_name(picture.name)
      taken[name] = (taken[name] or 0) + 1
      if taken[name] > 1 then name = name .. "-" .. taken[name] end
      list[#list + 1] = { name = "figures/" .. name .. ".svg", text = picture.svg }
    end
  end
  list[#list + 1] = { name = "report.html", text = text }
  return list
end

--- The report in short for a terminal: verdict, scores and gains as text. Takes what report.write takes.
function report.text(given)
  local o = input.check(given)
  local ordered = summary.new(o.study, o.runs, o.gains)
  local parts = {}
  local function add(text) parts[#parts + 1] = text end
  if o.study.synthetic then add "Synthetic data: made by a generator, from no patient.\n" end
  if o.study.planned and #o.runs < o.study.planned then add(("%d of %d runs are done.\n"):format(#o.runs, o.study.planned)) end
  add(verdict.headline(o.gains) .. "\n")
  for _, each in ipairs(o.verdicts or verdict.compose(o.gains, ordered, o.study.metric_label, o)) do
    add("- " .. each.text .. (each.certainty ~= "" and " " .. each.certainty or "") .. "\n")
  end
  for _, note in ipairs(training.untaught(ordered, o.study.metric)) do add(note .. "\n") end
  for _, note in ipairs(training.notes(ordered)) do add("Trained long enough? " .. note .. "\n") end
  if #o.runs > 0 then
    local scores = tables.scores(ordered, o.study)
    scores.note = "Mean ± standard deviation over seeds."
    add("\n" .. table_text.format(scores))
  end
  if #o.gains > 0 then add("\n" .. table_text.format(tables.gains(ordered, o.gains, o.study))) end
  return table.concat(parts)
end

-- What page.build calls its figures.
local FIGURES = { "score%-", "gains%-", "gain%-map%-", "curves%-", "reliability%-", "example%-", "transferability%-" }

-- Figures of an earlier report that this one has not: of a study that has grown, of networks that were renamed. Other files stay.
local function remove_old_figures(out, list)
  local written = {}
  for _, file in ipairs(list) do written[file.name] = true end
  for _, name in ipairs(files.names(out .. "/figures") or {}) do
    for _, start in ipairs(FIGURES) do
      if name:find("^" .. start .. ".*%.svg$") and not written["figures/" .. name] then os.remove(out .. "/figures/" .. name) end
    end
  end
end

--- Writes the report of a study: report.html, tables and figures. Returns the path of report.html, or nil and a message
-- where a file cannot be written. See the head of this file.
function report.write(given)
  local list = report.build(given)
  local ok, message = atomic_file.make_folder(given.out)
  local made = {}
  for _, file in ipairs(list) do
    local folder = file.name:match "^(.*)/"
    if ok and folder and not made[folder] then
      made[folder] = true
      ok, message = atomic_file.make_folder(given.out .. "/" .. folder)
    end
  end
  if not ok then return nil, "report.write: " .. message end
  for _, file in ipairs(list) do
    ok, message = atomic_file.write(given.out .. "/" .. file.name, file.text)
    if not ok then return nil, "report.write: " .. message end
  end
  if given.figures ~= false then remove_old_figures(given.out, list) end
  return given.out .. "/report.html"
end

return report
