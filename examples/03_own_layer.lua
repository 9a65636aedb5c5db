-- A layer of one's own, in a network, with its parameters found by name.   lua5.4 examples/03_own_layer.lua
local eg = require "ecgraft"
local nn = eg.nn

-- Squeeze and excitation (Hu et al. 2018): each channel is weighed by what the record as a whole looks like.
local Squeeze = nn.module "Squeeze"

function Squeeze:init(channels, reduced)
  self.down = nn.Linear(channels, reduced)
  self.up = nn.Linear(reduced, channels)
end

function Squeeze:forward(x) -- (records, time, channels)
  local weight = self.up(self.down(x:mean(2)):relu()):sigmoid()
  return x * weight:unsqueeze(2)
end

eg.manual_seed(1)
local net = nn.Sequential{
  nn.Conv1d(12, 16, 7, {stride = 2, padding = 3, bias = false}), nn.BatchNorm1d(16), nn.ReLU(),
  Squeeze(16, 4),
  nn.GlobalAvgPool1d(), nn.Linear(16, 3),
}
print(net)

local logits = net(eg.randn(4, 500, 12))
logits:sum():backward()
for name, tensor in net:named_parameters() do
  print(("%-14s gradient's norm %.4f"):format(name, tensor:grad():square():sum():sqrt():item()))
end

net:freeze "^0%." -- the convolution stays as it is
print(("%d of %d values are trained"):format(net:count()))
