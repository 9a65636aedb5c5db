--- Datasets for specs: N records of a few samples with three classes, two records for every third patient.
local core = require("ecgraft.core")
local dataset = require("ecgraft.data.dataset")

--- small_set(n [, fields]): class A in half of the records, B in a fifth, C in every 17th; signals are random and all different.
return function(n, fields)
  local labels, records, patients = {}, {}, {}
  local noise = core.random.uniform(n, 3)
  for i = 1, n do
    labels[i] = {noise[i] < .5 and 1 or 0, noise[i] > .3 and noise[i] < .5 and 1 or 0, i % 17 == 0 and 1 or 0}
    records[i] = ("r%04d"):format(i)
    patients[i] = ("p%04d"):format(i % 6 == 1 and i > 1 and i - 1 or i)
  end
  local all = {signals = core.randn(n, 8, 2), labels = core.tensor(labels), classes = {"A", "B", "C"}, records = records,
    patients = patients, leads = {"I", "II"}, rate = 100, source = "made for a spec"}
  for name, value in pairs(fields or {}) do all[name] = value end
  return dataset.new(all)
end
