--- Optimizers and schedules by name, for options that come as text.
local optim = require "ecgraft.optim"
local options = require "ecgraft.options"

local optimizers = {}

local kinds = {adam = optim.Adam, adamw = optim.AdamW, sgd = optim.SGD, rmsprop = optim.RMSprop}

--- The kinds, sorted.
optimizers.names = options.names(kinds)

--- An optimizer of a kind ("adam", "adamw", "sgd", "rmsprop") for parameter groups; settings lr, weight_decay, momentum (nil: the
-- optimizer's own default).
function optimizers.make(kind, groups, given)
  local make = kinds[kind]
  if not make then
    error(("unknown optimizer %s; known: %s"):format(options.show(kind), table.concat(optimizers.names, ", ")), 2)
  end
  return make(groups, given)
end

--- A schedule from its name ("constant", "cosine", "one_cycle": over the whole training, the optimizer's lr being the first or the
-- largest) or as it is; planned for `epochs` of `steps` steps. nil for none.
function optimizers.schedule(given, epochs, steps)
  local schedule = optim.schedule
  if given == nil or given == "constant" then return nil end
  if given == "cosine" or given == "one_cycle" then given = schedule[given]{} end
  if not schedule.is(given) then
    error(("fit: option 'schedule' must be \"constant\", \"cosine\", \"one_cycle\" or a value of optim.schedule, got %s"):format(
      options.show(given)), 0)
  end
  return given:plan(epochs * steps, steps)
end

return optimizers
