--- The pretrained body, a new head, all layers trained: what the paper does.
local strategy = require "ecgraft.transfer.strategy"

return strategy.new{name = "finetune", start = strategy.load_body, text = "pretrained body, new head, all layers trained"}
