--- Pretraining tasks: tasks.classification, tasks.intervals, tasks.reconstruction; some take options: tasks.reconstruction{mask = 0.3}.
-- One's own by tasks.task{...}. A new task: a file that returns one, and its name in this list.
local options = require "ecgraft.options"
local task = require "ecgraft.tasks.task"

local tasks = {task = task.new, is_task = task.is}

-- ORDER TASKS: as in the documentation.
tasks.names = {"classification", "intervals", "reconstruction"}

for _, name in ipairs(tasks.names) do tasks[name] = require("ecgraft.tasks." .. name) end

--- The task of a name, or the value itself where it is one; nil and a message.
function tasks.find(wanted)
  if task.is(wanted) then return wanted end
  for _, name in ipairs(tasks.names) do
    if name == wanted then return tasks[name] end
  end
  return nil, ("unknown task %s; known: %s, or one's own by tasks.task{}"):format(options.show(wanted), table.concat(tasks.names, ", "))
end

return tasks
