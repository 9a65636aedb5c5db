-- From synthetic to real: ResNet1d18 learns from made-up ECGs alone and is then asked about the records of two real sets. Three seeds.
--   lua5.4 examples/11_synthetic_to_real.lua GEORGIA_DIR CPSC_DIR [OUT_DIR]      goes on where it was when started again
-- With no download: ecgraft synth g --hospital B --layout challenge; ecgraft synth c --layout challenge; then with g and c as folders.
-- Nobody labelled the sinus rates of CPSC2018, so sinus bradycardia (SB) and tachycardia (STach) are asked of Georgia's records alone;
-- atrial fibrillation (AF) of both. docs/results.md has the table.
local eg = require "ecgraft"

local georgia_dir, cpsc_dir, out = ...
if not cpsc_dir then
  print "usage: lua5.4 examples/11_synthetic_to_real.lua GEORGIA_DIR CPSC_DIR [OUT_DIR]"
  os.exit(2)
end
local smoke = out == "--smoke"
if smoke or not out then out = smoke and "runs/synthetic-to-real-smoke" or "runs/synthetic-to-real" end
local seeds = smoke and {1} or {1, 2, 3}

-- All that the generator can make, so that the three are not the only records that are fast, slow or irregular.
local CLASSES = {"NORM", "SB", "STach", "AF", "IAVB", "LBBB", "RBBB", "PAC", "PVC", "LVH", "LAD", "STE", "STD", "MI", "TAb", "TInv", "LQT"}
local prevalence = {NORM = 0.2, SB = 0.12, STach = 0.12, AF = 0.15}
for _, class in ipairs(CLASSES) do prevalence[class] = prevalence[class] or 0.05 end

local function train(seed)
  local set = eg.data.synthetic{records = smoke and 300 or 6000, classes = CLASSES, prevalence = prevalence, seed = seed,
    hospital = {name = "any", several = 0.3, gain_spread = 0.2, electrode = 0.1}}
  local parts = set:split{train = 0.9, val = 0.1, test = 0, by = "patient", seed = seed}
  eg.manual_seed(seed)
  local net = eg.models.resnet1d18{classes = #CLASSES, width = smoke and 4 or nil, hidden = smoke and 8 or nil}
  eg.fit(net, parts.train, {
    val = parts.val, epochs = smoke and 1 or 6, batch = 64, seed = seed, label = "synthetic, seed " .. seed,
    scaler = "record", -- each lead by its own deviation: rhythm has no use for voltage, and recorders differ in gain
    augment = eg.data.augment{noise = 0.05, wander = 0.15, lead_dropout = 0.05, rate = 100},
    optimizer = eg.optim.Adam(net:parameters(), {lr = 2e-3}), schedule = "one_cycle", checkpoint = out .. "/s" .. seed,
  })
  return net
end

local nets = {}
for i, seed in ipairs(seeds) do nets[i] = train(seed) end

-- The real records, read when all is learned.
local georgia, cpsc = assert(eg.data.georgia(georgia_dir)), assert(eg.data.cpsc2018(cpsc_dir))
print(georgia)
print(cpsc)

-- The column of a class, (N, 1), in labels or scores (N, K) of these classes.
local function column(of, classes, class)
  for k, name in ipairs(classes) do if name == class then return of:narrow(2, k, 1) end end
end

-- AUROC of a class over the records of some sets: of each network, of their mean with its interval over records.
local function row(class, title, sets)
  local labels, scores, cells = {}, {}, {}
  for s, set in ipairs(sets) do labels[s] = column(set.labels, set.classes, class) end
  labels = eg.cat(labels)
  for i, net in ipairs(nets) do
    local parts = {}
    for s, set in ipairs(sets) do parts[s] = column(eg.predict(net, set), CLASSES, class) end
    scores[i] = eg.cat(parts)
    cells[i] = ("%.3f"):format(eg.metrics.evaluate(scores[i], labels, {classes = {class}}).macro_auroc)
  end
  local mean = eg.metrics.bootstrap(scores, labels, {classes = {class}, resamples = 2000})[1]
  print(("| %s | %s | %d of %d | %s | %.3f | %.3f to %.3f |"):format(class, title, labels:sum():item(), #labels,
    table.concat(cells, " | "), mean.estimate, mean.low, mean.high))
end

print("| class | records of | positive | seed " .. table.concat(seeds, " | seed ") .. " | mean | 95 % interval |")
print("|---|---|---|" .. ("---|"):rep(#seeds + 2))
row("SB", "Georgia", {georgia})
row("STach", "Georgia", {georgia})
row("AF", "CPSC2018", {cpsc})
row("AF", "both", {georgia, cpsc})
