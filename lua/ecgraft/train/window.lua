--- Windows of records, for nets that see less than a whole record at once: in training one at random, in evaluation the middle one, which
-- is the same each time and as far from the record's ends as can be.
local core = require "ecgraft.core"

local window = {}

--- Of each record of x (n, L, leads) the window of `samples` in the middle; x itself where samples is nil. Shorter records are an error.
function window.middle(where, x, samples)
  if not samples then return x end
  local length = x:size(2)
  if length < samples then
    error(("%s: the net sees windows of %d samples, the records have %d"):format(where, samples, length), 0)
  end
  return x:narrow(2, (length - samples) // 2 + 1, samples)
end

--- Of each record a window at random, from this Lua state's generator; x itself where samples is nil.
function window.random(x, samples)
  return samples and core.augment.windows(x, samples) or x
end

return window
