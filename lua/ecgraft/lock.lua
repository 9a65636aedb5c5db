--- One process at a time: a file that says which process has a thing, removed when it lets go. A process of this host that died has let go.
local uv = require "luv"

local lock = {}

local Lock = {}
Lock.__index = Lock

local POLL = 200 -- milliseconds

local function owner_text() return ("%d %s"):format(uv.os_getpid(), uv.os_gethostname()) end

-- true; false where another has it; raises text where no file can be made there.
local function take(path)
  local descriptor, message, code = uv.fs_open(path, "wx", tonumber("644", 8))
  if not descriptor then
    if code == "EEXIST" then return false end
    error(message, 0)
  end
  uv.fs_write(descriptor, owner_text(), 0)
  uv.fs_close(descriptor)
  return true
end

-- Whether the process that the file names is gone. A file that is still empty is about to be filled.
local function is_left(path)
  local file = io.open(path, "r")
  if not file then return false end
  local text = file:read "a"
  file:close()
  local pid, host = text:match("^(%d+) (.+)$")
  if not pid or host ~= uv.os_gethostname() then return false end
  local result, _, code = uv.kill(math.tointeger(pid), 0)
  return not result and code == "ESRCH"
end

--- Waits until this process has the lock `path`; a value to close. Raises text where its folder cannot be written to.
function lock.wait(path)
  while not take(path) do
    if is_left(path) then
      -- Of several that see this only one may take the file away: a rename succeeds once.
      local aside = ("%s.%d"):format(path, uv.os_getpid())
      if uv.fs_rename(path, aside) then os.remove(aside) end
    else
      uv.sleep(POLL)
    end
  end
  return setmetatable({path = path}, Lock)
end

Lock.__close = function(self) os.remove(self.path) end

return lock
