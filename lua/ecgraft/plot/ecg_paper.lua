--- ECG paper: the 1-mm and 5-mm grid and the calibration pulse, in millimetres.
local ecg_paper = {}

ecg_paper.colors = {
  page = "#ffffff", paper = "#fffafa", fine = "#f7d3d3", coarse = "#e9a3a3", ink = "#101418", muted = "#5a636b", warn = "#b00020",
  weight = "#0072b2", weight_curve = "#00406b",
}
local colors = ecg_paper.colors

-- Lines every `step` mm over a rectangle, those that `skip` names left out, as one path.
local function grid(canvas, x, y, width, height, step, skip, attributes)
  local parts, number = {}, canvas.number
  for i = 0, math.floor(width / step + 1e-6) do
    if not (skip and i % skip == 0) then
      parts[#parts + 1] = ("M%s %sv%s"):format(number(x + i * step), number(y), number(height))
    end
  end
  for i = 0, math.floor(height / step + 1e-6) do
    if not (skip and i % skip == 0) then
      parts[#parts + 1] = ("M%s %sh%s"):format(number(x), number(y + i * step), number(width))
    end
  end
  canvas:path(table.concat(parts), attributes)
end

--- Draws paper; width and height are multiples of 5 mm.
function ecg_paper.draw(canvas, x, y, width, height)
  canvas:rect(x, y, width, height, { fill = colors.paper })
  grid(canvas, x, y, width, height, 1, 5, { stroke = colors.fine, ["stroke-width"] = 0.1, fill = "none", class = "eg-ecg-fine" })
  grid(canvas, x, y, width, height, 5, nil, { stroke = colors.coarse, ["stroke-width"] = 0.2, fill = "none", class = "eg-ecg-coarse" })
end

local PULSE = 0.2 -- s
local FLAT = 2.5  -- mm before and behind the pulse

--- Room that the pulse needs at the head of a row: whole 5-mm squares.
function ecg_paper.pulse_room(speed)
  return math.ceil((2 * FLAT + PULSE * speed) / 5 - 1e-9) * 5
end

--- The calibration pulse: 1 mV for 0.2 s, its foot on the row's baseline. Returns its points.
function ecg_paper.pulse(canvas, x, baseline, speed, gain)
  local wide, room = PULSE * speed, ecg_paper.pulse_room(speed)
  local before = (room - wide) / 2
  local points = { x, baseline, x + before, baseline, x + before, baseline - gain, x + before + wide, baseline - gain,
    x + before + wide, baseline, x + room, baseline }
  canvas:polyline(points, { stroke = colors.ink, ["stroke-width"] = 0.25, class = "eg-ecg-pulse", ["stroke-linejoin"] = "round" })
  return points
end

return ecg_paper
