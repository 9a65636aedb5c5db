--- A set that a small net learns in seconds: two classes, each a bump in one lead, with noise; a few patients with two records.
local eg = require "ecgraft"

local toy = {}

--- N records of 64 samples and 3 leads.
function toy.set(n, seed)
  local rng = eg.rng_state()
  eg.manual_seed(seed or 1)
  local signals, labels, records, patients = eg.randn(n, 64, 3), eg.zeros(n, 2), {}, {}
  for i = 1, n do
    local class = i % 3 == 0 and 1 or 2
    labels[i]:narrow(1, class, 1):fill_(1)
    signals[i]:narrow(1, 20 * class - 10, 12):select(2, class):add_(1.2)
    records[i] = ("toy%04d"):format(i)
    patients[i] = ("p%04d-%d"):format(i % 7 == 1 and i > 1 and i - 1 or i, seed or 1)
  end
  eg.set_rng_state(rng)
  return eg.data.dataset{signals = signals, labels = labels, classes = {"low", "high"}, records = records, patients = patients,
    leads = {"I", "II", "III"}, rate = 100, source = "made for a spec"}
end

--- A small CNN with everything that resuming has to get right: batch-norm statistics and dropout.
function toy.net(seed)
  eg.manual_seed(seed or 1)
  local nn = eg.nn
  return nn.Sequential{nn.Conv1d(3, 8, 5, {padding = 2, bias = false}), nn.BatchNorm1d(8), nn.ReLU(), nn.MaxPool1d(2),
    nn.Conv1d(8, 8, 3), nn.ReLU(), nn.GlobalAvgPool1d(), nn.Dropout(0.2), nn.Linear(8, 2)}
end

--- One number from all bits of a net's state.
function toy.hash(net)
  local parts = {}
  for name, tensor in net:named_state() do
    parts[#parts + 1] = name
    for _, value in ipairs(tensor:detach():reshape(tensor:numel()):totable()) do parts[#parts + 1] = string.pack("d", value) end
  end
  local text, hash = table.concat(parts), 5381
  for i = 1, #text do hash = (hash * 33 + text:byte(i)) & 0x7fffffffffff end
  return hash
end

return toy
