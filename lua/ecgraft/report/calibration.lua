--- How far the probabilities can be taken at their word: reliability curves and errors, before and after temperature scaling.
local number_text = require "ecgraft.number_text"
local plot = require "ecgraft.plot"
local summary = require "ecgraft.report.summary"

local calibration = {}

local WIDTH, HEIGHT = 460, 400
local FEWEST = 20 -- entries in a bin, below which its share of positives is mostly luck

local function column(title, align) return { title = title, align = align or "left" } end

-- The calibrations of the runs of a cell.
local function of_runs(runs)
  local list = {}
  for _, run in ipairs(runs) do list[#list + 1] = run.calibration end
  return list
end

-- The reliability curve of several runs together: bins added up.
local function pooled(list, which)
  local count, score, frequency = {}, {}, {}
  for _, one in ipairs(list) do
    local bins = one[which].bins
    for b, n in ipairs(bins.count) do
      count[b] = (count[b] or 0) + n
      score[b] = (score[b] or 0) + n * bins.score[b]
      frequency[b] = (frequency[b] or 0) + n * bins.frequency[b]
    end
  end
  local x, y = {}, {}
  for b, n in ipairs(count) do
    if n >= FEWEST then x[#x + 1], y[#y + 1] = score[b] / n, frequency[b] / n end
  end
  return x, y
end

local function mean(list, which, name)
  local values = {}
  for _, one in ipairs(list) do values[#values + 1] = one[which][name] end
  return #values > 0 and summary.spread(values).mean or nil
end

-- "1.42 (0.90 to 2.31)": the median and the ends of the temperatures of all classes and seeds.
local function temperature_text(list)
  local all = {}
  for _, one in ipairs(list) do table.move(one.temperatures, 1, #one.temperatures, #all + 1, all) end
  table.sort(all)
  local n = #all
  if n == 0 then return nil end
  local median = n % 2 == 1 and all[(n + 1) // 2] or (all[n // 2] + all[n // 2 + 1]) / 2
  return ("%s (%s to %s)"):format(number_text.fixed(median, 2), number_text.fixed(all[1], 2), number_text.fixed(all[n], 2))
end

--- Errors of calibration at the smallest and the largest training sets, before and after; no rows where no run was calibrated.
function calibration.table(ordered)
  local rows = {}
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      local first, sizes = true, ordered:sizes_of(network, downstream)
      for s, size in ipairs(sizes) do
        for _, arm in ipairs((s == 1 or s == #sizes) and ordered.arms or {}) do
          local list = of_runs(ordered:runs(network, downstream, arm, size))
          if #list > 0 then
            local numbers = {}
            for i, each in ipairs { { "before", "ece" }, { "after", "ece" }, { "before", "brier" }, { "after", "brier" } } do
              numbers[i] = number_text.fixed(mean(list, each[1], each[2]))
            end
            rows[#rows + 1] = { downstream, network, arm.label, summary.size_text(size), numbers[1], numbers[2], numbers[3], numbers[4],
              temperature_text(list), rule = first }
            first = false
          end
        end
      end
    end
  end
  return {
    caption = "Calibration on the test set, before and after temperature scaling", rows = rows,
    columns = {
      column "set", column "network", column "arm", column("records", "right"), column("ECE", "right"), column("ECE scaled", "right"),
      column("Brier", "right"), column("Brier scaled", "right"), column("temperature", "right"),
    },
    note = "ECE: mean distance of stated probability and share of positives, ten bins, macro average, mean over seeds; 0 is perfect. "
      .. "A temperature for each class, fitted on validation records: median, lowest and highest over classes and seeds; above 1 the "
      .. "network was too sure.",
  }
end

--- Reliability curves at the largest training sets, a figure for each set and network: {{name =, svg =}, ...}.
function calibration.figures(ordered, study)
  local list, names, upstream = {}, summary.arm_names(ordered.arms)
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      local sizes = ordered:sizes_of(network, downstream)
      local size, series = sizes[#sizes], {}
      for _, arm in ipairs({ ordered.arms[1], ordered.arms[2] }) do
        local runs = size and of_runs(ordered:runs(network, downstream, arm, size)) or {}
        for _, which in ipairs(#runs > 0 and { "before", "after" } or {}) do
          local x, y = pooled(runs, which)
          series[#series + 1] = { name = names[arm.key] .. (which == "after" and ", scaled" or ""), x = x, y = y,
            style = arm.style + (which == "after" and 2 or 0) }
        end
      end
      if #series > 0 then
        series[#series + 1] = { name = "perfect", x = { 0, 1 }, y = { 0, 1 }, thin = true, style = 7 }
        local text = ("%s records, all classes and seeds together"):format(summary.size_text(size))
          .. (upstream and " · pretrained on " .. upstream or "")
        list[#list + 1] = { name = ("reliability-%s-%s"):format(downstream, network), svg = plot.lines {
          width = WIDTH, height = HEIGHT, series = series,
          title = ("Reliability of %s on %s"):format(network, downstream),
          subtitle = study.synthetic and "SYNTHETIC DATA · " .. text or text,
          x = { label = "stated probability", min = 0, max = 1 }, y = { label = "share that has the class", min = 0, max = 1 },
          desc = "Share of positives against the probability stated, before and after temperature scaling; on the thin line they agree.",
        } }
      end
    end
  end
  return list
end

return calibration
