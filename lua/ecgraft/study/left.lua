--- How much computing a study has left, by what its finished runs took.
local folder = require "ecgraft.study.folder"

local left = {}

-- What runs have in common that take the same time for a record, from the closest kin to any run at all.
local KINSHIP = {
  function(run) return run.kind .. "\0" .. run.network .. "\0" .. tostring(run.strategy) .. "\0" .. tostring(run.size == "all") end,
  function(run) return run.network end,
  function() return "" end,
}

--- Seconds of the runs that are neither done nor failed nor in need of a failed one, one after the other: their records, each at the pace
-- of the closest kin among the runs that are done. nil where nothing is left, or nothing known to go by. states and costs:
-- by id (folder.survey, queue.costs).
function left.seconds(out, runs, states, costs)
  if not costs then return nil end -- a folder of an earlier version
  local seen, todo = {}, {}
  for _, run in ipairs(runs) do
    if states[run.id] == "begun" or states[run.id] == "waiting" then
      if states[run.needs] ~= "failed" then todo[#todo + 1] = run end
    elseif states[run.id] == "done" then
      local result = folder.result(out, run)
      for i, kin in ipairs(result and KINSHIP or {}) do
        local key = i .. kin(run)
        seen[key] = seen[key] or {seconds = 0, cost = 0}
        seen[key].seconds = seen[key].seconds + result.selection.seconds
        seen[key].cost = seen[key].cost + costs[run.id]
      end
    end
  end
  local seconds = 0 ---@type number
  for _, run in ipairs(todo) do
    local pace
    for i, kin in ipairs(KINSHIP) do pace = pace or seen[i .. kin(run)] end
    if not pace then return nil end
    seconds = seconds + pace.seconds / pace.cost * costs[run.id]
  end
  return #todo > 0 and seconds or nil
end

return left
