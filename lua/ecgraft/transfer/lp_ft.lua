--- Linear probing, then fine-tuning (Kumar et al. 2022): the head alone for a share of the epochs, then all layers.
-- transfer.lp_ft{probe = 0.5}
local options = require "ecgraft.options"
local strategy = require "ecgraft.transfer.strategy"

local known = {probe = {type = "number", min = 0, max = 1, default = 0.5}}

local function make(given)
  local o = options.check("transfer.lp_ft", given, known, 3)
  return strategy.new{
    name = o.probe == 0.5 and "lp_ft" or ("lp_ft-%g"):format(o.probe), start = strategy.load_body, variant = make,
    text = ("head alone for %g %% of the epochs, then all layers"):format(100 * o.probe),
    on_epoch = function(net, epoch, epochs)
      local probing = epoch <= math.floor(o.probe * epochs)
      strategy.train_only(net, function(name) return not probing or strategy.in_head(net, name) end)
    end,
  }
end

return make()
