-- One lead, as a watch records it: from twelve leads to lead I, with the pretrained network's first layer adapted.
--   lua5.4 examples/20_single_lead.lua
local eg = require "ecgraft"
local smoke = ... == "--smoke"
local width, hidden = smoke and 2 or 8, smoke and 4 or 64

local function train(name, net, parts, epochs)
  eg.fit(net, parts.train, {val = parts.val, epochs = smoke and 1 or epochs, batch = 32, label = name,
    optimizer = eg.optim.Adam(net:parameters(), {lr = 2e-3})})
end

local function network(leads, classes)
  eg.manual_seed(1)
  return eg.models.resnet1d18{leads = leads, classes = classes, width = width, hidden = hidden}
end

-- Twelve leads, from a hospital.
local twelve = eg.data.synthetic{records = smoke and 120 or 2500, hospital = "A", seconds = 10, seed = 1}
local large = twelve:split{train = 0.9, val = 0.1, test = 0, by = "patient", seed = 1}
local pretrained = network(12, #twelve.classes)
train("twelve leads", pretrained, large, 6)

-- Lead I of other people, at another rate, labelled with rhythms only.
local watch = eg.data.synthetic{records = smoke and 80 or 600, classes = {"NORM", "AF", "SB", "STach"}, seconds = 10, seed = 2}
  :select{"I"}
local parts = watch:split{train = 0.3, val = 0.2, test = 0.5, by = "patient", seed = 1}
assert(parts.test:record(1):plot "watch.svg")

local scratch = network(1, 4)
train("scratch", scratch, parts, 15)
local tuned = network(1, 4)
eg.transfer.load_body(tuned, eg.transfer.adapt_leads(tuned, pretrained:state(), twelve.leads, watch.leads))
train("fine-tuned", tuned, parts, 15)

for _, each in ipairs{{"scratch", scratch}, {"fine-tuned", tuned}} do
  local found = eg.metrics.evaluate(eg.predict(each[2], parts.test), parts.test.labels, {classes = watch.classes})
  print(("%-10s  test macro AUROC %.3f, AF %.3f"):format(each[1], found.macro_auroc, found.per_class[2].auroc))
end
