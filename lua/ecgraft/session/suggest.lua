--- What a name that is not there may have been meant to be: "did you mean 'train'?". Asked when an error is shown; the names are those that
-- completion knows.
local keywords = require "ecgraft.keywords"
local named = require "ecgraft.named"
local names = require "ecgraft.session.names"
local near = require "ecgraft.near"
local source = require "ecgraft.session.source"

local suggest = {}

local MOST = 3 -- names that are suggested

local question = near.question

-- A variable that is not there: one that is, or a part of the library.
local function of_variable(name, scene, known)
  local eg = scene.find "eg"
  if eg == nil and name == "eg" then return 'eg is a variable after: local eg = require "ecgraft"' end
  local parts = named.title(eg) and named.names(eg) or {}
  for _, part in ipairs(parts) do if part == name then return question({name}, "eg.") end end
  for _, part in ipairs(parts) do
    local module = names.get(eg, part)
    if named.title(module) and names.get(module, name) ~= nil then
      return question({name}, (rawequal(scene.find(part), module) and "" or "eg.") .. part .. ".")
    end
  end
  local all = table.move(known, 1, #known, #scene.names + 1, table.move(scene.names, 1, #scene.names, 1, {}))
  return question(near.names(name, all, MOST)) or question(near.names(name, parts, MOST), "eg.")
end

-- A field or method that is not there, of a value that is known.
local function of_value(name, value, is_method)
  if value == nil or names.get(value, name) ~= nil then return nil end
  return question(near.names(name, names.of(value, is_method), MOST))
end

-- The tokens of a text, and for each the line it is in.
local function numbered(text)
  local tokens, line, at = source.tokens(text), 1, 1
  for _, token in ipairs(tokens) do
    for _ in text:sub(at, token.first - 1):gmatch "\n" do line = line + 1 end
    token.line, at = line, token.first
  end
  return tokens
end

-- Calls fn(tokens, i) for the names in the scene's line of the text, then for those of the lines around it, until it gives something.
local function each_name(text, scene, fn)
  local AROUND = 3
  local tokens = numbered(text or "")
  for distance = 0, AROUND do
    for i, token in ipairs(tokens) do
      if token.kind == "name" and math.abs(token.line - scene.line) == distance and not keywords[token.text] then
        local found = fn(tokens, i)
        if found then return found end
      end
    end
  end
end

-- "attempt to call a nil value (method 'trian')": the value is in front of the name in the text; or, for a method, on the stack behind the
-- function that is nil.
local function of_member(name, is_method, scene, text, variables)
  local found = each_name(text, scene, function(tokens, i)
    local mark = tokens[i - 1]
    if tokens[i].text ~= name or not mark or mark.text ~= (is_method and ":" or ".") then return nil end
    return of_value(name, (names.chain(tokens, i - 2, variables)), is_method)
  end)
  if found or not is_method then return found end
  for i = scene.values.n, 2, -1 do
    found = scene.values[i - 1] == nil and of_value(name, scene.values[i], true)
    if found then return found end
  end
end

-- A call of the library that was given nil: a name in that line that is nothing and near to one that is something.
local function of_argument(scene, text, known, variables)
  return each_name(text, scene, function(tokens, i)
    local name, mark, behind = tokens[i].text, tokens[i - 1] and tokens[i - 1].text, tokens[i + 1] and tokens[i + 1].text
    if tokens[i].line ~= scene.line or behind == "=" then return nil end
    local found
    if mark == "." then found = of_value(name, (names.chain(tokens, i - 2, variables)))
    elseif mark ~= ":" and scene.find(name) == nil then found = of_variable(name, scene, known) end
    return found and ("%s is nil; %s"):format(name, found)
  end)
end

--- A hint for an error, or nil. message: Lua's; scene: see trace.scene; text: the source that the scene's line is of, nil where it is not
-- known; known: names of the session's variables.
function suggest.of_error(message, scene, text, known)
  local kind, name = message:match "a nil value %((%a+) '([%w_]+)'%)$"
  local variables = setmetatable({}, {__index = function(_, each) return scene.find(each) end})
  if message:find "attempt to index a nil value %(local 'self'%)$" then return "a method is called with a colon: value:method(...)" end
  if kind and scene.is_within then return nil end
  if kind == "global" then return of_variable(name, scene, known) end
  if kind == "method" or kind == "field" then return of_member(name, kind == "method", scene, text, variables) end
  if scene.is_within and (message:find "got nil%f[%W]" or message:find "got no value%f[%W]") then
    return of_argument(scene, text, known, variables)
  end
end

--- A hint for a piece of Lua that is a name alone, as in `nett` or `parts.trian`, and whose value is nil; else nil.
function suggest.of_nil(text, env, known)
  local tokens = source.tokens(text)
  local last = tokens[#tokens]
  if not last or last.kind ~= "name" or keywords[last.text] then return nil end
  if #tokens == 1 then return of_variable(last.text, {find = function(name) return env[name] end, names = {}}, known) end
  if tokens[#tokens - 1].text ~= "." then return nil end
  local value, first = names.chain(tokens, #tokens - 2, env)
  return first == 1 and of_value(last.text, value) or nil
end

return suggest
