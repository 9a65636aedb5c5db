--- The study: does pretraining and fine-tuning beat training from scratch, for these sets, networks and training-set sizes?
--
--   local study = eg.study{ name = "georgia", upstream = {ptbxl = ...}, downstream = {georgia = ...}, networks = {"resnet1d18", "gru"},
--     strategies = {"scratch", "finetune"}, sizes = {100, 200, 500, "all"}, seeds = {1, 2, 3, 4, 5, 6}, train = {epochs = 30} }
--   study:run{out = "runs/georgia", workers = 2};  print(study:status());  study:report()
--
-- Sets are datasets, functions that return one (then they are loaded when first needed), or {train =, val =, test =}; upstream also
-- {set = one of these, task = "intervals", pretrain = {...}}. All options: study/spec.lua; what a run writes: study/execute.lua.
local begun = require "ecgraft.study.begun"
local colon = require "ecgraft.colon"
local core = require "ecgraft.core"
local estimate = require "ecgraft.study.estimate"
local executors = require "ecgraft.study.executors"
local files = require "ecgraft.files"
local folder = require "ecgraft.study.folder"
local interruption = require "ecgraft.interruption"
local left = require "ecgraft.study.left"
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"
local plan = require "ecgraft.study.plan"
local queue = require "ecgraft.study.queue"
local results = require "ecgraft.study.results"
local sets = require "ecgraft.study.sets"
local spec = require "ecgraft.study.spec"
local worker = require "ecgraft.study.worker"

local Study = {__name = "ecgraft.Study"}
Study.__index = Study

local study = {}

--- A study of whether pretraining and fine-tuning beat training from scratch: checked and planned, nothing is computed yet.
-- See the head of this file.
function study.new(given)
  local checked = spec.check(given)
  return setmetatable({spec = checked, plan = plan.make(checked)}, Study)
end

--- Whether a value is a study.
function study.is(value) return getmetatable(value) == Study end

local function default_out(self) return "runs/" .. self.spec.name end

--- What must not change between two starts in one folder: else runs of two studies would be mixed.
local function fingerprint(self)
  local ids, own = {}, nil
  for i, run in ipairs(self.plan) do ids[i] = run.id end
  local s = self.spec
  for _, each in ipairs(s.upstream) do
    if each.own then own = own or {}; own[each.name] = each.pretrain end
  end
  return files.to_json{
    ids = ids, train = s.train, pretrain = s.pretrain, protocol = s.protocol, split = s.split, metric = s.metric,
    tune = s.tune, pretrain_of = own,
  }
end

--- Writes study.json, or checks that the one that is there is this study's.
local function claim(self, out)
  local ok, message = files.make_folder(out .. "/runs")
  if ok then ok, message = files.make_folder(out .. "/sets") end
  if not ok then return nil, message end
  local path = out .. "/study.json"
  if files.exists(path) then
    local found
    found, message = files.read_json(path)
    if not found then return nil, message end
    if found.fingerprint ~= fingerprint(self) then
      return nil, ("%s holds another study ('%s', or other runs or training options); choose another folder or remove it"):format(out,
        tostring(found.name))
    end
    return true
  end
  return files.write_json(path, results.describe(self.spec, self.plan, fingerprint(self)))
end

local run_schema = {
  out = {type = "string"},                                       -- a folder; default runs/NAME
  executor = {type = "string", choices = {}, default = "local"}, -- where runs are computed
  workers = {type = "integer", min = 1, max = 256},              -- processes; default 1
  threads = {type = "integer", min = 1, max = 256},              -- of a run; default the processors shared out
  quiet = {type = "boolean", default = false},                   -- without the progress line
  report = {type = "boolean", default = true},                   -- write the report at the end
}
for i, each in ipairs(executors) do
  run_schema.executor.choices[i] = each.name
  if each.told then run_schema[each.name] = {type = "table"} end
end

--- The options of study:run, checked, and the executor.
local function run_options(given)
  local o = options.check("study:run", given, run_schema, 3)
  local executor = executors.load(o.executor)
  for _, each in ipairs(executors) do
    if each.name ~= o.executor and o[each.name] then
      error(("study:run: %s = {...} goes with executor = %q, which is %q"):format(each.name, each.name, o.executor), 3)
    elseif each.name == o.executor and each.told then
      o[each.name] = options.check("study:run: " .. each.name, o[each.name], executor.options, 3)
    end
  end
  if executor.check then executor.check(o) end
  return o, executor
end

--- What a set would make fail hours from now, found before the first run: see sets.fault. With Slurm the sets may not be where this
-- process is, so nothing is read.
local function fault(self, out, load)
  local waiting = {}
  for _, run in ipairs(self.plan) do
    if folder.state(out, run) ~= "done" then waiting[#waiting + 1] = run end
  end
  return sets.fault(self.spec, waiting, load)
end

--- Computes what is not done yet, then writes the report. Options: out (default runs/NAME), executor ("local": here, or "slurm"), workers
-- (processes, default 1; local alone), threads (of a run; default the processors shared out, with Slurm its cpus), slurm (what Slurm is
-- told: study/slurm.lua), quiet, report. Started again it goes on where it was.
-- Returns true where every run is done; false and a text where some failed; nil and a message where it cannot begin; raises an
-- interruption (a value with .interrupted) after Ctrl-C.
function Study:run(given)
  local o, executor = run_options(given)
  local out = o.out or default_out(self)
  local _, serving = worker.serving()
  if serving then -- a script may hold several studies; a worker serves the one it was started for
    if serving == self.spec.name then worker.serve(self, self.plan, out) end
    return true
  end
  local ok, message
  if o.executor == "local" then
    o.load = sets.loader(self.spec)
    message = fault(self, out, o.load)
    if message then return nil, message end
  end
  ok, message = claim(self, out)
  if not ok then return nil, message end
  self.out = out
  local todo = queue.new(self.plan, self.spec, out)
  local interrupted = false
  if todo.finished < todo.total then
    interrupted, message = executor.run(self, todo, out, o)
    if interrupted == nil then return nil, message end
  end
  if interrupted then
    error(interruption.new(("interrupted after %d of %d runs; the same command goes on from there"):format(todo.finished, todo.total)), 0)
  end
  if o.report then
    ok, message = self:report{out = out}
    if not ok then return nil, message end
  end
  if #todo.failures > 0 then
    local first = todo.failures[1]
    local blocked = #todo.blocked > 0 and (", and %d that need them were not run"):format(#todo.blocked) or ""
    return false, ("%d of %d runs failed%s; the first: %s: %s (all are in %s/runs/*/failed.txt)"):format(#todo.failures, todo.total,
      blocked, first.run.id, tostring(first.message):match("[^\n]*"), out)
  end
  return true
end

local plan_schema = {
  workers = {type = "integer", min = 1, max = 256}, -- processes that share the processors; default 1
  threads = {type = "integer", min = 1, max = 256}, -- of a run; default the processors shared out
}

--- The runs as text, with the records that each will see in training, and an estimate of time and memory from a timed step of each
-- network. Loads the sets and trains nothing. Options: workers and threads, as study:run takes them.
function Study:plan_text(given)
  return estimate.text(self.spec, self.plan, tostring(self), options.check("study:plan_text", given, plan_schema))
end

--- The numbers behind plan_text, whose options it takes: {rows = {{run, records, seconds}, ...}, networks, records, seconds (one run after
-- the other), bytes, sets (bytes), threads, spans = {{workers, threads, seconds}, ...}: how long the whole takes with so many workers}.
function Study:estimate(given)
  return estimate.of(self.spec, self.plan, options.check("study:estimate", given, plan_schema))
end

local out_schema = {out = {type = "string"}}

--- Writes report.html, results.csv and tables from the runs that are done. Returns the report's path, or nil and a message.
function Study:report(given)
  local out = options.check("study:report", given, out_schema).out or self.out or default_out(self)
  return results.report(out)
end

local status_meta = {__tostring = function(self) return self.text end}

local SHOWN = 8 -- runs under way that are named

--- The runs that have begun, {run, epochs (done), of}, and the share of all work that is done, where costs and epochs are known.
local function under_way(out, runs, states, costs, epochs)
  local list, done, all = {}, 0, 0 ---@type table[], number, number
  for _, run in ipairs(runs) do
    local share = states[run.id] == "done" and 1 or 0 ---@type number
    if states[run.id] == "begun" then
      list[#list + 1] = {run = run, epochs = begun.epochs(out, run, epochs[run.id]), of = epochs[run.id]}
      share = list[#list].epochs / epochs[run.id]
    end
    done, all = done + share * costs[run.id], all + costs[run.id]
  end
  return list, all > 0 and done / all or nil
end

--- {total, done, failed, begun, waiting, failures, under_way ({run, epochs, of}, ...), share (of the work that is done), left (seconds of
-- computing, estimated), text}; prints as text. costs and epochs: of the runs, by id, as study.json has them.
function study.status_of(out, runs, name, costs, epochs)
  local counts, failures, states = folder.survey(out, runs)
  counts.total, counts.failures = #runs, failures
  local lines = {("study %s in %s: %d of %d runs done, %d begun, %d waiting, %d failed"):format(name, out, counts.done, #runs,
    counts.begun, counts.waiting, counts.failed)}
  for _, each in ipairs(failures) do
    local blocks = each.blocks > 0 and (" (not run because of it: %d)"):format(each.blocks) or ""
    lines[#lines + 1] = ("  failed: %s: %s%s"):format(each.run.id, (each.message or ""):match("[^\n]*"), blocks)
  end
  counts.under_way = {}
  if costs and epochs then -- else a folder of an earlier version
    counts.under_way, counts.share = under_way(out, runs, states, costs, epochs)
  end
  for i, each in ipairs(counts.under_way) do
    if i > SHOWN then
      lines[#lines + 1] = ("  and %d more that have begun"):format(#counts.under_way - SHOWN)
      break
    end
    lines[#lines + 1] = ("  begun: %s: %d of %d epochs"):format(each.run.id, each.epochs, each.of)
  end
  counts.left = left.seconds(out, runs, states, costs, epochs)
  if counts.left then
    local by = #counts.under_way > 0 and "by what is done" or "by the runs that are done"
    local part = counts.share and ("%d%% of the training done; "):format(math.floor(100 * counts.share + 1e-9)) or ""
    lines[#lines + 1] = ("  %sabout %s of computing left, one run after the other, %s"):format(part, number_text.duration(counts.left), by)
  end
  counts.text = table.concat(lines, "\n")
  return setmetatable(counts, status_meta)
end

--- How far the study is, also while it runs: {total, done, failed, begun, waiting, failures, under_way ({run, epochs, of}, ...), share (of
-- the training that is done), left (seconds of computing, estimated), text}; prints as text.
function Study:status(given)
  local out = options.check("study:status", given, out_schema).out or self.out or default_out(self)
  return study.status_of(out, self.plan, self.spec.name, queue.known_costs(self.plan, self.spec, out))
end

function Study:__tostring()
  local trained = 0
  for _, run in ipairs(self.plan) do if run.kind == "pretrain" then trained = trained + 1 end end
  return ("study %s (%s protocol): %d runs, %d of them pretrainings, with ecgraft %s"):format(self.spec.name, self.spec.protocol,
    #self.plan, trained, core.version)
end

colon.class(Study, "study")

return study
