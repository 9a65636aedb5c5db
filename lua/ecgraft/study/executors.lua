--- Where a study's runs are computed. An executor is a table:
--   name                         what `executor =` calls it
--   options                      a schema (ecgraft.options) of what study:run takes under that name, {slurm = {...}}; none: nothing
--   check(o)                     raises where the options of study:run do not go together; may be absent
--   run(study, queue, out, o)    computes what the queue holds, telling it run by run what became of it (queue.lua). Returns whether it
--                                was interrupted; nil and a message where it cannot begin
-- Another one is a file and a word in this list.
local executors = {}

for i, name in ipairs{"engine", "slurm"} do
  local executor = require("ecgraft.study." .. name)
  executors[i], executors[executor.name] = executor, executor
end

return executors
