--- What a study's option augment says, as fit takes it.
local augment = require "ecgraft.data.augment"

--- The augmentation of a training with options `o` on a set of `rate` samples a second: a function for fit, or nil where none is asked for.
return function(o, rate)
  if not o.augment then return nil end
  local given = {rate = rate}
  for name, value in pairs(o.augment) do given[name] = value end
  return augment(given)
end
