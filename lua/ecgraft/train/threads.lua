--- As many threads as are faster, not more. Where other processes want the processors, threads wait for the one of them that was put
-- aside, and two may take ten times as long as one. Results do not depend on the number of threads, so it may change between steps: a
-- training measures now and then whether half as many, or twice as many, make more records a second.
local core = require "ecgraft.core"

---@class ecgraft.train.threads
---@field clock fun(): number seconds
---@field limit fun(n: integer): integer sets how many threads at most; returns what it was
---@field most integer threads that there are
---@field before integer the limit outside
---@field current integer the number in use
---@field rate number records a second with it
---@field tried? integer the number that is measured beside it
---@field next? number when another is tried
---@field began number when the last measurement ended
---@field wait number seconds
---@field direction integer
---@field steps integer of the measurement, as the next two
---@field records number
---@field seconds number
---@field warm boolean whether a step was made with this number
local threads = {}
threads.__index = threads

local WINDOW = 0.1              -- seconds of one measurement
local FEWEST = 3                -- steps of one, unless they are longer than the window
local FIRST, LAST = 3, 60       -- seconds between measurements of another number: doubled while nothing is gained
local COST = 10                 -- times the length of a measurement: what is at least between two
local BETTER = 1.15             -- times as fast: what is worth a change

--- threads.new([clock [, limit]]): looks after a training until it is closed (`local adapted <close> = threads.new()`).
-- clock() gives seconds; limit(n) is core.limit_threads: both for specs.
function threads.new(clock, limit)
  local self = setmetatable({clock = clock or function() return require("luv").hrtime() / 1e9 end, limit = limit or core.limit_threads,
    most = core.num_threads(), wait = FIRST, direction = -1}, threads)
  self.before = self.limit(0)
  self.limit(self.before)
  self.current = self.most
  self:begin()
  return self
end

function threads:begin() self.steps, self.records, self.seconds, self.warm = 0, 0, 0, false end

function threads:use(n)
  self.limit(n < self.most and n or self.before)
  self:begin()
end

--- The number to try beside the current one, down and up by turns; nil where there is none.
function threads:other()
  for _ = 1, 2 do
    self.direction = -self.direction
    local n = self.direction > 0 and math.min(2 * self.current, self.most) or self.current // 2 ---@type integer
    if n >= 1 and n ~= self.current then return n end
  end
  return nil
end

-- A window is over: settles what was tried, or tries another number when it is time.
function threads:settle(rate, now)
  if self.tried then
    local better = rate > BETTER * self.rate
    self.wait = better and FIRST or math.min(2 * self.wait, LAST)
    if better then self.current = self.tried end
    self.tried, self.next = nil, now + math.max(self.wait, COST * (now - self.began))
    self:use(self.current)
    return
  end
  self.rate = rate
  self.tried = now >= (self.next or now) and self:other() or nil
  self.began = now
  if self.tried then self:use(self.tried) else self:begin() end
end

--- A step: threads:step(records, fn, ...) calls fn(...).
function threads:step(records, fn, ...)
  if self.most < 2 then return fn(...) end
  local began = self.clock()
  fn(...)
  local now = self.clock()
  if not self.warm then -- the first with another number makes its memory
    self.warm = true
    return
  end
  self.steps, self.records, self.seconds = self.steps + 1, self.records + records, self.seconds + now - began
  if self.seconds >= WINDOW and (self.steps >= FEWEST or self.seconds >= FEWEST * WINDOW) then
    self:settle(self.records / self.seconds, now)
  end
end

function threads:__close() self.limit(self.before) end

return threads
