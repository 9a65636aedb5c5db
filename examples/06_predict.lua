-- Use a saved model: it knows its classes, leads, rate and scaler.   lua5.4 examples/06_predict.lua [MODEL.h5]
-- On raw records from a shell: ecgraft predict model.h5 RECORD.hea
local eg = require "ecgraft"
local path = ...
if not path or path == "--smoke" then path = "model.h5" end -- written by 05_train.lua

local net, message = eg.nn.load(path)
if not net then
  print(message)
  return os.exit(1)
end
local card = net.card
print(("%s: %d samples at %g Hz, classes %s"):format(path, card.samples, card.rate, table.concat(card.classes, ", ")))

local set = eg.data.synthetic{records = 5, hospital = "B", rate = card.rate, seconds = card.samples / card.rate, seed = 99}
local scores = eg.predict(net, set)
for i, record in ipairs(set.records) do
  local best, class = scores[i]:max(1)
  print(("%s: %s, probability %.2f"):format(record, card.classes[class:item() // 1 | 0], best:item()))
end
