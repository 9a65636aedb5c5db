--- The line that says how far a running study is: the records that were seen in training, of those that all runs will see. The time left
-- is what the pace of late makes of the rest, where runs that patience ends say how much of the rest will be needed.
local progress = require "ecgraft.progress"

local Line = {}
Line.__index = Line

local line = {}

local function whole(number) return math.floor(number + 0.5) end

--- A line for a queue; quiet = true: it writes nothing.
function line.new(study, queue, quiet)
  local total = math.max(queue.all, 1)
  local shown = progress.new{label = "study " .. study.spec.name, total = total, done = whole(total - queue.left), quiet = quiet,
    unit = "records", terminal = not quiet and progress.is_terminal(io.stderr) or nil}
  return setmetatable({queue = queue, total = total, skipped = queue.skipped, shown = shown}, Line)
end

local function text(queue, doing)
  local failed = #queue.failures > 0 and (", %d failed"):format(#queue.failures) or ""
  local blocked = #queue.blocked > 0 and (", %d that need them not run"):format(#queue.blocked) or ""
  return ("%d/%d runs%s%s%s"):format(queue.finished, queue.total, failed, blocked, doing and " - " .. doing or "")
end

--- Shows what the queue says now; `doing`: what is at work, in words.
function Line:show(doing)
  local queue = self.queue
  self.shown:skip(queue.skipped - self.skipped)
  self.skipped = queue.skipped
  self.shown:expect(queue:needed_share())
  self.shown:update(whole(self.total - queue.left), text(queue, doing))
end

function Line:finish() self.shown:finish(text(self.queue)) end

return line
