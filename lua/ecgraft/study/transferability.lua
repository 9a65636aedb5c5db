--- Will it transfer? Asked of each pretrained net and each downstream training set before anything is fine-tuned, and compared with the
-- gain that came. Test records are never looked at.
local interruption = require "ecgraft.interruption"
local train = require "ecgraft.train"
local transfer = require "ecgraft.transfer"

local transferability = {}

-- ORDER MEASURES: as in the report. Higher is better, but for MELEP.
transferability.measures = {"logme", "h_score", "leep", "melep"}

local MOST, FEWEST = 2000, 200 -- records of a training set that are looked at
local VALUES = 4e7 -- of their features, where a flattened head has a hundred thousand for each

--- How many records are looked at, of so many, of a net's features.
local function looked_at(net, set)
  local width = train.features(net, set:subset{1}):size(2)
  return math.min(#set, MOST, math.max(FEWEST, VALUES // width))
end

--- The measures of a net on the training part of each downstream set but its own, `upstream`: a list of {downstream, records, logme,
-- h_score, leep, melep}, or {downstream, message} where they cannot be had; leep and melep only of a net that was trained on classes.
-- Where the net has no features(x) the list is empty.
function transferability.measure(net, upstream, downstream, load)
  local rows = {}
  if type(net.features) ~= "function" then return rows end
  for _, each in ipairs(downstream) do
    if each.name ~= upstream then
      local ok, row = pcall(function()
        local set = load(each.name).train
        local count = math.tointeger(looked_at(net, set))
        if #set > count then set = set:take(count, {seed = 1, stratified = true}) end
        local found, out = transfer.measure.all(net, set), {downstream = each.name, records = #set}
        for _, name in ipairs(transferability.measures) do
          local value = found[name]
          if value and value == value and math.abs(value) < math.huge then out[name] = value end
        end
        return out
      end)
      if not ok and interruption.is(row) then error(row, 0) end
      rows[#rows + 1] = ok and row or {downstream = each.name, message = tostring(row):match("[^\n]*")}
    end
  end
  return rows
end

-- Ranks from 1, equal values sharing the mean of theirs.
local function ranks(values)
  local order, rank = {}, {}
  for i = 1, #values do order[i] = i end
  table.sort(order, function(a, b)
    if values[a] ~= values[b] then return values[a] < values[b] end
    return a < b
  end)
  local first = 1
  while first <= #order do
    local last = first
    while order[last + 1] and values[order[last + 1]] == values[order[first]] do last = last + 1 end
    for i = first, last do rank[order[i]] = (first + last) / 2 end
    first = last + 1
  end
  return rank
end

--- Spearman's rank correlation of two lists: Pearson's of the ranks. nil for fewer than three pairs or where one list is constant.
function transferability.rank_correlation(a, b)
  if #a < 3 then return nil end
  local x, y, mean = ranks(a), ranks(b), (#a + 1) / 2
  local xy, xx, yy = 0, 0, 0 ---@type number, number, number
  for i = 1, #a do
    local dx, dy = x[i] - mean, y[i] - mean
    xy, xx, yy = xy + dx * dy, xx + dx * dx, yy + dy * dy
  end
  if xx == 0 or yy == 0 then return nil end
  return xy / math.sqrt(xx * yy)
end

local function find(rows, network, upstream, downstream)
  for _, row in ipairs(rows) do
    if row.network == network and row.upstream == upstream and row.downstream == downstream then return row end
  end
end

--- Measures beside gains: points {measure, network, upstream, downstream, strategy, size, value, gain}, and correlations {measure,
-- strategy, size, n, rho} over all networks and sets. `rows`: what measure() found, with network and upstream.
function transferability.compare(rows, gains)
  local points, correlations = {}, {}
  for _, measure in ipairs(transferability.measures) do
    local groups, order = {}, {}
    for _, gain in ipairs(gains) do
      local row = find(rows, gain.network, gain.upstream, gain.downstream)
      local value = row and row[measure]
      if value and gain.mean == gain.mean then
        points[#points + 1] = {measure = measure, network = gain.network, upstream = gain.upstream, downstream = gain.downstream,
          strategy = gain.strategy, size = gain.size, value = value, gain = gain.mean}
        local key = gain.strategy .. "\0" .. gain.size
        if not groups[key] then
          groups[key] = {measure = measure, strategy = gain.strategy, size = gain.size, values = {}, gains = {}}
          order[#order + 1] = groups[key]
        end
        table.insert(groups[key].values, value)
        table.insert(groups[key].gains, gain.mean)
      end
    end
    for _, group in ipairs(order) do
      correlations[#correlations + 1] = {measure = measure, strategy = group.strategy, size = group.size, n = #group.values,
        rho = transferability.rank_correlation(group.values, group.gains)}
    end
  end
  return points, correlations
end

return transferability
