-- Does pretraining on PTB-XL help on CPSC2018 and Georgia? ResNet1d18 and LSTM (the paper's flattened head, and a pooled one), six
-- strategies, six seeds, each run's learning rate chosen on validation.
--   ecgraft study examples/real/transfer.lua --workers 2        (a small one on synthetic sets: -- --smoke)
--   ecgraft study examples/real/transfer.lua -- --paper         the paper's protocol; run first, the strict report has both side by side
-- The folders of the sets are in ../paper/folders.lua.
local eg = require "ecgraft"
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or ""
local sets = dofile(here .. "sets.lua")
local asked = {}
for _, word in ipairs{...} do asked[word] = true end
local smoke, paper = asked["--smoke"], asked["--paper"]
local suffix = smoke and "-smoke" or ""

return eg.study{
  name = (paper and "real-transfer-paper" or "real-transfer") .. suffix,
  protocol = paper and "paper" or "strict",
  compare_with = not paper and "runs/real-transfer-paper" .. suffix or nil,
  upstream = {ptbxl = sets.ptbxl(smoke)},
  downstream = {cpsc2018 = sets.cpsc2018(smoke), georgia = sets.georgia(smoke)},
  networks = smoke and {{"resnet1d18", name = "resnet1d18", width = 2, hidden = 4}, {"lstm", name = "lstm", hidden = 2}}
    or {"resnet1d18", {"lstm", name = "lstm-flatten"}, {"lstm", name = "lstm-mean", head = "mean"}},
  strategies = paper and {"scratch", "finetune"} or {"scratch", "finetune", "linear_probe", "lp_ft", "discriminative", "l2_sp"},
  seeds = (smoke or paper) and {1} or {1, 2, 3, 4, 5, 6},
  split = {train = 0.6, val = 0.15, test = 0.25, by = "patient", seed = 1},
  tune = not paper and {2e-3, 2e-4} or nil,
  train = smoke and {epochs = 1} or {epochs = paper and 100 or 15, batch = paper and 256 or 32, lr = paper and 1e-2 or 2e-3},
  pretrain = smoke and {epochs = 1}
    or {epochs = paper and 30 or 8, batch = paper and 256 or 64, schedule = not paper and "one_cycle" or nil},
  resamples = smoke and 100 or 2000,
}
