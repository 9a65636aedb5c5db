-- A transfer strategy of one's own, beside two that come with the library.   lua5.4 examples/13_own_strategy.lua
-- Here: "thaw": the body's learning rate is a tenth of the head's, and the first convolution never moves.
local eg = require "ecgraft"
local smoke = ... == "--smoke"

local thaw = eg.transfer.strategy{
  name = "thaw", text = "the stem as pretrained, the body at a tenth of the head's rate",
  start = function(net, source) return eg.transfer.load_body(net, source) end, -- source: the pretrained state, name -> tensor
  groups = function(net, lr)
    local body, head = {}, {}
    for name, parameter in net:named_parameters() do
      local list = name:find("^" .. net.head_name) and head or body
      list[#list + 1] = parameter
    end
    return {{params = body, lr = lr / 10}, {params = head, lr = lr}}
  end,
  on_epoch = function(net) net:freeze "^conv1" end,
}
print(thaw)

local function hospital(name, records, seed)
  return function() return eg.data.synthetic{records = records, hospital = name, seconds = 5, seed = seed} end
end

local study = eg.study{
  name = "own-strategy",
  upstream = {large = hospital("A", smoke and 100 or 2000, 1)},
  downstream = {ours = hospital("B", smoke and 100 or 600, 2)},
  networks = {{"resnet1d18", width = smoke and 2 or 8, hidden = smoke and 4 or 64}},
  strategies = {"scratch", "finetune", thaw},
  sizes = {smoke and 20 or 100}, seeds = smoke and {1} or {1, 2, 3},
  train = {epochs = smoke and 1 or 10, batch = 32, lr = 2e-3}, pretrain = {epochs = smoke and 1 or 5},
  resamples = smoke and 100 or 2000,
}
print(study)
local done, message = study:run{quiet = smoke}
if not done then
  print(message)
  os.exit(1)
end
print "written: runs/own-strategy/report.html"
