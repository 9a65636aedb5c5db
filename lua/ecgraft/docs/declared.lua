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
  elseif tag == "field" then
    local name, optional, more = rest:match "^(%b[])(%??)%s+(.*)$"
    if not name then name, optional, more = rest:match "^([%w_]+)(%??)%s+(.*)$" end
    local kind, text = split_type(more or "")
    block.fields[#block.fields + 1] = {name = name, optional = optional == "?", type = kind, text = text}
  end
end

--- What a file of annotations declares: a list of {text = lines, params, returns, fields, class, line}, and of functions the holder (name
-- of the local table), the name and the parameters = names; and the class of each local table.
function declared.read(path)
  local list, holders, block = {}, {}, nil
  local function close(line)
    if block then
      block.line = line
      list[#list + 1] = block
    end
    block = nil
  end
  local function new_block() return {text = {}, params = {}, returns = {}, fields = {}} end
  local number = 0
  for _, line in ipairs(source.lines(path) or {}) do
    number = number + 1
    if line:find "^%-%-%-" then
      block = block or new_block()
      if line:find "^%-%-%-@" then read_annotation(block, line)
      else block.text[#block.text + 1] = (line:gsub("^%-%-%- ?", "")) end
    else
      local holder, name, arguments = line:match "^function ([%w_]+)[%.:]([%w_]+)(%b()) end$"
      if holder then
        block = block or new_block()
        block.holder, block.name, block.parameters = holder, name, {}
        for each in arguments:gmatch "[%w_%.]+" do table.insert(block.parameters, each) end
      end
      local of_local = line:match "^local ([%w_]+) = {}$"
      if of_local and block then holders[of_local] = block.class end
      close(number)
    end
  end
  close(number)
  return list, holders
end

local functions, classes

local function build()
  functions, classes = {}, {}
  local prefix_of = prefixes()
  for _, name in ipairs(declared.files) do
    local path = source.path_of("ecgraft.meta." .. name)
    local list, holders = declared.read(path or "")
    for _, item in ipairs(list) do
      local prefix = item.holder and prefix_of[holders[item.holder] or ""]
      if prefix then
        item.file = path
        functions[prefix .. item.name] = item
      end
      if item.class then
        local class = classes[item.class] or {text = "", fields = {}}
        classes[item.class] = class
        if #item.text > 0 then class.text = table.concat(item.text, "\n") end
        for _, field in ipairs(item.fields) do
          class.fields[field.name] = field
          table.insert(class.fields, field)
        end
      end
    end
  end
end

--- All functions that are declared by the name that the documentation uses: "eg.zeros", "tensor:numel". Values are as in read, with `file`.
function declared.all()
  if not functions then build() end
  return functions
end

--- What is declared of classes, by name: {text =, fields = a list of {name, optional, type, text}, and by their names}.
function declared.classes()
  if not classes then build() end
  return classes
end

return declared
