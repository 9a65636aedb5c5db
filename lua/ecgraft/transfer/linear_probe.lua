--- The pretrained body stays as it is, batch-norm statistics included; only the new head is trained.
-- transfer.linear_probe{mlp = 64, mlp_dropout = 0.2}: the head has a hidden layer.
local options = require "ecgraft.options"
local strategy = require "ecgraft.transfer.strategy"

local function make(given)
  local o = options.check("transfer.linear_probe", given, strategy.head_fields, 3)
  return strategy.new{
    name = options.variant_name("linear_probe", strategy.head_fields, o), start = strategy.start_with_head(o), variant = make,
    text = ("pretrained body frozen, %s trained"):format(strategy.head_text(o)),
    on_epoch = function(net)
      strategy.train_only(net, function(name) return strategy.in_head(net, name) end)
    end,
  }
end

return make()
