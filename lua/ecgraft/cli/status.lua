--- ecgraft status DIR: how far a study is.
local command = {name = "status", summary = "Say how far a study is, also while it runs."}

function command.configure(parser)
  parser:argument("dir", "Folder of the study.")
end

function command.run(a)
  local cli = require "ecgraft.cli"
  local described, message = require("ecgraft.study.results").read(a.dir)
  if not described then return cli.fail(message) end
  local status = require("ecgraft.study").status_of(a.dir, described.plan, described.name, described.costs)
  print(status)
  return status.failed > 0 and 1 or 0
end

return command
