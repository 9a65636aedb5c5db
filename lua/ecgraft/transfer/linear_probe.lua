--- The pretrained body stays as it is, batch-norm statistics included; only the new head is trained.
local strategy = require "ecgraft.transfer.strategy"

return strategy.new{
  name = "linear_probe", start = strategy.load_body, text = "pretrained body frozen, new head trained",
  on_epoch = function(net)
    strategy.train_only(net, function(name) return strategy.in_head(net, name) end)
  end,
}
