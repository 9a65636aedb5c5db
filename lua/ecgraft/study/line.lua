--- The line that says how far a running study is: the records that were seen in training, of those that all runs will see. The time left
-- is what the pace of late makes of the rest, where runs that patience ends say how much of the rest will be needed.
local progress = require "ecgraft.progress"

---@class ecgraft.study.line
---@field study table
---@field queue table
---@field total number records of all runs
---@field skipped number as the queue's, when it was shown last
---@field shown any the line itself (progress.lua)
local Line = {}
Line.__index = Line

local line = {}

local function whole(number) return math.floor(number + 0.5) end

-- What the line begins with: a narrow terminal cuts its end.
local function label(study, queue) return ("study %s  %d/%d runs"):format(study.spec.name, queue.finished, queue.total) end

--- A line for a queue; quiet = true: it writes nothing.
function line.new(study, queue, quiet)
  local total = math.max(queue.all, 1)
  local shown = progress.new{label = label(study, queue), total = total, done = whole(total - queue.left), quiet = quiet,
    unit = "records", terminal = not quiet and progress.is_terminal(io.stderr) or nil}
  return setmetatable({study = study, queue = queue, total = total, skipped = queue.skipped, shown = shown}, Line)
end

local function text(queue, doing)
  local parts = {}
  if #queue.failures > 0 then parts[1] = ("%d failed"):format(#queue.failures) end
  if #queue.blocked > 0 then parts[2] = ("%d that need them not run"):format(#queue.blocked) end
  local failed = table.concat(parts, ", ")
  return failed .. (doing and (failed ~= "" and " - " or "") .. doing or "")
end

--- Shows what the queue says now; `doing`: what is at work, in words.
function Line:show(doing)
  local queue = self.queue
  self.shown:skip(queue.skipped - self.skipped)
  self.skipped = queue.skipped
  self.shown:expect(queue:needed_share())
  self.shown.label = label(self.study, queue)
  self.shown:update(whole(self.total - queue.left), text(queue, doing))
end

function Line:finish()
  self.shown.label = label(self.study, self.queue)
  self.shown:finish(text(self.queue))
end

return line
