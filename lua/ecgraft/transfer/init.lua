--- Transfer strategies: transfer.scratch, finetune, linear_probe, svm_probe, lp_ft, gradual, discriminative, l2_sp, bn_only, partial,
-- rescale; one's own by transfer.strategy{...}. Some take options: transfer.partial{stages = 3}.
-- transfer.fit(net, set, {strategy =, from =, ...}) trains by one.
-- A new strategy: a file that returns one, and its name in this list.
local leads = require "ecgraft.transfer.leads"
local named = require "ecgraft.named"
local strategy = require "ecgraft.transfer.strategy"

local transfer = {
  fit = require "ecgraft.transfer.fit", adapt_leads = leads.adapt,
  strategy = strategy.new, is_strategy = strategy.is, parts = strategy.parts, load_body = strategy.load_body,
}

-- ORDER STRATEGIES: as in the documentation.
transfer.names = {"scratch", "finetune", "linear_probe", "svm_probe", "lp_ft", "gradual", "discriminative", "l2_sp", "bn_only", "partial",
  "rescale"}

--- transfer.measure.logme(net, set) and others, loaded when first used.
setmetatable(transfer, {parts = {measure = {"ecgraft.transfer.measure"}}, __index = function(_, name)
  if name ~= "measure" then return nil end
  rawset(transfer, name, named.module(require "ecgraft.transfer.measure", "eg.transfer.measure"))
  return rawget(transfer, name)
end})

for _, name in ipairs(transfer.names) do transfer[name] = require("ecgraft.transfer." .. name) end

return transfer
