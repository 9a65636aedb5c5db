--- The documentation, read from the sources when it is asked for: docs.find("eg.fit"), docs.search("patient"), docs.all().
--
-- An entry is a table:
--   name       "eg.nn.Conv1d", "tensor:matmul", "set:split", "eg.data" (a module), "set" (a class of values)
--   kind       "function", "method", "op", "layer", "strategy", "task", "module", "class" or "value"
--   signature  "eg.fit(net, train [, options])"
--   text       what its comment says
--   options    {{name =, type =, default = text or nil, required =, choices =, text =}, ...}, empty where it takes none
--   returns    {{type =, text =}, ...} where it is known
--   fields     of a class: {{name =, type =, optional =, text =}, ...}
--   item       the part of the text that is about this name alone, where the text is a list
--   file, line where it is written; nil for what is in C
local colon = require "ecgraft.colon"
local core = require "ecgraft.core"
local declared = require "ecgraft.docs.declared"
local near = require "ecgraft.near"
local places = require "ecgraft.docs.places"
local schema = require "ecgraft.docs.schema"
local source = require "ecgraft.docs.source"

local docs = {}

docs.names_of = places.names_of

-- Made when first asked for.
local entries ---@type table[]
local by_name ---@type table<string, table>
local by_value ---@type table<any, table>
local ops ---@type table<string, table>

local function last_part(name) return name:match "[^%.:]+$" end

local function parameter_names(fn)
  local info, list = debug.getinfo(fn, "u"), {}
  for i = 1, info.nparams do list[i] = debug.getlocal(fn, i) end
  if info.isvararg then list[#list + 1] = "..." end
  return list
end

--- A call in words: the names of parameters, those that may be left out in brackets.
local function call_text(name, parameters, declaration)
  local optional = {}
  for _, each in ipairs(declaration and declaration.params or {}) do optional[each.name] = each.optional end
  local parts, open = {}, 0
  for i, each in ipairs(parameters) do
    local shown = each == "given" and "options" or each
    local may = optional[shown] == true
    if shown == "..." then may = false end
    local before = i == 1 and "" or ", "
    if may then before, open = (i == 1 and "[" or " [, "), open + 1 end
    parts[#parts + 1] = before .. shown
  end
  return ("%s(%s%s)"):format(name, table.concat(parts), ("]"):rep(open))
end

-- What the head of a file says about a name: the line that shows it being called; with a table alone only where that is all it takes.
local function signature_in(text, name, parameters)
  local short = last_part(name)
  for line in (text or ""):gmatch "[^\n]+" do
    local arguments = line:match("%f[%w_]" .. short .. "(%b())")
    if not arguments and #(parameters or {}) <= 1 then arguments = line:match("%f[%w_]" .. short .. "(%b{})") end
    if arguments then return name .. arguments end
  end
  return nil
end

-- What the head of a file says about one name, where it has a list of calls: its first words, and the lines about that call.
local function item_of(head, name)
  local short, first, lines = last_part(name), {}, {}
  local indent ---@type integer?
  local opening = true
  for line in (head .. "\n"):gmatch "([^\n]*)\n" do
    local space = line:match "^%s*"
    if opening and (line == "" or #space > 1) then opening = false end
    if opening then first[#first + 1] = line end
    if indent and #space <= indent then break end
    if indent then lines[#lines + 1] = line
    elseif #space > 1 and line:find("%f[%w_]" .. short .. "%s?[%({]") then
      indent, lines[1] = #space, line
    end
  end
  if #lines == 0 then return nil end
  local item = table.concat(lines, "\n")
  return table.concat(first, "\n") .. "\n\n" .. item, item
end

--- What an entry is, in one sentence, for lists.
function docs.summary(entry)
  local lines = {}
  for line in ((entry.item or entry.text) .. "\n"):gmatch "([^\n]*)\n" do
    if line == "" or (not entry.item and #lines > 0 and line:find "^%s%s") then break end
    lines[#lines + 1] = line
  end
  local first = table.concat(lines, " "):gsub("%s+", " "):gsub("^%s", "")
  local rest = first:match("^[%w_%.:]*%f[%w_]" .. last_part(entry.name) .. "%s?%b()(.*)$") -- the call before what is said of it
    or first:match("^[%w_%.:]*%f[%w_]" .. last_part(entry.name) .. "%s?%b{}(.*)$")
  rest = rest and rest:gsub("^[:%s]*", ""):gsub("^%-%-?>%s*", "")
  if rest and rest:find "^[%w%(`{\"]" then first = rest end
  local sentence = first:match "^(.-[^.]%.)%s[%a`{]" or first
  if #sentence > 200 then sentence = sentence:sub(1, 197):gsub("[%s,;]+%S*$", "") .. " ..." end
  return (sentence:gsub(":$", ""):gsub("([^.])%.$", "%1"))
end

local function add(entry)
  entry.text, entry.options = entry.text or "", entry.options or {}
  if by_name[entry.name] then return end
  entries[#entries + 1] = entry
  by_name[entry.name] = entry
end

local function op_options(op)
  local list = {}
  for i, each in ipairs(op.options) do
    local default = each.default
    list[i] = {name = each.name, type = each.kind, text = each.text, required = false,
      default = default ~= nil and tostring(default) or nil}
  end
  return list
end

local function op_signature(name, op, method)
  local parts = {}
  for i, each in ipairs(op.inputs) do
    if not (method and i == 1) then
      local plain = each:gsub("[%?%.]", "")
      parts[#parts + 1] = (#parts > 0 and ", " or "") .. (each:find "%.%.%.$" and "{" .. plain .. "}" or plain)
      if each:find "%?$" then parts[#parts] = parts[#parts]:gsub("^, ", " [, ") .. "]" end
    end
  end
  for _, each in ipairs(op.options) do parts[#parts + 1] = (#parts > 0 and " [, " or "[") .. each.name .. "]" end
  return ("%s(%s)"):format(name, table.concat(parts))
end

-- A text that begins small, where it is no formula, and has no full stop.
local function as_sentence(text) return text ~= "" and text:gsub("^the ", "The ") .. "." or "" end

local function op_text(op) return as_sentence(op.text) .. (op.differentiable and "" or " Not differentiable.") end

local function function_entry(name, kind, fn, file_head)
  local info = debug.getinfo(fn, "S")
  local declaration = declared.all()[name]
  local entry = {name = name, kind = kind, value = fn}
  if declaration then entry.returns = declaration.returns end
  if info.what == "C" then
    if declaration then
      entry.signature = call_text(name, declaration.parameters, declaration)
      entry.text = table.concat(declaration.text, "\n")
    end
    entry.signature = entry.signature or name .. "(...)"
    return entry
  end
  local behind = places.behind[name] or colon.behind(fn)
  local path, line = source.file_of(behind), debug.getinfo(behind, "S").linedefined
  entry.file, entry.line = path, line
  local parameters = parameter_names(behind)
  if kind == "method" or parameters[1] == "self" then table.remove(parameters, 1) end
  local own, head = source.above(path, line), source.head(path) or file_head
  own = own or source.above_making(path, (name:gsub("^eg%.", "")))
  if own and head then
    own = own:gsub("%s*See the head of this file%.$", function() return "\n\n" .. head end):gsub("^\n+", "")
  end
  entry.text = own or head
  if not own and head then
    local text, item = item_of(head, name)
    if text then entry.text, entry.item = text, item end
  end
  entry.signature = not own and kind ~= "method" and signature_in(head, name, parameters) or call_text(name, parameters, declaration)
  entry.options = {}
  local fixed = places.fixed[name] or {}
  for _, option in ipairs(schema.options(places.options_of[name] and places.options_of[name]() or behind, entry.text)) do
    if fixed[option.name] == nil then entry.options[#entry.options + 1] = option end
  end
  return entry
end

local function layer_entry(name, class)
  local path = source.file_of(class.forward)
  local head = path and source.head(path) or ""
  local parameters = rawget(class, "init") and parameter_names(class.init) or {"self"}
  table.remove(parameters, 1)
  local text, item = item_of(head, name)
  return {name = name, kind = "layer", value = class, text = text or head, item = item, file = path,
    line = debug.getinfo(rawget(class, "init") or class.forward, "S").linedefined,
    signature = signature_in(head, name) or call_text(name, parameters, declared.all()[name]),
    options = rawget(class, "init") and schema.options(class.init, head) or {}, returns = {{type = "ecgraft.Module", text = ""}}}
end

-- The options of an optimizer, from what the core says of its kind.
local function optimizer_options(kind)
  local list, seen = {}, {}
  for _, setting in ipairs(kind.settings) do
    local name = setting.name:match "^beta%d$" and "betas" or setting.name
    local default = setting.flag and tostring(setting.default) or schema.shown(setting.default)
    if seen[name] then
      seen[name].default, seen[name].text = ("{%s, %s}"):format(seen[name].default, default), seen[name].text .. "; " .. setting.text
    else
      seen[name] = {name = name, type = name == "betas" and "table" or setting.flag and "boolean" or "number", default = default,
        required = false, text = setting.text}
      list[#list + 1] = seen[name]
    end
  end
  return list
end

local function kind_of_optimizer(name)
  for _, kind in ipairs(core.optim.kinds) do
    if name == "eg.optim." .. kind.name then return kind end
  end
  return nil
end

-- A strategy or a task: a value that may be called for another of its kind.
local function value_entry(name, kind, value, module)
  local path = source.path_of(module)
  local text = path and source.head(path) or value.text
  return {name = name, kind = kind, value = value, text = text, file = path, line = 1,
    signature = value.variant and (signature_in(text, name) or name .. "{...}") or name,
    options = value.variant and schema.options(value.variant, text) or {}}
end

local function inner(module, name)
  local meta = getmetatable(module)
  local part = type(meta) == "table" and rawget(meta, "parts") and meta.parts[name]
  local value = module[name]
  if part and part.reader then return value, require(part[1])[part[2]] end
  return value, nil
end

local function add_module(prefix, module_name, class, modules)
  local module = require(module_name)
  local path = source.path_of(module_name)
  local head = path and source.head(path)
  add{name = prefix, kind = "module", value = module, signature = ('require "%s"'):format(prefix == "eg" and "ecgraft" or module_name),
    text = head, file = path, line = 1}
  local fields = declared.classes()[class].fields
  for _, field in ipairs(places.names_of(module)) do
    local name = prefix .. "." .. field
    local value, behind = inner(module, field)
    local kind = type(value)
    if prefix == "eg" and ops[field] and value == core.ops[field] then
      add{name = name, kind = "op", value = value, signature = op_signature(name, ops[field]), text = op_text(ops[field]),
        options = op_options(ops[field])}
    elseif kind == "function" then
      local entry = function_entry(name, "function", behind or value, head)
      if behind then -- a reader: what the set is, then how it is read
        local about = source.head(source.path_of(getmetatable(module).parts[field][1]))
        if about and about ~= entry.text then entry.text = about .. "\n\n" .. entry.text end
      end
      entry.value, entry.inner = value, behind
      local optimizer = kind_of_optimizer(name)
      if optimizer then
        entry.signature = name .. "(params [, options])"
        entry.text = optimizer.text:gsub("^%l", string.upper) .. ".\n\n" .. head
        entry.options, entry.item = optimizer_options(optimizer), nil
      end
      add(entry)
    elseif kind == "table" and rawget(value, "_name") and value.forward then
      add(layer_entry(name, value))
    elseif prefix == "eg.transfer" and kind == "table" and module.is_strategy(value) then
      add(value_entry(name, "strategy", value, "ecgraft.transfer." .. field))
    elseif prefix == "eg.tasks" and kind == "table" and module.is_task(value) then
      add(value_entry(name, "task", value, "ecgraft.tasks." .. field))
    elseif not modules[name] then
      local told = fields[field]
      add{name = name, kind = "value", value = value, signature = name, text = told and as_sentence(told.text), file = path}
    end
  end
end

local function add_class(prefix, class, module_name, methods)
  local path = source.path_of(module_name)
  local head = path and source.head(path)
  local text = class == "ecgraft.Tensor" and declared.classes()[class].text or head -- most of it is in C
  add{name = prefix, kind = "class", signature = prefix, text = text, file = path, line = 1, class = class,
    fields = declared.classes()[class].fields}
  for _, field in ipairs(places.names_of(methods)) do
    local value = methods[field]
    local name = prefix .. ":" .. field
    local op = prefix == "tensor" and ops[field]
    local of_list = op and op.inputs[1]:find "%.%.%.$" -- no method
    if type(value) == "function" and op and not of_list and debug.getinfo(value, "S").what == "C" then
      add{name = name, kind = "op", value = value, signature = op_signature(name, op, true), text = op_text(op), options = op_options(op)}
    elseif type(value) == "function" and not of_list then
      local constructor = prefix == "history" and (field == "new" or field == "restore") -- of the class, not of a history
      if not constructor and field ~= "init" and field ~= "forward" then add(function_entry(name, "method", value, head)) end
    end
  end
end

local function build()
  if entries then return end
  entries, by_name, by_value, ops = {}, {}, {}, {}
  for _, op in ipairs(core.describe_ops()) do ops[op.name] = op end
  local modules = {}
  for _, each in ipairs(places.modules) do modules[each[1]] = true end
  for _, each in ipairs(places.modules) do add_module(each[1], each[2], declared.class_of(each), modules) end
  for _, each in ipairs(places.classes) do add_class(each[1], each[2], each[3], each[4]()) end
  for _, entry in ipairs(entries) do
    if entry.value ~= nil and entry.kind ~= "value" and not by_value[entry.value] then by_value[entry.value] = entry end
  end
end

--- Every entry, modules in the order in which one meets them, then the classes of values.
function docs.all()
  build()
  return table.move(entries, 1, #entries, 1, {})
end

-- Names whose last part is near to that of the one asked for, the nearest first; at most eight.
local function similar(name)
  local wanted, found = last_part(name:lower()) or name:lower(), {}
  local before = name:lower():sub(1, #name - #wanted) -- "eg.nn."
  for i, entry in ipairs(entries) do
    local cost = near.cost(wanted, last_part(entry.name))
    if cost then found[#found + 1] = {entry.name, cost + (entry.name:lower():find(before, 1, true) and 0 or 0.5), i} end
  end
  table.sort(found, function(a, b) if a[2] ~= b[2] then return a[2] < b[2] end return a[3] < b[3] end)
  local names = {}
  for i = 1, math.min(8, #found) do names[i] = found[i][1] end
  return names
end

-- The class of a value: the one whose methods it has.
local function class_of(value)
  if type(value) ~= "table" and type(value) ~= "userdata" then return nil end
  for _, each in ipairs(places.classes) do
    local methods = each[4]()
    local name = places.names_of(methods)[1]
    local ok, method = pcall(function() return value[name] end)
    if ok and method ~= nil and rawequal(method, methods[name]) then return by_name[each[1]] end
  end
  return nil
end

--- The entry of a name: whole ("eg.nn.Conv1d", "set:split") or shorter ("nn.Conv1d", "Conv1d"; where nothing else fits, case and whether a
-- dot or a colon stands there do not count), or of a value (eg.fit itself; of a set or a network its class). Where several names end so,
-- the first that docs.all() has. nil and a list of similar names where there is none.
function docs.find(name)
  build()
  if type(name) ~= "string" then
    local found = name ~= nil and by_value[name] or class_of(name)
    if found then return found end
    return nil, {}
  end
  name = name:gsub("^%s+", ""):gsub("[%s%({\"'].*$", ""):gsub("^ecgraft%f[%.:%z]", "eg")
  if by_name[name] or by_name["eg." .. name] then return by_name[name] or by_name["eg." .. name] end
  for _, fold in ipairs{false, true} do
    local function parts(full) return "." .. (fold and full:lower() or full):gsub(":", ".") end
    local wanted = parts(name)
    for _, entry in ipairs(entries) do
      if parts(entry.name):sub(-#wanted) == wanted then return entry end
    end
  end
  return nil, similar(name)
end

--- The entries in whose name or text a word occurs (case does not count), those with it in the name first.
function docs.search(word)
  build()
  local wanted, named, texts = tostring(word):lower(), {}, {}
  if wanted == "" then return {} end
  for _, entry in ipairs(entries) do
    local list = entry.name:lower():find(wanted, 1, true) and named or entry.text:lower():find(wanted, 1, true) and texts
    for _, each in ipairs(list and {} or entry.options) do
      if each.name:lower() == wanted or each.text:lower():find(wanted, 1, true) then list = texts break end
    end
    if list then list[#list + 1] = entry end
  end
  return table.move(texts, 1, #texts, #named + 1, named)
end

return docs
