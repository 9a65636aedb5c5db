--- Whether a network takes the signals of a set: said at the door, in the words of the one who calls, and not by a layer deep inside.
local feeds = require "ecgraft.data.feed"

--- takes(where, net, set, name [, level]): raises where a network that says how many leads it takes (net.options.leads, as those of
-- eg.models do) is given a set (N, L, leads) with another number. Other networks find out by themselves.
return function(where, net, set, name, level)
  local said = type(net.options) == "table" and net.options.leads
  local leads = feeds.shape(set)[3]
  if math.type(said) ~= "integer" or said == leads then return end
  error(("%s: the network takes %d lead%s (its option leads), %s has %d%s"):format(where, said, said == 1 and "" or "s", name, leads,
    set.leads and " (" .. table.concat(set.leads, ", ") .. ")" or ""), (level or 2) + 1)
end
