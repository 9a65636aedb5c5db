--- ecgraft status DIR: how far a study is.
local command = {
  name = "status", summary = "Say how far a study is, also while it runs. The exit status is 1 where a run failed.",
  examples = {"ecgraft status runs/first", "watch -n 10 ecgraft status runs/first"},
}

function command.configure(parser)
  parser:argument("dir", "Folder of the study.")
  parser:flag("--json", "{name, total, done, begun, waiting, failed, share, seconds_left, under_way, failures}.")
end

function command.run(a)
  local cli = require "ecgraft.cli"
  local described, message = require("ecgraft.study.results").read(a.dir)
  if not described then return cli.fail(message) end
  local status = require("ecgraft.study").status_of(a.dir, described.plan, described.name, described.costs, described.epochs)
  if a.json then
    local failures = {}
    for i, each in ipairs(status.failures) do failures[i] = {run = each.run.id, message = each.message, blocks = each.blocks} end
    local under_way = {}
    for i, each in ipairs(status.under_way) do under_way[i] = {run = each.run.id, epochs = each.epochs, of = each.of} end
    cli.print_json{name = described.name, total = status.total, done = status.done, begun = status.begun, waiting = status.waiting,
      failed = status.failed, share = status.share, seconds_left = status.left,
      under_way = under_way, failures = failures}
  else
    print(status)
  end
  return status.failed > 0 and 1 or 0
end

return command
