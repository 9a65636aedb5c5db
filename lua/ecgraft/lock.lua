--- One process at a time, by a lock that the system holds on a file for as long as a process lives (fcntl's): one that dies lets go of it,
-- on a network file system as well.
local core = require "ecgraft.core"
local lfs = require "lfs"
local uv = require "luv"

local lock = {}

local Lock = {}
Lock.__index = Lock

local POLL, SILENT = 200, 2000 -- milliseconds between two tries; how long nothing is said

--- Waits until this process has the lock on the file `path`, which is made where it is not there; says on standard error what it waits
-- for. A value to close; nil and a message where the file cannot be made, or where the waiting was interrupted.
function lock.wait(path)
  local file, message = io.open(path, "a")
  if not file then return nil, message end
  local waited = 0
  while not lfs.lock(file, "w") do
    if core.interrupted() then
      file:close()
      return nil, ("interrupted while another process had %s"):format(path)
    end
    uv.sleep(POLL)
    waited = waited + POLL
    if waited == SILENT then io.stderr:write(("waiting for the process that holds %s\n"):format(path)) end
  end
  return setmetatable({path = path, file = file}, Lock)
end

--- Lets go. remove: nobody will want the lock again, since what it was for is there.
function Lock:close(remove)
  if not self.file then return end
  if remove then os.remove(self.path) end
  self.file:close()
  self.file = nil
end

Lock.__close = function(self) self:close() end

return lock
