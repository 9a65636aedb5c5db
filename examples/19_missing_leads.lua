-- Electrodes come off: how much does a network lose when leads are missing, and does training with leads left out help?
--   lua5.4 examples/19_missing_leads.lua
local eg = require "ecgraft"
local smoke = ... == "--smoke"

local set = eg.data.synthetic{records = smoke and 120 or 2000, hospital = "A", seconds = 5, seed = 1}
local parts = set:split{train = 0.6, val = 0.1, test = 0.3, by = "patient", seed = 1}

local function train(name, augment)
  eg.manual_seed(1)
  local net = eg.models.resnet1d18{classes = #set.classes, width = smoke and 2 or 8, hidden = smoke and 4 or 64}
  eg.fit(net, parts.train, {val = parts.val, epochs = smoke and 1 or 10, batch = 32, label = name, augment = augment,
    optimizer = eg.optim.Adam(net:parameters(), {lr = 2e-3})})
  return net
end

local nets = {{"all leads", train "all leads"}, {"dropped", train("dropped", eg.data.augment{lead_dropout = 0.3})}}

--- The test set as it comes when only the leads `names` are there: the others are flat.
local function only(names)
  local kept = eg.zeros(1, 1, #set.leads)
  for _, name in ipairs(names) do
    for i, lead in ipairs(set.leads) do if lead == name then kept:select(3, i):fill_(1) end end
  end
  return parts.test:with_signals(parts.test.signals * kept)
end

local cases = {
  {"all twelve", set.leads}, {"the six limb leads", {"I", "II", "III", "aVR", "aVL", "aVF"}},
  {"I, II, V2, V5", {"I", "II", "V2", "V5"}}, {"II alone", {"II"}},
}
print(("%-20s  %10s  %10s    test macro AUROC"):format("", nets[1][1], nets[2][1]))
for _, case in ipairs(cases) do
  local test, cells = only(case[2]), {}
  for i, each in ipairs(nets) do
    cells[i] = eg.metrics.evaluate(eg.predict(each[2], test), test.labels, {classes = set.classes}).macro_auroc
  end
  print(("%-20s  %10.3f  %10.3f"):format(case[1], table.unpack(cells)))
end
