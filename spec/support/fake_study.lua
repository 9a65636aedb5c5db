--- A study that never ran, with numbers that look like those of one that did: learning curves a - b n^-c and noise from a fixed sequence.
-- fake_study.report(overrides) returns an argument for report.write.
local fake_study = {}

-- A small congruential sequence in [-1, 1): the same on every machine.
local function sequence(seed)
  local state = seed
  return function()
    state = (state * 1103515245 + 12345) % 2147483648
    return state / 1073741824 - 1
  end
end

local CLASSES = { "NORM", "AF", "LBBB", "RBBB", "ST elevation" }

local function history_of(final, epochs, noise, fast)
  local rows = {}
  for epoch = 1, epochs do
    local progress = 1 - math.exp(-epoch / (fast and 3 or 7))
    rows[epoch] = {
      epoch = epoch, train_loss = 0.65 * (1 - 0.85 * progress) + 0.01 * noise(), val_loss = 0.62 * (1 - 0.7 * progress) + 0.01 * noise(),
      val_score = 0.5 + (final - 0.5) * progress + 0.008 * noise(), lr = 1e-3, seconds = 1.3,
    }
  end
  return rows
end

local function per_class_of(score, noise)
  local rows = {}
  for i, class in ipairs(CLASSES) do
    local auroc = math.min(0.999, score + 0.02 * (3 - i) + 0.01 * noise())
    rows[i] = {
      class = class, support = 140 - 25 * i, auroc = auroc, f1 = auroc - 0.18, average_precision = auroc - 0.12, threshold = 0.4,
    }
  end
  return rows
end

local arms = {
  { strategy = "scratch", upstream = "none", gain = 0 },
  { strategy = "finetune", upstream = "hospital A", gain = 0.9 },
  { strategy = "linear_probe", upstream = "hospital A", gain = 1.1, ceiling = 0.79 },
}

local function run_of(network, downstream, arm, size, seed, epochs)
  local records = size == "all" and 1600 or size
  local noise = sequence(seed * 7919 + records * 31 + #network * 101 + #arm.strategy * 17 + #downstream)
  local ceiling = (network == "lstm" and 0.87 or 0.92) - (downstream == "hospital C" and 0.03 or 0)
  local gain = arm.gain * (network == "lstm" and 0.3 or 1) * (downstream == "hospital C" and 0.7 or 1)
  local score = ceiling - (1.9 - gain) * records ^ -0.47
  score = math.min(score, arm.ceiling or 1) + 0.35 * records ^ -0.6 * noise()
  return {
    network = network, upstream = arm.upstream, downstream = downstream, strategy = arm.strategy,
    size = size, records = records, seed = seed,
    scores = { macro_auroc = score, macro_f1 = score - 0.2, weighted_f1 = score - 0.12 }, val_score = score + 0.01 * noise(),
    epochs = epochs, best_epoch = epochs - 3, seconds = 0.004 * records * (network == "lstm" and 2 or 1) + 1.7,
    transferred = arm.strategy ~= "scratch" and (network == "lstm" and 0.083 or 0.999) or nil,
    history = history_of(score, epochs, noise, arm.strategy ~= "scratch"), per_class = per_class_of(score, noise),
  }
end

local function gain_of(runs, network, downstream, arm, size, seeds)
  local sum, low, high, n = 0, math.huge, -math.huge, 0
  for _, seed in ipairs(seeds) do
    local score = {}
    for _, run in ipairs(runs) do
      if run.network == network and run.downstream == downstream and run.size == size and run.seed == seed then
        score[run.strategy] = run.scores.macro_auroc
      end
    end
    local gain = score[arm.strategy] - score.scratch
    sum, low, high, n = sum + gain, math.min(low, gain), math.max(high, gain), n + 1
  end
  local p = (low > 0 or high < 0) and 2 / 2 ^ n or 0.4
  return {
    network = network, upstream = arm.upstream, downstream = downstream, strategy = arm.strategy, size = size,
    mean = sum / n, low = low, high = high,
    p = p, p_holm = math.min(1, p * 1.5), n_seeds = n,
  }
end

--- overrides: fields of the report that replace those made here; networks, downstream, sizes and seeds size the study.
function fake_study.report(overrides)
  overrides = overrides or {}
  local networks, downstream = overrides.networks or { "resnet1d18", "lstm" }, overrides.downstream or { "hospital B", "hospital C" }
  local sizes, seeds = overrides.sizes or { 50, 100, 200, 400, 800, "all" }, overrides.seeds or { 1, 2, 3, 4, 5, 6 }
  local runs, gains = {}, {}
  for _, set in ipairs(downstream) do
    for _, network in ipairs(networks) do
      for _, arm in ipairs(arms) do
        for _, size in ipairs(sizes) do
          for _, seed in ipairs(seeds) do runs[#runs + 1] = run_of(network, set, arm, size, seed, overrides.epochs or 25) end
          if arm.strategy ~= "scratch" then gains[#gains + 1] = gain_of(runs, network, set, arm, size, seeds) end
        end
      end
    end
  end
  local report = {
    out = "unused",
    study = {
      name = "Two hospitals", question = "Does pretraining at hospital A help hospitals B and C?", metric = "macro_auroc",
      networks = networks, upstream = { "hospital A" }, downstream = downstream, strategies = { "scratch", "finetune", "linear_probe" },
      sizes = sizes, seeds = seeds, synthetic = true, planned = #runs, command = "ecgraft study two-hospitals.lua --out runs/two-hospitals",
      file = { path = "two-hospitals.lua", text = 'local eg = require "ecgraft"\nreturn eg.study{ name = "Two hospitals" }\n' },
      versions = { { "ecgraft", "scm" }, { "Lua", "5.4" } }, machine = "2 cores",
    },
    runs = runs, gains = gains,
    baselines = { { downstream = downstream[1], name = "chance", score = 0.5 } },
    pretraining = {
      { network = "resnet1d18", upstream = "hospital A", seed = 1, records = 4000, epochs = 30, best_epoch = 27, score = 0.931,
        seconds = 412 },
      { network = "lstm", upstream = "hospital A", seed = 1, records = 4000, epochs = 30, best_epoch = 30, score = 0.902,
        seconds = 655 },
    },
    sets = {
      { name = "hospital A", role = "upstream", records = 5000, patients = 5000, classes = CLASSES, rate = 100, seconds = 10, train = 4000,
        val = 500, test = 500, synthetic = true },
      { name = "hospital B", role = "downstream", records = 2400, patients = 2281, classes = CLASSES,
        rate = 100, seconds = 10, train = 1600,
        val = 300, test = 500, skipped = 3, synthetic = true, notes = { "3 records were damaged and left out: b0017, b0432, b1201" } },
    },
  }
  for _, name in ipairs { "networks", "downstream", "sizes", "seeds", "epochs" } do overrides[name] = nil end
  for name, value in pairs(overrides) do report[name] = value end
  return report
end

return fake_study
