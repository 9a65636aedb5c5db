--- What each lead adds: the logits of the record as it is, and with one lead after the other held at its own mean. Leads depend on
-- each other (III = II - I, the augmented ones are sums of limb leads), so one that is left out may be made up for by the others: a
-- small change does not say that a lead was not looked at.
local evaluating = require "ecgraft.train.evaluating"
local tensor = require "ecgraft.tensor"

local leads = {}

--- x (1, L, leads) -> logits (1 + leads, K): of x, then of x without each lead.
function leads.logits(net, x)
  local count = x:size(3)
  local all = {x}
  local mean = x:mean(2, true)
  for l = 1, count do
    local without = x:clone()
    without:narrow(3, l, 1):fill_(mean[1][1][l]:item())
    all[l + 1] = without
  end
  return evaluating(net, function() return net(tensor.cat(all, 1)) end)
end

--- From a class's logits (a list of 1 + leads) to the change that each lead makes.
function leads.changes(logits)
  local changes = {}
  for l = 2, #logits do changes[l - 1] = logits[1] - logits[l] end
  return changes
end

return leads
