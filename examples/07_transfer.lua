-- Transfer by hand: pretrain at hospital A, fine-tune at hospital B, beside training from scratch.   lua5.4 examples/07_transfer.lua
local eg = require "ecgraft"
local smoke = ... == "--smoke"
local seconds = smoke and 5 or 10

local function network(classes)
  eg.manual_seed(1)
  return eg.models.resnet1d18{classes = classes, width = 8, hidden = 64}
end

local function train(label, net, parts, epochs)
  return eg.fit(net, parts.train, {val = parts.val, epochs = epochs, batch = 32, seed = 1, label = label,
    optimizer = eg.optim.Adam(net:parameters(), {lr = 1e-3})})
end

local function score(net, test)
  return eg.metrics.evaluate(eg.predict(net, test), test.labels, {classes = test.classes}).macro_auroc
end

local a = eg.data.synthetic{records = smoke and 150 or 3000, hospital = "A", seconds = seconds, seed = 1}
local upstream = a:split{train = 0.9, val = 0.1, test = 0, seed = 1}
local pretrained = network(#a.classes)
train("hospital A", pretrained, upstream, smoke and 1 or 8)

local b = eg.data.synthetic{records = smoke and 150 or 1000, hospital = "B", seconds = seconds, seed = 2}
local parts = b:split{train = 0.5, val = 0.2, test = 0.3, seed = 1}
parts.train = parts.train:take(smoke and 40 or 150, {seed = 1, stratified = true})

local scratch = network(#b.classes)
train("scratch", scratch, parts, smoke and 1 or 15)

local tuned = network(#b.classes)
local copied, all = eg.transfer.load_body(tuned, pretrained:state()) -- everything but the head, which stays new
train("fine-tuned", tuned, parts, smoke and 1 or 15)

print(("%d of %d values came from hospital A"):format(copied, all))
print(("test macro AUROC with %d records: scratch %.3f, fine-tuned %.3f"):format(#parts.train, score(scratch, parts.test),
  score(tuned, parts.test)))
print "one seed proves nothing: see 08_study.lua"
