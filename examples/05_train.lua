-- Train a small CNN on synthetic ECGs, look at its metrics, save it.   lua5.4 examples/05_train.lua
local eg = require "ecgraft"
local smoke = ... == "--smoke"

local set = eg.data.synthetic{records = smoke and 120 or 1500, hospital = "B", seconds = smoke and 5 or 10, seed = 1}
local parts = set:split{train = 0.7, val = 0.1, test = 0.2, by = "patient", seed = 1}

eg.manual_seed(1)
local net = eg.models.resnet1d18{classes = #set.classes, width = 8, hidden = 64}
local history = eg.fit(net, parts.train, {
  val = parts.val, epochs = smoke and 2 or 12, batch = 64, seed = 1,
  optimizer = eg.optim.Adam(net:parameters(), {lr = 2e-3}),
})
print(history)

local scores = eg.predict(net, parts.test)
print(eg.metrics.evaluate(scores, parts.test.labels, {classes = set.classes}))

assert(net:save "model.h5")
print "written: model.h5 (ecgraft info model.h5 tells what is in it)"
