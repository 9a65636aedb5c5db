--- Measures of transferability, taken before fine-tuning, beside the gains that came: a scatter for each measure, and rank correlations.
local number_text = require "ecgraft.number_text"
local plot = require "ecgraft.plot"
local summary = require "ecgraft.report.summary"

local transferability = {}

local WIDTH, HEIGHT = 460, 340

local labels = { logme = "LogME", h_score = "H-score", leep = "LEEP", melep = "MELEP (lower is better)" }

local function label_of(measure) return labels[measure] or measure end

local function column(title, align) return { title = title, align = align or "left" } end

local function distinct(rows, field)
  local list, seen = {}, {}
  for _, row in ipairs(rows) do
    if not seen[row[field]] then
      seen[row[field]] = true
      list[#list + 1] = row[field]
    end
  end
  return list
end

-- Points in an order that does not depend on how they were given.
local function sorted(points)
  local list = table.move(points, 1, #points, 1, {})
  table.sort(list, function(a, b)
    for _, field in ipairs { "downstream", "network", "upstream", "strategy" } do
      if a[field] ~= b[field] then return a[field] < b[field] end
    end
    return summary.size_before(a.size, b.size)
  end)
  return list
end

-- The strategy and the size that the figures are about: the first strategy of the study, the smallest training sets.
local function chosen(points, study)
  local strategy, size ---@type string, integer|"all"
  for _, name in ipairs(study.strategies) do
    for _, point in ipairs(points) do if point.strategy == name then strategy = strategy or name end end
  end
  strategy = strategy or points[1].strategy
  for _, point in ipairs(points) do
    if point.strategy == strategy and (not size or summary.size_before(point.size, size)) then size = point.size end
  end
  return strategy, size
end

local MEASURES = { "logme", "h_score", "leep", "melep" }
local FEWEST = 3 -- points of a scatter that can show anything

--- A scatter of gain against each measure that has at least three points: {{name =, svg =}, ...}. Colours are downstream sets, or networks
-- where there is one set only.
function transferability.figures(points, study)
  if #points == 0 then return {} end
  local list = {}
  local strategy, size = chosen(points, study)
  points = sorted(points)
  local field = #distinct(points, "downstream") > 1 and "downstream" or "network"
  for _, measure in ipairs(MEASURES) do
    local series, count = {}, 0
    for _, name in ipairs(distinct(points, field)) do
      local one = { name = name, x = {}, y = {} }
      for _, point in ipairs(points) do
        if point.measure == measure and point[field] == name and point.strategy == strategy and point.size == size then
          one.x[#one.x + 1], one.y[#one.y + 1] = point.value, point.gain
          count = count + 1
        end
      end
      if #one.x > 0 then series[#series + 1] = one end
    end
    if count >= FEWEST then
      local text = ("%s, %s records"):format(summary.strategy_label(strategy), summary.size_text(size))
      list[#list + 1] = { name = "transferability-" .. measure, svg = plot.points {
        width = WIDTH, height = HEIGHT, series = series, references = { { y = 0 } },
        title = label_of(measure) .. " and the gain that came", subtitle = study.synthetic and "SYNTHETIC DATA · " .. text or text,
        x = { label = label_of(measure) }, y = { label = "gain in test " .. study.metric_label },
        desc = ("Gain over scratch against %s, a point for each network and pair of sets."):format(label_of(measure)),
      } }
    end
  end
  return list
end

--- The measures themselves beside the gains, a row for each network, pair of sets and strategy, a column for the gain at each size: for
-- studies with few of them. A measure is of a pretrained net and a set, and the same for every size and strategy.
function transferability.values(points, study)
  local measures, rows, by_key, sizes = {}, {}, {}, distinct(points, "size")
  table.sort(sizes, summary.size_before)
  for _, measure in ipairs(MEASURES) do
    for _, point in ipairs(points) do
      if point.measure == measure and measures[#measures] ~= measure then measures[#measures + 1] = measure end
    end
  end
  for _, point in ipairs(sorted(points)) do
    local key = table.concat({ point.downstream, point.network, point.upstream, point.strategy }, "\0")
    local row = by_key[key]
    if not row then
      local last = rows[#rows]
      row = { point.downstream, point.network, point.upstream, summary.strategy_label(point.strategy),
        rule = last and (last[1] ~= point.downstream or last[2] ~= point.network) }
      by_key[key] = row
      rows[#rows + 1] = row
    end
    for m, measure in ipairs(measures) do if point.measure == measure then row[4 + m] = number_text.fixed(point.value) end end
    for s, size in ipairs(sizes) do if point.size == size then row[4 + #measures + s] = number_text.signed(point.gain) end end
  end
  local columns = { column "set", column "network", column "from", column "strategy" }
  for m, measure in ipairs(measures) do columns[4 + m] = column(label_of(measure), "right") end
  for _, size in ipairs(sizes) do columns[#columns + 1] = column("gain, " .. summary.size_text(size), "right") end
  for _, row in ipairs(rows) do for i = 1, #columns do row[i] = row[i] or number_text.missing end end
  return {
    caption = "Measures taken before, and the gain that came", columns = columns, rows = rows,
    note = ("Measures of the training records, in units of their own: they can be compared between nets on one set, not with each other. "
      .. "Gains in test %s, by the number of training records."):format(study.metric_label),
  }
end

--- Rank correlations, a row for each strategy and size, a column for each measure; nil where there are too few points for any.
function transferability.table(rows)
  local known = false
  for _, row in ipairs(rows) do known = known or row.rho ~= nil and row.rho == row.rho end
  if not known then return nil end
  local measures, keys, by_key = distinct(rows, "measure"), {}, {}
  local columns = { column "strategy", column("records", "right"), column("points", "right") }
  for i, measure in ipairs(measures) do columns[3 + i] = column(label_of(measure), "right") end
  for _, row in ipairs(rows) do
    local key = row.strategy .. "\0" .. row.size
    if not by_key[key] then
      by_key[key] = { strategy = row.strategy, size = row.size, n = row.n }
      keys[#keys + 1] = by_key[key]
    end
    by_key[key][row.measure] = row.rho
  end
  table.sort(keys, function(a, b)
    if a.strategy ~= b.strategy then return a.strategy < b.strategy end
    return summary.size_before(a.size, b.size)
  end)
  local list = {}
  for i, key in ipairs(keys) do
    list[i] = { summary.strategy_label(key.strategy), summary.size_text(key.size), tostring(key.n) }
    for m, measure in ipairs(measures) do list[i][3 + m] = key[measure] and number_text.signed(key[measure], 2) or nil end
  end
  return {
    caption = "Rank correlation of measure and gain", columns = columns, rows = list,
    note = "Spearman's, over all networks and pairs of sets, where there are at least three. A measure that foretells the gain has a value "
      .. "near +1, MELEP near -1. Few points: read it as a description.",
  }
end

return transferability
