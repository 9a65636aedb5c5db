--- What specs need to know of a Markdown page: its code blocks, its links, its headings.
local markdown = {}

--- Fenced code blocks as a list {info = "lua no-run", line = of the first line within, lines = {...}}. Raises where one is not closed.
function markdown.blocks(text)
  local blocks, open, number = {}, nil, 0
  for line in (text .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    local info = line:match("^```(.*)$")
    if open and info then open = nil
    elseif info then
      open = {info = info, line = number + 1, lines = {}}
      blocks[#blocks + 1] = open
    elseif open then table.insert(open.lines, line) end
  end
  if open then error(("line %d: the code block is not closed"):format(open.line - 1), 0) end
  return blocks
end

--- The text without its code blocks.
function markdown.without_blocks(text)
  local lines, inside = {}, false
  for line in (text .. "\n"):gmatch("(.-)\n") do
    local fence = line:find "^%s*```"
    if fence then inside = not inside end
    lines[#lines + 1] = (fence or inside) and "" or line
  end
  return table.concat(lines, "\n")
end

--- The text without its code blocks and without code within lines.
function markdown.prose(text)
  local lines, inside = {}, false
  for line in (text .. "\n"):gmatch("(.-)\n") do
    local fence = line:find "^```"
    if fence then inside = not inside end
    lines[#lines + 1] = (fence or inside) and "" or line:gsub("`[^`]*`", "")
  end
  return table.concat(lines, "\n")
end

--- The targets of links and pictures.
function markdown.links(text)
  local list, prose = {}, markdown.prose(text)
  for target in prose:gmatch("%]%(([^)%s]+)%)") do list[#list + 1] = target end
  for target in prose:gmatch("src=\"([^\"]+)\"") do list[#list + 1] = target end
  for target in prose:gmatch("href=\"([^\"]+)\"") do list[#list + 1] = target end
  return list
end

--- The anchors of the headings, as GitHub makes them: a set.
function markdown.anchors(text)
  local anchors, inside = {}, false
  for line in (text .. "\n"):gmatch("(.-)\n") do
    if line:find "^```" then inside = not inside end
    local heading = not inside and line:match("^#+%s+(.-)%s*$")
    if heading then
      local anchor = heading:lower():gsub("[^%w%s_%-]", ""):gsub("%s", "-")
      local times = anchors[anchor]
      anchors[anchor] = (times or 0) + 1
      if times then anchors[anchor .. "-" .. times] = 1 end
    end
  end
  return anchors
end

return markdown
