--- Pictures to files: SVG as it is; PNG and PDF through the program rsvg-convert where it is installed.
local atomic_file = require "ecgraft.atomic_file"
local options = require "ecgraft.options"

local save = {}

local function quote(path)
  -- A name that begins with a dash would be read as an option.
  if path:sub(1, 1) == "-" then path = "./" .. path end
  return "'" .. path:gsub("'", "'\\''") .. "'"
end

local CONVERTER = "rsvg-convert"

--- Whether PNG and PDF can be written here.
function save.can_convert()
  return (os.execute("command -v " .. CONVERTER .. " >/dev/null 2>&1")) == true
end

local function convert(path, picture, kind, dpi)
  if not save.can_convert() then
    return nil, ("plot.save: writing '%s' needs the program %s (Debian: librsvg2-bin, Fedora: librsvg2-tools, Homebrew: librsvg); "
      .. "a path ending in .svg needs nothing"):format(path, CONVERTER)
  end
  local source, target = atomic_file.temporary(path) .. ".svg", atomic_file.temporary(path)
  local ok, message = atomic_file.write(source, picture)
  if not ok then return nil, "plot.save: " .. message end
  -- Lengths in mm are turned into pixels at 96 to the inch, as browsers do; zoom then gives the resolution asked for.
  local zoom = kind == "png" and options.show(dpi / 96):gsub(",", ".") or "1"
  local command = ("%s --format=%s --dpi-x=96 --dpi-y=96 --zoom=%s --output=%s %s 2>&1"):format(CONVERTER, kind, zoom, quote(target),
    quote(source))
  local pipe = io.popen(command)
  local said = pipe:read("a")
  local done = pipe:close()
  os.remove(source)
  if not done then
    os.remove(target)
    return nil, ("plot.save: %s could not write '%s': %s"):format(CONVERTER, path, said:gsub("%s+$", ""))
  end
  ok, message = atomic_file.replace(target, path)
  if not ok then return nil, "plot.save: " .. message end
  return true
end

local schema = { dpi = { type = "number", default = 192, min = 10, max = 2400 } }

--- Writes an SVG string to a file: .svg as it is, .png and .pdf through rsvg-convert.
-- The file is replaced as a whole. options: dpi = resolution of a PNG (default 192, twice that of a plain screen).
-- Returns true, or nil and a message.
function save.save(path, picture, given)
  options.argument("plot.save", 1, "path", path, { type = "string" })
  options.argument("plot.save", 2, "svg", picture, { type = "string" })
  local o = options.check("plot.save", given, schema)
  local kind = path:lower():match("%.(%w+)$")
  if kind == "png" or kind == "pdf" then return convert(path, picture, kind, o.dpi) end
  if kind ~= "svg" then
    error(("plot.save: path must end in .svg, .png or .pdf, got %s"):format(options.show(path)), 2)
  end
  local ok, message = atomic_file.write(path, picture)
  if not ok then return nil, "plot.save: " .. message end
  return true
end

return save
