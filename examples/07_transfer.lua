-- Pretrain at hospital A, then train at hospital B from there, by several strategies.   lua5.4 examples/07_transfer.lua
local eg = require "ecgraft"
local smoke = ... == "--smoke"
local seconds = smoke and 5 or 10

local function network(classes)
  eg.manual_seed(1)
  return eg.models.resnet1d18{classes = classes, width = 8, hidden = 64}
end

local function score(net, test)
  return eg.metrics.evaluate(eg.predict(net, test), test.labels, {classes = test.classes}).macro_auroc
end

local a = eg.data.synthetic{records = smoke and 150 or 3000, hospital = "A", seconds = seconds, seed = 1}
local upstream = a:split{train = 0.9, val = 0.1, test = 0, seed = 1}
local pretrained = network(#a.classes)
eg.fit(pretrained, upstream.train, {val = upstream.val, epochs = smoke and 1 or 8, batch = 32, seed = 1, label = "hospital A"})

local b = eg.data.synthetic{records = smoke and 150 or 1000, hospital = "B", seconds = seconds, seed = 2}
local parts = b:split{train = 0.5, val = 0.2, test = 0.3, seed = 1}
parts.train = parts.train:take(smoke and 40 or 150, {seed = 1, stratified = true})

-- "scratch" begins with random weights; the others take all but the head from the pretrained network.
for _, strategy in ipairs{"scratch", "finetune", "lp_ft", "discriminative"} do
  local net = network(#b.classes)
  local _, share = assert(eg.transfer.fit(net, parts.train, {strategy = strategy, from = pretrained, val = parts.val,
    epochs = smoke and 2 or 15, batch = 32, lr = 1e-3, seed = 1, label = strategy}))
  print(("%-15s %3.0f %% of the weights from hospital A, test macro AUROC with %d records: %.3f"):format(strategy, 100 * share,
    #parts.train, score(net, parts.test)))
end
print "one seed proves nothing: see 08_study.lua"
