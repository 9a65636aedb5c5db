--- Small rows for reports: rows.gain{size = 50}, rows.run{seed = 2}, with what is not said filled in.
local rows = {}

function rows.gain(more)
  local row = { network = "net", upstream = "A", downstream = "B", strategy = "finetune", size = 100, mean = 0.05, low = 0.02, high = 0.08,
    p = 0.03, p_holm = 0.03, n_seeds = 6 }
  for name, value in pairs(more or {}) do row[name] = value end
  return row
end

function rows.run(more)
  local row = { network = "net", downstream = "B", size = 100, seed = 1, scores = { macro_auroc = 0.8 } }
  for name, value in pairs(more or {}) do row[name] = value end
  return row
end

return rows
