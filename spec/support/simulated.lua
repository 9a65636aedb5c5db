--- Studies without training: test scores of two arms over seeds, drawn so that the truth is known, for the statistics of a study.
--
-- The logit of record i for a class is d y_i + e_i, with labels y and a noise e of variance 1 in three shares: `common`, the same for
-- every run (hard records are hard for all), `arm`, the same for the seeds of an arm (both arms err on other records), and the rest,
-- of each run alone. Each run's d is `strength` + `spread` times a normal number: seeds differ in how good they are. A run's true
-- AUROC is Phi(d / sqrt 2).
local core = require "ecgraft.core"
local metrics = require "ecgraft.metrics"
local stats = require "ecgraft.stats"

local simulated = {}

local PREVALENCE = {.4, .25, .15}

--- The normal distribution function, from Student's with so many degrees of freedom that they are one to ten digits.
local function phi(x)
  local tail = core.stats.student_t(x, 1e9) / 2
  return x >= 0 and 1 - tail or tail
end

--- Test scores (lists of tensors, one a seed) of two equally good arms: {with, without, labels, truth = the true gain of these runs}.
-- o: records, seeds, strength, spread, common, arm. Draws from the global stream.
function simulated.study(o)
  local rows = core.rand(o.records, #PREVALENCE):totable()
  for _, row in ipairs(rows) do
    for k, share in ipairs(PREVALENCE) do row[k] = row[k] < share and 1 or 0 end
  end
  local labels = core.tensor(rows)
  local common = core.randn(o.records, #PREVALENCE) * math.sqrt(o.common)
  local arms, truth = {}, {0, 0}
  for a = 1, 2 do
    arms[a] = {}
    local own = common + core.randn(o.records, #PREVALENCE) * math.sqrt(o.arm)
    local draws = core.randn(o.seeds):totable()
    for s = 1, o.seeds do
      local d = o.strength + o.spread * draws[s]
      local noise = core.randn(o.records, #PREVALENCE) * math.sqrt(1 - o.common - o.arm)
      arms[a][s] = (own + noise + (labels - .5) * d):sigmoid()
      truth[a] = truth[a] + phi(d / math.sqrt(2)) / o.seeds
    end
  end
  return {with = arms[1], without = arms[2], labels = labels, truth = truth[1] - truth[2]}
end

--- What the statistics of a study say of it: {gain, the macro AUROC's comparison (metrics.compare), p (sign-flip over seeds)}.
function simulated.judge(study, resamples, seed)
  local result = metrics.compare(study.with, study.without, study.labels, {resamples = resamples, seed = seed})[1]
  local differences = {}
  for s, with in ipairs(study.with) do
    differences[s] = metrics.evaluate(with, study.labels).macro_auroc - metrics.evaluate(study.without[s], study.labels).macro_auroc
  end
  return result, stats.sign_flip(differences).p
end

--- Shares over so many studies without a true gain, from `seed`: {covers_own: the interval over records holds the gain of these very
-- runs; records_reject: it leaves 0 out; covers: the interval over records and seeds holds 0; flip_reject, clear: the sign-flip test
-- rejects, alone and together with that interval; mcnemar_reject: the exact test of the first seeds, first class}.
function simulated.rates(o, studies, resamples, seed)
  core.manual_seed(seed)
  local hits = {covers_own = 0, records_reject = 0, covers = 0, flip_reject = 0, clear = 0, mcnemar_reject = 0}
  local function count(name, yes) if yes then hits[name] = hits[name] + 1 end end
  for i = 1, studies do
    local study = simulated.study(o)
    local r, p = simulated.judge(study, resamples, i)
    local outside = r.overall.low > 0 or r.overall.high < 0
    count("covers_own", r.low <= study.truth and study.truth <= r.high)
    count("records_reject", r.low > 0 or r.high < 0)
    count("covers", not outside)
    count("flip_reject", p <= .05)
    count("clear", outside and p <= .05)
    count("mcnemar_reject", metrics.mcnemar(study.with[1], study.without[1], study.labels)[1].p_exact <= .05)
  end
  for name, n in pairs(hits) do hits[name] = n / studies end
  return hits
end

--- The share of studies in which Holm's adjustment leaves at least one of `rows` sign-flip tests of nothing below 5 %.
function simulated.family_error(rows, seeds, studies, seed)
  core.manual_seed(seed)
  local errors = 0
  for _ = 1, studies do
    local p = {}
    for r, differences in ipairs(core.randn(rows, seeds):totable()) do p[r] = stats.sign_flip(differences).p end
    for _, adjusted in ipairs(stats.holm(p)) do
      if adjusted <= .05 then
        errors = errors + 1
        break
      end
    end
  end
  return errors / studies
end

--- The share of studies whose interval of an effective size holds the truth. o: sizes, seeds, noise (of a score), worth.
function simulated.effective_size_cover(o, studies, resamples, seed)
  core.manual_seed(seed)
  local covered = 0
  for i = 1, studies do
    local function cells(sizes, worth)
      local list = {}
      for c, n in ipairs(sizes) do
        local noise, scores = core.randn(o.seeds):totable(), {}
        for s = 1, o.seeds do scores[s] = .92 - 1.8 * (n * worth) ^ -.55 + o.noise * noise[s] end
        list[c] = {size = n, scores = scores}
      end
      return list
    end
    local at = o.sizes[2]
    local found = stats.effective_size{scratch = cells(o.sizes, 1), pretrained = cells({at}, o.worth), resamples = resamples, seed = i}[1]
    if found.records.low <= at * o.worth and at * o.worth <= found.records.high then covered = covered + 1 end
  end
  return covered / studies
end

return simulated
