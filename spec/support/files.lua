--- Files of the source tree, for specs that read it. Paths are relative to its root, from which busted runs.
local lfs = require("lfs")

local files = {}

--- The files below `folder` whose path matches the Lua pattern, sorted; an empty list where there is no such folder.
function files.find(folder, pattern)
  local found = {}
  local function walk(path)
    if lfs.attributes(path, "mode") ~= "directory" then return end
    for name in lfs.dir(path) do
      local inner = path .. "/" .. name
      if name:sub(1, 1) ~= "." then
        if lfs.attributes(inner, "mode") == "directory" then walk(inner)
        elseif inner:find(pattern) then found[#found + 1] = inner end
      end
    end
  end
  walk(folder)
  table.sort(found)
  return found
end

--- A file's content. Raises where it cannot be read.
function files.read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

return files
