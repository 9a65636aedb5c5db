--- Values that are known by their fields, whatever made them: a table of the user's with the same fields is shown alike. Fields are looked
-- at with rawget, since sets make theirs when they are asked for.
local tensor = require "ecgraft.tensor"

local kinds = {}

--- Rows of a training, {epoch =, train_loss =, ...}; one at least.
function kinds.is_history(value)
  local first = type(value) == "table" and rawget(value, 1)
  return type(first) == "table" and type(first.epoch) == "number" and type(first.train_loss) == "number"
end

--- {signals = a tensor (time, leads), leads = names, rate = Hz}
function kinds.is_record(value)
  if type(value) ~= "table" then return false end
  local signals = rawget(value, "signals")
  return tensor.is(signals) and signals:dim() == 2 and type(rawget(value, "leads")) == "table" and type(rawget(value, "rate")) == "number"
end

return kinds
