-- Figures of one's own from a study's results: score by training records, and the gain over scratch, for each network, in one picture.
--   lua5.4 examples/23_figures.lua [RESULTS.csv]     (default: runs/first/results.csv, which examples/08_study.lua writes)
local eg = require "ecgraft"
local path = ... ~= "--smoke" and ... or "runs/first/results.csv"
local metric, label = "macro_auroc", "macro AUROC"

-- Scores by network, arm and size: scores.gru["scratch"][100] = {one a seed}; names in the order in which they come.
local scores, networks, arms, sizes = {}, {}, {}, {}
local function entry(t, key, order)
  if not t[key] then
    t[key] = {}
    if order and not order[key] then order[#order + 1], order[key] = key, true end
  end
  return t[key]
end
for _, row in ipairs(assert(eg.data.csv(path))) do
  local arm = row.strategy .. (row.upstream == "none" and "" or " from " .. row.upstream)
  local size = assert(math.tointeger(tonumber(row.size) or tonumber(row.records))) -- "all" is a size too
  table.insert(entry(entry(entry(scores, row.network, networks), arm, arms), size, sizes), tonumber(row[metric]))
end
table.sort(sizes)

local pictures = {}
for _, network in ipairs(networks) do
  local curves, gains = {}, {}
  for _, arm in ipairs(arms) do
    local series = {name = arm, x = {}, y = {}, low = {}, high = {}}
    for _, size in ipairs(sizes) do
      local values = scores[network][arm] and scores[network][arm][size]
      if values then
        local one = {mean = values[1], low = 0 / 0, high = 0 / 0} -- of a single seed there is no interval
        local mean = #values > 1 and eg.stats.mean_interval(values) or one
        table.insert(series.x, size)
        for to, value in pairs{y = mean.mean, low = mean.low, high = mean.high} do table.insert(series[to], value) end
        local scratch = scores[network].scratch and scores[network].scratch[size]
        if arm ~= "scratch" and scratch and #scratch == #values and #values > 1 then
          local gain = eg.stats.gain(values, scratch)
          gains[#gains + 1] = {label = ("%d records"):format(size), group = arm, estimate = gain.gain, low = gain.low, high = gain.high}
        end
      end
    end
    if #series.x > 0 then curves[#curves + 1] = series end
  end
  pictures[#pictures + 1] = eg.plot.lines{series = curves, title = network, interval = "bars", dodge = true, width = 460, height = 300,
    x = {label = "training records", scale = "log", ticks = sizes}, y = {label = label}}
  pictures[#pictures + 1] = eg.plot.forest{rows = gains, title = "Gain over scratch", width = 460,
    left = "scratch better", right = "pretraining better", x = {label = "gain in " .. label}}
end
assert(eg.plot.save("results.svg", eg.plot.grid(pictures, {letters = true})))
print(("written: results.svg, %d pictures of %s"):format(#pictures, path))
