--- Gradual unfreezing (ULMFiT: Howard & Ruder 2018): the head first, then one part more from the top every few epochs; all parts
-- are trained from half of the epochs on, or as soon as transfer.gradual{every = EPOCHS} says.
local options = require "ecgraft.options"
local strategy = require "ecgraft.transfer.strategy"

local known = {every = {type = "integer", min = 1}}

local function make(given)
  local o = options.check("transfer.gradual", given, known, 3)
  return strategy.new{
    name = o.every and "gradual-" .. o.every or "gradual", start = strategy.load_body, variant = make,
    text = "unfrozen from the head down, one part after the other",
    on_epoch = function(net, epoch, epochs)
      local parts = strategy.parts(net)
      local every = o.every or math.max(1, epochs // (2 * #parts))
      local open, trained = math.min(#parts, 1 + (epoch - 1) // every), {}
      for i = #parts - open + 1, #parts do
        for _, pair in ipairs(parts[i]) do trained[pair[1]] = true end
      end
      strategy.train_only(net, function(name) return trained[name] end)
    end,
  }
end

return make()
