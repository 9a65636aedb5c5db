--- Text files that are replaced as a whole: a reader sees the old file or the new one, never half.
local uv = require "luv"

local atomic_file = {}

local made = 0 -- counts temporary names of this process

local function write_all(handle, text)
  local offset = 0
  while offset < #text do
    local written, message = uv.fs_write(handle, offset == 0 and text or text:sub(offset + 1), -1)
    if not written then return nil, message end
    if written == 0 then return nil, "no space: nothing could be written" end
    offset = offset + written
  end
  return true
end

local function write_temporary(name, text)
  local handle, message = uv.fs_open(name, "wx", tonumber("644", 8))
  if not handle then return nil, message end
  local ok, failure = write_all(handle, text)
  if ok then ok, failure = uv.fs_fsync(handle) end
  local closed, close_failure = uv.fs_close(handle)
  if not ok then return nil, failure end
  if not closed then return nil, close_failure end
  return true
end

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

--- Writes `text` to `path`: to a temporary file beside it, synchronised, then renamed. true, or nil and a message.
function atomic_file.write(path, text)
  local temporary = atomic_file.temporary(path)
  local ok, message = write_temporary(temporary, text)
  if ok then return atomic_file.replace(temporary, path) end
  uv.fs_unlink(temporary)
  return nil, ("cannot write '%s': %s"):format(path, message)
end

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
