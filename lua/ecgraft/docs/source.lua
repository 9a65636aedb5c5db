--- What the sources say about themselves: blocks of comments that begin with three dashes, and the tables of options. Lines of
-- annotations (---@param ...) are for editors and no part of the text.
local source = {}

local cache = {} -- path -> list of lines, or false

--- The lines of a file, or nil.
function source.lines(path)
  if cache[path] == nil then
    local file = io.open(path, "r")
    if not file then cache[path] = false return nil end
    local list = {}
    for line in file:lines() do list[#list + 1] = line end
    file:close()
    cache[path] = list
  end
  return cache[path] or nil
end

--- The file of a module, as require would find it, or nil.
function source.path_of(module)
  return package.searchpath(module, package.path)
end

--- The file that a Lua function was read from, or nil (C, or a string).
function source.file_of(fn)
  local from = debug.getinfo(fn, "S").source
  return from:sub(1, 1) == "@" and from:sub(2) or nil
end

local function text_of(lines, first, last)
  local out = {}
  for i = first, last do
    if not lines[i]:find "^%s*%-%-%-@" then out[#out + 1] = (lines[i]:gsub("^%s*%-%-%-? ?", "")) end
  end
  return table.concat(out, "\n")
end

--- The text of the block of comments right above a line, nil where there is none that begins with three dashes.
function source.above(path, line)
  local lines = source.lines(path)
  if not lines then return nil end
  local first = line - 1
  while lines[first] and lines[first]:find "^%s*%-%-" do
    if lines[first]:find "^%s*%-%-%-[^@]" then return text_of(lines, first, line - 1) end
    first = first - 1
  end
  return nil
end

--- The text above the line that makes a function by another one that is told its name: weights.load = loader "models.load_weights".
function source.above_making(path, name)
  for number, line in ipairs(source.lines(path) or {}) do
    if line:find "^[%w_%.]+ = " and line:find('"' .. name .. '"', 1, true) then return source.above(path, number) end
  end
  return nil
end

--- The text at the head of a file, nil where it has none.
function source.head(path)
  local lines = source.lines(path)
  if not lines or not (lines[1] or ""):find "^%-%-%-" then return nil end
  local last = 1
  while lines[last + 1] and lines[last + 1]:find "^%-%-" do last = last + 1 end
  return text_of(lines, 1, last)
end

--- What a function's own lines are, from its definition to its end, as one text.
function source.body(fn)
  local info = debug.getinfo(fn, "S")
  local lines = info.source:sub(1, 1) == "@" and source.lines(info.source:sub(2))
  if not lines then return "" end
  return table.concat(lines, "\n", info.linedefined, math.min(info.lastlinedefined, #lines))
end

local function next_comment(lines, i)
  local more = lines[i] and lines[i]:match "^%s+%-%-%s?(.*)$"
  return more
end

--- The comments of the fields of a table of options: name -> text, and their order: name -> number. `name` is the table's name in the
-- file: "local NAME = {", or "local NAME = require" of a module that is one; inner: names that a field of it has itself.
function source.field_texts(path, name, inner)
  local lines, texts, order, count = source.lines(path), {}, {}, 0
  if not lines then return texts, order end
  local inside = false
  for i, line in ipairs(lines) do
    local elsewhere = not inside and line:match("^local " .. name .. ' = require "([%w_%.]+)"')
    if elsewhere then return source.fields_of(elsewhere, inner) end
    if not inside and line:find("^%s*local " .. name .. " = ") then inside = true end
    if inside then
      local comment = line:match "^.*[%},]%s*%-%-%s+(.-)%s*$"
      local fields = {}
      for field in line:gsub("%-%-%s.*$", ""):gmatch "([%a_][%w_]*) = %f[{%a]" do
        if field ~= name and not inner[field] then
          fields[#fields + 1], count = field, count + 1
          order[field] = order[field] or count
        end
      end
      if comment and #fields > 0 then
        local at, more = i + 1, next_comment(lines, i + 1)
        while more and #more > 0 and #lines[at]:match "^%s*" > 20 do
          comment, at = comment .. " " .. more, at + 1
          more = next_comment(lines, at)
        end
        for _, field in ipairs(fields) do texts[field] = comment end
      end
      if line:find "^}" or (line:find "}%s*$" and line:find("^local " .. name)) then break end
    end
  end
  if not inside then return source.lone_texts(lines), order end
  return texts, order
end

--- The same of the table of options that a module is.
function source.fields_of(module, inner)
  local path = source.path_of(module)
  local lines = path and source.lines(path) or {}
  local name = (lines[#lines] or ""):match "^return ([%a_][%w_]*)$"
  if not path or not name then return {}, {} end
  return source.field_texts(path, name, inner)
end

--- The comments of fields of tables that have no name of their own, as far as a field's name has one comment in the whole file.
function source.lone_texts(lines)
  local texts = {}
  for _, line in ipairs(lines) do
    local field, comment = line:match "^%s+([%a_][%w_]*) = {type.*[%},]%s*%-%-%s+(.-)%s*$"
    if field then texts[field] = texts[field] == nil and comment or false end
  end
  for field, text in pairs(texts) do if not text then texts[field] = nil end end
  return texts
end

return source
