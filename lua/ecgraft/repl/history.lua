--- The lines of earlier sessions, in a file: one input a line, its line breaks as "\n" and its backslashes doubled.
local atomic_file = require "ecgraft.atomic_file"
local files = require "ecgraft.files"
local uv = require "luv"

local history = {}

local KEPT = 2000 -- inputs

--- Where they are kept: $ECGRAFT_HISTORY, else ecgraft/history below $XDG_STATE_HOME or ~/.local/state. nil: nowhere, because
-- ECGRAFT_HISTORY is empty or there is no home.
function history.path()
  local named = os.getenv "ECGRAFT_HISTORY"
  if named then return named ~= "" and named or nil end
  local state = os.getenv "XDG_STATE_HOME"
  if not state or state:sub(1, 1) ~= "/" then
    local home = os.getenv "HOME"
    if not home or home == "" then return nil end
    state = home .. "/.local/state"
  end
  return state .. "/ecgraft/history"
end

local function encode(text) return (text:gsub("[\\\n]", {["\\"] = "\\\\", ["\n"] = "\\n"})) end

local function decode(line) return (line:gsub("\\(.)", function(c) return c == "n" and "\n" or c end)) end

--- The inputs that are kept, oldest first; an empty list where there are none. A file that has grown long is cut.
function history.load(path)
  local text = files.read(path)
  local list = {}
  for line in (text or ""):gmatch "([^\n]+)" do list[#list + 1] = line end
  if #list > 2 * KEPT then
    list = table.move(list, #list - KEPT + 1, #list, 1, {})
    if atomic_file.write(path, table.concat(list, "\n") .. "\n") then uv.fs_chmod(path, tonumber("600", 8)) end
  end
  for i, line in ipairs(list) do list[i] = decode(line) end
  return list
end

--- Adds an input to the file, at once, so that a session that is killed has kept it. true, or nil and a message.
function history.add(path, text)
  local folder = path:match("^(.*)/[^/]*$")
  if folder and folder ~= "" then
    local ok, message = files.make_folder(folder)
    if not ok then return nil, message end
  end
  local file, message = uv.fs_open(path, "a", tonumber("600", 8)) -- what one types is one's own affair
  if not file then return nil, message end
  local written, failure = uv.fs_write(file, encode(text) .. "\n", -1)
  uv.fs_close(file)
  if not written then return nil, failure end
  return true
end

return history
