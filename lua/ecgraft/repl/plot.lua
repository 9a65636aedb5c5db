--- plot(value [, path]) at the prompt: draws a value, and opens the picture where there is a screen for it.
local files = require "ecgraft.files"
local named = require "ecgraft.named"
local options = require "ecgraft.options"
local programs = require "ecgraft.repl.programs"
local uv = require "luv"

local plot = {}

--- The program that opens a picture; nil where there is no screen.
function plot.viewer()
  if uv.os_uname().sysname == "Darwin" then return not os.getenv "SSH_CONNECTION" and "open" or nil end
  local has_screen = (os.getenv "WAYLAND_DISPLAY" or "") .. (os.getenv "DISPLAY" or "") ~= ""
  return has_screen and programs.find "xdg-open" and "xdg-open" or nil
end

-- Starts the viewer and does not wait for it.
local function open(program, path)
  local process = uv.spawn(program, {args = {path}, detached = true, stdio = {nil, nil, nil}}, function() end)
  if not process then
    uv.run "nowait" -- luv's half-made process must be gone before its memory is
    return false
  end
  process:unref()
  return true
end

local function free_name()
  for i = 1, math.maxinteger do
    local path = ("plot-%d.svg"):format(i)
    if not files.exists(path) then return path end
  end
end

--- Draws `value` into the file `path` (.svg, .png, .pdf). Without a path: into a temporary file that is opened where there is a screen,
-- else into plot-1.svg, plot-2.svg ... Returns nothing and prints where it is; nil, message where the file cannot be written.
function plot.draw(value, path)
  if path ~= nil then options.argument("plot", 2, "path", path, {type = "string"}) end
  local drawn, picture = pcall(require "ecgraft.repl.picture", value)
  if not drawn then error(picture, 2) end
  local viewer = plot.viewer()
  local shown = path
  if not shown and viewer then
    local name = os.tmpname()
    os.remove(name)
    shown = name .. ".svg"
  end
  shown = shown or free_name()
  local ok, message = require("ecgraft.plot").save(shown, picture)
  if not ok then return nil, message end
  if viewer and open(viewer, shown) then print(("opened %s"):format(shown))
  else print(("written to %s"):format(shown)) end
end

--- A table that is called as plot.draw and has the functions of eg.plot.
function plot.callable(module)
  return named.module(setmetatable({}, {__index = module, parts = module, __call = function(_, ...) return plot.draw(...) end}),
    "plot(value [, path]) draws what fits the value; and as in eg.plot")
end

return plot
