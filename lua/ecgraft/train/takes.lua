--- Whether a network takes the signals of a set: said at the door, in the words of the one who calls, and not by a layer deep inside.
local feeds = require "ecgraft.data.feed"

--- takes(where, net, set, name [, level [, crop]]): raises where a network that says how many leads it takes (net.options.leads, as
-- those of eg.models do) is given a set that is not (N, L, leads) with that number, or one with a flattened head records of another length
-- (crop: the samples of each that it sees). Other networks find out by themselves.
return function(where, net, set, name, level, crop)
  local said = type(net.options) == "table" and net.options.leads
  if math.type(said) ~= "integer" then return end
  local shape, has = feeds.shape(set), nil
  if #shape ~= 3 then has = ("signals of shape {%s}; expected records, time and leads"):format(table.concat(shape, ", "))
  elseif shape[3] ~= said then has = shape[3] .. (set.leads and " (" .. table.concat(set.leads, ", ") .. ")" or "") end
  if not has then
    local o = net.options
    local length = crop or shape[2]
    if o.head == "flatten" and o.length ~= length then
      error(("%s: the network's flattened head takes records of %d samples, %s has %d: give it the option length = %d, or another head "
        .. "(\"mean\", \"max\", \"last\", \"attention\")"):format(where, o.length, name, length, length), (level or 2) + 1)
    end
    return
  end
  error(("%s: the network takes %d lead%s (its option leads), %s has %s"):format(where, said, said == 1 and "" or "s", name, has),
    (level or 2) + 1)
end
