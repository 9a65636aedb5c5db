--- What charts of rows have in common: rows in blocks under a heading, with a grid behind them and one axis below.
local text_width = require "ecgraft.plot.text_width"
local theme = require "ecgraft.plot.theme"

local rows = {}

local HEADING = 26 -- px
local MUTED = { ["text-anchor"] = "middle", class = "eg-muted", color = theme.muted }

--- A small text about the height y; nothing where it is empty.
function rows.text(canvas, x, y, content, more)
  if content == "" then return end
  local attributes = { ["font-size"] = theme.small, fill = "currentColor" }
  for name, value in pairs(more or {}) do attributes[name] = value end
  canvas:text(x, y + 0.35 * theme.small, content, attributes)
end

--- Rows that follow each other with the same `group` as blocks {group =, head = px above the first row, rows}.
function rows.blocks(list)
  local blocks = {}
  for _, row in ipairs(list) do
    local block = blocks[#blocks]
    if not block or block.group ~= row.group then
      block = { group = row.group, head = (block or row.group ~= "") and HEADING or 0 }
      blocks[#blocks + 1] = block
    end
    block[#block + 1] = row
  end
  return blocks
end

--- What blocks of rows of a height need together.
function rows.height(blocks, height)
  local sum = 0 ---@type number
  for _, block in ipairs(blocks) do sum = sum + block.head + height * #block end
  return sum
end

--- Draws headings and grid of blocks from room.top + above on, and gives each row its middle, row.y. Headings may be longer than the column
-- of labels: the grid stands behind rows only. Further lines: behind(top, bottom). Returns where the last row ends.
function rows.place(canvas, room, blocks, height, x, above, behind)
  local y = room.top + above
  for _, block in ipairs(blocks) do
    rows.text(canvas, room.left, y + HEADING - 10, text_width.fit(block.group, theme.small, room.right - room.left, true),
      { ["font-weight"] = "bold" })
    y = y + block.head
    local bottom = y + height * #block
    for _, tick in ipairs(x.ticks) do
      local at = x:place(tick.value)
      canvas:line(at, y, at, bottom, { stroke = "currentColor", class = "eg-grid", color = theme.grid })
    end
    behind(y, bottom)
    for k, row in ipairs(block) do row.y = y + (k - 0.5) * height end
    y = bottom
  end
  return y
end

--- The numbers of the axis below the rows.
function rows.ticks(canvas, x, bottom)
  for _, tick in ipairs(x.ticks) do rows.text(canvas, x:place(tick.value), bottom + 10, tick.text, MUTED) end
end

--- What is on the axis, about the height y.
function rows.axis_label(canvas, x, label, y)
  rows.text(canvas, (x.from + x.to) / 2, y, label, { ["text-anchor"] = "middle", ["font-size"] = theme.font })
end

return rows
