--- What the search of the site finds: titles, headings and names, each with its first sentence and the words of its text. search.js does
-- the searching.
local markdown = require "scripts.site.markdown"

local search = {}

local LONGEST = 160 -- bytes of a sentence that are shown

--- The first sentence of a text, cut at a word where it is long.
function search.sentence(text)
  text = text:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")
  local first = text:match "^(.-[.:!?]) %u" or text
  if #first <= LONGEST then return first end
  local cut = first:sub(1, LONGEST):match "^(.*) " or first:sub(1, LONGEST)
  return (cut:gsub("[%s,;:]+$", "")) .. " …"
end

--- The words of a text in lower case, each once, in their order.
function search.words(text)
  local list, seen = {}, {}
  for word in text:lower():gmatch "[%a_][%w_]+" do
    if not seen[word] then
      seen[word] = true
      list[#list + 1] = word
    end
  end
  return table.concat(list, " ")
end

--- The entries {name, path, page, first sentence, words} of a page: of its title, and of each heading that has an anchor.
function search.of_page(path, title, html)
  local entries = {}
  local function add(name, anchor, piece)
    local prose = piece:gsub("<pre.-</pre>", " "):gsub("<table.-</table>", " "):gsub("<picture.-</picture>", " ")
    entries[#entries + 1] = {name, path .. anchor, title, search.sentence(markdown.plain(prose)), search.words(markdown.plain(piece))}
  end
  local heads = {} -- where each heading begins and ends
  for first, level, id, inner, last in html:gmatch '()<h(%d) id="([^"]*)">(.-)</h%2>()' do
    heads[#heads + 1] = {first = first, level = level, id = id, text = markdown.plain(inner), last = last}
  end
  if #heads == 0 or heads[1].level ~= "1" then
    add(title, "", html:gsub("^%s*<h1>.-</h1>", ""):sub(1, heads[1] and heads[1].first - 1 or 4000))
  end
  for i, head in ipairs(heads) do
    local piece = html:sub(head.last, heads[i + 1] and heads[i + 1].first - 1 or #html)
    add(head.text, head.level == "1" and "" or "#" .. head.id, piece)
  end
  return entries
end

local function quoted(text)
  return '"' .. text:gsub('[%c"\\<]', function(c) return ("\\u%04x"):format(c:byte()) end) .. '"'
end

local HEAD = "const INDEX = [\n"

--- Whether a text is what search.script made.
function search.is_script(text) return text ~= nil and text:sub(1, #HEAD) == HEAD end

--- The script of the search: its index, an entry a line, and the text of search.js.
function search.script(entries, code)
  local lines = {}
  for i, entry in ipairs(entries) do
    local fields = {}
    for k = 1, 5 do fields[k] = quoted(entry[k] or "") end
    lines[i] = "[" .. table.concat(fields, ",") .. "]"
  end
  return HEAD .. table.concat(lines, ",\n") .. "\n];\n\n" .. code
end

return search
