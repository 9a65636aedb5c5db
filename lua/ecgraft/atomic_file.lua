--- Text files that are replaced as a whole: a reader sees the old file or the new one, never half.
local core = require "ecgraft.core"
local uv = require "luv"

local atomic_file = {}

local made = 0 -- counts temporary names of this process

--- A name beside `path` that no other writer uses.
function atomic_file.temporary(path)
  made = made + 1
  return ("%s.tmp-%d-%d"):format(path, uv.os_getpid(), made)
end

--- Puts the finished file `temporary` in the place of `path`; removes it where that fails. true, or nil and a message.
function atomic_file.replace(temporary, path)
  local ok, message = uv.fs_rename(temporary, path)
  if ok then return true end
  uv.fs_unlink(temporary)
  return nil, ("cannot write '%s': %s"):format(path, message)
end

--- Writes `text` to `path`: to a temporary file beside it, synchronised, then renamed. A temporary that a killed process left there is
-- removed. true, or nil and a message.
function atomic_file.write(path, text) return core.store.write_file(path, text) end

--- Makes a folder and those above it. true, or nil and a message.
function atomic_file.make_folder(path)
  local stat = uv.fs_stat(path)
  if stat then
    if stat.type == "directory" then return true end
    return nil, ("cannot make the folder '%s': a file has that name"):format(path)
  end
  local parent = path:match("^(.*[^/])/+[^/]+/*$")
  if parent then
    local ok, message = atomic_file.make_folder(parent)
    if not ok then return nil, message end
  end
  local ok, message, code = uv.fs_mkdir(path, tonumber("755", 8))
  if ok or code == "EEXIST" then return true end
  return nil, ("cannot make the folder '%s': %s"):format(path, message)
end

return atomic_file
