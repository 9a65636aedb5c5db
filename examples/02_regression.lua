-- Gradients: fit a line by hand, then with an optimizer.   lua5.4 examples/02_regression.lua
local eg = require "ecgraft"

eg.manual_seed(1)
local x = eg.rand(200, 1)
local y = x * 3 - 1 + eg.randn(200, 1) * 0.1

local slope = eg.zeros(1):requires_grad(true)
local offset = eg.zeros(1):requires_grad(true)
local optimizer = eg.optim.Adam({slope, offset}, {lr = 0.1})

for step = 1, 150 do
  local loss = eg.nn.mse(x * slope + offset, y)
  optimizer:zero_grad()
  loss:backward()
  optimizer:step()
  if step % 50 == 0 then print(("step %3d: loss %.4f"):format(step, loss:item())) end
end
print(("y = %.2f x + %.2f (made with 3 x - 1)"):format(slope:item(), offset:item()))
