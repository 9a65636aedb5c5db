--- Only batch-norm (its scale, shift and statistics) and the new head are trained; everything else stays pretrained.
local strategy = require "ecgraft.transfer.strategy"

return strategy.new{
  name = "bn_only", start = strategy.load_body, text = "batch-norm and the new head trained, the rest frozen",
  on_epoch = function(net)
    local wanted, found = {}, false
    for name, module in net:named_modules() do
      if module._name == "BatchNorm1d" then
        wanted[name .. ".weight"], wanted[name .. ".bias"], found = true, true, true
      end
    end
    if not found then error("transfer.bn_only: the network has no batch-norm layer", 0) end
    strategy.train_only(net, function(name) return wanted[name] or strategy.in_head(net, name) end)
  end,
}
