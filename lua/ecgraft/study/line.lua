--- The line that says how far a running study is; the time left is estimated from the runs that are finished, each counted by the
-- records it sees.
local progress = require "ecgraft.progress"

local Line = {}
Line.__index = Line

local line = {}

--- A line for a queue; quiet = true: it writes nothing.
function line.new(study, queue, quiet)
  local total = math.max(queue.left, 1)
  return setmetatable({queue = queue, total = total, shown = progress.new{label = "study " .. study.spec.name, total = total,
    quiet = quiet, unit = "records", terminal = not quiet and progress.is_terminal(io.stderr) or nil}}, Line)
end

local function text(queue, doing)
  local failed = #queue.failures > 0 and (", %d failed"):format(#queue.failures) or ""
  local blocked = #queue.blocked > 0 and (", %d that need them not run"):format(#queue.blocked) or ""
  return ("%d/%d runs%s%s%s"):format(queue.finished, queue.total, failed, blocked, doing and " - " .. doing or "")
end

--- Shows what the queue says now; `doing`: what is at work, in words.
function Line:show(doing) self.shown:update(self.total - self.queue.left, text(self.queue, doing)) end

function Line:finish() self.shown:finish(text(self.queue)) end

return line
