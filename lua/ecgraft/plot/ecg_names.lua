--- The names of leads on an ECG page: at the start of their traces, where nothing is drawn, and on a halo of paper where there is no such
-- place.
local ecg_paper = require "ecgraft.plot.ecg_paper"
local text_width = require "ecgraft.plot.text_width"

local ecg_names = {}

local SIZE = 4          -- mm, the height of the font
local ASCENT, DESCENT = 0.74 * SIZE, 0.05 * SIZE -- of capitals and digits, which is what names are made of
local AIR = 0.8         -- mm between a name and what is drawn
local INDENT = 1.5      -- mm from the start of the trace
local STEP = 0.5        -- mm between the places that are tried
local FARTHEST = 15     -- mm from the start of the trace: farther to the right a name would seem to belong to what it stands beside
local CLOSE_ROW = 25    -- mm: in rows of this height and less names stand before the traces

local function box_of(x, y, width, air)
  return x - air, y - ASCENT - air, x + width + air, y + DESCENT + air
end

-- The place in a cell that is free and nearest to (x, y), or else the one where least is covered.
local function search(ink, cell, x, y, width)
  local reach = math.max(0, math.min(FARTHEST, cell.left + cell.width - width - INDENT - x))
  -- Not into the lower quarter of a row, where a name would seem to belong to the row below.
  local highest, lowest = cell.baseline - cell.height / 2 + ASCENT + AIR, cell.baseline + cell.height / 4
  local best_x, best_y, best = x, y, math.huge
  for right = 0, reach, STEP do
    for to = highest, math.max(highest, lowest), STEP do
      -- Up and down along the start of the trace before to the right of it; a square millimetre of ink outweighs any way.
      local cost = math.abs(to - y) + 1.5 * right
      if cost < best then
        cost = cost + 1000 * ink:covered(box_of(x + right, to, width, AIR))
        if cost < best then best_x, best_y, best = x + right, to, cost end
      end
    end
  end
  return best_x, best_y
end

--- Where a name goes, as the left end of its line of writing.
--   ink   what is drawn (plot/drawn.lua)
--   cell  {left =, width =, baseline =, height =, lead_in =, alone =}: of the trace; lead_in: the room before it, in the first column only;
--         alone: no other trace follows in its row
--   right where the paper ends
function ecg_names.place(ink, cell, name, right)
  local width = text_width.of(name, SIZE, true)
  -- Below the calibration pulse no trace comes, whatever its amplitude.
  local fits = cell.lead_in and width + AIR <= cell.lead_in
  local before, below = cell.left - (cell.lead_in or 0) / 2 - width / 2, cell.baseline + AIR + ASCENT + 1
  if fits and cell.alone and cell.height <= CLOSE_ROW then return before, below end
  local x, y = search(ink, cell, math.min(cell.left + INDENT, right - width - AIR), cell.baseline - cell.height / 2 + 5.5, width)
  if fits and ink:covered(box_of(x, y, width, AIR)) > 0 then return before, below end
  return x, y
end

--- Draws the names of cells {{name =, left =, ...}, ...} over all that is drawn on paper that ends at `right`.
function ecg_names.draw(canvas, ink, cells, right)
  for _, cell in ipairs(cells) do
    local x, y = ecg_names.place(ink, cell, cell.name, right)
    ink:box(box_of(x, y, text_width.of(cell.name, SIZE, true), 0))
    canvas:text(x, y, cell.name, {
      class = "eg-ecg-name", ["font-size"] = SIZE, ["font-weight"] = "bold", fill = ecg_paper.colors.ink,
      stroke = ecg_paper.colors.paper, ["stroke-width"] = 1.2, style = "paint-order:stroke", ["stroke-linejoin"] = "round",
    })
  end
end

return ecg_names
