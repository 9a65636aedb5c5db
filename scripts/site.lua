--- Makes the documentation into a static site: the guide from README.md and docs/, the reference from the comments of the sources, and the
-- sources that they point to, with a search that needs no server. No network; every link is checked.
--
--   lua5.4 scripts/site.lua FOLDER      (LUA_CPATH, or ./build, has the core; `make docs` calls it)
package.path = "./?.lua;lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = package.cpath .. ";./build/?.so"
local check = require "scripts.site.check"
local files = require "ecgraft.files"
local highlight = require "scripts.site.highlight"
local lfs = require "lfs"
local markdown = require "scripts.site.markdown"
local page = require "scripts.site.page"
local reference = require "scripts.site.reference"
local search = require "scripts.site.search"

local target = arg[1]
local function fail(message)
  io.stderr:write("scripts/site.lua: ", message, "\n")
  os.exit(1)
end
if not target then fail "usage: scripts/site.lua FOLDER" end
local ready, why = markdown.ready()
if not ready then fail(why) end

local function write(path, text)
  path = target .. "/" .. path
  assert(files.make_folder(path:match "^(.*)/"))
  assert(files.write(path, text))
end

-- A site is written anew: what an earlier one left would hide a dead link.
local function empty(folder)
  for _, name in ipairs(files.names(folder) or {}) do
    local path = folder .. "/" .. name
    if lfs.symlinkattributes(path, "mode") == "directory" then empty(path) assert(lfs.rmdir(path))
    else assert(os.remove(path)) end
  end
end

if #(files.names(target) or {}) > 0 and not search.is_script(files.read(target .. "/search.js")) then
  fail(target .. " holds other files; choose a folder that is new or holds an earlier site")
end
empty(target)

-- Pages of the guide, in the order in which docs/guide.md leads to them.
local ORDER, SEEN = {}, {}
local function add(source)
  if not SEEN[source] then
    SEEN[source] = true
    ORDER[#ORDER + 1] = source
  end
end
add "README.md"
add "docs/guide.md"
for name in assert(files.read "docs/guide.md"):gmatch "%(([%w_%-]+%.md)%)" do add("docs/" .. name) end
local PROJECT = {"CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"}
for _, source in ipairs(PROJECT) do add(source) end

local function place_of(source)
  if source == "README.md" then return "index.html" end
  return (source:gsub("%.md$", ".html"))
end

local AS_IT_IS = {svg = true, png = true, html = true, csv = true} -- pictures, reports and tables; sources become pages
local wanted, pictures = {}, {} -- sources of the project that pages point to; files that are copied

local function linker(source)
  local here = place_of(source)
  return function(link)
    if link:find "^%a[%w+.-]*:" or link:find "^#" then return link end
    local file, anchor = link:match "^([^#]*)(#?.*)$"
    local path = page.normal((source:match "^(.*/)" or "") .. file)
    local mode = path and lfs.attributes(path, "mode")
    if not mode then fail(("%s: %s is not there"):format(source, link)) end
    if SEEN[path] then return page.relative(here, place_of(path)) .. anchor end
    if AS_IT_IS[path:match "%.(%w+)$" or ""] then
      pictures[path] = true
      return page.relative(here, path)
    end
    wanted[path] = mode
    return page.relative(here, mode == "directory" and path .. "/index.html" or path .. ".html")
  end
end

local version = (files.read "VERSION" or ""):match "%S*"
local made, titles, found = {}, {}, {}
for _, source in ipairs(ORDER) do
  local html, title = markdown.file(source, linker(source))
  titles[source] = title
  made[#made + 1] = {path = place_of(source), title = title, html = html}
  if source ~= "CHANGELOG.md" then -- its headings are those of every list of changes
    for _, entry in ipairs(search.of_page(place_of(source), title, html)) do found[#found + 1] = entry end
  end
end

local guide, project = {}, {{"Overview", "index.html"}}
for _, source in ipairs(ORDER) do
  if source:find "^docs/" then guide[#guide + 1] = {titles[source], place_of(source)} end
end
for _, source in ipairs(PROJECT) do project[#project + 1] = {titles[source], place_of(source)} end
local pages, links, names_found = reference.pages()
table.move(names_found, 1, #names_found, #found + 1, found)
table.move(pages, 1, #pages, #made + 1, made)
local sections = {{"ECGraft", {{"Overview", "index.html"}}}, {"Guide", guide}, {"Reference", links}, {"Project", project}}
table.remove(project, 1)

-- The sources that pages point to; of a folder, its files.
local function source_page(path)
  local language = path:match "%.(%w+)$"
  local text = assert(files.read(path))
  made[#made + 1] = {path = path .. ".html", title = path,
    html = ("<h1>%s</h1>\n<pre><code>%s</code></pre>"):format(highlight.escape(path), highlight.html(text, language))}
  local comment = language == "lua" and text:match "^%-%-+%s*([^\n]*\n?[^\n]*)" or ""
  found[#found + 1] = {path, path .. ".html", "Sources", search.sentence((comment:gsub("\n%-*", " "))), ""}
end

local folders = {}
for path, mode in pairs(wanted) do if mode == "directory" then folders[#folders + 1] = path end end
table.sort(folders)
for _, folder in ipairs(folders) do
  local rows = {}
  for _, name in ipairs(assert(files.names(folder))) do
    local path = folder .. "/" .. name
    local mode = name:sub(1, 1) ~= "." and lfs.attributes(path, "mode")
    if mode == "file" then wanted[path] = mode end
    local to = mode == "file" and name .. ".html" or wanted[path] and name .. "/index.html"
    if to then rows[#rows + 1] = ('<li><a href="%s">%s</a></li>'):format(highlight.escape(to), highlight.escape(name)) end
  end
  made[#made + 1] = {path = folder .. "/index.html", title = folder,
    html = ("<h1>%s</h1>\n<ul>\n%s\n</ul>"):format(highlight.escape(folder), table.concat(rows, "\n"))}
end
local sources = {}
for path, mode in pairs(wanted) do if mode == "file" then sources[#sources + 1] = path end end
table.sort(sources)
for _, path in ipairs(sources) do source_page(path) end

write("search.js", search.script(found, assert(files.read "scripts/site/search.js")))
write("style.css", assert(files.read "scripts/site/style.css"))
for path in pairs(pictures) do write(path, assert(files.read(path))) end
for _, each in ipairs(made) do write(each.path, page.html(each.path, each.title, each.html, sections, version)) end

local to = {}
for i, entry in ipairs(found) do to[i] = entry[2] end
local faults, count, checked = check.faults(target, to)
if #faults > 0 then fail(table.concat(faults, "\n")) end
print(("%s/index.html: %d pages, %d links"):format(target, count, checked))
