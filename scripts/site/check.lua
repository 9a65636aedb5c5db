--- Whether the links of a site lead somewhere: every href and src of every page, with its anchor.
local files = require "ecgraft.files"
local lfs = require "lfs"
local page = require "scripts.site.page"

local check = {}

local function pages_in(folder, prefix, list)
  for _, name in ipairs(assert(files.names(folder))) do
    if lfs.attributes(folder .. "/" .. name, "mode") == "directory" then pages_in(folder .. "/" .. name, prefix .. name .. "/", list)
    elseif name:find "%.html$" then list[#list + 1] = prefix .. name end
  end
  return list
end

--- What is wrong with the links of the site in a folder: a list of sentences, and the number of pages and of links. more: further links
-- from its root, those of the search.
function check.faults(folder, more)
  local pages, faults, links = pages_in(folder, "", {}), {}, 0
  table.sort(pages)
  local anchors = {}
  for _, path in ipairs(pages) do
    anchors[path] = {}
    for id in assert(files.read(folder .. "/" .. path)):gmatch '%sid="([^"]*)"' do
      if anchors[path][id] then faults[#faults + 1] = ("%s: the anchor %s stands twice"):format(path, id) end
      anchors[path][id] = true
    end
  end
  local function follow(path, target)
    links = links + 1
    if target:find "^%a[%w+.-]*:" then return end
    local file, anchor = target:match "^([^#]*)#?(.*)$"
    local there = file == "" and path or page.normal((path:match "^(.*/)" or "") .. file)
    if not there or lfs.attributes(folder .. "/" .. there, "mode") ~= "file" then
      faults[#faults + 1] = ("%s: %s is not there"):format(path, target)
    elseif anchor ~= "" and not (anchors[there] or {})[anchor] then
      faults[#faults + 1] = ("%s: %s: there is no such place in the page"):format(path, target)
    end
  end
  for _, path in ipairs(pages) do
    for target in assert(files.read(folder .. "/" .. path)):gmatch '%s[hs]re?[fc]="([^"]*)"' do follow(path, target) end
  end
  for _, target in ipairs(more or {}) do follow("search.js", target) end
  return faults, #pages, links
end

return check
