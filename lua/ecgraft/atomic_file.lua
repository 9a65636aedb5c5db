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

-- Keeps what is at `path` under another name: true where there is nothing, that name, or nil and a message.
local function keep(path)
  if not uv.fs_lstat(path) then return true end
  local kept = atomic_file.temporary(path)
  if uv.fs_link(path, kept) then return kept end -- the file stays where it is until the new one takes its place
  local ok, message = uv.fs_copyfile(path, kept)
  if ok then return kept end
  uv.fs_unlink(kept)
  return nil, message
end

-- Puts finished temporaries in their places. Where one fails, those before it are as they were.
local function replace_all(list)
  local failure
  for _, each in ipairs(list) do
    each.kept, failure = keep(each.path)
    local ok = each.kept
    if ok then ok, failure = uv.fs_rename(each.temporary, each.path) end
    each.done = ok and true
    if not ok then
      failure = ("cannot write '%s': %s"):format(each.path, failure)
      break
    end
  end
  for _, each in ipairs(list) do
    local kept = type(each.kept) == "string" and each.kept
    if failure and each.done then
      if kept then uv.fs_rename(kept, each.path) else uv.fs_unlink(each.path) end
    elseif kept then
      uv.fs_unlink(kept)
    end
  end
  if failure then return nil, failure end
  return true
end

--- Writes files that belong together: all are new, or all are as they were before. list: {{path, write}, ...}, where write(name) writes the
-- file under a name beside `path` and returns true, or nil and a message. (Only a process that is killed between two renames leaves some.)
-- true, or nil and a message.
---@param list [string, fun(name: string): any, string?][]
---@return true?
---@return string? message
function atomic_file.together(list)
  local made_files = {}
  local ran, ok, message ---@type boolean, any, string?
  ran, ok = true, true
  for i, each in ipairs(list) do
    local path = uv.fs_realpath(each[1]) or each[1] -- of a link the file that it leads to
    made_files[i] = {path = path, temporary = atomic_file.temporary(path)}
    ran, ok, message = pcall(each[2], made_files[i].temporary)
    if ran and not ok and message then -- it names the temporary
      message = message:gsub(made_files[i].temporary:gsub("%p", "%%%0"), (path:gsub("%%", "%%%%")))
    end
    if not ran or not ok then break end
  end
  if ran and ok then ok, message = replace_all(made_files) end
  for _, each in ipairs(made_files) do uv.fs_unlink(each.temporary) end
  if not ran then error(ok, 0) end
  if not ok then return nil, message end
  return true
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
