--- Completion: what may stand where the cursor is. complete(line, first, last, environment) --> a list of texts for line:sub(first, last).
local lfs = require "lfs"
local keywords = require "ecgraft.keywords"
local names = require "ecgraft.session.names"
local options = require "ecgraft.options"
local source = require "ecgraft.session.source"

local complete = {}

-- The call whose table of options the cursor is in: the value that is called and the token "{"; nil where there is none.
local function enclosing_call(tokens, environment)
  local open = {}
  for i, token in ipairs(tokens) do
    if token.kind == "op" then
      if token.text == "{" or token.text == "(" or token.text == "[" then open[#open + 1] = i
      elseif token.text == "}" or token.text == ")" or token.text == "]" then open[#open] = nil end
    end
  end
  local brace = open[#open]
  if not brace or tokens[brace].text ~= "{" then return nil end
  local before = tokens[brace - 1]
  if not before then return nil end
  if before.text == "(" or before.text == "," then
    local parenthesis = open[#open - 1]
    if not parenthesis or tokens[parenthesis].text ~= "(" then return nil end
    return names.chain(tokens, parenthesis - 1, environment), brace
  end
  return names.chain(tokens, brace - 1, environment), brace
end

local function options_of(called)
  local entry = called ~= nil and require "ecgraft.docs".find(called)
  return entry and entry.options and #entry.options > 0 and entry.options or nil
end

-- Names of options that are not given yet, where the cursor is where one may begin.
local function option_names(tokens, word, environment)
  local before = tokens[#tokens - (word and 1 or 0)]
  if not before or not (before.text == "{" or before.text == "," or before.text == ";") then return nil end
  local called, brace = enclosing_call(tokens, environment)
  local known = options_of(called)
  if not known then return nil end
  local given, depth = {}, 0
  for i = brace + 1, #tokens do
    local text = tokens[i].text
    if text == "{" or text == "(" then depth = depth + 1 elseif text == "}" or text == ")" then depth = depth - 1 end
    if depth == 0 and tokens[i].kind == "name" and tokens[i + 1] and tokens[i + 1].text == "=" then given[text] = true end
  end
  local list = {}
  for _, option in ipairs(known) do if not given[option.name] then list[#list + 1] = option.name end end
  return list
end

-- The values that an option takes, where the cursor is in a string behind its name.
local function choices(tokens, environment)
  local name, equals = tokens[#tokens - 2], tokens[#tokens - 1]
  if not (name and equals and equals.text == "=" and name.kind == "name") then return nil end
  for _, option in ipairs(options_of((enclosing_call(tokens, environment))) or {}) do
    if option.name == name.text then return option.choices or option.suggest end
  end
  return nil
end

local function paths(typed)
  local folder, list = typed:match("^(.*/)") or "", {}
  local part = typed:sub(#folder + 1)
  local ok, iterate, handle = pcall(lfs.dir, folder == "" and "." or folder)
  if not ok then return {} end
  for name in iterate, handle do
    if name:sub(1, #part) == part and name ~= "." and name ~= ".." and (name:sub(1, 1) ~= "." or part ~= "") then
      list[#list + 1] = folder .. name .. (lfs.attributes(folder .. name, "mode") == "directory" and "/" or "")
    end
  end
  return list
end

-- Those that begin with `typed`, in order, each once.
local function matching(list, typed)
  local out, seen = {}, {}
  for _, name in ipairs(list) do
    if name:sub(1, #typed) == typed and not seen[name] then
      seen[name] = true
      out[#out + 1] = name
    end
  end
  table.sort(out)
  return out
end

-- What may stand in the place of the text from `start` to the cursor, whole: a list, and start.
local function candidates(line, environment, known)
  local topic = line:match("^%s*%?%s*()[%w_%.:]*$")
  local tokens = source.tokens(topic and line:sub(topic) or line)
  local last = tokens[#tokens]
  local offset = topic and topic - 1 or 0
  if last and last.kind == "open" then
    local quote = last.text:match("^[\"']")
    if not quote then return {}, #line + 1 end
    local typed = last.text:sub(2)
    local values = choices(tokens, environment)
    return values and matching(values, typed) or matching(paths(typed), typed), last.first + 1
  end
  local word = last and last.kind == "name" and last.last + offset == #line and last or nil
  local typed, start = word and word.text or "", word and word.first + offset or #line + 1
  local separator = tokens[#tokens - (word and 1 or 0)]
  local hidden = typed:sub(1, 1) == "_"
  if separator and (separator.text == "." or separator.text == ":") and separator.kind == "op" then
    local value = names.chain(tokens, #tokens - (word and 2 or 1), environment)
    if value == nil then return {}, start end
    return matching(names.of(value, separator.text == ":" and not topic, hidden), typed), start
  end
  local wanted = option_names(tokens, word, environment)
  if wanted then
    local list = matching(wanted, typed)
    if #list == 1 then list[1] = list[1] .. " = " end
    if #list > 0 then return list, start end
  end
  -- Tab at the beginning of a line indents.
  if typed == "" and not topic and line:match("[^\n]*$"):find("^%s*$") then return {"  "}, start end
  local all = typed ~= "" and options.names(keywords) or {}
  for _, name in ipairs(known) do if hidden or name:sub(1, 1) ~= "_" then all[#all + 1] = name end end
  return matching(all, typed), start
end

--- line: what was typed so far, earlier lines of the same input included; first, last: the word at its end that is replaced.
-- known: the names of variables. Never raises: a Tab is no place for an error.
function complete.find(line, first, last, environment, known)
  local ok, list, start = pcall(candidates, line:sub(1, last), environment, known) ---@type boolean, any, any
  if not ok then return {} end
  -- The terminal's idea of a word may begin later than ours, in "my-file.h5".
  local out = {}
  for _, text in ipairs(list) do
    if first >= start then out[#out + 1] = text:sub(first - start + 1)
    else out[#out + 1] = line:sub(first, start - 1) .. text end
  end
  return out
end

return complete
