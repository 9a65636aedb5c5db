--- One line that says how far a long piece of work is, how fast it goes and how long it still takes.
--
-- On a terminal the line is redrawn in place, a few times a second at most. Where the output is no terminal (a log file, a pipe) whole
-- lines are written now and then. With quiet = true nothing is written.
--
--   local line = progress.new{label = "epoch 3/30", total = #batches, unit = "records"}
--   line:advance(64, "loss 0.312")      -- 64 more are done
--   line:finish("loss 0.298")
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"
local table_text = require "ecgraft.table_text"

local progress = {}

---@class ecgraft.progress
---@field label string
---@field total? number
---@field unit string
---@field quiet boolean
---@field file any with a method write
---@field terminal boolean
---@field interval number
---@field clock fun(): number
---@field done number
---@field first number what was done before
---@field began number
---@field shown number when a line was written last
---@field shown_width integer columns of the line on the terminal
---@field mark_done number where the rate was last brought up to date
---@field mark_time number
---@field rate? number
---@field needed number the share of what is left that will be needed
---@field note? string
---@field finished boolean
local Progress = {}
Progress.__index = Progress

local ECHOED = 2 -- columns of ^C
local WIDTH = 79 - ECHOED -- columns, where the terminal does not say; a line that wraps cannot be redrawn in place
local WIDEST = 120

local function seconds_now()
  return require "luv".hrtime() / 1e9
end

-- Only the standard streams can be known without asking the system for more.
local function descriptor_of(file) return file == io.stderr and 2 or file == io.stdout and 1 or nil end

local function width_of(file)
  local descriptor = descriptor_of(file)
  local columns = descriptor and require "ecgraft.core".line_editor.size(descriptor)
  return columns and math.min(columns - 1 - ECHOED, WIDEST) or WIDTH
end

--- Whether an open file is a terminal: a standard stream that is one.
function progress.is_terminal(file)
  local descriptor = descriptor_of(file)
  return descriptor ~= nil and require "luv".guess_handle(descriptor) == "tty" and os.getenv("TERM") ~= "dumb"
end

local schema = {
  label = { type = "string", default = "" },
  total = { type = "number", min = 0 },
  done = { type = "number", default = 0, min = 0 },
  unit = { type = "string", default = "" },
  quiet = { type = "boolean", default = false },
  file = { type = "any" },
  terminal = { type = "boolean" },
  interval = { type = "number", min = 0 },
  clock = { type = "function", default = seconds_now },
}

--- A new progress line. Options:
--   label     text before the numbers
--   total     how much there is to do; without it only what is done and the rate are shown
--   done      how much was done before this line began (work that is continued); not counted in the rate. Default 0
--   unit      what is counted, "records"; shown with the rate
--   quiet     write nothing. Default false
--   file      where to write: anything with a method write. Default io.stderr
--   terminal  redraw in place (true) or write whole lines (false). Default: whether `file` is a terminal
--   interval  least seconds between two lines. Default 0.2 on a terminal, 30 otherwise
--   clock     function that gives seconds; for tests
function progress.new(given)
  local o = options.check("progress.new", given, schema)
  local file = o.file or io.stderr
  local terminal = o.terminal
  if terminal == nil then terminal = not o.quiet and progress.is_terminal(file) end
  local now = o.clock()
  return setmetatable({
    label = o.label, total = o.total, unit = o.unit, quiet = o.quiet, file = file, terminal = terminal,
    interval = o.interval or (terminal and 0.2 or 30), clock = o.clock,
    done = o.done, first = o.done, began = now, shown = -math.huge, shown_width = 0,
    mark_done = o.done, mark_time = now, rate = nil, needed = 1, finished = false,
  }, Progress)
end

-- The rate follows the last half minute or so, so that the time left is right after the work changes its pace.
local MEMORY = 30 -- seconds

local function learn_rate(self, now)
  local elapsed = now - self.mark_time
  if elapsed < 0.2 then return end
  local fresh = (self.done - self.mark_done) / elapsed
  if self.rate then
    local weight = 1 - math.exp(-elapsed / MEMORY)
    -- In the first seconds all that was seen counts alike.
    weight = math.max(weight, elapsed / math.max(now - self.began, elapsed))
    self.rate = self.rate + weight * (fresh - self.rate)
  else
    self.rate = fresh
  end
  self.mark_done, self.mark_time = self.done, now
end

local function rate_text(rate, unit)
  if rate >= 1 or rate <= 0 then return number_text.short(rate, 3) .. (unit == "" and "" or " " .. unit) .. "/s" end
  return number_text.duration(1 / rate) .. (unit == "" and " each" or " / " .. unit:gsub("s$", ""))
end

local function bar(fraction, width)
  local full = math.floor(fraction * width + 1e-9)
  return "[" .. ("#"):rep(full) .. ("."):rep(width - full) .. "]"
end

--- The line as text, without the end of line.
function Progress:text(note)
  local now = self.clock()
  local parts = {}
  if self.label ~= "" then parts[1] = self.label end
  if self.total then
    local fraction = self.total > 0 and math.min(1, self.done / self.total) or 1
    if self.terminal then parts[#parts + 1] = bar(fraction, 16) end
    parts[#parts + 1] = ("%d%%"):format(math.floor(100 * fraction + 1e-9))
    parts[#parts + 1] = number_text.count(self.done) .. "/" .. number_text.count(self.total)
  else
    parts[#parts + 1] = number_text.count(self.done) .. (self.unit == "" and "" or " " .. self.unit)
  end
  local spent = now - self.began
  if self.finished then
    local mean = spent > 0 and (self.done - self.first) / spent or 0
    if mean > 0 then parts[#parts + 1] = rate_text(mean, self.unit) end
    parts[#parts + 1] = number_text.duration(spent)
  elseif self.rate then
    if self.rate > 0 then parts[#parts + 1] = rate_text(self.rate, self.unit) end
    if self.total and self.rate > 0 then
      parts[#parts + 1] = number_text.duration(math.max(0, self.total - self.done) * self.needed / self.rate) .. " left"
    end
  end
  if note and note ~= "" then parts[#parts + 1] = note end
  return table.concat(parts, "  ")
end

local function shorten(text, width)
  if table_text.width(text) <= width then return text end
  if not utf8.len(text) then return text:sub(1, width) end
  local kept, used = {}, 1
  for _, code in utf8.codes(text) do
    local character = utf8.char(code)
    used = used + table_text.width(character)
    if used > width then break end
    kept[#kept + 1] = character
  end
  return table.concat(kept) .. "…"
end

---@param self ecgraft.progress
local function show(self, note, last)
  local text = self:text(note)
  if not self.terminal then
    self.file:write(text, "\n")
    return
  end
  text = shorten(text, width_of(self.file))
  local width = table_text.width(text)
  -- Ctrl-C is shown by the terminal behind the line: ^C, which the next one covers.
  local covered = math.max(self.shown_width - width, 0) + ECHOED
  self.file:write("\r", text, (" "):rep(covered), ("\b"):rep(ECHOED), last and "\n" or "")
  self.shown_width = last and 0 or width
  if self.file.flush then self.file:flush() end
end

--- `done` of the total are done; `note` is shown behind the numbers. Writes only where the interval has passed.
function Progress:update(done, note)
  if type(done) ~= "number" or done ~= done then
    error(("progress:update: argument 1 (done) must be a number, got %s"):format(options.show(done)), 2)
  end
  if self.finished then return end
  self.done = done
  local now = self.clock()
  learn_rate(self, now)
  self.note = note or self.note
  if self.quiet or now - self.shown < self.interval then return end
  self.shown = now
  show(self, self.note, false)
end

--- `count` more are done (default 1).
function Progress:advance(count, note)
  self:update(self.done + (count or 1), note)
end

--- `count` more are done, or fewer, that were no work of late: the rate does not count them. Writes nothing.
function Progress:skip(count)
  self.done, self.first, self.mark_done = self.done + count, self.first + count, self.mark_done + count
end

--- From now on the time left is that of this share of what is left: the rest will not be needed. Writes nothing.
function Progress:expect(share) self.needed = share end

--- Writes a whole line of its own and puts the progress line below it.
function Progress:print(text)
  if self.quiet then return end
  if self.terminal and self.shown_width > 0 then
    self.file:write("\r", (" "):rep(self.shown_width + ECHOED), "\r")
    self.shown_width = 0
  end
  self.file:write(text, "\n")
  self.shown = -math.huge
end

--- Writes the last line, with the time that everything took. May be called twice.
function Progress:finish(note)
  if self.finished then return end
  self.finished = true
  if not self.quiet then show(self, note or self.note, true) end
end

Progress.__close = function(self) self:finish() end

return progress
