--- Where a study's runs are computed. Another executor is a file and a line in this list:
--   name   what `executor =` calls it
--   file   its module in ecgraft.study, loaded when it is asked for
--   told   where study:run and the command take a table of that name for it, {slurm = {...}}: a word on it for the command's help
-- The module is a table:
--   options                      with `told`: the schema (ecgraft.options) of that table
--   check(o)                     raises where the options of study:run do not go together; may be absent
--   run(study, queue, out, o)    computes what the queue holds, telling it run by run what became of it (queue.lua). Returns whether it
--                                was interrupted; nil and a message where it cannot begin
---@class ecgraft.study.executors
---@field [integer] {name: string, file: string, told?: string}
local executors = {
  {name = "local", file = "engine"},
  {name = "slurm", file = "slurm", told = "What Slurm is told: partition, account, time, mem, cpus, extra, at_once or array"},
}

--- The module of an executor of this list.
function executors.load(name)
  for _, each in ipairs(executors) do
    if each.name == name then return require("ecgraft.study." .. each.file) end
  end
end

return executors
