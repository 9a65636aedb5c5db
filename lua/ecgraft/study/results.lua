--- A study's folder and its report. study.json holds what is needed to report without the script: names, options, the plan, the sets.
local core = require "ecgraft.core"
local compare = require "ecgraft.study.compare"
local files = require "ecgraft.files"
local gather = require "ecgraft.study.gather"
local names_of_classes = require "ecgraft.data.class_names"
local lfs = require "lfs"
local queue = require "ecgraft.study.queue"
local report = require "ecgraft.report"
local sister = require "ecgraft.study.sister"
local transferability = require "ecgraft.study.transferability"
local worth = require "ecgraft.study.worth"

local results = {}

local function names(list)
  local out = {}
  for i, each in ipairs(list) do out[i] = each.name end
  return out
end

--- The sets behind the upstream names, each once: a set may have been pretrained on by several tasks.
local function upstream_sets(list)
  local out, seen = {}, {}
  for _, each in ipairs(list) do
    if not seen[each.set] then seen[each.set], out[#out + 1] = true, each.set end
  end
  return out
end

--- A path as it is typed from the current folder, so that the command in the report can be repeated and tells no more than it must.
local function from_here(path)
  local here = lfs.currentdir() .. "/"
  return path:sub(1, #here) == here and path:sub(#here + 1) or path
end

--- What study.json holds.
function results.describe(spec, plan, fingerprint)
  local script = arg and arg[0]
  local source = spec.script or script
  local text = source and files.read(source)
  local costs, epochs = queue.costs(plan, spec)
  return {
    name = spec.name, protocol = spec.protocol, metric = spec.metric, upstream = names(spec.upstream),
    upstream_sets = upstream_sets(spec.upstream),
    downstream = names(spec.downstream), networks = names(spec.networks), strategies = names(spec.strategies), sizes = spec.sizes,
    seeds = spec.seeds, train = spec.train, pretrain = spec.pretrain, tune = spec.tune,
    compare_with = spec.compare_with, split = spec.split, resamples = spec.resamples,
    confidence = spec.confidence, plan = plan, costs = costs, epochs = epochs, fingerprint = fingerprint, version = core.version,
    script = text and {path = from_here(source), text = text} or nil,
  }
end

--- study.json of a folder, or nil and a message.
function results.read(out)
  local path = out .. "/study.json"
  if not files.exists(path) then return nil, ("%s is not the folder of a study: it has no study.json"):format(out) end
  return files.read_json(path)
end

local function commands(described, out)
  return described.script and ("ecgraft study %s --out %s"):format(described.script.path, out) or ""
end

--- What is known of the sets, written by the runs that loaded them.
local function read_sets(out, described)
  local rows = {}
  for _, role in ipairs{"upstream", "downstream"} do
    for _, name in ipairs(described[role .. "_sets"] or described[role]) do
      local row = files.exists(out .. "/sets/" .. name .. ".json") and files.read_json(out .. "/sets/" .. name .. ".json")
      if row then
        row.role = role
        rows[#rows + 1] = row
      end
    end
  end
  return rows
end

--- Writes the report of the runs that are done. Returns the path of report.html, or nil and a message.
function results.report(out)
  local described, message = results.read(out)
  if not described then return nil, message end
  local found = gather.runs(out, described.plan)
  local sets = read_sets(out, described)
  local synthetic = #sets > 0
  for _, set in ipairs(sets) do if not set.synthetic then synthetic = false end end
  local gains = compare.gains(out, described, found)
  local rows, class_names = {}, {}
  for i, set in ipairs(sets) do
    rows[i] = {}
    for short, name in pairs(names_of_classes(set.classes)) do class_names[short] = name end
    for key, value in pairs(set) do if key ~= "baseline" then rows[i][key] = value end end
  end
  local value = worth.compute(described, found, gains)
  local points, correlations = transferability.compare(found.transferability, gains)
  local protocols, other_protocol, note = {}, nil, nil
  if described.compare_with then protocols, other_protocol, note = sister.rows(described, found, described.compare_with, results.read) end
  if note then table.insert(found.notes, note) end
  return report.write{
    protocols = protocols, examples = gather.examples(out, found), mcnemar = compare.mcnemar(out, found),
    transferability = points, correlations = correlations,
    curves = value.curves, saved = value.saved, break_even = value.break_even, reached = value.reached,
    areas = value.areas,
    out = out, runs = found.runs, gains = gains, pretraining = found.pretraining, failures = found.failures, sets = rows,
    baselines = compare.baselines(described, sets),
    study = {
      name = described.name, protocol = described.protocol, other_protocol = other_protocol,
      metric = described.metric, networks = described.networks,
      upstream = described.upstream, downstream = described.downstream, strategies = described.strategies, sizes = described.sizes,
      seeds = described.seeds, synthetic = synthetic, planned = #described.plan - #found.pretraining, command = commands(described, out),
      file = described.script, date = os.date "%Y-%m-%d", class_names = class_names,
      versions = {{"ecgraft", described.version}, {"Lua", _VERSION:match("[%d.]+")}}, notes = found.notes,
    },
  }
end

return results
