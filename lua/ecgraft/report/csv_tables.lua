--- The numbers behind a report's tables as csv files, one a table, for programs: full precision, a column for each bound of an interval.
local csv = require "ecgraft.report.csv"

local csv_tables = {}

local cell = {"network", "upstream", "downstream", "strategy", "size"}

local function with(...)
  local list = table.move(cell, 1, #cell, 1, {})
  return table.move({...}, 1, select("#", ...), #list + 1, list)
end

-- ORDER CSV: the list of a report's input, and its columns as report/init.lua has them.
local lists = {
  {"gains", with("mean", "low", "high", "records_low", "records_high", "p", "p_holm", "n_seeds")},
  {"saved", with("records", "score", "worth", "low", "high", "ratio", "ratio_low", "ratio_high", "extrapolated", "fit", "measured")},
  {"break_even", {"network", "upstream", "downstream", "strategy", "shown", "size", "estimate", "largest"}},
  {"areas", {"network", "upstream", "downstream", "strategy", "seeds", "area", "scratch", "low", "high"}},
  {"curves", {"network", "downstream", "a", "b", "c", "a_low", "a_high", "c_low", "c_high", "last_low", "last_high",
    "distance", "distance_at", "fit_p", "fit"}},
  {"reached", with("seeds", "reached", "epochs", "seconds", "scratch_epochs", "scratch_seconds", "seconds_with_pretraining")},
  {"transferability", with("measure", "value", "gain")},
  {"correlations", {"measure", "strategy", "size", "n", "rho"}},
  {"protocols", with("score", "other_score", "gain", "other_gain")},
  {"mcnemar", with("seed", "class", "only_first", "only_second", "p", "p_holm")},
  {"baselines", {"downstream", "name", "metric", "score"}},
  {"pretraining", {"network", "upstream", "task", "metric", "seed", "records", "epochs", "best_epoch", "score", "seconds"}},
}

--- Rows of named fields as csv text, a column for each of `names`; false and nil are empty.
local function format(names, rows)
  local out = {names}
  for i, row in ipairs(rows) do
    out[i + 1] = {n = #names}
    for c, name in ipairs(names) do
      local value = row[name]
      out[i + 1][c] = type(value) == "boolean" and (value and "yes" or "no") or value
    end
  end
  return csv.format(out)
end

--- Mean, standard deviation and number of seeds of every cell.
local function scores(ordered, study)
  local rows = {}
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      for _, size in ipairs(ordered:sizes_of(network, downstream)) do
        for _, arm in ipairs(ordered.arms) do
          local spread = ordered:score(network, downstream, arm, size, study.metric)
          if spread.n > 0 then
            rows[#rows + 1] = {network = network, upstream = arm.upstream, downstream = downstream, strategy = arm.strategy, size = size,
              metric = study.metric, mean = spread.mean, deviation = spread.deviation, seeds = spread.n}
          end
        end
      end
    end
  end
  return format(with("metric", "mean", "deviation", "seeds"), rows)
end

--- {{name = "tables/gains.csv", text =}, ...}: the scores, and every list of a checked report's input that is not empty.
function csv_tables.files(o, ordered)
  local files = {{name = "tables/scores.csv", text = scores(ordered, o.study)}}
  for _, each in ipairs(lists) do
    local rows = o[each[1]]
    if rows and #rows > 0 then files[#files + 1] = {name = ("tables/%s.csv"):format(each[1]), text = format(each[2], rows)} end
  end
  return files
end

return csv_tables
