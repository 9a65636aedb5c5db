--- Whether a set is like the one that a net was trained on: what the net would take for something else is an error, not a bad score.
local options = require "ecgraft.options"

local function list(leads) return table.concat(leads, ", ") end

local function same(a, b)
  if #a ~= #b then return false end
  for i, name in ipairs(a) do if b[i] ~= name then return false end end
  return true
end

--- match(where, what, card, set, name [, level]): raises where the set (a Dataset, or anything that says what it is) has another rate,
-- other leads or other units than `card`: a net's card, or a set. `what` and `name` are what to call the two. What either does not say
-- is not compared.
return function(where, what, card, set, name, level)
  local function fail(text, ...) error(("%s: "):format(where) .. text:format(...), (level or 2) + 2) end
  if card.rate and set.rate and card.rate ~= set.rate then
    fail("%s has %s samples a second, %s has %s: read or resample it at that rate", what, options.show(card.rate), name,
      options.show(set.rate))
  end
  if card.leads and set.leads and not same(card.leads, set.leads) then
    fail("%s has the leads %s, %s has %s: read it with these, in this order", what, list(card.leads), name, list(set.leads))
  end
  -- A scaled set is in no units that could be compared.
  if card.units and set.units and card.units ~= set.units and card.units ~= "scaled" and set.units ~= "scaled" then
    fail("%s is in %s, %s in %s", what, card.units, name, set.units)
  end
end
