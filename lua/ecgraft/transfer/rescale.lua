--- The control that tells features from scale (the "mean var" initialization of Transfusion: Raghu et al. 2019): every body weight
-- is drawn anew from a normal distribution with the mean and deviation of the pretrained tensor; nothing that was learnt but scale remains.
local strategy = require "ecgraft.transfer.strategy"

return strategy.new{
  name = "rescale", text = "random weights with the pretrained layers' means and variances, all layers trained",
  start = function(net, source)
    local fresh = {}
    for name, tensor in net:named_state() do
      if not strategy.in_head(net, name) and source[name] then fresh[name] = tensor:detach():clone() end
    end
    local _, all = strategy.load_body(net, source)
    local is_parameter = {}
    for name in net:named_parameters() do is_parameter[name] = true end
    for name, tensor in net:named_state() do
      local from = not strategy.in_head(net, name) and source[name] ---@type ecgraft.Tensor|false|nil
      if from and is_parameter[name] then
        local mean = from:mean():item()
        local deviation = from:numel() > 1 and (from - mean):square():mean():sqrt():item() or 0
        tensor:detach():normal_(mean, deviation)
      elseif from then
        tensor:detach():copy_(fresh[name]) -- running statistics begin anew
      end
    end
    return 0, all
  end,
}
