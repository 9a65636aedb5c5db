--- A sampled signal as few points: every sample stays within a tolerance of the line drawn, and missing samples leave gaps.
local series = require "ecgraft.plot.series"

local trace = {}

-- The longest chords from one sample to a later one that pass all samples between within the tolerance, found in one pass by narrowing
-- the slopes that are still allowed ("swinging door", Bristol 1990).
local function simplify(values, first, last, tolerance, emit)
  emit(first, values[first])
  local anchor, i = first, first + 1
  local steepest, flattest = math.huge, -math.huge
  while i <= last do
    local run, rise = i - anchor, values[i] - values[anchor]
    local slope = rise / run
    if slope > steepest or slope < flattest then
      anchor = i - 1
      emit(anchor, values[anchor])
      steepest, flattest = math.huge, -math.huge
    else
      steepest = math.min(steepest, (rise + tolerance) / run)
      flattest = math.max(flattest, (rise - tolerance) / run)
      i = i + 1
    end
  end
  if last > anchor then emit(last, values[last]) end
end

--- Cuts values[first..last] at its NaNs and thins each piece out to the tolerance (in the unit of the values).
-- Returns a list of pieces {i1, v1, i2, v2, ...}; a sample that stands alone is a piece of one point.
function trace.pieces(values, first, last, tolerance)
  local pieces = {}
  local i = first
  while i <= last do
    if series.finite(values[i]) then
      local stop = i
      while stop < last and series.finite(values[stop + 1]) do stop = stop + 1 end
      local piece = {}
      simplify(values, i, stop, tolerance, function(index, value)
        piece[#piece + 1] = index
        piece[#piece + 1] = value
      end)
      pieces[#pieces + 1] = piece
      i = stop + 1
    else
      i = i + 1
    end
  end
  return pieces
end

return trace
