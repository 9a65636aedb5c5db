--- portable(data) --> MIME types as Jupyter's front ends should see them, of those that rich(value) gives.
--
-- They prefer HTML to pictures, and show no SVG of a notebook that someone else ran, which is not trusted. So a picture is in the HTML as
-- well, as an image that cannot do anything, with what else there is in HTML below it (the numbers of curves). jupyter/ does the same.
local html = require "ecgraft.html"

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(text)
  local out = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local bits = a << 16 | (b or 0) << 8 | (c or 0)
    for shift = 18, 0, -6 do
      local at = (bits >> shift & 63) + 1
      out[#out + 1] = DIGITS:sub(at, at)
    end
  end
  local missing = -#text % 3
  return table.concat(out, "", 1, #out - missing) .. ("="):rep(missing)
end

return function(data)
  local out = {}
  for name, text in pairs(data) do out[name] = text end
  local svg = data["image/svg+xml"]
  if svg then
    out["text/html"] = html.image("data:image/svg+xml;base64," .. base64(svg), (data["text/plain"] or ""):match "^[^\n]*")
      .. (data["text/html"] and html.details("As a table", data["text/html"]) or "")
  end
  return out
end
