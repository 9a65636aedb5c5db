--- Markdown to HTML by cmark-gfm, with what it leaves to do: anchors at headings, colours, tables that can be scrolled, links.
local highlight = require "scripts.site.highlight"
local markup = require "ecgraft.markup"

local markdown = {}

local PROGRAM = "cmark-gfm"

--- Whether the converter is there; else nil and what to install.
function markdown.ready()
  local pipe = io.popen(PROGRAM .. " --version 2>/dev/null", "r")
  local text = pipe and pipe:read "a" or ""
  if pipe then pipe:close() end
  if text:find "cmark" then return true end
  return nil, "the pages are made by the program cmark-gfm, which is not here (Debian, Ubuntu: apt install cmark-gfm; Fedora and " ..
    "Homebrew have it under the same name)"
end

--- The text of a piece of HTML.
function markdown.plain(html) return markup.unescape((html:gsub("<[^>]*>", ""))) end

--- The anchor that GitHub makes of a heading.
function markdown.anchor(text) return (text:lower():gsub("[^%w%s_%-]", ""):gsub("%s", "-")) end

local function quoted(path) return "'" .. path:gsub("'", "'\\''") .. "'" end

--- A file as HTML, and the text of its first heading. link(target) gives what a link or picture becomes; raises where it cannot.
function markdown.file(path, link)
  local pipe = assert(io.popen(("%s --unsafe -e table %s"):format(PROGRAM, quoted(path)), "r"))
  local html = pipe:read "a"
  assert(pipe:close(), PROGRAM .. " failed on " .. path)
  local title, seen = nil, {}
  html = html:gsub("<h(%d)>(.-)</h%1>", function(level, inner)
    local text = markdown.plain(inner)
    title = title or text
    local anchor = markdown.anchor(text)
    local times = seen[anchor]
    seen[anchor] = (times or 0) + 1
    if times then anchor = anchor .. "-" .. times end
    return ('<h%s id="%s">%s</h%s>'):format(level, anchor, inner, level)
  end)
  html = html:gsub('<pre><code class="language%-([%w_]+)[^"]*">(.-)</code></pre>', function(language, code)
    return '<pre><code>' .. highlight.html(markup.unescape(code), language) .. "</code></pre>"
  end)
  html = html:gsub("<table>(.-)</table>", function(inner)
    inner = inner:gsub("<thead>%s*<tr>(.-)</tr>%s*</thead>", function(cells) -- a head of empty cells says nothing
      return not markdown.plain(cells):find "%S" and "" or nil
    end)
    inner = inner:gsub('(<t[hd]) align="(%a+)"', '%1 style="text-align: %2"') -- as HTML has it since version 5
    return '<div class="scroll"><table>' .. inner .. "</table></div>"
  end)
  html = html:gsub('(<img[^>]-) width="([%d.]+%%)"', '%1 style="width: %2"')
  html = html:gsub('(<%a+[^>]-%s)(%a+)="([^"]*)"', function(before, attribute, target)
    if attribute ~= "href" and attribute ~= "src" then return nil end
    return ('%s%s="%s"'):format(before, attribute, highlight.escape(link(markup.unescape(target))))
  end)
  return html, title or path
end

return markdown
