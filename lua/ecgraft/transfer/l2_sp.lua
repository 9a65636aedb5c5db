--- L2-SP (Li, Grandvalet & Davoine 2018): all layers trained, with a / 2 |w - w0|^2 added to the loss for the body (w0: the pretrained
-- weights) and b / 2 |w|^2 for the head. transfer.l2_sp{body = 0.01, head = 0.01}
local options = require "ecgraft.options"
local strategy = require "ecgraft.transfer.strategy"

local known = {
  body = {type = "number", min = 0, default = 0.01},
  head = {type = "number", min = 0, default = 0.01},
}

local function make(given)
  local o = options.check("transfer.l2_sp", given, known, 3)
  local plain = o.body == 0.01 and o.head == 0.01
  return strategy.new{
    name = plain and "l2_sp" or ("l2_sp-%g-%g"):format(o.body, o.head), variant = make,
    text = ("all layers trained and drawn to the pretrained weights (%g, head to 0: %g)"):format(o.body, o.head),
    start = function(net, source)
      rawset(net, "_anchor", source)
      return strategy.load_body(net, source)
    end,
    penalty = function(net)
      local sum
      for name, tensor in net:named_parameters() do
        local head = strategy.in_head(net, name)
        local away = head and tensor or tensor - net._anchor[name]
        local term = away:square():sum() * (0.5 * (head and o.head or o.body))
        sum = sum and sum + term or term
      end
      return sum
    end,
  }
end

return make()
