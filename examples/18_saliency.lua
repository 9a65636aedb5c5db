-- What did the network look at? The moments and the leads, drawn over the ECG.   lua5.4 examples/18_saliency.lua
local eg = require "ecgraft"
local smoke = ... == "--smoke"

local set = eg.data.synthetic{records = smoke and 100 or 1500, classes = {"NORM", "PVC", "AF"}, seconds = 10, seed = 1}
local parts = set:split{train = 0.8, val = 0.1, test = 0.1, by = "patient", seed = 1}
eg.manual_seed(1)
local net = eg.models.resnet1d18{classes = 3, width = smoke and 2 or 8, hidden = smoke and 4 or 64}
eg.fit(net, parts.train, {val = parts.val, epochs = smoke and 1 or 6, batch = 32,
  optimizer = eg.optim.Adam(net:parameters(), {lr = 2e-3})})

-- The test record with premature ventricular beats of which it is most sure.
local scores, labels = eg.predict(net, parts.test), parts.test.labels
local best, highest
for i = 1, #parts.test do
  local score = scores[i][2]:item()
  if labels[i][2]:item() == 1 and (not highest or score > highest) then best, highest = i, score end
end
if not best then
  print "no test record has premature ventricular beats"
  return os.exit(1)
end
local record = parts.test:record(best)

local seen = eg.explain.record(net, record, {class = "PVC"})
print(("%s: probability of PVC %.2f, by %s"):format(record.name, seen.probability, seen.method))
for i, lead in ipairs(record.leads) do
  print(("  without %-4s the logit changes by %+.2f"):format(lead, -seen.leads[i]))
end
assert(eg.plot.save("saliency.svg", eg.plot.ecg(record, {time_weights = seen.time, lead_notes = eg.explain.notes(seen)})))
print "written: saliency.svg"
