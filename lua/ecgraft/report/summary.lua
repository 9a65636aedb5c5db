--- Runs put in order: arms, sizes, and for each cell (network, downstream set, arm, size) the scores of its seeds.
--
-- An arm is a way to train: from scratch, or a strategy with an upstream set.
local number_text = require "ecgraft.number_text"

local summary = {}

local strategy_names = {
  scratch = "scratch", finetune = "fine-tuned", linear_probe = "linear probe", lp_ft = "probe, then fine-tuned",
  gradual = "gradually unfrozen", discriminative = "discriminative rates", l2_sp = "L2-SP", bn_only = "batch-norm only",
  partial = "first stages only", rescale = "rescaled",
}

--- What a strategy is called for people: "lp_ft" is "probe, then fine-tuned".
function summary.strategy_label(name)
  return strategy_names[name] or (name:gsub("_", " "))
end

--- The key of the arm that a run, a gain or a failure belongs to.
function summary.arm_key(row)
  if row.strategy == "scratch" or row.upstream == "none" or row.upstream == "" then return "scratch" end
  return row.strategy .. " < " .. row.upstream
end

--- An arm's name for people: "scratch", "fine-tuned from Georgia".
function summary.arm_label(row)
  if summary.arm_key(row) == "scratch" then return "scratch" end
  return summary.strategy_label(row.strategy) .. " from " .. row.upstream
end

--- What the arms are called in a figure, by key, and the upstream set where all that transfer come from one: it is said once then, not
-- in each name.
function summary.arm_names(arms)
  local upstream, several
  for _, arm in ipairs(arms) do
    if arm.key ~= "scratch" then
      several = several or upstream ~= nil and upstream ~= arm.upstream
      upstream = arm.upstream
    end
  end
  local names = {}
  for _, arm in ipairs(arms) do
    local short = upstream and not several and arm.key ~= "scratch" and arm.label:sub(1, -#(" from " .. upstream) - 1)
    names[arm.key] = short or arm.label
  end
  return names, not several and upstream or nil
end

--- Whether size `a` comes before size `b`: numbers by value, "all" last.
function summary.size_before(a, b)
  if a == b then return false end
  if a == "all" then return false end
  if b == "all" then return true end
  return a < b
end

--- A size for people: "1,000" or "all".
function summary.size_text(size)
  return size == "all" and "all" or number_text.count(size)
end

--- A measure's name for people: "macro_auroc" is "macro AUROC".
summary.metric_label = require "ecgraft.measure_label"

-- Values of a field over rows: first those of `order`, then the others as they come.
local function distinct(order, rows, field)
  local seen, list = {}, {}
  for _, value in ipairs(order) do
    if not seen[value] then
      seen[value] = true
      list[#list + 1] = value
    end
  end
  local used = {}
  for _, row in ipairs(rows) do
    local value = row[field]
    used[value] = true
    if not seen[value] then
      seen[value] = true
      list[#list + 1] = value
    end
  end
  local kept = {}
  for _, value in ipairs(list) do
    if used[value] then kept[#kept + 1] = value end
  end
  return kept
end

-- Arms in the order of the study: scratch, then strategy by strategy its upstream sets. Each keeps its number of colour everywhere.
local function arms_of(study, rows)
  local arms, by_key = {}, {}
  local function add(row)
    local key = summary.arm_key(row)
    if by_key[key] then return end
    local arm = { key = key, label = summary.arm_label(row), strategy = row.strategy, upstream = row.upstream, style = #arms + 1 }
    arms[#arms + 1], by_key[key] = arm, arm
  end
  add { strategy = "scratch", upstream = "none" }
  for _, strategy in ipairs(distinct(study.strategies, rows, "strategy")) do
    for _, upstream in ipairs(distinct(study.upstream, rows, "upstream")) do
      for _, row in ipairs(rows) do
        if row.strategy == strategy and row.upstream == upstream then
          add(row)
          break
        end
      end
    end
  end
  return arms, by_key
end

--- Mean, standard deviation (n - 1), lowest and highest of a list; NaN and nil for what an empty or single list has not.
function summary.spread(values)
  local n = #values
  if n == 0 then return { n = 0, mean = 0 / 0 } end
  local sum, low, high = 0, math.huge, -math.huge
  for _, value in ipairs(values) do
    sum, low, high = sum + value, math.min(low, value), math.max(high, value)
  end
  local mean, squares = sum / n, 0 ---@type number, number
  for _, value in ipairs(values) do squares = squares + (value - mean) ^ 2 end
  return { n = n, mean = mean, low = low, high = high, deviation = n > 1 and math.sqrt(squares / (n - 1)) or nil, values = values }
end

local function key_of(network, downstream, arm, size)
  return table.concat({ network, downstream, arm, tostring(size) }, "\0")
end

local Summary = {}
Summary.__index = Summary

--- Puts checked runs in order. Fields: networks, downstream, arms {{key, label, style}}, sizes; methods below.
function summary.new(study, runs, gains)
  local rows = table.move(runs, 1, #runs, 1, {})
  table.move(gains or {}, 1, #(gains or {}), #rows + 1, rows)
  local self = setmetatable({ cells = {} }, Summary)
  self.networks = distinct(study.networks, rows, "network")
  self.downstream = distinct(study.downstream, rows, "downstream")
  self.arms, self.arm_by_key = arms_of(study, rows)
  self.sizes = distinct({}, rows, "size")
  table.sort(self.sizes, summary.size_before)
  for _, run in ipairs(runs) do
    local key = key_of(run.network, run.downstream, summary.arm_key(run), run.size)
    local cell = self.cells[key]
    if not cell then
      cell = {}
      self.cells[key] = cell
    end
    cell[#cell + 1] = run
  end
  for _, cell in pairs(self.cells) do
    table.sort(cell, function(a, b) return a.seed < b.seed end)
  end
  return self
end

--- The runs of a cell in the order of their seeds; {} where there are none.
function Summary:runs(network, downstream, arm, size)
  return self.cells[key_of(network, downstream, arm.key, size)] or {}
end

--- The spread of one score over the seeds of a cell.
function Summary:score(network, downstream, arm, size, metric)
  local values = {}
  for _, run in ipairs(self:runs(network, downstream, arm, size)) do
    local value = run.scores[metric]
    if value and value == value then values[#values + 1] = value end
  end
  return summary.spread(values)
end

--- Sizes for which a network has runs on a downstream set.
function Summary:sizes_of(network, downstream)
  local sizes = {}
  for _, size in ipairs(self.sizes) do
    for _, arm in ipairs(self.arms) do
      if #self:runs(network, downstream, arm, size) > 0 then
        sizes[#sizes + 1] = size
        break
      end
    end
  end
  return sizes
end

--- How many records a size stands for: itself, or for "all" the mean of what the runs report (nil where they do not).
function Summary:records(network, downstream, size)
  if size ~= "all" then return size end
  local counts = {}
  for _, arm in ipairs(self.arms) do
    for _, run in ipairs(self:runs(network, downstream, arm, size)) do counts[#counts + 1] = run.records end
  end
  return #counts > 0 and summary.spread(counts).mean or nil
end

return summary
