--- Two axes in a room: lays out the margins from the widths of the tick texts, draws grid, ticks and labels.
local scale = require "ecgraft.plot.scale"
local text_width = require "ecgraft.plot.text_width"
local theme = require "ecgraft.plot.theme"

local axes = {}

local TICK = 4 -- px

local function muted(more)
  local attributes = { fill = "currentColor", class = "eg-muted", color = theme.muted, ["font-size"] = theme.small }
  for name, value in pairs(more or {}) do attributes[name] = value end
  return attributes
end

-- Tick texts that would touch are left out, the first and the last kept; the ticks themselves stay.
local function thin(ticks, place, gap)
  local shown, last_right = {}, -math.huge
  local n = #ticks
  local function span(tick)
    local half = text_width.of(tick.text, theme.small) / 2
    return place(tick.value) - half, place(tick.value) + half
  end
  local end_left = n > 0 and span(ticks[n]) or math.huge
  for i, tick in ipairs(ticks) do
    local left, right = span(tick)
    if left >= last_right + gap and (i == n or i == 1 or right + gap <= end_left) then
      shown[#shown + 1] = tick
      last_right = right
    end
  end
  return shown
end

local function draw_x(canvas, self, axis)
  local x, bottom = self.x, self.bottom
  for _, tick in ipairs(x.ticks) do
    local at = x:place(tick.value)
    canvas:line(at, bottom, at, bottom + TICK, { stroke = "currentColor", class = "eg-axis", color = theme.axis })
  end
  for _, tick in ipairs(thin(x.ticks, function(v) return x:place(v) end, 6)) do
    canvas:text(x:place(tick.value), bottom + TICK + 0.95 * theme.small, tick.text, muted { ["text-anchor"] = "middle" })
  end
  canvas:line(self.left, bottom, self.right, bottom, { stroke = "currentColor", class = "eg-axis", color = theme.axis })
  if axis.label ~= "" then
    canvas:text((self.left + self.right) / 2, bottom + TICK + 1.2 * theme.small + 1.25 * theme.font,
      text_width.fit(axis.label, theme.font, self.room_right - self.left),
      { ["text-anchor"] = "middle", ["font-size"] = theme.font, fill = "currentColor" })
  end
end

local function draw_y(canvas, self, axis, label_x)
  local y = self.y
  for _, tick in ipairs(y.ticks) do
    local at = y:place(tick.value)
    canvas:line(self.left, at, self.right, at, { stroke = "currentColor", class = "eg-grid", color = theme.grid })
    canvas:text(self.left - 6, at + 0.35 * theme.small, tick.text, muted { ["text-anchor"] = "end" })
  end
  if axis.label ~= "" then
    local middle = (self.top + self.bottom) / 2
    canvas:text(0, 0, text_width.fit(axis.label, theme.font, self.bottom - self.top + 30), {
      transform = ("translate(%s %s) rotate(-90)"):format(canvas.number(label_x), canvas.number(middle)),
      ["text-anchor"] = "middle", ["font-size"] = theme.font, fill = "currentColor",
    })
  end
end

local function widest(ticks)
  local width = 0 ---@type number
  for _, tick in ipairs(ticks) do width = math.max(width, text_width.of(tick.text, theme.small)) end
  return width
end

--- Draws axes into `room` {left, top, right, bottom}.
-- x_axis, y_axis: checked by scale.check; x_data, y_data: {low, high} of what will be drawn, or {} where there is nothing.
-- Returns {x = scale, y = scale, left, top, right, bottom}: the box in which data is drawn.
function axes.draw(canvas, room, x_axis, y_axis, x_data, y_data)
  local self = { room_right = room.right, top = room.top + 6 }
  local below = TICK + 1.2 * theme.small + (x_axis.label ~= "" and 1.45 * theme.font or 2)
  self.bottom = room.bottom - below
  local rows = math.max(2, math.min(7, math.floor((self.bottom - self.top) / 42 + 0.5)))
  self.y = scale.new(y_axis, y_data[1], y_data[2], self.bottom, self.top, rows)
  local label_width = y_axis.label ~= "" and 1.35 * theme.font or 0
  self.left = room.left + label_width + widest(self.y.ticks) + 8
  self.right = room.right - 8
  local columns = math.max(2, math.min(9, math.floor((self.right - self.left) / 62 + 0.5)))
  self.x = scale.new(x_axis, x_data[1], x_data[2], self.left, self.right, columns)
  -- Half of the last tick's text hangs over the right end.
  local last = self.x.ticks[#self.x.ticks]
  if last then
    local over = self.x:place(last.value) + text_width.of(last.text, theme.small) / 2 - room.right
    if over > 0 then
      self.right = self.right - over
      self.x:range(self.left, self.right)
    end
  end
  draw_y(canvas, self, y_axis, room.left + 0.9 * theme.font)
  draw_x(canvas, self, x_axis)
  return self
end

return axes
