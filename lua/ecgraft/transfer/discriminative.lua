--- Discriminative learning rates (ULMFiT: Howard & Ruder 2018): the head at the full rate, each part below it at 1 / 2.6 of the
-- one above.
-- transfer.discriminative{factor = 2.6}
local options = require "ecgraft.options"
local strategy = require "ecgraft.transfer.strategy"

local known = {factor = {type = "number", min = 1, default = 2.6}}

local function make(given)
  local o = options.check("transfer.discriminative", given, known, 3)
  return strategy.new{
    name = o.factor == 2.6 and "discriminative" or ("discriminative-%g"):format(o.factor), start = strategy.load_body, variant = make,
    text = ("all layers trained, each part at 1/%g of the rate above it"):format(o.factor),
    groups = function(net, lr)
      local parts, groups = strategy.parts(net), {}
      for i, part in ipairs(parts) do
        local params = {}
        for k, pair in ipairs(part) do params[k] = pair[2] end
        groups[i] = {params = params, lr = lr / o.factor ^ (#parts - i)}
      end
      return groups
    end,
  }
end

return make()
