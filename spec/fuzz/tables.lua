--- Fuzzes whole readers of sets: one of the files of a small folder in a set's layout is damaged, the others are sound. The first line of
-- an input says which: "ptbxl/ptbxl_database.csv".
local lfs = require "lfs"
local layouts = require "spec.support.small_layouts"
local temporary = require "spec.support.temporary"

local names = {}
for name in pairs(layouts) do names[#names + 1] = name end
table.sort(names)

local function read_file(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

-- Every layout in a folder below `root`.
local function fill(root)
  lfs.mkdir(root)
  for _, name in ipairs(names) do
    lfs.mkdir(root .. "/" .. name)
    layouts[name].fill(root .. "/" .. name)
  end
end

-- Texts by "layout/file", and as seeds in order: tables, and headers and recordings that are text.
local texts, seeds = {}, {}
do
  local folder = os.tmpname()
  os.remove(folder)
  fill(folder)
  for _, name in ipairs(names) do
    local files = table.move(layouts[name].tables, 1, #layouts[name].tables, 1, {})
    for file in pairs(layouts[name].signals) do if file:find "%.hea$" or file:find "%.csv$" then files[#files + 1] = file end end
    table.sort(files)
    for _, file in ipairs(files) do
      local key = name .. "/" .. file
      texts[key] = read_file(folder .. "/" .. key)
      seeds[#seeds + 1] = key .. "\n" .. texts[key]
    end
  end
  os.execute("rm -rf '" .. folder .. "'")
end

local root

-- A set is whole: as many of everything as there are records, nothing that is not finite.
local function check(set)
  assert(#set.records == set.signals:size(1) and #set.patients == #set.records and tostring(set))
  assert(set.signals:count_nonfinite() == 0)
  for _, each in ipairs(set.skipped) do assert(type(each.record) == "string" and each.reason:find(root, 1, true), each.reason) end
end

return {
  file = "input", seeds = seeds, most = 1 << 13,
  words = {",", '"', "\n", "\r\n", "{'NORM': 100.0}", "{", "'", "../", "/", "./", "A1", "A1\n", "g1/\n", "nan", "1e999", "#Dx: ", "#Age: ",
    "Normal", "True", "0", "99999999999999999999999", "exams_part0.hdf5", "b.npy", "a.csv"},
  read = function(path, text)
    if not root then
      root = path:match("^(.*)/") .. "/sets"
      fill(root)
    end
    local key, content = text:match("^([^\n]+)\n(.*)$")
    if not texts[key] then return true end
    local layout, place, set, message = layouts[key:match("^[^/]+")], root .. "/" .. key, nil, nil
    temporary.write(place, content)
    for _, variant in ipairs(layout.variants or {false}) do
      set, message = layout.read(root .. "/" .. key:match("^[^/]+"), variant)
      if set then check(set) else assert(message:find(root, 1, true), message) end
    end
    temporary.write(place, texts[key])
    if not set then return nil, message end
    return true
  end,
  finish = function() if root then os.execute("rm -rf '" .. root .. "'") end end,
}
