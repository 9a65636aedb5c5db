-- Transfer from a model that somebody shared, to a set with other classes, other leads and few records.
--   lua5.4 examples/16_shared_model.lua [SHARED.h5]           without one: a model of a synthetic hospital, made here
local eg = require "ecgraft"
local path, smoke = ..., false
for _, word in ipairs{...} do smoke = smoke or word == "--smoke" end
if path == "--smoke" then path = nil end

local options = {width = smoke and 2 or 8, hidden = smoke and 4 or 64}
local function network(leads, classes)
  eg.manual_seed(2)
  return eg.models.resnet1d18{leads = leads, classes = classes, width = options.width, hidden = options.hidden}
end

if not path then
  path = "shared.h5"
  local large = eg.data.synthetic{records = smoke and 100 or 2000, hospital = "A", seconds = 5, seed = 1}
  local net = network(12, #large.classes)
  eg.fit(net, large, {epochs = smoke and 1 or 5, batch = 32, label = "shared"})
  assert(net:save(path))
end

local shared, message = eg.nn.load(path)
if not shared then
  print(message)
  return os.exit(1)
end
local card = shared.card
print(("%s: %s; leads %s"):format(path, table.concat(card.classes, ", "), table.concat(card.leads, ", ")))

-- Ours: three leads, two findings. The first layer of the shared network has twelve inputs: those of our leads are taken.
local leads = {"I", "II", "V2"}
local ours = eg.data.synthetic{records = smoke and 60 or 300, classes = {"NORM", "LBBB"}, seconds = 5, seed = 3}:select(leads)
local parts = ours:split{train = 0.4, val = 0.2, test = 0.4, by = "patient", seed = 1}

for _, from in ipairs{"scratch", "shared"} do
  local net = network(#leads, 2)
  if from == "shared" then
    local state = eg.transfer.adapt_leads(net, shared:state(), card.leads, leads)
    local copied, values = eg.transfer.load_body(net, state)
    print(("%d of %d values come from %s"):format(copied, values, path))
  end
  eg.fit(net, parts.train, {val = parts.val, epochs = smoke and 1 or 8, batch = 16, label = from,
    optimizer = eg.optim.Adam(net:parameters(), {lr = 1e-3})})
  local scores = eg.predict(net, parts.test)
  print(("%-8s test macro AUROC %.3f"):format(from,
    eg.metrics.evaluate(scores, parts.test.labels, {classes = ours.classes}).macro_auroc))
end
