--- A notebook that was run, as one page of HTML: text, code, what the cells printed and showed, in order.
local html = require "ecgraft.html"
local keywords = require "ecgraft.keywords"
local markdown = require "ecgraft.html.markdown"
local markup = require "ecgraft.markup"
local source = require "ecgraft.session.source"

local page = {}

local CLASSES = {string = "s", number = "n", open = "s"}

local function marked(class, text)
  if text == "" then return "" end
  return class and ('<span class="%s">%s</span>'):format(class, markup.escape(text)) or markup.escape(text)
end

--- Lua as HTML with its comments, strings, numbers and keywords marked. What stands between tokens is space or a comment.
local function coloured(text)
  local parts, at = {}, 1
  local function between(last)
    local gap = text:sub(at, last)
    parts[#parts + 1] = marked(gap:find "%S" and "c", gap)
  end
  for _, token in ipairs(source.tokens(text)) do
    between(token.first - 1)
    parts[#parts + 1] = marked(token.kind == "name" and keywords[token.text] and "k" or CLASSES[token.kind], token.text)
    at = token.last + 1
  end
  between(#text)
  return table.concat(parts)
end

-- What terminals take for colours and movements is no text; a line that is written over by a carriage return counts as it ended.
local function plain(text)
  text = text:gsub("\27%[[%d;?]*[%a]", ""):gsub("\r\n", "\n"):gsub("[^\n]*\r", "")
  return (text:gsub("\n+$", ""))
end

local function block(class, text) return html.wrap("pre", {class = class, tabindex = "0"}, markup.escape(text)) end

local function data_html(data)
  local svg, rich = data["image/svg+xml"], data["text/html"]
  if svg then
    local picture = html.figure(svg, nil, {scroll = svg:find('class="eg-ecg"', 1, true) ~= nil})
    -- A history's numbers stay at hand below its curves.
    return rich and picture .. html.details("As a table", rich) or picture
  end
  if rich then return rich end
  return block("value", data["text/plain"] or "")
end

--- The places that led to an error's output; none where there is but one and the message begins with it.
function page.places(output)
  local first = output.trace[1]
  if #output.trace == 1 and output.message:sub(1, #first + 1) == first .. ":" then return {} end
  return output.trace
end

local function error_html(output)
  local lines = {output.message}
  for i, place in ipairs(page.places(output)) do lines[#lines + 1] = (i == 1 and "at " or "called at ") .. place end
  return html.wrap("div", {class = "fault", role = "alert"}, block("error", table.concat(lines, "\n")))
end

local function output_html(output)
  if output.kind == "stream" then
    local text = plain(output.text)
    return text ~= "" and block("printed", text) or ""
  elseif output.kind == "error" then return error_html(output) end
  return data_html(output.data)
end

local function cell_html(cell)
  local title = cell.title and html.element("p", {class = "caption"}, cell.title) or ""
  if cell.kind == "markdown" then return html.wrap("div", {class = "text"}, title .. markdown.html(cell.source)) end
  local parts = {title, html.wrap("pre", {class = "code", tabindex = "0"}, "<code>" .. coloured(cell.source) .. "</code>")}
  if cell.outputs then
    local shown = {}
    for _, output in ipairs(cell.outputs) do shown[#shown + 1] = output_html(output) end
    if #shown > 0 then parts[#parts + 1] = html.wrap("div", {class = "output"}, table.concat(shown)) end
  else
    parts[#parts + 1] = html.element("p", {class = "note"}, "not run, since a cell before it failed")
  end
  return html.wrap("section", {class = "cell"}, table.concat(parts))
end

--- The title of a notebook: its first heading, or else its file's name.
function page.title(cells, name)
  for _, cell in ipairs(cells) do
    if cell.kind == "markdown" then
      local title = markdown.title(cell.source)
      if title then return title end
    end
  end
  return name
end

--- The page of cells that were run. about: a line at its end.
function page.html(cells, name, about)
  local parts = {}
  for i, cell in ipairs(cells) do parts[i] = cell_html(cell) end
  parts[#parts + 1] = html.element("p", {class = "note about"}, about)
  return html.page{title = page.title(cells, name), body = table.concat(parts)}
end

return page
