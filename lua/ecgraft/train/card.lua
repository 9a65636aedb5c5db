--- What a saved net needs to predict on a new record with nothing else: its card, and the scaler in it.
local feeds = require "ecgraft.data.feed"
local options = require "ecgraft.options"

local card = {}

--- The scaler that fit's option asks for: "set" (default), "lead", "record", "minmax", "none", or a scaler; nil for none. A set that is
-- scaled already has its own.
function card.scaler(wanted, set)
  if set.scaler then return set.scaler end
  if type(wanted) == "table" then return wanted end
  if wanted == false or wanted == "none" then return nil end
  local scalers = require "ecgraft.data.scaler"
  local kind = (wanted == nil or wanted == true) and "set" or wanted
  if not scalers.kinds[kind] then
    error(("fit: option 'scaler' must be \"set\", \"lead\", \"record\", \"minmax\", \"none\" or a scaler, got %s"):format(
      options.show(wanted)), 3)
  end
  if kind == "set" or kind == "lead" then return scalers.fit(set, {kind = kind}) end
  return scalers.new{kind = kind}
end

--- Writes net.card from the training set, and from `more`: classes (names of outputs) and task, where the task has them. crop: samples of
-- each record that the net sees, in the middle; nil: all.
function card.write(net, set, scaler, more, crop)
  rawset(net, "card", {classes = more.classes, leads = set.leads, rate = set.rate, units = set.units, scaler = scaler,
    samples = feeds.shape(set)[2], crop = crop, source = set.source, task = more.task})
end

return card
