--- ecgraft report DIR: writes the report of a study anew, from the runs that are done.
local command = {
  name = "report", summary = "Write a study's report.html, results.csv and tables from the runs that are done.",
  examples = {"ecgraft report runs/first"},
}

function command.configure(parser)
  parser:argument("dir", "Folder of the study.")
end

function command.run(a)
  local path, message = require("ecgraft.study.results").report(a.dir)
  if not path then return require("ecgraft.cli").fail(message) end
  print(path)
  return 0
end

return command
