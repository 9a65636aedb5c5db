--- A busted helper that makes the collector run without pause, so that an object that something still needs but nothing
-- refers to is gone at the next use: with AddressSanitizer, a report.
collectgarbage("incremental", 100, 1000)

-- busted itself collects and resets between files; each test starts with a whole cycle.
local busted = require("busted")
busted.subscribe({ "test", "start" }, function()
  collectgarbage()
  collectgarbage("incremental", 100, 1000)
  return nil, true
end)
return true
