--- The gains of every arm over scratch: for each network, downstream set and size the mean over seeds of the difference in the study's
-- metric; its interval over test records and seeds, from the bootstrap over test records (paired between the arms) and the spread of
-- the seeds; the interval over test records alone; the exact sign-flip test over seeds, and Holm's adjustment over the whole table.
local gather = require "ecgraft.study.gather"
local metrics = require "ecgraft.metrics"
local stats = require "ecgraft.stats"
local summary = require "ecgraft.report.summary"

local compare = {}

local function key_of(row, strategy, upstream)
  return table.concat({row.network, row.downstream, strategy, upstream, row.size}, "\0")
end

--- Runs by cell and seed, and the cells of the arms that are compared, in the order of the runs.
---@return table<string, {row: table, by_seed: table<integer, {row: table, id: string}>}>
---@return string[]
local function cells_of(found)
  local cells, order = {}, {}
  for i, row in ipairs(found.runs) do
    local key = key_of(row, row.strategy, row.upstream)
    if not cells[key] then
      cells[key] = {row = row, by_seed = {}}
      if row.strategy ~= "scratch" then order[#order + 1] = key end
    end
    cells[key].by_seed[row.seed] = {row = row, id = found.ids[i]}
  end
  return cells, order
end

local function shared_seeds(a, b)
  local seeds = {}
  for seed in pairs(a.by_seed) do
    if b.by_seed[seed] then seeds[#seeds + 1] = seed end
  end
  table.sort(seeds)
  return seeds
end

--- The gain and its intervals, as metrics.compare gives them. Raises where a score file cannot be read.
local function record_interval(out, spec, arm, base, seeds)
  local with, without = {scores = {}}, {scores = {}} -- no thresholds: a study's metric is compared at 0.5 or needs none
  local labels, classes ---@type ecgraft.Tensor, string[]
  for i, seed in ipairs(seeds) do
    for side, cell in pairs{[with] = arm, [without] = base} do
      local test, message = gather.test_scores(out, cell.by_seed[seed].id)
      if not test then error(message, 0) end
      side.scores[i], labels, classes = test.scores, test.labels, test.classes
    end
  end
  return metrics.compare(with, without, labels, {statistics = {spec.metric}, classes = classes, resamples = spec.resamples,
    confidence = spec.confidence, seed = 1})[1]
end

--- A list of gains {network, upstream, downstream, strategy, size, mean, low, high, records_low, records_high, p, p_holm, n_seeds}; low
-- and high are over records and seeds, where there is one seed over records alone.
function compare.gains(out, spec, found)
  local cells, order = cells_of(found)
  local gains, p_values = {}, {}
  for _, key in ipairs(order) do
    local arm = cells[key]
    local base = cells[key_of(arm.row, "scratch", "none")]
    local seeds = base and shared_seeds(arm, base) or {}
    local differences = {}
    for i, seed in ipairs(seeds) do
      local a, b = arm.by_seed[seed].row.scores[spec.metric], base.by_seed[seed].row.scores[spec.metric]
      differences[i] = a and b and a - b
    end
    if #seeds > 0 and #differences == #seeds then
      local interval = record_interval(out, spec, arm, base, seeds)
      local row = arm.row
      gains[#gains + 1] = {network = row.network, upstream = row.upstream, downstream = row.downstream, strategy = row.strategy,
        size = row.size, mean = interval.gain, n_seeds = #seeds, records_low = interval.low, records_high = interval.high,
        low = (interval.overall or interval).low, high = (interval.overall or interval).high,
        p = stats.sign_flip(differences).p}
      p_values[#p_values + 1] = gains[#gains].p
    end
  end
  if #p_values > 0 then
    for i, p in ipairs(stats.holm(p_values)) do gains[i].p_holm = p end
  end
  return gains
end

--- McNemar's test of the model of each arm with that from scratch, class by class at each model's own thresholds: the models of the
-- first seed that both have, with the most training records. Rows {network, upstream, downstream, strategy, size, seed, class, only_first
-- (records that only the pretrained one got right), only_second, p, p_holm}, adjusted over all rows. It is about these two models.
function compare.mcnemar(out, found)
  local cells, order = cells_of(found)
  local largest, rows, p_values = {}, {}, {}
  local function place(row) return table.concat({row.network, row.downstream, row.strategy, row.upstream}, "\0") end
  for _, key in ipairs(order) do
    local row = cells[key].row
    local most = largest[place(row)]
    if not most or summary.size_before(most, row.size) then largest[place(row)] = row.size end
  end
  for _, key in ipairs(order) do
    local arm = cells[key]
    local row = arm.row
    local base = row.size == largest[place(row)] and cells[key_of(row, "scratch", "none")]
    local seed = base and shared_seeds(arm, base)[1]
    if seed then
      local with, without = gather.test_scores(out, arm.by_seed[seed].id), gather.test_scores(out, base.by_seed[seed].id)
      local tests = with and without and metrics.mcnemar(with.scores, without.scores, with.labels, {classes = with.classes,
        thresholds = with.thresholds, second_thresholds = without.thresholds})
      for _, test in ipairs(tests or {}) do
        rows[#rows + 1] = {network = row.network, upstream = row.upstream, downstream = row.downstream, strategy = row.strategy,
          size = row.size, seed = seed, class = test.class, only_first = test.only_first, only_second = test.only_second, p = test.p_exact}
        p_values[#p_values + 1] = test.p_exact
      end
    end
  end
  for i, p in ipairs(stats.holm(p_values)) do rows[i].p_holm = p end
  return rows
end

--- What no model at all would score: for each downstream set the class that is most frequent in training, always predicted.
function compare.baselines(spec, sets)
  local rows = {}
  for _, set in ipairs(sets) do
    if set.baseline and set.role == "downstream" then
      rows[#rows + 1] = {downstream = set.name, name = "always " .. set.baseline.class, metric = "weighted_f1",
        score = set.baseline.weighted_f1}
      if spec.metric:find("auroc") then
        rows[#rows + 1] = {downstream = set.name, name = "guessing", metric = spec.metric, score = 0.5}
      end
    end
  end
  return rows
end

return compare
