--- Table values as Markdown (GitHub's tables).
local table_text = require "ecgraft.table_text"

local markdown = {}

local function escape(text)
  return (text:gsub("%s+", " "):gsub("([\\`*_|<>])", "\\%1"))
end

local function cell(value)
  local text, strong = table_text.cell(value)
  text = escape(text)
  return strong and "**" .. text .. "**" or text
end

--- A table value (see ecgraft.table_text) as Markdown text; its caption in bold above, its note below.
function markdown.table(value)
  value = table_text.check("report.markdown", value)
  local lines, titles, rules = {}, {}, {}
  for c, column in ipairs(value.columns) do
    titles[c] = escape(column.title)
    rules[c] = (column.align == "right" or column.align == "decimal") and "---:" or "---"
  end
  if value.caption then
    lines[1] = "**" .. escape(value.caption) .. "**"
    lines[2] = ""
  end
  lines[#lines + 1] = "| " .. table.concat(titles, " | ") .. " |"
  lines[#lines + 1] = "| " .. table.concat(rules, " | ") .. " |"
  for _, row in ipairs(value.rows) do
    local cells = {}
    for c = 1, #value.columns do cells[c] = cell(row[c]) end
    lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
  end
  if value.note then
    lines[#lines + 1] = ""
    lines[#lines + 1] = escape(value.note)
  end
  return table.concat(lines, "\n") .. "\n"
end

return markdown
