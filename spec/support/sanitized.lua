--- A busted helper for the run under sanitizers.

-- The collector begins a cycle whenever Lua's memory has grown by a twentieth, so that an object that something in C still needs but
-- nothing in Lua refers to is soon gone, and its use a report of AddressSanitizer. Each test begins with a whole cycle, as busted
-- sets its own pace between files.
local function collect_often()
  collectgarbage()
  collectgarbage("incremental", 105, 1000)
end

require("busted").subscribe({ "test", "start" }, function()
  collect_often()
  return nil, true
end)
collect_often()

-- Programs that a spec starts inherit the sanitizer's runtime; that they free everything before they end is not our affair. (The sanitizer
-- read its settings for this process when it began.)
require("luv").os_setenv("ASAN_OPTIONS", (os.getenv("ASAN_OPTIONS") or "") .. ":detect_leaks=0")

return true
