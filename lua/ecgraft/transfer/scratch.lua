--- From random weights: the arm that every other is compared with.
local strategy = require "ecgraft.transfer.strategy"

return strategy.new{name = "scratch", source = false, text = "random weights, all layers trained"}
