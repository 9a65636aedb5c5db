--- Text that comes from files: read whole, trimmed, and shown in messages. The time each takes is in proportion to the text.
local lfs = require "lfs"

local text = {}

local SHOWN, LISTED = 60, 12 -- bytes of a text in a message, names in a list

--- Without white space at both ends. (In "^%s*(.-)%s*$" every space is tried against every other.)
function text.trim(value)
  local from = value:find("%S")
  return from and value:match("^.*%S", from) or ""
end

-- The beginning of a text, as UTF-8; what is not printable as "?".
local function printable(value)
  local cut = value:sub(1, SHOWN)
  if #value > SHOWN then cut = cut:gsub("[\xC2-\xF4][\x80-\xBF]*$", "") end -- a character that was cut
  return (cut:gsub(utf8.len(cut) and "%c" or "[%c\128-\255]", "?"))
end

--- A name for a message, cut off.
function text.name(value)
  return printable(value) .. (#value > SHOWN and ("... (%d bytes)"):format(#value) or "")
end

--- A text for a message: in quotes, cut off.
function text.show(value)
  return ('"%s"%s'):format(printable(value), #value > SHOWN and ("... (%d bytes)"):format(#value) or "")
end

--- Names for a message: "I, II, V1", the first of them where there are many; "none" where there is none.
function text.list(names)
  local out = {}
  for i = 1, math.min(#names, LISTED) do out[i] = printable(tostring(names[i])) end
  if #names > LISTED then out[#out + 1] = ("... (%d in all)"):format(#names) end
  return #names > 0 and table.concat(out, ", ") or "none"
end

--- The content of a regular file of at most `most` bytes; nil, message where there is none. (A pipe would be waited for.)
function text.read(path, most)
  local mode = lfs.attributes(path, "mode")
  if mode and mode ~= "file" then
    return nil, ("%s: expected a regular file, got a %s"):format(path, mode == "directory" and "folder" or mode)
  end
  local file <close>, message = io.open(path, "rb")
  if not file then return nil, message end
  local size = file:seek("end", 0)
  file:seek("set", 0)
  if not size or size > most then return nil, ("%s: expected at most %d bytes, got %d"):format(path, most, size or -1) end
  local content, reason = file:read("a")
  if not content then return nil, ("%s: %s"):format(path, reason) end
  return content
end

return text
