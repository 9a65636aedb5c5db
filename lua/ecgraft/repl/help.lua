--- ?name and ??word: the documentation of a function, and where a word occurs in it.
local names = require "ecgraft.session.names"
local screen = require "ecgraft.repl.screen"
local table_text = require "ecgraft.table_text"

local help = {}

--- The value that a name has in the session: "eg.fit", "net:train". nil for what is no such name.
function help.value_of(topic, environment)
  local value
  for separator, name in ("." .. topic):gmatch "([%.:])([%a_][%w_]*)" do
    if value == nil then value = separator == "." and environment[name] or nil
    else value = names.get(value, name) end
    if value == nil then return nil end
  end
  return value
end

local DEEP = 8 -- a line that is set in so far goes on with the item above it

--- Text of a comment at the width of the terminal: paragraphs are filled anew, lists keep their hanging indent, code its lines.
local function flowed(text, width)
  local out, words, lead, indent = {}, nil, "", 0
  local function flush()
    if words then screen.fill(words, lead, indent, width, out) end
    words = nil
  end
  for line in (text .. "\n"):gmatch "(.-)\n" do
    local space, rest = line:match "^(%s*)(.*)$"
    if rest == "" then
      flush()
      out[#out + 1] = ""
    elseif words and (#space == 0 and indent == 0 or #space >= DEEP and lead ~= "") then
      words, indent = words .. " " .. rest, math.min(#space, width // 2)
    elseif #space == 0 then
      flush()
      words, lead, indent = rest, "", 0
    else
      flush()
      local head, tail = line:match "^(%s+%S+%s%s+)(.*)$" -- "  name   text"
      if not head then head, tail = line:match "^(%s+[%w_]+, [%w_, ]*[%w_]%s%s+)(.*)$" end -- "  name, other   text"
      if #line <= width and not head then out[#out + 1] = line
      else
        head, tail = head or space, tail or rest
        words, lead, indent = tail, head, math.min(#head, width // 2)
      end
    end
  end
  flush()
  return table.concat(out, "\n")
end

local function choices_text(option)
  local shown = {}
  for k, choice in ipairs(option.choices or {}) do shown[k] = type(choice) == "string" and ("%q"):format(choice) or tostring(choice) end
  return table.concat(shown, ", ")
end

-- A line for each option; what the text has said of it already is not said again.
local function option_lines(options, text, width)
  local out, widest, said = {}, 0, 0
  for _, option in ipairs(options) do
    widest = math.max(widest, #option.name)
    if ("\n" .. text):find("\n%s+" .. option.name .. "[%s,]") then said = said + 1 end
  end
  for _, option in ipairs(options) do
    local kind = option.type == "any" and "" or (option.type or ""):gsub("|", " or ")
    local value = option.required and "required" or option.default and "default " .. option.default or nil
    local words, listed = kind .. (value and (kind ~= "" and ", " or "") .. value or ""), choices_text(option)
    if listed ~= "" and #listed <= 100 then words = words .. (words ~= "" and "; one of " or "one of ") .. listed end
    local note = (option.text or ""):gsub("^" .. listed:gsub("%p", "%%%0") .. ":?%s*", "", listed ~= "" and 1 or 0)
    if note ~= "" and 2 * said < #options then words = words == "" and note or words .. ": " .. note end
    screen.fill(words, ("  %-" .. widest .. "s  "):format(option.name), math.min(widest + 4, width // 2), width, out)
  end
  return table.concat(out, "\n")
end

local function entry_text(entry, o)
  local signature, text = entry.signature or entry.name, entry.text or ""
  local bold = o.colour and "\27[1m%s\27[0m" or "%s"
  local call = {}
  screen.fill(signature, "", 2, o.width, call)
  for i, line in ipairs(call) do call[i] = bold:format(line) end
  for _, said in ipairs{signature, (signature:gsub("^eg%.", ""))} do
    if text:sub(1, #said) == said then
      text = text:sub(#said + 1):gsub("^%s*%-%->%s*", "--> "):gsub("^:?%s*", "")
      break
    end
  end
  local parts = {table.concat(call, "\n")}
  if text ~= "" then parts[#parts + 1] = flowed(text, o.width) end
  if entry.options and #entry.options > 0 then
    parts[#parts + 1] = "\nOptions:\n" .. option_lines(entry.options, text, o.width)
  end
  if entry.file then
    local path = entry.file:gsub("[^/]+/%.%./", "")
    parts[#parts + 1] = ("\n%s%s"):format(path, entry.line and (", line %d"):format(entry.line) or "")
  end
  return table.concat(parts, "\n")
end

--- The text for "?name". o: width, colour.
function help.about(topic, environment, o)
  local docs = require "ecgraft.docs"
  local value = help.value_of(topic, environment)
  if value ~= nil and type(value) ~= "string" and type(value) ~= "number" and type(value) ~= "boolean" then
    local entry = docs.find(value)
    if entry then return entry_text(entry, o) end
  end
  local entry, similar = docs.find(topic)
  if entry then return entry_text(entry, o) end
  if type(value) == "function" then return require("ecgraft.display.text")(value) .. "\nIt has no documentation." end
  if type(similar) == "table" and #similar > 0 then
    return flowed(("There is no '%s' in the documentation. Near to it: %s"):format(topic, table.concat(similar, ", ")), o.width)
  end
  return flowed(("There is no '%s' in the documentation; ??%s looks for the word in it."):format(topic, topic), o.width)
end

--- The text for "??word": a line for each entry that has it.
function help.search(word, o)
  local docs = require "ecgraft.docs"
  local found = docs.search(word) ---@type table[]
  local rows = {}
  local MOST = 20
  local width = o.width ---@type integer
  local widest = 0
  for i = 1, math.min(#found, MOST) do widest = math.max(widest, #found[i].name) end
  for i = 1, math.min(#found, MOST) do
    local sentence, room = docs.summary(found[i]), math.max(4, width - widest - 2)
    if table_text.width(sentence) > room then sentence = sentence:sub(1, utf8.offset(sentence, room - 3) - 1) .. "..." end
    rows[i] = ("%-" .. widest .. "s  %s"):format(found[i].name, sentence)
  end
  if #found == 0 then return ("The documentation does not have '%s'."):format(word) end
  if #found > MOST then rows[#rows + 1] = ("and %d more"):format(#found - MOST) end
  return table.concat(rows, "\n")
end

--- What a text asks, as in "?name", "name?" and "??word": "?" or "??" and the name or word; nil where it is no question.
function help.question(text)
  local marks, topic = text:match "^%s*(%?%??)%s*([^%?%s][^%?\n]-)%s*$"
  if not marks then topic, marks = text:match "^%s*([%a_][%w_%.:]*)%s*(%?%??)%s*$" end
  return marks, topic
end

--- The answer to a question, see above; nil where it is none.
function help.answer(text, environment, o)
  local marks, topic = help.question(text)
  if marks == "?" then return help.about(topic, environment, o) end
  return marks and help.search(topic, o)
end

return help
