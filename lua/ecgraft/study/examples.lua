--- Example records of a run: a test record that it found, one that it missed and a false alarm, each with what the network saw
-- (ecgraft.explain). Kept in examples.h5 in the run's folder; the report draws them.
local core = require "ecgraft.core"
local explain = require "ecgraft.explain"
local feed = require "ecgraft.data.feed"
local summary = require "ecgraft.report.summary"

local examples = {}

--- Whether a run keeps examples: those of the first seed with the most training records do.
function examples.wanted(run, spec)
  if not spec.examples or run.kind ~= "downstream" or run.seed ~= spec.seeds[1] then return false end
  for _, size in ipairs(spec.sizes) do if summary.size_before(run.size, size) then return false end end
  return true
end

--- Which records: {{kind, i (record), k (class)}, ...}. Of each kind the one of which the network was surest, counted from the class's
-- threshold; the first of equals.
function examples.choose(scores, labels, thresholds)
  ---@type table<string, {kind?: string, i?: integer, k?: integer, margin?: number}>
  local best = {found = {}, missed = {}, ["false alarm"] = {}}
  for i, row in ipairs(scores) do
    for k, p in ipairs(row) do
      local is, says = labels[i][k] == 1, p >= thresholds[k]
      local kind = is and says and "found" or is and "missed" or says and "false alarm"
      local margin = math.abs(p - thresholds[k]) ---@type number
      if kind and margin > (best[kind].margin or -1) then best[kind] = {kind = kind, i = i, k = k, margin = margin} end
    end
  end
  local list = {}
  for _, kind in ipairs{"found", "missed", "false alarm"} do
    if best[kind].i then list[#list + 1] = best[kind] end
  end
  return list
end

local function labels_of(set, row)
  local names = {}
  for k, name in ipairs(set.classes) do if row[k] == 1 then names[#names + 1] = name end end
  return #names > 0 and table.concat(names, ", ") or "none"
end

-- Signals (n, L, leads) of the chosen records, from memory or from the set's file.
local function signals_of(test, chosen)
  local rows = {}
  for j, each in ipairs(chosen) do rows[j] = each.i end
  local source <close> = feed.new(test, core.tensor(rows), #rows)
  return source:next():clone()
end

--- Explains the chosen records of a test set and writes them. nil and a message where there is nothing to write or it cannot be.
function examples.write(path, net, test, scores, thresholds)
  if test.scaler then return nil, "the signals are scaled already" end
  local all, labels = scores:totable(), test.labels:totable()
  local chosen = examples.choose(all, labels, thresholds)
  if #chosen == 0 then return nil, "no record was found, missed or a false alarm" end
  local time, leads, facts = {}, {}, {}
  local all_signals = signals_of(test, chosen)
  local names = {kinds = {}, records = {}, classes = {}, labels = {}, leads = test.leads, methods = {}}
  for j, each in ipairs(chosen) do
    local seen = explain.record(net, all_signals[j], {class = each.k})
    time[j], leads[j] = seen.time, seen.leads
    facts[j] = {all[each.i][each.k], thresholds[each.k], test.rate}
    names.kinds[j], names.records[j], names.classes[j] = each.kind, tostring(test.records[each.i]), test.classes[each.k]
    names.labels[j], names.methods[j] = labels_of(test, labels[each.i]), seen.method
  end
  return core.store.save(path, {
    {name = "signals", tensor = all_signals}, {name = "time", tensor = core.tensor(time)},
    {name = "leads", tensor = core.tensor(leads)}, {name = "facts", tensor = core.tensor(facts)},
  }, names)
end

--- The examples in a run's folder as rows {kind, record, class, labels, method, probability, threshold, rate, lead_names,
-- signals (L, leads), time, leads}; {} where there are none.
function examples.read(path)
  local tensors, names = core.store.load(path)
  if not tensors then return {} end
  local rows, time, leads, facts = {}, tensors.time:totable(), tensors.leads:totable(), tensors.facts:totable()
  for j, kind in ipairs(names.kinds) do
    rows[j] = {
      kind = kind, record = names.records[j], class = names.classes[j], labels = names.labels[j], method = names.methods[j],
      probability = facts[j][1], threshold = facts[j][2], rate = facts[j][3], lead_names = names.leads,
      signals = tensors.signals[j], time = time[j], leads = leads[j],
    }
  end
  return rows
end

return examples
