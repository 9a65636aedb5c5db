--- Names of weights that come from elsewhere, and what they are called here.
--
-- A rule is a pair {from, to}. A `from` that begins with ^ or has a % in it is a Lua pattern, whose matches in a name are replaced by `to`
-- (string.gsub: %1 is the first capture); any other is a whole name. A whole name whose `to` is "" leaves that tensor out.
-- Rules are a list of pairs, each of which sees what those before it made; or a table {[from] = to} (patterns first, in the order of their
-- text, then at most one whole name); or a function from a name to a name (nil leaves the tensor out).
local files = require "ecgraft.files"
local options = require "ecgraft.options"

local rename = {}

local function is_pattern(text) return text:find "^%^" ~= nil or text:find("%", 1, true) ~= nil end

local function check_rule(where, i, from, to)
  if type(from) ~= "string" or type(to) ~= "string" or from == "" then
    error(("%s: names: rule %s must be a pair of strings, {from, to}, got %s and %s"):format(where, i, options.show(from),
      options.show(to)), 0)
  end
  return {from = from, to = to, pattern = is_pattern(from)}
end

--- A list of {from =, to =, pattern =} from what the user gave.
local function rules_of(where, given)
  local rules = {}
  if #given > 0 then
    for key in pairs(given) do
      if math.type(key) ~= "integer" then
        error(("%s: names: rules are a list of pairs or a table {[from] = to}, not both: %s stands in a list"):format(where,
          options.show(key)), 0)
      end
    end
    for i, pair in ipairs(given) do
      rules[i] = check_rule(where, i, type(pair) == "table" and pair[1] or pair, type(pair) == "table" and pair[2] or nil)
    end
    return rules
  end
  for _, patterns in ipairs{true, false} do
    for _, from in ipairs(options.names(given)) do
      if is_pattern(from) == patterns then
        rules[#rules + 1] = check_rule(where, options.show(from), from, given[from])
        rules[#rules].last = not patterns
      end
    end
  end
  return rules
end

local function apply(where, rules, name)
  for _, rule in ipairs(rules) do
    if rule.pattern then
      local ok, out, count = pcall(string.gsub, name, rule.from, rule.to)
      if not ok then
        error(("%s: names: %s, %s are not a Lua pattern and what replaces it: %s"):format(where, options.show(rule.from),
          options.show(rule.to), out), 0)
      end
      name, rule.used = out, rule.used or count > 0
    elseif name == rule.from then
      name, rule.used = rule.to, true
      if name == "" then return nil end
      if rule.last then return name end
    end
  end
  return name
end

--- tensors by name -> tensors by the names that `given` makes of them. A rule that matches no name, and two tensors that would have one
-- name, are errors.
function rename.tensors(where, tensors, given)
  if given == nil then return tensors end
  local rules = type(given) == "table" and rules_of(where, given)
  local out, source = {}, {}
  for _, name in ipairs(options.names(tensors)) do
    local new = rules and apply(where, rules, name)
    if not rules then new = given(name) end
    if new ~= nil and type(new) ~= "string" then
      error(("%s: names: the function must return a name or nil, got %s for '%s'"):format(where, options.show(new), name), 0)
    end
    if new and out[new] then
      error(("%s: names: '%s' and '%s' would both be called '%s'"):format(where, source[new], name, new), 0)
    end
    if new then out[new], source[new] = tensors[name], name end
  end
  for _, rule in ipairs(rules or {}) do
    if not rule.used then
      error(("%s: names: %s %s matches no name of the file; there are: %s"):format(where, rule.pattern and "the pattern" or "the name",
        options.show(rule.from), rename.list(options.names(tensors))), 0)
    end
  end
  return out
end

--- Names for a message: at most `most` (8) of them.
function rename.list(names, most)
  most = most or 8
  if #names == 0 then return "none" end
  return table.concat(names, ", ", 1, math.min(#names, most)) .. (#names > most and ", ..." or "")
end

local function from_csv(path)
  local text, message = files.read(path)
  if not text then return nil, message end
  local rules, number = {}, 0
  for line in (text:gsub("^\239\187\191", "") .. "\n"):gmatch "(.-)\r?\n" do
    number = number + 1
    if line:find "%S" then
      local from, to = line:match '^%s*([^,"]-)%s*,%s*([^,"]-)%s*$'
      if not from or from == "" then
        return nil, ("%s, line %d: expected FROM,TO, got %s"):format(path, number, options.show(line))
      end
      if not (number == 1 and from == "from" and to == "to") then rules[#rules + 1] = {from, to} end
    end
  end
  if #rules == 0 then return nil, path .. ": expected lines FROM,TO, got none" end
  return rules
end

--- Rules from a file: .csv with lines FROM,TO (a first line from,to is a heading), or .json with {"from": "to"} or [["from", "to"], ...].
-- nil and a message where it cannot be read.
function rename.read(path)
  if path:find "%.csv$" then return from_csv(path) end
  if not path:find "%.json$" then return nil, path .. ": a map of names must end in .csv or .json" end
  local rules, message = files.read_json(path)
  if not rules then return nil, message end
  if type(rules) ~= "table" or next(rules) == nil then
    return nil, path .. [[: expected {"from": "to", ...} or [["from", "to"], ...] ]]
  end
  return rules
end

return rename
