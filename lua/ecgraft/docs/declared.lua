--- Reads the annotations in lua/ecgraft/meta: what is declared there, with its comments and types. They are the documentation of what is
-- written in C.
local source = require "ecgraft.docs.source"

local declared = {}

--- The files of annotations, ORDER META: as one meets them.
declared.files = {"ecgraft", "tensor", "ops", "nn", "optim", "models", "data", "dataset", "record", "signals", "study", "tasks", "transfer",
  "metrics", "stats", "explain", "export", "plot", "report", "options"}

--- The class that declares the fields of a public module, an entry of places.modules.
function declared.class_of(each)
  return each[3] or (each[1]:gsub("^eg", "ecgraft"))
end

-- Class of the annotations -> name in the documentation, for its fields and its methods.
local function prefixes()
  local places = require "ecgraft.docs.places"
  local list = {}
  for _, each in ipairs(places.modules) do list[declared.class_of(each)] = each[1] .. "." end
  for _, each in ipairs(places.classes) do list[each[2]] = each[1] .. ":" end
  return list
end

local function split_type(text)
  local depth, i = 0, 1
  while i <= #text do
    local c = text:sub(i, i)
    if c:find "[%(%{%[<]" then depth = depth + 1
    elseif c:find "[%)%}%]>]" then depth = depth - 1
    elseif c == " " and depth == 0 and not text:sub(1, i - 1):find "[,:|]$" and not text:sub(i + 1):find "^|" then
      return text:sub(1, i - 1), text:sub(i + 1)
    end
    i = i + 1
  end
  return text, ""
end

declared.split_type = split_type

local function read_annotation(block, line)
  local tag, rest = line:match "^%-%-%-@(%a+)%s*(.-)%s*$"
  if tag == "param" then
    local name, optional, more = rest:match "^([%w_%.]+)(%??)%s+(.*)$"
    local kind, text = split_type(more or "")
    block.params[#block.params + 1] = {name = name, optional = optional == "?", type = kind, text = text}
  elseif tag == "return" then
    local kind, text = split_type(rest)
    block.returns[#block.returns + 1] = {type = kind, text = text}
  elseif tag == "class" then
    block.class = rest:match "^[%w_%.]+"
    block.parent = rest:match ":%s*([%w_%.]+)"
  elseif tag == "field" then
    local name, optional, more = rest:match "^(%b[])(%??)%s+(.*)$"
    if not name then name, optional, more = rest:match "^([%w_]+)(%??)%s+(.*)$" end
    local kind, text = split_type(more or "")
    block.fields[#block.fields + 1] = {name = name, optional = optional == "?", type = kind, text = text}
  end
  block.annotations[#block.annotations + 1] = {tag = tag, rest = rest}
end

local function new_block() return {text = {}, params = {}, returns = {}, fields = {}, annotations = {}} end

--- What a file of annotations declares: a list of {kind = "function" | "value" | "class" | "note", holder = name of the local table, name,
-- method, parameters = names, line, and the block: text, params, returns, fields, class}; and the class of each local table.
function declared.read(path)
  local list, holders, block = {}, {}, nil
  for number, line in ipairs(source.lines(path) or {}) do
    if line:find "^%-%-%-" then
      block = block or new_block()
      if line:find "^%-%-%-@" then read_annotation(block, line)
      else block.text[#block.text + 1] = (line:gsub("^%-%-%- ?", "")) end
      block.line = number
    else
      local holder, mark, name, arguments = line:match "^function ([%w_]+)([%.:])([%w_]+)(%b()) end$"
      local of_local = line:match "^local ([%w_]+) = {}$"
      local value_holder, value_name = line:match "^([%w_]+)%.([%w_]+) = nil$"
      local item = block or new_block()
      if holder then
        item.kind, item.holder, item.name, item.method, item.parameters = "function", holder, name, mark == ":", {}
        for each in arguments:gmatch "[%w_%.]+" do table.insert(item.parameters, each) end
      elseif of_local then
        item.kind, holders[of_local] = "class", item.class
      elseif value_holder then
        item.kind, item.holder, item.name = "value", value_holder, value_name
      else
        item.kind = item.class and "class" or "note"
      end
      item.line = number
      if holder or of_local or value_holder or block then list[#list + 1] = item end
      block = nil
    end
  end
  if block then
    block.kind = block.class and "class" or "note"
    list[#list + 1] = block
  end
  return list, holders
end

--- What the annotations say of a class, nil where they do not.
function declared.class_text(class)
  for _, name in ipairs(declared.files) do
    for _, item in ipairs(declared.read(source.path_of("ecgraft.meta." .. name) or "")) do
      if item.class == class and #item.text > 0 then return table.concat(item.text, "\n") end
    end
  end
  return nil
end

local index

--- All declarations by the name that the documentation uses: "eg.zeros", "tensor:numel". Values are as in read, with `file`.
function declared.all()
  if index then return index end
  index = {}
  local prefix_of = prefixes()
  for _, name in ipairs(declared.files) do
    local path = source.path_of("ecgraft.meta." .. name)
    if path then
      local list, holders = declared.read(path)
      for _, item in ipairs(list) do
        local prefix = item.holder and prefix_of[holders[item.holder] or ""]
        if prefix and item.name then
          item.file = path
          index[prefix .. item.name] = item
        end
      end
    end
  end
  return index
end

return declared
