--- A net in evaluation mode and without recording for the time of a call; afterwards it is in the mode it was in, whatever happened.
local recording = require "ecgraft.recording"

local restore = {__close = function(guard) if guard.training then guard.net:train() end end}

--- fn() while net is in evaluation mode.
return function(net, fn)
  local _ <close> = setmetatable({net = net, training = net.training}, restore)
  net:eval()
  return recording.off(fn)
end
