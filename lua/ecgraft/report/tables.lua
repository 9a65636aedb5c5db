--- The tables of a report as table values (see ecgraft.table_text), which HTML, Markdown and LaTeX writers take alike.
local number_text = require "ecgraft.number_text"
local summary = require "ecgraft.report.summary"
local training = require "ecgraft.report.training"
local verdict = require "ecgraft.report.verdict"

local tables = {}

local function column(title, align)
  return { title = title, align = align or "left" }
end

-- "0.871 ± 0.012", the deviation where there are at least two seeds.
local function mean_and_deviation(spread)
  if spread.n == 0 then return nil end
  local text = number_text.fixed(spread.mean)
  return spread.deviation and text .. " ± " .. number_text.fixed(spread.deviation) or text
end

local function interval(low, high)
  if not low or not high then return nil end
  return ("[%s, %s]"):format(number_text.signed(low), number_text.signed(high))
end

--- Test scores: a row for each set, network and size, a column for each arm.
function tables.scores(ordered, study)
  local columns = { column "set", column "network", column("records", "right") }
  for _, arm in ipairs(ordered.arms) do columns[#columns + 1] = column(arm.label, "right") end
  columns[#columns + 1] = column("seeds", "right")
  local rows = {}
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      local first = true
      for _, size in ipairs(ordered:sizes_of(network, downstream)) do
        local row = { downstream, network, summary.size_text(size), rule = first }
        local best, seeds, most = nil, math.huge, 0
        for a, arm in ipairs(ordered.arms) do
          local spread = ordered:score(network, downstream, arm, size, study.metric)
          row[3 + a] = mean_and_deviation(spread)
          if spread.n > 0 then
            if not best or spread.mean > best.mean then best = { mean = spread.mean, place = 3 + a } end
            seeds, most = math.min(seeds, spread.n), math.max(most, spread.n)
          end
        end
        if best and #ordered.arms > 1 then row[best.place] = { text = row[best.place], strong = true } end
        row[#columns] = most == 0 and nil or seeds == most and tostring(most) or seeds .. " to " .. most
        rows[#rows + 1] = row
        first = false
      end
    end
  end
  return {
    caption = ("Test %s by training-set size"):format(study.metric_label), columns = columns, rows = rows,
    note = "Mean ± standard deviation over seeds; the highest mean of a row in bold, which does not say that it is certain.",
  }
end

local certainty_words = { clear = "clear", likely = "likely", open = "open" }

--- Gains of transfer over training from scratch, with their intervals.
function tables.gains(ordered, gains, study)
  local rows = {}
  for _, group in ipairs(verdict.groups(gains, ordered)) do
    for i, gain in ipairs(group) do
      local direction, certainty = verdict.classify(gain)
      local word = certainty_words[certainty]
      if direction ~= "open" then word = ("%s, %s"):format(direction, word) end
      local estimate = number_text.signed(gain.mean)
      rows[#rows + 1] = {
        gain.downstream, gain.network, summary.arm_label(gain), summary.size_text(gain.size),
        gain.mean and { text = estimate, strong = certainty == "clear" } or nil, interval(gain.low, gain.high),
        interval(gain.records_low, gain.records_high),
        gain.p and number_text.p_value(gain.p), gain.p_holm and number_text.p_value(gain.p_holm),
        gain.n_seeds and tostring(gain.n_seeds), word, rule = i == 1,
      }
    end
  end
  return {
    caption = ("Gain in test %s over training from scratch"):format(study.metric_label),
    columns = {
      column "set", column "network", column "arm", column("records", "right"), column("gain", "right"), column("95% interval", "right"),
      column("records alone", "right"), column("p", "right"), column("p (Holm)", "right"), column("seeds", "right"), column "reading",
    },
    rows = rows,
    note = "The interval is over other test records and other seeds; records alone: for these very runs. p: exact test over seeds. "
      .. "Clear: the interval leaves zero out and p (Holm) < 0.05. Likely: the interval alone. Open: the interval holds zero.",
  }
end

--- Scores that need no network, beside the best means of the study.
function tables.baselines(ordered, baselines, study)
  local rows = {}
  for _, each in ipairs(baselines) do
    local metric = each.metric or study.metric
    local best, who
    for _, network in ipairs(ordered.networks) do
      for _, arm in ipairs(ordered.arms) do
        for _, size in ipairs(ordered.sizes) do
          local spread = ordered:score(network, each.downstream, arm, size, metric)
          if spread.n > 0 and (not best or spread.mean > best) then
            best, who = spread.mean, ("%s, %s, %s"):format(network, arm.label, summary.size_text(size))
          end
        end
      end
    end
    rows[#rows + 1] = {
      each.downstream, each.name, metric == study.metric and study.metric_label or summary.metric_label(metric),
      each.score and number_text.fixed(each.score),
      best and number_text.fixed(best), who,
    }
  end
  return {
    caption = "Trivial scores beside the best of the study", rows = rows,
    columns = { column "set", column "rule", column "score", column("rule's", "right"), column("best mean", "right"), column "of" },
    note = "What an answer that looks at no ECG would score. A network below it has learned nothing of use.",
  }
end

--- Names of the per-class measures that runs report, the usual ones first.
function tables.class_metrics(runs)
  local found, names = {}, {}
  for _, run in ipairs(runs) do
    for _, row in ipairs(run.per_class) do
      for name, value in pairs(row) do
        if type(value) == "number" and name ~= "support" and name ~= "threshold" then found[name] = true end
      end
    end
  end
  for _, name in ipairs { "auroc", "average_precision", "f1", "precision", "recall", "specificity" } do
    if found[name] then
      names[#names + 1] = name
      found[name] = nil
    end
  end
  local rest = {}
  for name in pairs(found) do rest[#rest + 1] = name end
  table.sort(rest)
  return table.move(rest, 1, #rest, #names + 1, names)
end

--- One measure by class for each arm, at one size.
function tables.per_class(ordered, network, downstream, size, metric)
  local columns, by_class, classes = { column "class", column("positives", "right") }, {}, {}
  for a, arm in ipairs(ordered.arms) do
    columns[2 + a] = column(arm.label, "right")
    for _, run in ipairs(ordered:runs(network, downstream, arm, size)) do
      for _, row in ipairs(run.per_class) do
        local entry = by_class[row.class]
        if not entry then
          entry = { support = row.support }
          by_class[row.class] = entry
          classes[#classes + 1] = row.class
        end
        local value = row[metric]
        entry[a] = entry[a] or {}
        if type(value) == "number" and value == value then table.insert(entry[a], value) end
      end
    end
  end
  local rows = {}
  for i, class in ipairs(classes) do
    local entry = by_class[class]
    rows[i] = { class, entry.support and number_text.count(entry.support) }
    for a = 1, #ordered.arms do rows[i][2 + a] = entry[a] and mean_and_deviation(summary.spread(entry[a])) end
  end
  return {
    caption = ("%s by class: %s on %s, %s training records"):format(summary.metric_label(metric), network, downstream,
      summary.size_text(size)),
    columns = columns, rows = rows,
  }
end

--- McNemar's test of two models, class by class, for a network and a set.
function tables.mcnemar(rows, network, downstream)
  local list, first = {}, nil
  for _, row in ipairs(rows) do
    if row.network == network and row.downstream == downstream then
      first = first or row
      list[#list + 1] = {
        summary.arm_label(row), row.class, number_text.count(row.only_first), number_text.count(row.only_second),
        row.p and number_text.p_value(row.p), row.p_holm and number_text.p_value(row.p_holm),
      }
    end
  end
  return {
    caption = first and ("Two models, record by record: %s on %s, %s training records, seed %s"):format(network, downstream,
      summary.size_text(first.size), tostring(first.seed)), rows = list,
    columns = {
      column "arm", column "class", column("right: it alone", "right"), column("scratch alone", "right"), column("p", "right"),
      column("p (Holm)", "right"),
    },
    note = "McNemar's exact test at each model's own thresholds, adjusted over all classes and models. It is about these two models, "
      .. "not about others from other seeds.",
  }
end

local function mean_of(runs, field)
  local values = {}
  for _, run in ipairs(runs) do values[#values + 1] = run[field] end
  return #values > 0 and summary.spread(values).mean or nil, #values
end

-- "30", or "12 to 60" where the runs differ, as sizes with `min_steps` do.
local function epochs_text(runs)
  local low, high = math.huge, 0
  for _, run in ipairs(runs) do
    if run.epochs then low, high = math.min(low, run.epochs), math.max(high, run.epochs) end
  end
  if high == 0 then return nil end
  return low == high and tostring(low) or ("%d to %d"):format(low, high)
end

--- What the runs cost: epochs and seconds, and the share of weights that was carried over.
function tables.cost(ordered)
  local rows = {}
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      local first = true
      for _, arm in ipairs(ordered.arms) do
        local runs = training.runs(ordered, network, downstream, arm)
        if #runs > 0 then
          local seconds, timed = mean_of(runs, "seconds")
          local told, last = training.last_was_best(runs)
          local share = mean_of(runs, "transferred")
          rows[#rows + 1] = {
            downstream, network, arm.label, tostring(#runs), epochs_text(runs), told > 0 and ("%d of %d"):format(last, told) or nil,
            seconds and number_text.duration(seconds), seconds and number_text.duration(seconds * timed),
            arm.key ~= "scratch" and share and number_text.fixed(100 * share, 1) .. "%" or nil, rule = first,
          }
          first = false
        end
      end
    end
  end
  return {
    caption = "Cost of training",
    columns = {
      column "set", column "network", column "arm", column("runs", "right"), column("epochs", "right"),
      column("the last was best", "right"),
      column("a run", "right"), column("together", "right"), column("weights carried over", "right"),
    },
    rows = rows, note = "Over all sizes and seeds: epochs from the fewest to the most, the runs whose best epoch was the last, the mean "
      .. "time of a run and that of all together. Transfer also needs the pretraining below, once for all its runs.",
  }
end

--- Learning rates that were chosen on validation, with how many seeds each; no rows where none was.
function tables.rates(ordered)
  local rows = {}
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      local first = true
      for _, arm in ipairs(ordered.arms) do
        for _, size in ipairs(ordered.sizes) do
          local rates, count = {}, {}
          for _, run in ipairs(ordered:runs(network, downstream, arm, size)) do
            if run.lr then
              if not count[run.lr] then rates[#rates + 1] = run.lr end
              count[run.lr] = (count[run.lr] or 0) + 1
            end
          end
          table.sort(rates)
          for i, rate in ipairs(rates) do rates[i] = ("%s (%d)"):format(number_text.short(rate, 3), count[rate]) end
          if #rates > 0 then
            rows[#rows + 1] = { downstream, network, arm.label, summary.size_text(size), table.concat(rates, ", "), rule = first }
            first = false
          end
        end
      end
    end
  end
  return {
    caption = "Learning rates chosen on validation", rows = rows,
    columns = { column "set", column "network", column "arm", column("records", "right"), column "rates (seeds)" },
    note = "The times above hold the training of every candidate.",
  }
end

--- The networks trained on the upstream sets. Where tasks differ each score says what it is.
function tables.pretraining(list, study)
  local rows, own = {}, false
  for _, each in ipairs(list) do own = own or (each.metric ~= nil and each.metric ~= study.metric) end
  for i, each in ipairs(list) do
    local score = each.score and number_text.fixed(each.score)
    if own and score and each.metric then score = ("%s (%s)"):format(score, summary.metric_label(each.metric)) end
    rows[i] = {
      each.upstream, each.network, each.seed and tostring(each.seed), each.records and number_text.count(each.records),
      each.epochs and tostring(each.epochs), each.best_epoch and tostring(each.best_epoch), score,
      each.seconds and number_text.duration(each.seconds),
    }
    if own then table.insert(rows[i], 2, each.task) end
  end
  local columns = {
    column "upstream set", column "network", column("seed", "right"), column("records", "right"), column("epochs", "right"),
    column("best epoch", "right"), column("validation " .. (own and "score" or study.metric_label), "right"), column("time", "right"),
  }
  if own then table.insert(columns, 2, column "task") end
  return {caption = "Pretraining", rows = rows, columns = columns}
end

--- What the short names of the sets' classes stand for, as one text: "AF: atrial fibrillation; ...", or nil where none is known.
function tables.class_names(list, study)
  local parts, seen = {}, {}
  for _, set in ipairs(list) do
    for _, class in ipairs(set.classes) do
      local name = study.class_names[class]
      if name and not seen[class] then parts[#parts + 1] = ("%s: %s"):format(class, name) end
      seen[class] = true
    end
  end
  return #parts > 0 and table.concat(parts, "; ") .. "." or nil
end

--- The sets of the study.
function tables.sets(list, study)
  local rows = {}
  for i, each in ipairs(list) do
    local parts = {}
    for _, name in ipairs { "train", "val", "test" } do parts[#parts + 1] = each[name] and number_text.count(each[name]) or "–" end
    local length = each.seconds and each.rate and ("%s s at %s Hz"):format(number_text.short(each.seconds), number_text.short(each.rate))
    rows[i] = {
      each.synthetic and each.name .. " (synthetic)" or each.name, each.role ~= "" and each.role or nil,
      each.records and number_text.count(each.records), each.patients and number_text.count(each.patients),
      (each.train or each.val or each.test) and table.concat(parts, " / ") or nil, length,
      number_text.count(each.skipped), #each.classes > 0 and table.concat(each.classes, ", ") or nil,
    }
  end
  return {
    caption = "Sets", rows = rows,
    columns = {
      column "set", column "role", column("records", "right"), column("patients", "right"), column("train / validation / test", "right"),
      column "signals", column("skipped", "right"), column "classes",
    },
    note = tables.class_names(list, study),
  }
end

--- Runs that failed, with what they said.
function tables.failures(list)
  local rows = {}
  for i, each in ipairs(list) do
    rows[i] = {
      each.downstream, each.network, each.strategy ~= "" and summary.arm_label(each) or nil, each.size and summary.size_text(each.size),
      each.seed and tostring(each.seed), each.message,
    }
  end
  return {
    caption = "Runs that failed", rows = rows,
    columns = { column "set", column "network", column "arm", column("records", "right"), column("seed", "right"), column "message" },
  }
end

return tables
