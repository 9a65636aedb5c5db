--- Real ECGs for specs: unpacked once into a folder that later runs find again. They are no part of the project: where the archives are
-- not beside it, specs that need them are pending.
--
-- ECGRAFT_DATA names the folder of archives (with its script `unpack`); by default ../shared/data.
local lfs = require("lfs")

local real_data = {}

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function run(command)
  local ok = os.execute(command .. " >/dev/null 2>&1")
  return ok == true
end

--- The folder of one set (georgia, cpsc2018, cpsc2018-original, ptb, ptb-challenge, ptbxl), or nil and why there is none.
function real_data.folder(name)
  local cache = (os.getenv("TMPDIR") or "/tmp") .. "/ecgraft-data"
  local folder = cache .. "/" .. name
  if lfs.attributes(folder, "mode") == "directory" then return folder end
  local archives = os.getenv("ECGRAFT_DATA") or "../shared/data"
  local archive = name == "ptbxl" and "ptbxl-8000" or name
  if lfs.attributes(archives .. "/" .. archive .. ".tar.xz", "mode") ~= "file" then
    return nil, ("no real ECGs: %s/%s.tar.xz is not there"):format(archives, archive)
  end
  -- Unpacked aside and renamed, so that a run that was stopped, or runs beside each other, leave whole folders only.
  local aside = os.tmpname()
  os.remove(aside)
  local ok = run(("mkdir -p %s && mkdir %s && %s/unpack %s %s && mv %s/%s %s"):format(quoted(cache), quoted(aside), quoted(archives),
    quoted(aside), archive, quoted(aside), name, quoted(folder)))
  run("rm -rf " .. quoted(aside))
  if ok or lfs.attributes(folder, "mode") == "directory" then return folder end
  return nil, ("%s/%s.tar.xz could not be unpacked into %s"):format(archives, archive, cache)
end

return real_data
