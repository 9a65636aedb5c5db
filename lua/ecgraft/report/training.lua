--- Was training long enough? Where in most runs of a network and an arm the best epoch was the last, the scores may still have risen.
local training = {}

local FEWEST = 2 -- epochs: of a single one the best is always the last

--- How many of a list of runs had epochs that could be told apart, and in how many of them the best was the last.
function training.last_was_best(runs)
  local told, last = 0, 0
  for _, run in ipairs(runs) do
    if run.epochs and run.best_epoch and run.epochs >= FEWEST then
      told = told + 1
      if run.best_epoch >= run.epochs then last = last + 1 end
    end
  end
  return told, last
end

--- The runs of a network and an arm on a downstream set, of all sizes.
function training.runs(ordered, network, downstream, arm)
  local runs = {}
  for _, size in ipairs(ordered.sizes) do
    local some = ordered:runs(network, downstream, arm, size)
    table.move(some, 1, #some, #runs + 1, runs)
  end
  return runs
end

--- A sentence for each network, set and arm of which more than half of the runs were best in their last epoch.
function training.notes(ordered)
  local notes = {}
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      for _, arm in ipairs(ordered.arms) do
        local told, last = training.last_was_best(training.runs(ordered, network, downstream, arm))
        if 2 * last > told then
          notes[#notes + 1] = ("%s on %s, %s: in %d of %d run%s the best epoch was the last: more epochs might help."):format(network,
            downstream, arm.label, last, told, told == 1 and "" or "s")
        end
      end
    end
  end
  return notes
end

local GUESSING, NEAR = 0.5, 0.05 -- of a macro AUROC

--- A sentence for each network and set of which no arm's mean score is far above guessing, at any size: {} for other metrics than AUROC.
function training.untaught(ordered, metric)
  local notes = {}
  if metric ~= "macro_auroc" then return notes end
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      local best
      for _, arm in ipairs(ordered.arms) do
        for _, size in ipairs(ordered.sizes) do
          local score = ordered:score(network, downstream, arm, size, metric)
          if score.n > 0 then best = math.max(best or 0, score.mean) end
        end
      end
      if best and best < GUESSING + NEAR then
        notes[#notes + 1] = ("%s on %s has learned next to nothing: its highest mean score is %.2f, and guessing gives %.2f."):format(
          network, downstream, best, GUESSING)
      end
    end
  end
  return notes
end

return training
