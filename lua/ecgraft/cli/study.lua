--- ecgraft study FILE: runs the study that a Lua script returns.
local core = require "ecgraft.core"
local executors = require "ecgraft.study.executors"

local command = {
  name = "study", summary = "Run a study, or go on with it: the script returns eg.study{...}.",
  examples = {
    "ecgraft study examples/08_study.lua --plan",
    "ecgraft study examples/08_study.lua --out runs/first --workers 2",
    "ecgraft study examples/08_study.lua --out runs/smoke -- --smoke",
    "ecgraft study examples/08_study.lua --executor slurm --slurm partition=cpu --slurm cpus=4",
  },
}

--- {"cpus=2", "extra=--qos=long"} as the table that study:run takes for an executor. nil and a message where one is no KEY=VALUE.
local function told(name, given)
  local schema, out = executors.load(name).options, {}
  for _, each in ipairs(given) do
    local key, value = each:match "^([%w_]+)=(.+)$"
    local field = key and schema[key]
    if not field then
      return nil, ("--%s: expected KEY=VALUE with a key of %s, got '%s'"):format(name,
        table.concat(require("ecgraft.options").names(schema), ", "), each)
    end
    if field.type == "table" then
      out[key] = out[key] or {}
      table.insert(out[key], value)
    else
      out[key] = field.type:find "integer" and math.tointeger(tonumber(value)) or value
    end
  end
  return out
end

function command.configure(parser)
  local names = {}
  parser:argument("file", "A Lua script that returns a study.")
  parser:argument("arguments", "Given to the script as its ... (after --)."):args "*"
  parser:option("-o --out", "Folder of the study (default runs/NAME)."):argname "DIR"
  parser:option("-w --workers", "Worker processes that share the processors (default 1)."):convert(math.tointeger):argname "N"
  parser:option("--threads", "Threads of each worker (default: the processors shared out)."):convert(math.tointeger):argname "N"
  for _, each in ipairs(executors) do
    names[#names + 1] = each.name
    if each.told then parser:option("--" .. each.name, each.told .. "; may be repeated."):argname "KEY=VALUE":count "*" end
  end
  parser:option("--executor", "Where runs are computed."):default "local":choices(names)
  parser:flag("--resume", "Fail unless the folder holds this study already. Without it the study begins or goes on.")
  parser:flag("--plan", "Print the runs with an estimate of time (with one worker and with --workers) and memory, and stop.")
  parser:flag("--json", "The plan, or what became of the study, as JSON.")
  parser:flag("-q --quiet", "No progress line.")
end

--- What --plan prints, for programs.
local function plan_of(study, o)
  local found = study:estimate(o)
  local runs = {}
  for i, each in ipairs(found.rows) do
    runs[i] = {run = each.run.id, after = each.run.needs, records = each.records, seconds = each.seconds}
  end
  return {name = study.spec.name, protocol = study.spec.protocol, runs = runs, records = found.records, seconds = found.seconds,
    bytes = found.bytes, spans = found.spans}
end

function command.run(a)
  local studies = require "ecgraft.study"
  local cli = require "ecgraft.cli"
  if (a.workers or 1) < 1 or (a.threads or 1) < 1 then return cli.wrong_usage "--workers and --threads must be at least 1" end
  local chunk, message = loadfile(a.file)
  if not chunk then return cli.fail(message) end
  local text = require("ecgraft.files").read(a.file) or ""
  if not text:find "^\27" and not require("ecgraft.session.source").returns(text) then
    return cli.fail(("%s was not run: it returns no study. The script of a study ends in 'return eg.study{...}'; another script is run "
      .. "with: lua%s %s"):format(a.file, _VERSION:match "%d+%.%d+", a.file))
  end
  local study = chunk(table.unpack(a.arguments))
  if not studies.is(study) then
    return cli.fail(("%s was run and returned %s, which is no study. The script of a study ends in 'return eg.study{...}'; another "
      .. "script is run with: lua%s %s"):format(a.file, require("ecgraft.options").show(study), _VERSION:match "%d+%.%d+", a.file))
  end
  study.spec.script = a.file
  if a.plan then
    local o = {workers = a.workers, threads = a.threads}
    if a.json then return cli.print_json(plan_of(study, o)) end
    io.write(study:plan_text(o))
    return 0
  end
  local out = a.out or "runs/" .. study.spec.name
  if a.resume and not require("ecgraft.files").exists(out .. "/study.json") then
    return cli.fail(("--resume: %s holds no study yet"):format(out))
  end
  local wanted = {out = out, executor = a.executor, workers = a.workers, threads = a.threads, quiet = a.quiet}
  for _, each in ipairs(executors) do
    local given = a[each.name]
    if given and #given > 0 then
      wanted[each.name], message = told(each.name, given)
      if message then
        io.stderr:write("ecgraft: ", message, "\n")
        return 2
      end
    end
  end
  if a.threads and a.executor == "local" and (a.workers or 1) == 1 then core.set_num_threads(a.threads) end
  local ok
  ok, message = study:run(wanted)
  if ok == nil then return cli.fail(message) end
  if a.json then
    local status = study:status{out = out}
    cli.print_json{name = study.spec.name, out = out, report = out .. "/report.html", results = out .. "/results.csv",
      total = status.total, done = status.done, failed = status.failed}
  else
    print(out .. "/report.html")
  end
  if not ok then return cli.fail(message) end
  return 0
end

return command
