--- The page of plot.ecg: how large it is, and where the paper lies on it. In millimetres.
local ecg_page = {}

local A4 = { { 297, 210 }, { 210, 297 } } -- landscape, and portrait where only that holds the paper
local MARGIN, HEADER, FOOTER = 6, 15, 6   -- the footer of one line
local NARROWEST = 75 -- of the paper, for the words above and below it
local TALLEST, LOWEST, SMALL = 40, 20, 30 -- rows: on A4, and at most where the page is as large as its paper
local HEAD_ROOM, MOST_ROOM = 10, 20 -- above the first row and below the last: where rows are of the lowest height, and at most
local FILLED = 0.85  -- of A4 in both directions: a record that needs as much gets the whole sheet

--- Whole 5-mm squares for a length of paper.
function ecg_page.paper_width(length)
  return math.max(NARROWEST, math.ceil(length / 5 - 1e-9) * 5)
end

-- Height of a row: as much as fits A4, in whole squares.
local function row_height(rows)
  local free = A4[1][2] - 2 * MARGIN - HEADER - FOOTER
  return math.max(LOWEST, math.min(TALLEST, math.floor(free / math.max(1, rows) / 5) * 5))
end

--- How far the baseline of a row lies below the row's top: on a 5-mm line, a little below the middle, since R waves are taller than S waves
-- are deep.
function ecg_page.baseline(height)
  return math.ceil(height / 2 / 5) * 5
end

-- Paper above the first row, or below the last, for waves that go `far` where the row has `own`: tall ones stay on the paper.
local function room_for(height, far, own)
  return math.max(height == LOWEST and HEAD_ROOM or 0, math.min(MOST_ROOM, math.ceil((far + 1 - own) / 5) * 5))
end

-- What rows of a height need; `less` is left out above and below, as far as there is room.
local function needed(rows, height, reach, less, paper_width, more_footer)
  local baseline = ecg_page.baseline(height)
  local up = math.max(0, room_for(height, reach.up, baseline) - less)
  local down = math.max(0, room_for(height, reach.down, height - baseline) - less)
  local paper_height = height * math.max(1, rows) + up + down
  return { row = height, extra = up, paper_width = paper_width, paper_height = paper_height, footer = FOOTER + more_footer,
    width = paper_width + 2 * MARGIN, height = paper_height + 2 * MARGIN + HEADER + FOOTER + more_footer }
end

local function a4_for(page, share)
  for _, sheet in ipairs(A4) do
    if page.width <= sheet[1] and page.height <= sheet[2] and page.width >= share * sheet[1] and page.height >= share * sheet[2] then
      return sheet
    end
  end
end

--- The page for a number of rows on paper of a width.
--   kind         "auto", "a4" or "fit", as plot.ecg's option `paper`
--   more_footer  height of what the footer needs beside its first line
--   reach        {up =, down =}: how far traces go above the baseline of the first row and below that of the last
-- Returns {width, height: of the page; left, right, top, paper_width, paper_height: where its paper lies; above: where the header begins;
-- row: height of a row; extra: paper above the first row}.
function ecg_page.new(kind, rows, paper_width, more_footer, reach)
  local tall = row_height(rows)
  local page, sheet
  if kind ~= "fit" then
    for less = 0, MOST_ROOM, 5 do -- as much as the sheet has
      page = needed(rows, tall, reach, less, paper_width, more_footer)
      sheet = a4_for(page, kind == "auto" and FILLED or 0)
      if sheet then break end
    end
    if kind == "a4" and not sheet then
      page, sheet = needed(rows, tall, reach, 0, paper_width, more_footer), A4[1]
    end
  end
  if sheet then page.width, page.height = math.max(sheet[1], page.width), math.max(sheet[2], page.height)
  else page = needed(rows, math.min(SMALL, tall), reach, 0, paper_width, more_footer) end
  page.left, page.right = (page.width - paper_width) / 2, (page.width + paper_width) / 2
  page.above = (page.height - page.paper_height - HEADER - page.footer) / 2
  page.top = page.above + HEADER
  return page
end

return ecg_page
