-- Tensors: make them, look at them, compute with them.   lua5.4 examples/01_tensors.lua
local eg = require "ecgraft"

local x = eg.tensor{{1, 2, 3}, {4, 5, 6}}
print(x)
print("shape", table.concat(x:shape(), " x "), "second row", x[2])

-- Indices and dims count from 1; -1 is the last.
print("second column", x:select(2, 2))
print("mean of each row", x:mean(2))

-- Arithmetic broadcasts; views share memory.
local centred = x - x:mean(2, true)
print("centred", centred)
x:narrow(2, 1, 2):fill_(0)
print("the first two columns filled with 0", x)

-- The same seed gives the same numbers, for any number of threads.
eg.manual_seed(7)
local noise = eg.randn(1000, 12)
print(("12 leads of noise: mean %.3f, deviation %.3f"):format(noise:mean():item(), noise:std():item()))
