--- The pretrained body, a new head, all layers trained: what the paper does. transfer.finetune{mlp = 64, mlp_dropout = 0.2}: the head has
-- a hidden layer.
local options = require "ecgraft.options"
local strategy = require "ecgraft.transfer.strategy"

local function make(given)
  local o = options.check("transfer.finetune", given, strategy.head_fields, 3)
  return strategy.new{
    name = options.variant_name("finetune", strategy.head_fields, o), start = strategy.start_with_head(o), variant = make,
    text = ("pretrained body, %s, all layers trained"):format(strategy.head_text(o)),
  }
end

return make()
