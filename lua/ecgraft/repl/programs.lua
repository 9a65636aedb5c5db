--- Programs on the path.
local uv = require "luv"

local programs = {}

--- Where a program is, or nil.
function programs.find(name)
  for folder in (os.getenv "PATH" or ""):gmatch "[^:]+" do
    if uv.fs_access(folder .. "/" .. name, "X") then return folder .. "/" .. name end
  end
  return nil
end

return programs
