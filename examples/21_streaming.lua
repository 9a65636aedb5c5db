-- A set larger than memory: prepared once in a file, then trained on from there.   lua5.4 examples/21_streaming.lua
local eg = require "ecgraft"
local smoke = ... == "--smoke"

-- A folder such as a publisher gives, here a synthetic one. Its reader keeps what it read in one file, and the checksums of its sources; it
-- goes on where it was when it is interrupted, and the second time it opens the file at once.
if not require("lfs").attributes "streaming-ward" then
  assert(eg.data.write_layout(eg.data.synthetic{records = smoke and 40 or 1000, hospital = "B", rate = 500, seed = 1},
    "streaming-ward", {layout = "challenge"}))
end
local set = assert(eg.data.georgia("streaming-ward", {prepared = {path = "streaming-ward.h5", stream = true, progress = not smoke}}))
print(set)
print("the sources are as they were:", assert(eg.data.check_sources("streaming-ward.h5", "streaming-ward")))

-- The signals stay in the file; a thread of its own reads the batches that come next, in the order that the seed fixes.
local parts = set:split{train = 0.8, val = 0.2, test = 0, by = "patient", seed = 1}
eg.manual_seed(1)
local net = eg.models.resnet1d18{classes = #set.classes, width = smoke and 2 or 8, hidden = smoke and 4 or 64}
local history = eg.fit(net, parts.train, {val = parts.val, epochs = smoke and 1 or 3, batch = 32,
  checkpoint = "streaming-run", -- and the training goes on where it was, too
  optimizer = eg.optim.Adam(net:parameters(), {lr = 2e-3})})
print(history)

-- By hand: a few records, or all of them block by block.
print("records 3 and 1:", table.concat(set:read{3, 1}:shape(), " x "))
local largest = 0.0
for x in set:blocks() do largest = math.max(largest, x:abs():max():item()) end
print(("largest deflection: %.1f mV"):format(largest))
