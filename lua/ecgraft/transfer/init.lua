--- Transfer strategies: transfer.scratch, transfer.finetune; one's own by transfer.strategy{...}.
-- A new strategy: a file that returns one, and its name in this list.
local strategy = require "ecgraft.transfer.strategy"

local transfer = {strategy = strategy.new, is_strategy = strategy.is, parts = strategy.parts, load_body = strategy.load_body}

-- ORDER STRATEGIES: as in the documentation.
transfer.names = {"scratch", "finetune"}

for _, name in ipairs(transfer.names) do transfer[name] = require("ecgraft.transfer." .. name) end

return transfer
