--- The figures of a report as SVG strings.
local figure = require "ecgraft.plot.figure"
local number_text = require "ecgraft.number_text"
local plot = require "ecgraft.plot"
local scale = require "ecgraft.plot.scale"
local summary = require "ecgraft.report.summary"
local verdict = require "ecgraft.report.verdict"
local worth = require "ecgraft.report.worth"

local figures = {}

local WIDTH, HEIGHT = 460, 340

-- Synthetic data is named in every picture, so that one taken out of the page still says so; and the upstream set, where the names of arms
-- do not.
local function subtitle(study, text, upstream)
  if upstream then text = ("%s · pretrained on %s"):format(text, upstream) end
  return study.synthetic and "SYNTHETIC DATA · " .. text or text
end

-- The height of a figure whose legend may need several rows.
local function height_of(series)
  local names = {}
  for i, one in ipairs(series) do names[i] = one.name end
  return HEIGHT + figure.legend_growth(names, WIDTH)
end

-- Ends of a value axis that hold all scores of a set, so that its networks can be compared by eye.
local function score_range(ordered, study, downstream, references)
  local low, high = math.huge, -math.huge
  for _, network in ipairs(ordered.networks) do
    for _, arm in ipairs(ordered.arms) do
      for _, size in ipairs(ordered.sizes) do
        local spread = ordered:score(network, downstream, arm, size, study.metric)
        if spread.n > 0 then low, high = math.min(low, spread.low), math.max(high, spread.high) end
      end
    end
  end
  for _, reference in ipairs(references) do low, high = math.min(low, reference.y), math.max(high, reference.y) end
  if low >= high then return nil end
  local step = scale.step(high - low, 5)
  return math.floor(low / step + 1e-6) * step, math.ceil(high / step - 1e-6) * step
end

local function references_of(baselines, study, downstream)
  local list = {}
  for _, each in ipairs(baselines) do
    if each.downstream == downstream and each.score and (each.metric or study.metric) == study.metric then
      list[#list + 1] = { y = each.score, label = each.name }
    end
  end
  return list
end

local function score_series(ordered, study, network, downstream, sizes)
  local list, names = {}, summary.arm_names(ordered.arms)
  for _, arm in ipairs(ordered.arms) do
    local one = { name = names[arm.key], style = arm.style, x = {}, y = {}, low = {}, high = {}, points = {} }
    for _, size in ipairs(sizes) do
      local spread = ordered:score(network, downstream, arm, size, study.metric)
      local records = ordered:records(network, downstream, size)
      if spread.n > 0 and records then
        local k = #one.x + 1
        one.x[k], one.y[k], one.low[k], one.high[k] = records, spread.mean, spread.low, spread.high
        for _, value in ipairs(spread.values) do one.points[#one.points + 1] = { records, value } end
      end
    end
    if #one.x > 0 then list[#list + 1] = one end
  end
  return list
end

local MOST_MARKS = 3 -- upright lines that a small figure bears

-- The fitted curve of scratch as a thin line, cut where it leaves the figure.
local function curve_series(curves, network, downstream, low, high)
  local row = worth.find(curves, network, downstream)
  if not row then return nil end
  local y = {}
  for i, value in ipairs(row.y) do y[i] = low and (value < low or value > high) and 0 / 0 or value end
  return { name = "scratch, fitted", style = 1, thin = true, x = row.x, y = y }
end

-- Where the gains of arms are lost, as upright lines, for those that had one at the smallest size.
local function break_even_marks(ordered, rows, network, downstream)
  local marks, names = {}, summary.arm_names(ordered.arms)
  for _, arm in ipairs(ordered.arms) do
    local row = worth.find(rows, network, downstream, arm)
    if row and row.shown and row.estimate then marks[#marks + 1] = { x = row.estimate, label = "no gain shown: " .. names[arm.key] } end
  end
  return #marks <= MOST_MARKS and marks or {}
end

-- The scores of a network by size.
local function size_figure(ordered, study, network, downstream, o)
  local sizes, ticks = ordered:sizes_of(network, downstream), {}
  for _, size in ipairs(sizes) do
    local records = ordered:records(network, downstream, size)
    if records then ticks[#ticks + 1] = { records, size == "all" and "all" or nil } end
  end
  local series = score_series(ordered, study, network, downstream, sizes)
  if #series == 0 then return nil end
  series[#series + 1] = curve_series(o.found.curves, network, downstream, o.low, o.high)
  local marks = break_even_marks(ordered, o.found.break_even, network, downstream)
  return {
    name = ("score-%s-%s"):format(downstream, network), downstream = downstream, network = network,
    svg = plot.lines {
      width = WIDTH, height = height_of(series), series = series, interval = "bars", dodge = true,
      references = table.move(o.references, 1, #o.references, #marks + 1, marks),
      title = ("%s on %s"):format(network, downstream),
      subtitle = subtitle(study, "mean, range and each seed", select(2, summary.arm_names(ordered.arms))),
      x = { label = "training records", scale = "log", ticks = ticks },
      y = { label = "test " .. study.metric_label, min = o.low, max = o.high },
      desc = ("Test %s of %s on %s against the number of training records, a line for each arm."):format(study.metric_label, network,
        downstream),
    },
  }
end

-- The scores of networks that were trained with one number of records only: rows instead of a line that would be a point.
local function arm_figure(ordered, study, networks, downstream, references)
  local rows, names, upstream = {}, summary.arm_names(ordered.arms)
  for _, network in ipairs(networks) do
    local size = ordered:sizes_of(network, downstream)[1]
    local records = ordered:records(network, downstream, size)
    for _, arm in ipairs(ordered.arms) do
      local spread = ordered:score(network, downstream, arm, size, study.metric)
      if spread.n > 0 then
        rows[#rows + 1] = {
          label = names[arm.key], style = arm.style, values = spread.values, mean = spread.mean, low = spread.low, high = spread.high,
          group = ("%s, %s records"):format(network, records and number_text.count(records) or summary.size_text(size)),
        }
      end
    end
  end
  if #rows == 0 then return nil end
  local lines = {}
  for i, each in ipairs(references) do lines[i] = { x = each.y, label = each.label } end
  return {
    name = "score-" .. downstream, downstream = downstream,
    svg = plot.dots {
      width = WIDTH, rows = rows, references = lines, x = { label = "test " .. study.metric_label },
      title = "Scores on " .. downstream, subtitle = subtitle(study, "mean, range and each seed", upstream),
      desc = ("Test %s on %s, a row for each network and arm, a dot for each seed."):format(study.metric_label, downstream),
    },
  }
end

--- Score against training-set size, one figure for each set and network; networks that have one size only share one with a row for each
-- arm: {{name =, svg =, downstream =, network =}, ...}. found: rows curves and break_even, drawn in.
function figures.scores(ordered, study, baselines, found)
  local list = {}
  for _, downstream in ipairs(ordered.downstream) do
    local references, single = references_of(baselines, study, downstream), {}
    local low, high = score_range(ordered, study, downstream, references)
    for _, network in ipairs(ordered.networks) do
      local count = #ordered:sizes_of(network, downstream)
      if count == 1 then single[#single + 1] = network
      elseif count > 1 then
        list[#list + 1] = size_figure(ordered, study, network, downstream,
          { low = low, high = high, references = references, found = found })
      end
    end
    list[#list + 1] = arm_figure(ordered, study, single, downstream, references)
  end
  return list
end

--- The gains of one downstream set as a forest plot, or nil where it has none.
function figures.gains(ordered, study, gains, downstream)
  local rows = {}
  for _, group in ipairs(verdict.groups(gains, ordered)) do
    for _, gain in ipairs(group) do
      if gain.downstream == downstream then
        local arm = ordered.arm_by_key[summary.arm_key(gain)]
        rows[#rows + 1] = {
          label = gain.size == "all" and "all records" or summary.size_text(gain.size) .. " records",
          group = ("%s, %s"):format(gain.network, arm.label), style = arm.style,
          estimate = gain.mean or 0 / 0, low = gain.low, high = gain.high,
        }
      end
    end
  end
  if #rows == 0 then return nil end
  return plot.forest {
    width = WIDTH, rows = rows, left = "scratch better", right = "transfer better",
    title = "Gain over training from scratch on " .. downstream,
    subtitle = subtitle(study, "difference in test " .. study.metric_label .. " with 95% interval"),
    desc = ("Forest plot of %d gains; a filled square where the interval leaves zero out."):format(#rows),
  }
end

-- The mean validation score of the seeds by epoch, as long as at least half of them are still training.
local function curve(runs)
  local by_epoch, last = {}, 0
  for _, run in ipairs(runs) do
    for i, row in ipairs(run.history) do
      local epoch, value = math.tointeger(row.epoch) or i, row.val_score
      if type(value) == "number" and value == value then
        by_epoch[epoch] = by_epoch[epoch] or {}
        table.insert(by_epoch[epoch], value)
        last = math.max(last, epoch)
      end
    end
  end
  local one = { x = {}, y = {}, low = {}, high = {} }
  for epoch = 0, last do
    local values = by_epoch[epoch]
    if values and 2 * #values >= #runs then
      local spread, k = summary.spread(values), #one.x + 1
      one.x[k], one.y[k], one.low[k], one.high[k] = epoch, spread.mean, spread.low, spread.high
    end
  end
  return one
end

--- Validation score by epoch for a set, a network and a size, a line for each arm; nil where no run has a history.
function figures.curves(ordered, study, network, downstream, size)
  local list, longest, names, upstream = {}, 0, summary.arm_names(ordered.arms)
  for _, arm in ipairs(ordered.arms) do
    local one = curve(ordered:runs(network, downstream, arm, size))
    if #one.x > 0 then
      one.name, one.style = names[arm.key], arm.style
      longest = math.max(longest, #one.x)
      list[#list + 1] = one
    end
  end
  if #list == 0 then return nil end
  local records = size == "all" and "all records" or summary.size_text(size) .. " records"
  return plot.lines {
    width = WIDTH, height = height_of(list), series = list, interval = "band", markers = longest <= 20,
    title = ("%s on %s, %s"):format(network, downstream, records), subtitle = subtitle(study, "mean and range over seeds", upstream),
    x = { label = "epoch", integer = true }, y = { label = "validation score" },
    desc = ("Validation score by epoch of %s on %s with %s, a line for each arm."):format(network, downstream, records),
  }
end

--- The mean gain of each network (rows) on each downstream set (columns) at one size for one arm; nil where there are too few to compare.
function figures.gain_map(ordered, study, gains, arm, size)
  if #ordered.networks < 2 or #ordered.downstream < 2 then return nil end
  local values, found = {}, 0
  for r, network in ipairs(ordered.networks) do
    values[r] = {}
    for c, downstream in ipairs(ordered.downstream) do
      values[r][c] = 0 / 0
      for _, gain in ipairs(gains) do
        if gain.mean and gain.network == network and gain.downstream == downstream and gain.size == size
            and summary.arm_key(gain) == arm.key then
          values[r][c] = gain.mean
          found = found + 1
        end
      end
    end
  end
  if found < 3 then return nil end
  return plot.heatmap {
    width = math.max(WIDTH, 110 + 64 * #ordered.downstream), rows = ordered.networks, columns = ordered.downstream, values = values,
    map = "diverging", signed = true, decimals = 3,
    title = ("Gain, %s, %s records"):format(arm.label, summary.size_text(size)), subtitle = subtitle(study, "over training from scratch"),
    label = "difference in test " .. study.metric_label, column_label = "downstream set",
  }
end

return figures
