--- Markdown to HTML, the usual subset: headings, paragraphs, lists (nested by indentation), tables, quotes, rules, fenced code;
-- within lines emphasis, code, links and pictures. HTML in the text is shown as text, not as HTML, and links lead to http, https, mail,
-- anchors and files only; so a text from somewhere else can do nothing. Pictures must be data: URLs, since a page fetches nothing; others
-- become links.
local markup = require "ecgraft.markup"

local escape = markup.escape

-- Letters of private use stand for what is done, until the end: OPEN N CLOSE.
local OPEN, CLOSE = "\u{E000}", "\u{E001}"

local function safe(url)
  local scheme = url:match "^%s*([%a][%w+.-]*):"
  return not scheme or scheme:lower() == "http" or scheme:lower() == "https" or scheme:lower() == "mailto"
end

local function inline(text)
  local kept = {}
  -- What is done is out of reach of what comes later, so that elements nest.
  local function keep(html)
    kept[#kept + 1] = html
    return OPEN .. #kept .. CLOSE
  end
  local function emphasis(part)
    local function wrap(tag) return function(inner) return keep("<" .. tag .. ">" .. emphasis(inner) .. "</" .. tag .. ">") end end
    part = part:gsub("%*%*(%S.-)%*%*", wrap "strong"):gsub("%f[%w_]__(%S.-)__%f[^%w_]", wrap "strong")
    return (part:gsub("%*([^%s*][^*]*)%*", wrap "em"):gsub("%f[%w_]_([^%s_][^_]*)_%f[^%w_]", wrap "em"))
  end
  text = text:gsub(OPEN, ""):gsub(CLOSE, "")
  text = text:gsub("(`+)(.-)%1", function(_, code) return keep("<code>" .. escape(code:match "^ ?(.-) ?$") .. "</code>") end)
  text = text:gsub("\\(%p)", function(c) return keep(escape(c)) end)
  text = text:gsub("!%[([^%]]*)%]%(%s*([^%s)]+)[^)]*%)", function(alt, url)
    if (alt .. url):find(OPEN) then return nil end -- code within it: no picture
    if url:find "^data:image/[%w+.-]+;base64,[%w+/=]+$" then return keep(('<img src="%s" alt="%s">'):format(escape(url), escape(alt))) end
    return ("[%s](%s)"):format(alt ~= "" and alt or url, url)
  end)
  text = text:gsub("<(https?://[^%s<>]+)>", function(url) return keep(('<a href="%s">%s</a>'):format(escape(url), escape(url))) end)
  text = text:gsub("%[([^%]]+)%]%(%s*([^%s)]+)[^)]*%)", function(label, url)
    if url:find(OPEN) then return nil end
    if not safe(url) then return label end
    return keep(('<a href="%s">'):format(escape(url)) .. emphasis(escape(label)) .. "</a>")
  end)
  text = emphasis(escape(text)):gsub("  +\n", "<br>\n")
  local function expand(part) return (part:gsub(OPEN .. "(%d+)" .. CLOSE, function(i) return expand(kept[tonumber(i)]) end)) end
  return expand(text)
end

local function is_blank(line) return line:find "^%s*$" ~= nil end
local function list_item(line)
  local indent, mark, rest = line:match "^(%s*)([-*+])%s+(.*)$"
  if not indent then indent, mark, rest = line:match "^(%s*)(%d+[.)])%s+(.*)$" end
  if not indent then return nil end
  return #indent, mark:find "%d" and "ol" or "ul", rest, tonumber((mark:match "%d+"))
end

local function is_rule(line) return line:find "^%s*%-%s*%-%s*%-[%s-]*$" or line:find "^%s*%*%s*%*%s*%*[%s*]*$" end

local function cells_of(line)
  local list = {}
  line = line:gsub("\\|", "\3"):match "^%s*|?(.-)|?%s*$"
  for cell in (line .. "|"):gmatch "(.-)|" do list[#list + 1] = (cell:match("^%s*(.-)%s*$"):gsub("\3", "|")) end
  return list
end

local function is_divider(line) return line and line:find "|" and line:find "%-" and not line:find "[^%s|:-]" end

-- Whether a line ends a paragraph before it.
local function interrupts(lines, i)
  local line = lines[i]
  return is_blank(line) or line:find "^#+%s" or line:find "^%s*```" or line:find "^>" or list_item(line) or is_rule(line)
    or is_divider(lines[i + 1])
end

local blocks

local function table_block(lines, i, out)
  local heads, aligns = cells_of(lines[i]), {}
  for k, cell in ipairs(cells_of(lines[i + 1])) do
    aligns[k] = cell:find "^:.*:$" and "center" or cell:find ":$" and "right" or nil
  end
  local function row(cells, tag)
    local parts = {}
    for k = 1, #heads do
      local style = aligns[k] and (' style="text-align:%s"'):format(aligns[k]) or ""
      parts[k] = ("<%s%s>%s</%s>"):format(tag, style, inline(cells[k] or ""), tag)
    end
    return "<tr>" .. table.concat(parts) .. "</tr>\n"
  end
  out[#out + 1] = '<div class="scroll" tabindex="0"><table>\n<thead>' .. row(heads, "th") .. "</thead>\n<tbody>\n"
  i = i + 2
  while lines[i] and lines[i]:find "|" and not is_blank(lines[i]) do
    out[#out + 1] = row(cells_of(lines[i]), "td")
    i = i + 1
  end
  out[#out + 1] = "</tbody></table></div>\n"
  return i
end

-- Items of one list: each takes the lines that stand deeper than its mark.
local function list_block(lines, i, out)
  local indent, tag, _, start = list_item(lines[i])
  out[#out + 1] = tag == "ol" and start ~= 1 and ('<ol start="%d">\n'):format(start) or "<" .. tag .. ">\n"
  while lines[i] do
    local at, kind, rest = list_item(lines[i])
    if at ~= indent or kind ~= tag then break end
    local item, loose = {rest}, false
    i = i + 1
    while lines[i] do
      local deeper = #lines[i]:match "^%s*"
      if is_blank(lines[i]) then
        local following = lines[i + 1]
        if not following or is_blank(following) or #following:match "^%s*" <= indent then break end
        loose = true
        item[#item + 1] = ""
      elseif deeper > indent then item[#item + 1] = lines[i]:sub(math.min(deeper, indent + 2) + 1)
      elseif interrupts(lines, i) then break
      else item[#item + 1] = lines[i] end
      i = i + 1
    end
    local inner = blocks(item)
    if not loose then inner = inner:gsub("^<p>(.-)</p>\n", "%1", 1) end
    out[#out + 1] = "<li>" .. inner .. "</li>\n"
    if lines[i] and is_blank(lines[i]) and lines[i + 1] and list_item(lines[i + 1]) == indent then i = i + 1 end
  end
  out[#out + 1] = "</" .. tag .. ">\n"
  return i
end

local function code_block(lines, i, out)
  local indent, fence = lines[i]:match "^(%s*)(```+)"
  local code = {}
  i = i + 1
  while lines[i] and not lines[i]:find("^%s*" .. fence) do
    code[#code + 1] = lines[i]:gsub("^" .. indent, "", 1)
    i = i + 1
  end
  out[#out + 1] = '<pre tabindex="0"><code>' .. escape(table.concat(code, "\n")) .. "</code></pre>\n"
  return i + 1
end

function blocks(lines)
  local out, i = {}, 1
  while lines[i] do
    local line = lines[i]
    local level, heading = line:match "^(#+)%s+(.-)%s*#*%s*$"
    if is_blank(line) then i = i + 1
    elseif level and #level <= 6 then
      out[#out + 1] = ("<h%d>%s</h%d>\n"):format(#level, inline(heading), #level)
      i = i + 1
    elseif line:find "^%s*```" then i = code_block(lines, i, out)
    elseif is_rule(line) then
      out[#out + 1] = "<hr>\n"
      i = i + 1
    elseif line:find "^>" then
      local quoted = {}
      while lines[i] and lines[i]:find "^>" do
        quoted[#quoted + 1] = lines[i]:gsub("^>%s?", "", 1)
        i = i + 1
      end
      out[#out + 1] = "<blockquote>\n" .. blocks(quoted) .. "</blockquote>\n"
    elseif list_item(line) then i = list_block(lines, i, out)
    elseif line:find "|" and is_divider(lines[i + 1]) then i = table_block(lines, i, out)
    else
      local paragraph = {(line:gsub("^%s+", ""))}
      i = i + 1
      while lines[i] and not interrupts(lines, i) do
        paragraph[#paragraph + 1] = lines[i]:gsub("^%s+", "")
        i = i + 1
      end
      out[#out + 1] = "<p>" .. inline(table.concat(paragraph, "\n")) .. "</p>\n"
    end
  end
  return table.concat(out)
end

local markdown = {}

--- Markdown as HTML.
function markdown.html(text)
  local lines = {}
  text = text:gsub("\r\n?", "\n"):gsub("\t", "    "):gsub("[^\n%C]", "") -- browsers pass over control characters before a scheme
  for line in (text .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  return blocks(lines)
end

--- The text of the first heading, without marks; nil where there is none.
function markdown.title(text)
  for line in (text .. "\n"):gmatch "(.-)\n" do
    local heading = line:match "^#+%s+(.-)%s*#*%s*$"
    if heading then return (heading:gsub("[`*]", ""):gsub("%[([^%]]+)%]%([^)]*%)", "%1")) end
  end
end

return markdown
