--- Where lines lie on a picture, so that words can be put beside them.
--
-- The picture is cut into narrow upright strips. What is drawn leaves in each strip that it crosses the stretch of heights that it covers
-- there.
local drawn = {}

local Ink = {}
Ink.__index = Ink

local STRIP = 0.5 -- of the unit of the picture: mm of an ECG page, px of a chart

local function strip_of(x)
  return math.floor(x / STRIP)
end

--- Nothing drawn yet. Of what will be drawn only what lies from `left` to `right` is kept, where they are given.
function drawn.new(left, right)
  return setmetatable({ strips = {}, first = left and strip_of(left) or -math.huge, last = right and strip_of(right) or math.huge }, Ink)
end

local function include(touched, strip, y)
  local stretch = touched[strip]
  if not stretch then touched[strip] = { y, y }
  else
    stretch[1], stretch[2] = math.min(stretch[1], y), math.max(stretch[2], y)
  end
end

--- Adds a line through {x1, y1, x2, y2, ...}.
function Ink:line(points)
  local touched = {}
  for k = 1, #points - 3, 2 do
    local x1, y1, x2, y2 = points[k], points[k + 1], points[k + 2], points[k + 3]
    if x2 < x1 then x1, y1, x2, y2 = x2, y2, x1, y1 end
    local first, last = strip_of(x1), strip_of(x2)
    if first >= self.first and first <= self.last then include(touched, first, y1) end
    if last >= self.first and last <= self.last then include(touched, last, y2) end
    -- Where it passes from one strip to the next it belongs to both.
    for strip = math.max(first, self.first) + 1, math.min(last, self.last) do
      local y = y1 + (strip * STRIP - x1) / (x2 - x1) * (y2 - y1)
      include(touched, strip - 1, y)
      include(touched, strip, y)
    end
  end
  for strip, stretch in pairs(touched) do
    local list = self.strips[strip] or {}
    self.strips[strip] = list
    list[#list + 1] = stretch
  end
end

--- Adds a rectangle.
function Ink:box(left, top, right, bottom)
  for strip = math.max(strip_of(left), self.first), math.min(strip_of(right), self.last) do
    local list = self.strips[strip] or {}
    self.strips[strip] = list
    list[#list + 1] = { top, bottom }
  end
end

--- How much of a rectangle is covered, in square units or so: 0 where it is free.
function Ink:covered(left, top, right, bottom)
  local sum = 0 ---@type number
  for strip = strip_of(left), strip_of(right) do
    for _, stretch in ipairs(self.strips[strip] or {}) do
      local from, to = math.max(top, stretch[1]), math.min(bottom, stretch[2])
      if from <= to then sum = sum + STRIP * (to - from + 0.25) end -- a level line covers something too
    end
  end
  return sum
end

return drawn
