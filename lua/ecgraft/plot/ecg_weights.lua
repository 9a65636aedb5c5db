--- Weights over time on the 12-lead page: a shade behind the traces and, so that it can be read without colour, a curve at the foot of
-- each row.
local ecg_paper = require "ecgraft.plot.ecg_paper"

local ecg_weights = {}

local LEVELS, DARKEST = 5, 0.42 -- steps of the shade, opacity of the last
local CURVE = 4                 -- mm that a weight of 1 rises above the foot of its row

--- Stretches of samples first..last of equal shade: {{level (1 to LEVELS), first, last}, ...}; what is lighter than half a level is left
-- out.
function ecg_weights.stretches(weights, first, last)
  local list, current = {}, nil
  for i = first, last do
    local level = math.floor(math.max(0, math.min(1, weights[i])) * LEVELS + 0.5)
    if current and current[1] == level then current[3] = i
    else
      current = {level, i, i}
      if level > 0 then list[#list + 1] = current end
    end
  end
  return list
end

--- Draws the weights of a cell: samples of `weights` from `from` seconds on for `seconds`, in a row of a height about a baseline.
-- Returns the points of the curve.
function ecg_weights.draw(canvas, weights, x, baseline, height, from, seconds, rate, speed)
  local first = math.max(1, math.ceil(from * rate - 1e-6) + 1)
  local last = math.min(#weights, math.floor((from + seconds) * rate + 1e-6))
  local top, foot = baseline - height / 2, baseline + height / 2 - 0.6
  local function place(i) return x + (i / rate - from) * speed end
  for _, stretch in ipairs(ecg_weights.stretches(weights, first, last)) do
    local left, right = place(stretch[2] - 1), place(stretch[3])
    canvas:rect(left, top, right - left, height, { fill = ecg_paper.colors.weight, ["fill-opacity"] = DARKEST * stretch[1] / LEVELS,
      class = "eg-ecg-weight" })
  end
  local points, step = {}, math.max(1, math.floor(rate / 25)) -- a point a millimetre at the usual speed
  for i = first, last, step do
    points[#points + 1] = place(i - 0.5)
    points[#points + 1] = foot - CURVE * math.max(0, math.min(1, weights[i]))
  end
  if #points >= 4 then
    canvas:polyline(points, { stroke = ecg_paper.colors.weight_curve, ["stroke-width"] = 0.45, ["stroke-linejoin"] = "round" })
  end
  return points
end

return ecg_weights
