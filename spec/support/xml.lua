--- A small strict XML reader for tests: refuses what is not well-formed and returns a tree to look into.
-- An element is {name =, attributes = {}, children = {elements}, text = all text in it, parent =}. HTML pages are read with
-- xml.parse(text, {void = {"meta", ...}}): elements that are never closed. A doctype is skipped.
local xml = {}

local function fail(text, position, message)
  local before = text:sub(1, position)
  local _, line = before:gsub("\n", "")
  error(("line %d: %s near %q"):format(line + 1, message, text:sub(position, position + 40)), 0)
end

local known = { amp = "&", lt = "<", gt = ">", quot = '"', apos = "'", ["#39"] = "'" }

local function decode(text, raw, position)
  if raw:find("[%z\1-\8\11\12\14-\31]") then fail(text, position, "control character") end
  if not utf8.len(raw) then fail(text, position, "invalid UTF-8") end
  local rest = raw:gsub("&(#?%w+);", "")
  if rest:find("&", 1, true) then fail(text, position, "bare &") end
  return (raw:gsub("&(#?%w+);", function(name)
    return known[name] or fail(text, position, "unknown entity " .. name)
  end))
end

local function read_attributes(text, source, position)
  local attributes, at = {}, 1
  while at <= #source do
    local _, stop, name, value = source:find('^%s+([%w_:%-]+)="([^"<]*)"', at)
    if not stop then
      if source:find("^%s*$", at) then break end
      fail(text, position, "bad attributes '" .. source .. "'")
    end
    if attributes[name] then fail(text, position, "attribute twice: " .. name) end
    attributes[name] = decode(text, value, position)
    at = stop + 1
  end
  return attributes
end

--- Parses a document with one root; raises with line and reason where it is not well-formed.
function xml.parse(text, options)
  local void = {}
  for _, name in ipairs(options and options.void or {}) do void[name] = true end
  local root = { name = "document", attributes = {}, children = {}, pieces = {} }
  local current, position = root, 1
  while position <= #text do
    local open = text:find("<", position, true)
    local chunk = text:sub(position, (open or #text + 1) - 1)
    if chunk ~= "" then
      if chunk:find(">", 1, true) and current.name ~= "style" then fail(text, position, "bare >") end
      if current == root and chunk:find("%S") then fail(text, position, "text outside the root") end
      table.insert(current.pieces, decode(text, chunk, position))
    end
    if not open then break end
    local stop = text:find(">", open, true) or fail(text, open, "tag without end")
    local inside = text:sub(open + 1, stop - 1)
    if inside:sub(1, 1) == "!" then
      if inside:sub(1, 8) ~= "!DOCTYPE" then fail(text, open, "only a doctype is expected") end
    elseif inside:sub(1, 1) == "/" then
      local name = inside:match("^/([%w:]+)%s*$")
      if name ~= current.name then fail(text, open, ("</%s> closes <%s>"):format(tostring(name), current.name)) end
      current.text = table.concat(current.pieces)
      table.insert(current.parent.pieces, current.text)
      current = current.parent
    else
      local name, rest = inside:match("^([%a][%w:]*)(.*)$")
      if not name then fail(text, open, "bad tag") end
      local closed = rest:sub(-1) == "/"
      if closed then rest = rest:sub(1, -2) end
      local attributes = read_attributes(text, rest, open)
      local element = { name = name, attributes = attributes, children = {}, pieces = {}, parent = current, text = "" }
      table.insert(current.children, element)
      if not closed and not void[name] then current = element end
    end
    position = stop + 1
  end
  if current ~= root then fail(text, #text, "<" .. current.name .. "> is not closed") end
  if #root.children ~= 1 then error("one root expected, got " .. #root.children, 0) end
  return root.children[1]
end

--- All elements below (and with) `element` for which accept(element) is true, or that have the name `accept`.
function xml.find(element, accept, found)
  found = found or {}
  local take = type(accept) == "string" and element.name == accept or type(accept) == "function" and accept(element)
  if take then found[#found + 1] = element end
  for _, child in ipairs(element.children) do xml.find(child, accept, found) end
  return found
end

--- Elements with a class.
function xml.with_class(element, class)
  return xml.find(element, function(e) return (" " .. (e.attributes.class or "") .. " "):find(" " .. class .. " ", 1, true) ~= nil end)
end

--- The texts of all elements of a name.
function xml.texts(element, name)
  local texts = {}
  for i, each in ipairs(xml.find(element, name)) do texts[i] = each.text end
  return texts
end

--- Numbers of a points attribute as {{x, y}, ...}.
function xml.points(element)
  local points = {}
  for x, y in element.attributes.points:gmatch("(%-?[%d.]+),(%-?[%d.]+)") do points[#points + 1] = { tonumber(x), tonumber(y) } end
  return points
end

return xml
