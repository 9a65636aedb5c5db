--- A net in evaluation mode, recording on, whose parameters want no gradient, for the time of a call.
local evaluating = require "ecgraft.train.evaluating"
local recording = require "ecgraft.recording"

local restore = {__close = function(guard)
  for _, parameter in ipairs(guard) do parameter:requires_grad(true) end
end}

--- fn() recorded; afterwards every parameter wants a gradient that did before, and none has been added to.
return function(net, fn)
  local guard <close> = setmetatable({}, restore)
  for _, parameter in net:named_parameters() do
    if parameter:requires_grad() then
      parameter:requires_grad(false)
      guard[#guard + 1] = parameter
    end
  end
  return evaluating(net, function() return recording.with(true, fn) end)
end
