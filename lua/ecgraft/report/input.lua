--- Checks what report.write is given. The format is documented in report/init.lua.
local options = require "ecgraft.options"
local summary = require "ecgraft.report.summary"

local input = {}

local function text(default) return { type = "string", default = default } end
local function list() return { type = "table", default = {} } end
local required_text, number, integer = { type = "string", required = true }, { type = "number" }, { type = "integer", min = 0 }
-- Numbers that may be NaN where nothing could be computed.
local measured = { type = "any" }

-- How a curve fits: beyond what the seeds explain, its limit on its bound, or neither.
local fit = { type = "string", default = "good", choices = { "good", "bound", "poor" } }

local report_schema = {
  out = required_text,
  study = { type = "table", required = true },
  runs = list(), gains = list(), pretraining = list(), baselines = list(), sets = list(), failures = list(),
  verdicts = { type = "table" },
  curves = list(), saved = list(), break_even = list(), reached = list(), areas = list(),
  examples = list(), mcnemar = list(), transferability = list(), correlations = list(), protocols = list(),
  figures = { type = "boolean", default = true },
}

local schemas = {
  study = {
    name = required_text, question = text(""), protocol = text("strict"), other_protocol = text(""),
    metric = text("macro_auroc"), metric_label = { type = "string" },
    networks = list(), upstream = list(), downstream = list(), strategies = list(), sizes = list(), seeds = list(),
    synthetic = { type = "boolean", default = false }, planned = integer, command = text(""), file = { type = "table" },
    versions = list(), machine = text(""), date = text(""), notes = list(),
    class_names = list(),
  },
  runs = {
    network = required_text, upstream = text("none"), task = text("none"), downstream = required_text, strategy = text("scratch"),
    size = { type = "integer|string", required = true }, records = integer, seed = { type = "integer", required = true }, scores = list(),
    val_score = measured, epochs = integer, best_epoch = integer, seconds = number, transferred = number, lr = number, history = list(),
    per_class = list(), calibration = { type = "table" },
  },
  gains = {
    network = required_text, upstream = required_text, downstream = required_text, strategy = required_text,
    size = { type = "integer|string", required = true }, mean = measured, low = measured, high = measured, p = measured,
    p_holm = measured, n_seeds = integer, records_low = measured, records_high = measured,
  },
  pretraining = {
    network = required_text, upstream = required_text, task = { type = "string" }, metric = { type = "string" },
    seed = { type = "integer" }, epochs = integer, best_epoch = integer,
    seconds = number, score = measured, records = integer,
  },
  curves = {
    network = required_text, downstream = required_text, a = number, b = number, c = number, sizes = integer, x = list(), y = list(),
    a_low = number, a_high = number, c_low = number, c_high = number, last_low = number, last_high = number,
    distance = number, distance_at = number, fit_p = number, fit = fit,
  },
  saved = {
    network = required_text, upstream = required_text, downstream = required_text, strategy = required_text,
    size = { type = "integer|string", required = true }, records = number, score = measured,
    worth = { type = "number", required = true }, low = number, high = number, ratio = number, ratio_low = number, ratio_high = number,
    extrapolated = { type = "boolean", default = false }, fit = fit, measured = number,
  },
  break_even = {
    network = required_text, upstream = required_text, downstream = required_text, strategy = required_text,
    shown = { type = "boolean", required = true }, size = number, estimate = number, largest = { type = "number", required = true },
  },
  reached = {
    network = required_text, upstream = required_text, downstream = required_text, strategy = required_text,
    size = { type = "integer|string", required = true }, seeds = { type = "integer", required = true },
    reached = { type = "integer", required = true }, epochs = number, seconds = number, scratch_epochs = number,
    scratch_seconds = number, seconds_with_pretraining = number,
  },
  areas = {
    network = required_text, upstream = required_text, downstream = required_text, strategy = required_text, sizes = integer,
    seeds = integer, area = { type = "number", required = true }, scratch = { type = "number", required = true },
    low = number, high = number,
  },
  transferability = {
    measure = required_text, network = required_text, upstream = required_text, downstream = required_text, strategy = required_text,
    size = { type = "integer|string", required = true }, value = { type = "number", required = true },
    gain = { type = "number", required = true },
  },
  correlations = {
    measure = required_text, strategy = required_text, size = { type = "integer|string", required = true },
    n = { type = "integer", required = true }, rho = number,
  },
  protocols = {
    network = required_text, upstream = text("none"), downstream = required_text, strategy = required_text,
    size = { type = "integer|string", required = true }, score = { type = "number", required = true },
    other_score = { type = "number", required = true }, gain = number, other_gain = number,
  },
  examples = {
    network = required_text, upstream = text("none"), downstream = required_text, strategy = text("scratch"),
    size = { type = "integer|string", required = true }, kind = required_text, record = text(""), class = required_text, labels = text(""),
    method = text(""), probability = number, threshold = number, rate = { type = "number", required = true },
    lead_names = { type = "table", required = true }, signals = { type = "any", required = true }, time = list(), leads = list(),
  },
  mcnemar = {
    network = required_text, upstream = required_text, downstream = required_text, strategy = required_text,
    size = { type = "integer|string", required = true }, seed = integer, class = required_text,
    only_first = { type = "integer", required = true }, only_second = { type = "integer", required = true }, p = number, p_holm = number,
  },
  baselines = { downstream = required_text, name = required_text, metric = { type = "string" }, score = measured },
  sets = {
    name = required_text, role = text(""), records = integer, patients = integer, classes = list(), rate = number, seconds = number,
    train = integer, val = integer, test = integer, skipped = { type = "integer", default = 0, min = 0 },
    synthetic = { type = "boolean", default = false }, notes = list(),
  },
  failures = {
    network = text(""), upstream = text(""), downstream = text(""), strategy = text(""), size = { type = "integer|string" },
    seed = { type = "integer" }, message = required_text,
  },
  verdicts = {
    text = required_text, certainty = text(""), network = text(""), upstream = text(""), downstream = text(""), strategy = text(""),
    direction = { type = "string", default = "open", choices = { "better", "worse", "open" } },
  },
}

-- NaN counts as absent; everything else that is no number is a mistake.
local function measure(where, row, names)
  for _, name in ipairs(names) do
    local value = row[name]
    if value ~= nil and type(value) ~= "number" then
      error(("%s: %s must be a number, got %s"):format(where, name, options.show(value)), 5)
    end
    if value ~= value then row[name] = nil end
  end
end

local function check_size(where, size)
  if type(size) == "string" and size ~= "all" or type(size) == "number" and size < 1 then
    error(("%s: size must be a number of records or \"all\", got %s"):format(where, options.show(size)), 5)
  end
end

local function check_run(where, run)
  check_size(where, run.size)
  measure(where, run, { "val_score" })
  for _, name in ipairs(options.names(run.scores)) do
    if type(run.scores[name]) ~= "number" then
      error(("%s: scores.%s must be a number, got %s"):format(where, name, options.show(run.scores[name])), 4)
    end
  end
  for i, row in ipairs(run.history) do
    if type(row) ~= "table" then error(("%s: history[%d] must be a table, got %s"):format(where, i, options.show(row)), 4) end
  end
  for i, row in ipairs(run.per_class) do
    if type(row) ~= "table" or type(row.class) ~= "string" then
      error(("%s: per_class[%d] must be a table with a string 'class', got %s"):format(where, i, options.show(row)), 4)
    end
  end
end

local function check_gain(where, gain)
  check_size(where, gain.size)
  measure(where, gain, { "mean", "low", "high", "p", "p_holm", "records_low", "records_high" })
end

local checks = {
  runs = check_run,
  gains = check_gain,
  pretraining = function(where, row) measure(where, row, { "score" }) end,
  baselines = function(where, row) measure(where, row, { "score" }) end,
}

--- Returns a checked copy of report.write's argument with defaults filled in; raises where something is not as documented.
function input.check(given)
  local where = "report.write"
  local o = options.check(where, given, report_schema, 3)
  o.study = options.check(where .. ": study", o.study, schemas.study, 3)
  if o.study.file then
    o.study.file = options.check(where .. ": study.file", o.study.file, { path = text(""), text = required_text }, 3)
  end
  o.study.metric_label = o.study.metric_label or summary.metric_label(o.study.metric)
  for _, name in ipairs { "runs", "gains", "pretraining", "baselines", "sets", "failures", "verdicts",
    "curves", "saved", "break_even", "reached", "areas",
    "transferability", "correlations", "protocols", "examples", "mcnemar" } do
    local rows = o[name]
    for i, row in ipairs(rows or {}) do
      local place = ("%s: %s[%d]"):format(where, name, i)
      if rows == given[name] then
        rows = table.move(rows, 1, #rows, 1, {})
        o[name] = rows
      end
      rows[i] = options.check(place, row, schemas[name], 3)
      if checks[name] then checks[name](place, rows[i]) end
    end
  end
  return o
end

return input
