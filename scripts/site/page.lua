--- The frame of every page: navigation, style, the field of the search. Nothing comes from elsewhere; without its one script a page lacks
-- the search only, whose field is hidden until the script shows it.
local highlight = require "scripts.site.highlight"

local page = {}

local escape = highlight.escape

--- The way from one page of the site to another: relative("docs/data.html", "index.html") --> "../index.html".
function page.relative(from, to)
  local folder = from:match "^(.*/)" or ""
  local rest = to
  while folder ~= "" do
    local first = folder:match "^[^/]*/"
    if rest:sub(1, #first) ~= first then break end
    folder, rest = folder:sub(#first + 1), rest:sub(#first + 1)
  end
  return ("../"):rep(select(2, folder:gsub("/", ""))) .. rest
end

--- A path without "." and "..": normal("docs/../index.html") --> "index.html"; nil where it leads out of its root.
function page.normal(path)
  local parts = {}
  for part in path:gmatch "[^/]+" do
    if part ~= ".." then parts[#parts + 1] = part ~= "." and part or nil
    elseif not table.remove(parts) then return nil end
  end
  return table.concat(parts, "/")
end

-- Sections of links {title, {{text, path}, ...}}, the page itself marked.
local function navigation(sections, here)
  local out = {}
  for _, section in ipairs(sections) do
    out[#out + 1] = ("<h2>%s</h2>\n<ul>"):format(escape(section[1]))
    for _, each in ipairs(section[2]) do
      local current = each[2] == here and ' aria-current="page"' or ""
      out[#out + 1] = ('<li><a%s href="%s">%s</a></li>'):format(current, page.relative(here, each[2]), escape(each[1]))
    end
    out[#out + 1] = "</ul>"
  end
  return table.concat(out, "\n")
end

--- A whole page at `here`: its title, the HTML of its middle, the sections of links, the version.
function page.html(here, title, body, sections, version)
  local heading = title == "ECGraft" and title or title .. " - ECGraft"
  return ([[
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<link rel="stylesheet" href="%s">
<script src="%s" defer></script>
</head>
<body>
<header><a class="home" href="%s">ECGraft</a> <span>%s</span>
<form class="search" role="search" hidden>
<input type="search" role="combobox" placeholder="Search" aria-label="Search the documentation" aria-expanded="false"
 aria-controls="search-results" aria-autocomplete="list" autocomplete="off" autocapitalize="off" spellcheck="false">
<ol id="search-results" role="listbox" aria-label="What was found" hidden></ol>
</form>
<a class="jump" href="#pages">Pages</a></header>
<main>
%s
</main>
<nav id="pages" aria-label="Pages">
%s
</nav>
</body>
</html>
]]):format(escape(heading), page.relative(here, "style.css"), page.relative(here, "search.js"), page.relative(here, "index.html"),
    escape(version), body, navigation(sections, here))
end

return page
