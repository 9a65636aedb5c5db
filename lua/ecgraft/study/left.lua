--- How much computing a study has left, by what its finished runs took, and those under way.
local begun = require "ecgraft.study.begun"
local folder = require "ecgraft.study.folder"

local left = {}

-- What runs have in common that take the same time for a record, from the closest kin to any run at all.
local KINSHIP = {
  function(run) return run.kind .. "\0" .. run.network .. "\0" .. tostring(run.strategy) .. "\0" .. tostring(run.size == "all") end,
  function(run) return run.network end,
  function() return "" end,
}

--- Seconds of the runs that are neither done nor failed nor in need of a failed one, one after the other: their records, each at the pace
-- of the closest kin among the runs that are done and what is done of those that have begun. nil where nothing is left, or nothing known to
-- go by. states, costs and epochs: by id (folder.survey, queue.costs).
function left.seconds(out, runs, states, costs, epochs)
  if not costs then return nil end -- a folder of an earlier version
  local seen, todo, share = {}, {}, {}
  local function learn(run, seconds, cost)
    if cost <= 0 then return end
    for i, kin in ipairs(KINSHIP) do
      local key = i .. kin(run)
      seen[key] = seen[key] or {seconds = 0, cost = 0}
      seen[key].seconds, seen[key].cost = seen[key].seconds + seconds, seen[key].cost + cost
    end
  end
  for _, run in ipairs(runs) do
    if states[run.id] == "begun" or states[run.id] == "waiting" then
      if states[run.needs] ~= "failed" then todo[#todo + 1] = run end
      if states[run.id] == "begun" and (epochs or {})[run.id] then
        local done, seconds = begun.epochs(out, run, epochs[run.id])
        share[run.id] = done / epochs[run.id]
        learn(run, seconds, share[run.id] * costs[run.id])
      end
    elseif states[run.id] == "done" then
      local result = folder.result(out, run)
      if result then learn(run, result.selection.seconds, costs[run.id]) end
    end
  end
  local seconds = 0 ---@type number
  for _, run in ipairs(todo) do
    local pace
    for i, kin in ipairs(KINSHIP) do pace = pace or seen[i .. kin(run)] end
    if not pace then return nil end
    seconds = seconds + pace.seconds / pace.cost * costs[run.id] * (1 - (share[run.id] or 0))
  end
  return #todo > 0 and seconds or nil
end

return left
