--- Whether ops are recorded for backward, for the time of a call, whatever ends it.
local core = require "ecgraft.core"

local recording = {}

local restore = {__close = function(guard) core.set_recording(guard.was) end}

--- fn(...) with recording on or off; returns what fn returns.
function recording.with(on, fn, ...)
  local _ <close> = setmetatable({was = core.set_recording(on)}, restore)
  return fn(...)
end

--- fn(...) without recording.
function recording.off(fn, ...) return recording.with(false, fn, ...) end

return recording
