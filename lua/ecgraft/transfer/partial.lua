--- Only the first parts come from the pretrained network, the later ones are random; all layers are trained. transfer.partial{stages = 2}
-- A part is an entry of net:stages(); of a ResNet1d the stem counts as the first.
local options = require "ecgraft.options"
local strategy = require "ecgraft.transfer.strategy"

local known = {stages = {type = "integer", min = 1, default = 2}}

local function make(given)
  local o = options.check("transfer.partial", given, known, 3)
  return strategy.new{
    name = "partial-" .. o.stages, variant = make, text = ("the first %d parts pretrained, all layers trained"):format(o.stages),
    start = function(net, source)
      local random = {}
      for name, tensor in net:named_state() do random[name] = tensor:detach():clone() end
      local _, all = strategy.load_body(net, source)
      local stages, kept, copied = net:stages(), {}, 0
      if o.stages >= #stages then
        error(("transfer.partial: stages must be less than the network's %d parts, got %d"):format(#stages, o.stages), 0)
      end
      for i = 1, o.stages do
        for _, module in ipairs(stages[i]) do kept[module] = true end
      end
      for name, tensor in net:named_state() do
        if not kept[name:match "^[^.]+"] then tensor:detach():copy_(random[name]) end
      end
      for name, tensor in net:named_parameters() do
        if kept[name:match "^[^.]+"] then copied = copied + tensor:numel() end
      end
      return copied, all
    end,
  }
end

return make()
