-- For how many labelled records does pretraining pay? PTB-XL's superclasses, 50 records to all of folds 5 to 8 (validation: fold 9, test:
-- fold 10), pretrained on the form and rhythm statements of folds 1 to 4, or on synthetic ECGs alone. ResNet1d18, six seeds.
--   ecgraft study examples/real/sizes.lua --workers 2           (a small one on synthetic sets: -- --smoke)
--   ecgraft study examples/real/sizes.lua -- --paper            the paper's protocol; run first, the strict report has both side by side
-- The folder of PTB-XL is in ../paper/folders.lua.
local eg = require "ecgraft"
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or ""
local sets = dofile(here .. "sets.lua")
local asked = {}
for _, word in ipairs{...} do asked[word] = true end
local smoke, paper = asked["--smoke"], asked["--paper"]
local suffix = smoke and "-smoke" or ""

return eg.study{
  name = (paper and "real-sizes-paper" or "real-sizes") .. suffix,
  protocol = paper and "paper" or "strict",
  compare_with = not paper and "runs/real-sizes-paper" .. suffix or nil,
  upstream = {statements = sets.statements(smoke), synthetic = sets.synthetic(smoke)},
  downstream = {superclasses = sets.superclasses(smoke)},
  networks = smoke and {{"resnet1d18", name = "resnet1d18", width = 2, hidden = 4}} or {"resnet1d18"},
  strategies = {"scratch", "finetune"},
  sizes = smoke and {8, "all"} or {50, 100, 200, 400, 1000, "all"},
  seeds = (smoke or paper) and {1} or {1, 2, 3, 4, 5, 6},
  train = smoke and {epochs = 1} or {epochs = 4, min_steps = 120, batch = 32, lr = paper and 1e-2 or 2e-3,
    schedule = not paper and "one_cycle" or nil, val_steps = not paper and 20 or nil},
  pretrain = smoke and {epochs = 1} or {epochs = 8, batch = 64, lr = paper and 1e-2 or 2e-3, schedule = not paper and "one_cycle" or nil},
  resamples = smoke and 100 or 2000,
}
