--- The runs of a study in a fixed order: pretrainings, then for each network, downstream set, size and seed one run per arm.
-- A run names the pretraining it needs; pretrainings are shared by all runs that need them.
local plan = {}

local function joined(...)
  return table.concat({...}, "_")
end

--- A list of runs {id, kind = "pretrain" | "downstream", network, upstream, task (of the pretraining), downstream, strategy, size, seed,
-- needs}.
function plan.make(spec)
  local runs, wanted = {}, {}
  for _, network in ipairs(spec.networks) do
    for _, down in ipairs(spec.downstream) do
      for _, size in ipairs(spec.sizes) do
        for _, seed in ipairs(spec.seeds) do
          for _, strategy in ipairs(spec.strategies) do
            local sources = strategy.source and spec.upstream or {{name = "none"}}
            for _, up in ipairs(sources) do
              if up.set ~= down.set then
                local needs = strategy.source and joined("pretrain", network.name, up.name) or nil
                if needs then wanted[needs] = true end
                runs[#runs + 1] = {
                  id = joined(network.name, down.name, strategy.source and strategy.name .. "-" .. up.name or strategy.name,
                    "n" .. size, "s" .. seed),
                  kind = "downstream", network = network.name, upstream = up.name, downstream = down.name,
                  strategy = strategy.name, size = size, seed = seed, needs = needs, task = up.task and up.task.name,
                }
              end
            end
          end
        end
      end
    end
  end
  local all = {}
  for _, network in ipairs(spec.networks) do
    for _, up in ipairs(spec.upstream) do
      local id = joined("pretrain", network.name, up.name)
      if wanted[id] then
        all[#all + 1] = {id = id, kind = "pretrain", network = network.name, upstream = up.name, task = up.task.name,
          seed = spec.seeds[1]}
      end
    end
  end
  return table.move(runs, 1, #runs, #all + 1, all)
end

--- The entry of a list that has a name.
function plan.find(list, name)
  for _, each in ipairs(list) do if each.name == name then return each end end
end

--- The training options of a run.
function plan.options(spec, run)
  return run.kind == "pretrain" and plan.find(spec.upstream, run.upstream).pretrain or spec.train
end

--- How many trainings a run is, and of how many epochs with so many records; a strategy that solves for its head sees them once.
function plan.trainings(spec, run, records)
  if run.kind == "pretrain" then return 1, plan.epochs(plan.options(spec, run), records) end
  if plan.find(spec.strategies, run.strategy).solve then return 1, 1 end
  return spec.tune and #spec.tune or 1, plan.epochs(spec.train, records)
end

--- How many epochs a training with options `o` has on so many records: those asked for, or more where they would make fewer steps than
-- o.min_steps.
function plan.epochs(o, records)
  local steps = math.max(1, math.ceil(records / o.batch))
  return math.max(o.epochs, math.ceil(o.min_steps / steps))
end

--- How many times a training of so many epochs is validated: see val_steps in train/fit.lua.
function plan.validations(o, records, epochs)
  local steps = math.max(1, math.ceil(records / o.batch))
  return math.ceil(epochs / math.max(1, math.ceil(o.val_steps / steps)))
end

return plan
