--- From a dataset to the tensors of one step, in an order that the seed and the epoch decide alone.
local core = require "ecgraft.core"

local batches = {}

--- The random stream of a step, so that dropout and augmentation do not depend on what was drawn before: a resumed run draws the same.
-- Steps count from 1; 0 is the epoch's order.
function batches.stream(seed, epoch, step)
  core.manual_seed(seed)
  core.random_stream(epoch, step)
end

--- The order of `count` records in an epoch: a tensor of row numbers. Sets this Lua state's random stream.
function batches.order(seed, epoch, count)
  batches.stream(seed, epoch, 0)
  return core.randperm(count)
end

--- Scaled signals (n, L, leads); scaler nil leaves them as they are.
function batches.scale(scaler, signals)
  return scaler and scaler:apply(signals) or signals
end

--- The next batch of a feed (data/feed.lua) of a set, scaled: (n, L, leads). A set that is scaled already (set.scaler) is not scaled again.
-- cut, where given, is a function from the batch to the windows of it that are used, before they are scaled.
function batches.next(feed, set, scaler, cut)
  local x = feed:next()
  if cut then x = cut(x) end
  return batches.scale(not set.scaler and scaler or nil, x)
end

return batches
