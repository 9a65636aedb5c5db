-- A detector of atrial fibrillation, used on a folder of records at any rate.   lua5.4 examples/15_af_detector.lua [FOLDER]
-- It is trained on synthetic ECGs alone, so that it runs with no download: see docs/results.md for how far that carries.
local eg = require "ecgraft"
local folder, smoke = ..., false
for _, word in ipairs{...} do smoke = smoke or word == "--smoke" end
if folder == "--smoke" then folder = nil end

local set = eg.data.synthetic{records = smoke and 120 or 2000, classes = {"AF", "NORM", "SB", "STach", "PAC"}, seconds = 10, seed = 1}
local parts = set:split{train = 0.8, val = 0.2, test = 0, by = "patient", seed = 1}
eg.manual_seed(1)
local net = eg.models.resnet1d18{classes = #set.classes, width = smoke and 2 or 8, hidden = smoke and 4 or 64}
eg.fit(net, parts.train, {val = parts.val, epochs = smoke and 1 or 6, batch = 32, label = "AF",
  optimizer = eg.optim.Adam(net:parameters(), {lr = 2e-3}),
  augment = eg.data.augment{scale = {0.7, 1.4}, noise = 0.05}})

-- The threshold with the best F1 on validation, and what it gives there.
local scores = eg.predict(net, parts.val)
local threshold = eg.metrics.tune_thresholds(scores, parts.val.labels)[1]
local found = eg.metrics.evaluate(scores, parts.val.labels, {classes = set.classes}).per_class[1]
print(("validation: AUROC %.3f, threshold %.2f"):format(found.auroc, threshold))

if not folder then
  folder = "af-records"
  assert(eg.data.write_wfdb(eg.data.synthetic{records = 6, classes = {"AF", "NORM"}, rate = 500, seed = 9}, folder))
end
local input = require "ecgraft.train.record_input"
for _, path in ipairs(assert(require("ecgraft.data.listing").records(folder))) do
  local record, message = eg.data.read_record(path)
  local probabilities
  if record then probabilities, message = input.of_record(net, net.card, record) end
  if probabilities then
    print(("%s  %.3f  %s"):format(path, probabilities[1], probabilities[1] >= threshold and "atrial fibrillation" or ""))
  else
    print(message)
  end
end
