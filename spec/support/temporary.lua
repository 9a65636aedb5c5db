--- Folders and files that a spec makes and that are gone afterwards.
local lfs = require("lfs")

local temporary = {}

--- Calls fn(folder) with a new empty folder, and removes it whatever happens.
function temporary.folder(fn)
  local folder = os.tmpname()
  os.remove(folder)
  assert(lfs.mkdir(folder))
  local ok, message = xpcall(fn, debug.traceback, folder)
  os.execute("rm -rf '" .. folder .. "'")
  if not ok then error(message, 0) end
end

--- Writes a file, with the folders it needs.
function temporary.write(path, text)
  local at = 1
  while true do
    local slash = path:find("/", at + 1, true)
    if not slash then break end
    lfs.mkdir(path:sub(1, slash - 1))
    at = slash
  end
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

return temporary
