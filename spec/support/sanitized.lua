--- A busted helper for the run under sanitizers.

-- The collector runs without pause, so that an object that something in C still needs but nothing in Lua refers to is gone at
-- the next use: a report of AddressSanitizer. Each test begins with a whole cycle, as busted changes the pause between files.
local function without_pause()
  collectgarbage()
  collectgarbage("incremental", 100, 1000)
end

require("busted").subscribe({ "test", "start" }, function()
  without_pause()
  return nil, true
end)
without_pause()

-- Programs that a spec starts inherit the sanitizer's runtime; that they free everything before they end is not our affair. (The sanitizer
-- read its settings for this process when it began.)
require("luv").os_setenv("ASAN_OPTIONS", (os.getenv("ASAN_OPTIONS") or "") .. ":detect_leaks=0")

return true
