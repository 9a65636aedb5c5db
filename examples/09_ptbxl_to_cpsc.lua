-- Real records: ResNet1d18 from scratch on PTB-XL's superclasses, then fine-tuned to CPSC2018 beside scratch, three seeds.
--   lua5.4 examples/09_ptbxl_to_cpsc.lua PTBXL_DIR CPSC_DIR [OUT_DIR]      goes on where it was when started again
-- With no download: ecgraft synth xl --layout ptbxl; ecgraft synth cpsc --layout challenge; then with xl and cpsc as the two folders.
-- PTB-XL: folds 1-8 train, 9 validation, 10 test. CPSC2018: four folds, macro AUROC pooled over them. docs/results.md has the table.
local eg = require "ecgraft"
local files = require "ecgraft.files"

local ptbxl_dir, cpsc_dir, out = ...
local smoke = out == "--smoke"
if not cpsc_dir then
  print "usage: lua5.4 examples/09_ptbxl_to_cpsc.lua PTBXL_DIR CPSC_DIR [OUT_DIR]"
  os.exit(2)
end
if smoke or not out then out = smoke and "runs/ptbxl-to-cpsc-smoke" or "runs/ptbxl-to-cpsc" end

local SCALER = eg.data.scaler.new{kind = "set", mean = 0, deviation = 0.228} -- of the PTB-XL training folds, in mV
local seeds = smoke and {1} or {1, 2, 3}

local function network(classes, seed)
  eg.manual_seed(seed)
  return smoke and eg.models.resnet1d18{classes = classes, width = 4, hidden = 8} or eg.models.resnet1d18{classes = classes}
end

local function train(net, set, folder, o)
  return eg.fit(net, set, {
    val = o.val, epochs = smoke and 1 or o.epochs, batch = o.batch, seed = o.seed, scaler = SCALER, label = o.label,
    optimizer = eg.optim.Adam(net:parameters(), {lr = o.lr}), schedule = "one_cycle", checkpoint = folder,
  })
end

local function score(scores, set) return eg.metrics.evaluate(scores, set.labels, {classes = set.classes}).macro_auroc end

--- What `compute` returns (a table of numbers), taken from the folder's result.json where that is there already.
local function once(folder, compute)
  local path = folder .. "/result.json"
  if files.exists(path) then return assert(files.read_json(path)) end
  assert(files.make_folder(folder))
  local result = compute()
  assert(files.write_json(path, result))
  return result
end

-- 1. Upstream.
local ptbxl = assert(eg.data.ptbxl(ptbxl_dir, {rate = 100}))
print(ptbxl)

local function rows(first, last)
  local list = {}
  for i, fold in ipairs(ptbxl.fold) do if fold >= first and fold <= last then list[#list + 1] = i end end
  if smoke then list = table.move(list, 1, 64, 1, {}) end
  return ptbxl:subset(list)
end

local parts = {train = rows(1, 8), val = rows(9, 9), test = rows(10, 10)}

local function upstream(seed)
  local folder = ("%s/ptbxl-s%d"):format(out, seed)
  return once(folder, function()
    local net = network(#ptbxl.classes, seed)
    local history = train(net, parts.train, folder, {val = parts.val, epochs = 8, batch = 64, lr = 2e-3, seed = seed,
      label = "PTB-XL, seed " .. seed})
    assert(net:save(folder .. "/model.h5"))
    return {val = history.best_score, test = score(eg.predict(net, parts.test), parts.test), seconds = history.seconds}
  end)
end

-- 2. Downstream.
local cpsc = assert(eg.data.cpsc2018(cpsc_dir))
print(cpsc)
if smoke then cpsc = cpsc:take(64, {seed = 1}) end
local folds = cpsc:folds{k = 4, by = "patient", seed = 1}

local function downstream(seed, arm)
  return once(("%s/cpsc-%s-s%d"):format(out, arm, seed), function()
    local scores, labels = {}, {}
    for k, fold in ipairs(folds) do
      local net = network(#cpsc.classes, seed)
      if arm == "finetune" then
        eg.transfer.load_body(net, assert(eg.nn.load(("%s/ptbxl-s%d/model.h5"):format(out, seed))):state())
      end
      train(net, fold.train, ("%s/cpsc-%s-s%d/fold%d"):format(out, arm, seed, k), {epochs = 15, batch = 32, lr = 1e-3, seed = seed,
        label = ("CPSC2018, %s, seed %d, fold %d"):format(arm, seed, k)})
      scores[k], labels[k] = eg.predict(net, fold.test), fold.test.labels
    end
    return {test = eg.metrics.evaluate(eg.cat(scores), eg.cat(labels), {classes = cpsc.classes}).macro_auroc}
  end)
end

local results = {}
for i, seed in ipairs(seeds) do
  results[i] = {seed = seed, ptbxl = upstream(seed), finetune = downstream(seed, "finetune"), scratch = downstream(seed, "scratch")}
end

-- 3. The table.
print "| seed | PTB-XL validation | PTB-XL test | CPSC2018 scratch | CPSC2018 fine-tuned | gain |"
print "|---|---|---|---|---|---|"
local tests, tuned, scratch = {}, {}, {}
for i, row in ipairs(results) do
  tests[i], tuned[i], scratch[i] = row.ptbxl.test, row.finetune.test, row.scratch.test
  print(("| %d | %.3f | %.3f | %.3f | %.3f | %+.3f |"):format(row.seed, row.ptbxl.val, tests[i], scratch[i], tuned[i],
    tuned[i] - scratch[i]))
end
table.sort(tests)
print(("median PTB-XL test macro AUROC: %.3f"):format(tests[(#tests + 1) // 2]))
if #seeds > 1 then
  local gain = require("ecgraft.stats").gain(tuned, scratch)
  print(("gain of fine-tuning: %+.3f, 95 %% interval over seeds %+.3f to %+.3f"):format(gain.gain, gain.low, gain.high))
end
