--- The reference: a page for each public module and each class of values, from ecgraft.docs.
local docs = require "ecgraft.docs"
local highlight = require "scripts.site.highlight"
local page = require "scripts.site.page"
local schema = require "ecgraft.docs.schema"
local search = require "scripts.site.search"

local reference = {}

local escape = highlight.escape

-- The name of the page that an entry stands on: "eg.nn", "tensor".
local function owner_of(entry)
  if entry.kind == "module" or entry.kind == "class" then return entry.name end
  return entry.name:match "^(.*)[%.:][^%.:]+$"
end

local function path_of(owner) return "reference/" .. owner .. ".html" end

local function anchor_of(entry) return entry.name:match "[^%.:]+$" end

--- Entries by page, in order: a list {name, entry of the page itself, entries}.
local function by_page()
  local list, found = {}, {}
  for _, entry in ipairs(docs.all()) do
    local owner = owner_of(entry)
    if entry.kind == "module" or entry.kind == "class" then
      found[owner] = {owner, entry, {}}
      list[#list + 1] = found[owner]
    else table.insert(found[owner][3], entry) end
  end
  return list
end

-- Names in a text become links to their entries.
local function linked(text, here, targets, own)
  return (text:gsub("[%a_][%w_]*[%.:][%w_%.:]*[%w_]", function(word)
    local target = targets[word] or targets["eg." .. word]
    local plain = escape(word)
    if not target or target == own then return plain end
    return ('<a href="%s">%s</a>'):format(escape(page.relative(here, target)), plain)
  end))
end

--- A comment as HTML: paragraphs, and what is indented as it stands.
local function comment_html(text, here, targets, own)
  local out, lines, kept = {}, {}, false
  local function inline(line)
    local parts, at = {}, 1
    for before, code, behind in line:gmatch "()`([^`]+)`()" do
      parts[#parts + 1] = linked(escape(line:sub(at, before - 1)), here, targets, own)
      parts[#parts + 1] = "<code>" .. linked(escape(code), here, targets, own) .. "</code>"
      at = behind
    end
    parts[#parts + 1] = linked(escape(line:sub(at)), here, targets, own)
    return table.concat(parts)
  end
  local function flush()
    while lines[#lines] == "" do lines[#lines] = nil end
    if #lines == 0 then return end
    if kept then
      for i, line in ipairs(lines) do lines[i] = linked(escape((line:gsub("^  ", ""))), here, targets, own) end
      out[#out + 1] = "<pre>" .. table.concat(lines, "\n") .. "</pre>"
    else
      for i, line in ipairs(lines) do lines[i] = inline(line) end
      out[#out + 1] = "<p>" .. table.concat(lines, "\n") .. "</p>"
    end
    lines = {}
  end
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    local indented = line:find "^%s%s" ~= nil
    if line == "" and not kept then flush()
    else
      if line ~= "" and indented ~= kept then flush() kept = indented end
      lines[#lines + 1] = line
    end
  end
  flush()
  return table.concat(out, "\n")
end

local function summary_html(entry) return (escape(docs.summary(entry)):gsub("`([^`]*)`", "<code>%1</code>")) end

local function options_html(entry, here, targets)
  if #entry.options == 0 then return "" end
  local out = {'<div class="scroll"><table class="options"><thead><tr><th>option</th><th>type</th><th>default</th><th></th></tr></thead>'}
  for _, option in ipairs(entry.options) do
    local kind = option.choices and table.concat(schema.choices(option), ", ") or option.type:gsub("|", " or ")
    out[#out + 1] = ("<tr><td><code>%s</code></td><td>%s</td><td>%s</td><td>%s</td></tr>"):format(escape(option.name), escape(kind),
      option.required and "required" or option.default and "<code>" .. escape(option.default) .. "</code>" or "",
      (linked(escape(option.text), here, targets):gsub("`([^`]*)`", "<code>%1</code>")))
  end
  out[#out + 1] = "</table></div>"
  return table.concat(out, "\n")
end

local function returns_html(entry, here, targets)
  local list = {}
  for i, each in ipairs(entry.returns or {}) do
    list[i] = ("<code>%s</code>%s"):format(linked(escape(each.type), here, targets), each.text ~= "" and " " .. escape(each.text) or "")
  end
  return #list > 0 and "<p>Returns " .. table.concat(list, ", ") .. ".</p>" or ""
end

local function entry_html(entry, here, targets)
  local out = {('<h2 id="%s">%s</h2>'):format(escape(anchor_of(entry)), escape(anchor_of(entry))),
    ('<pre class="signature">%s</pre>'):format(escape(entry.signature)),
    comment_html(entry.text, here, targets, path_of(owner_of(entry)) .. "#" .. anchor_of(entry)), options_html(entry, here, targets),
    returns_html(entry, here, targets)}
  if entry.file then
    out[#out + 1] = ('<p class="where">%s, line %d</p>'):format(escape(entry.file), entry.line or 1)
  end
  return table.concat(out, "\n")
end

local GROUPS = {{"Functions", "function"}, {"Layers", "layer"}, {"Tasks", "task"}, {"Strategies", "strategy"}, {"Methods", "method"},
  {"Ops", "op"}, {"Values", "value"}}

local NOTES = {eg = "Each op is a method of tensors as well: eg.relu(x) is x:relu()."}

local function names_table(rows)
  return ('<div class="scroll"><table class="names">\n%s\n</table></div>'):format(table.concat(rows, "\n"))
end

local function fields_html(self, here, targets)
  local rows = {}
  for i, field in ipairs(self.fields or {}) do
    rows[i] = ("<tr><td><code>%s</code></td><td>%s</td><td>%s</td></tr>"):format(escape(field.name),
      linked(escape(field.type .. (field.optional and "?" or "")), here, targets), linked(escape(field.text), here, targets))
  end
  return #rows > 0 and "<h3>Fields</h3>\n" .. names_table(rows) or ""
end

local function owner_page(owner, self, entries, targets)
  local here = path_of(owner)
  local title = self.kind == "class" and ("%s (%s)"):format(owner, self.class) or owner
  local out = {("<h1>%s</h1>"):format(escape(title))}
  if self.kind == "module" then out[#out + 1] = ("<pre>%s</pre>"):format(escape(self.signature)) end
  out[#out + 1] = comment_html(self.text, here, targets, here)
  if NOTES[owner] then out[#out + 1] = "<p>" .. escape(NOTES[owner]) .. "</p>" end
  out[#out + 1] = fields_html(self, here, targets)
  local body = {}
  for _, group in ipairs(GROUPS) do
    local rows = {}
    for _, entry in ipairs(entries) do
      if entry.kind == group[2] then
        local name = ("<code>%s</code>"):format(escape(anchor_of(entry)))
        if entry.kind ~= "value" then name = ('<a href="#%s">%s</a>'):format(escape(anchor_of(entry)), name) end
        rows[#rows + 1] = ("<tr><td>%s</td><td>%s</td></tr>"):format(name, summary_html(entry))
        if entry.kind ~= "value" then body[#body + 1] = entry_html(entry, here, targets) end
      end
    end
    if #rows > 0 then
      out[#out + 1] = ("<h3>%s</h3>\n%s"):format(group[1], names_table(rows))
    end
  end
  return {path = here, title = title, html = table.concat(out, "\n") .. "\n" .. table.concat(body, "\n")}
end

-- What the search finds of an entry: {name, path, page, first sentence, words}.
local function found_as(entry, path, page_name)
  local words = {entry.text}
  for _, list in ipairs{entry.options, entry.fields} do
    for _, each in ipairs(list) do table.move({each.name, each.text}, 1, 2, #words + 1, words) end
  end
  return {entry.name, path, page_name, (docs.summary(entry):gsub("`", "")), search.words(table.concat(words, " "))}
end

--- The pages {path, title, html}, the first the index, the links for the navigation {{text, path}, ...}, and what the search finds.
function reference.pages()
  local groups, targets = by_page(), {}
  for _, group in ipairs(groups) do
    targets[group[1]] = path_of(group[1])
    if group[2].class then targets[group[2].class] = path_of(group[1]) end
    for _, entry in ipairs(group[3]) do
      if entry.kind ~= "value" then targets[entry.name] = path_of(group[1]) .. "#" .. anchor_of(entry) end
    end
  end
  local index = "reference/index.html"
  local pages, links, modules, classes, names, entries_found = {}, {{"Index", index}}, {}, {}, {}, {}
  for _, group in ipairs(groups) do
    local owner, self, entries = table.unpack(group)
    pages[#pages + 1] = owner_page(owner, self, entries, targets)
    links[#links + 1] = {owner, path_of(owner)}
    local row = ('<tr><td><a href="%s"><code>%s</code></a></td><td>%s</td></tr>'):format(page.relative(index, path_of(owner)),
      escape(owner), summary_html(self))
    table.insert(self.kind == "class" and classes or modules, row)
    entries_found[#entries_found + 1] = found_as(self, path_of(owner), "Reference")
    for _, entry in ipairs(entries) do
      if entry.kind ~= "value" then
        names[#names + 1] = entry.name
        entries_found[#entries_found + 1] = found_as(entry, targets[entry.name], "Reference, " .. owner)
      end
    end
  end
  table.sort(names, function(a, b)
    local x, y = a:match("[^%.:]+$"):lower(), b:match("[^%.:]+$"):lower()
    if x ~= y then return x < y end
    return a < b
  end)
  for i, name in ipairs(names) do
    names[i] = ('<a href="%s"><code>%s</code></a>'):format(escape(page.relative(index, targets[name])), escape(name))
  end
  table.insert(pages, 1, {path = index, title = "Reference", html = table.concat({"<h1>Reference</h1>",
    "<p>Made from the comments of the sources. In a session of Lua the same is found by ",
    "<code>require(\"ecgraft.docs\").find \"eg.fit\"</code>.</p>",
    '<h2 id="modules">Modules</h2>', names_table(modules), '<h2 id="values">Values and their methods</h2>', names_table(classes),
    '<h2 id="names">All names</h2>', "<p>" .. table.concat(names, ", ") .. "</p>"}, "\n")})
  return pages, links, entries_found
end

return reference
