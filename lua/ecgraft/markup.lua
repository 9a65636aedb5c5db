--- Escaping and elements for XML and HTML: what comes from data can never become markup.
local markup = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

-- Bytes that are no UTF-8 become U+FFFD one by one, so a Latin-1 comment in a record header cannot break a page.
local function valid_utf8(text)
  local parts, position = {}, 1
  while position <= #text do
    local length, bad = utf8.len(text, position)
    if length then
      parts[#parts + 1] = text:sub(position)
      break
    end
    parts[#parts + 1] = text:sub(position, bad - 1)
    parts[#parts + 1] = "\u{FFFD}"
    position = bad + 1
  end
  return table.concat(parts)
end

--- Text that is safe between tags and inside quoted attributes. Control characters that XML forbids are dropped.
function markup.escape(text)
  text = tostring(text)
  if not utf8.len(text) then text = valid_utf8(text) end
  text = text:gsub("[%z\1-\8\11\12\14-\31]", ""):gsub("\u{FFFE}", "\u{FFFD}"):gsub("\u{FFFF}", "\u{FFFD}")
  return (text:gsub("[&<>\"']", entities))
end

local characters = {}
for character, entity in pairs(entities) do characters[entity] = character end

--- What markup.escape was given.
function markup.unescape(text) return (text:gsub("&#?%w+;", characters)) end

--- Attributes in the order of their names. `write` turns numbers into text; false leaves an attribute out.
function markup.attributes(attributes, write)
  local names, parts = {}, {}
  for name, value in pairs(attributes or {}) do
    if value ~= false then names[#names + 1] = name end
  end
  table.sort(names)
  for i, name in ipairs(names) do
    local value = attributes[name]
    if type(value) == "number" and write then value = write(value) end
    parts[i] = (' %s="%s"'):format(name, value == true and name or markup.escape(value))
  end
  return table.concat(parts)
end

return markup
