--- Jupyter's files, nbformat 4.5: a notebook with its outputs written, and cells read. See https://nbformat.readthedocs.io for the format.
local files = require "ecgraft.files"
local json = require "dkjson"
local options = require "ecgraft.options"
local page = require "ecgraft.notebook.page"
local portable = require "ecgraft.display.portable"

local ipynb = {}

-- Tables that are the one or the other also when they are empty. Keys in order, so that equal notebooks are equal files.
local function object(t) return setmetatable(t, {__jsontype = "object", __jsonorder = options.names(t)}) end
local function list(t) return setmetatable(t, {__jsontype = "array"}) end

-- A text as Jupyter keeps it: a list of lines with their ends.
local function lines_of(text)
  local out = {}
  for line, ending in text:gmatch "([^\n]*)(\n?)" do
    if line ~= "" or ending ~= "" then out[#out + 1] = line .. ending end
  end
  return list(out)
end

local valid = {error = true, stream = true, display = true, result = true}

local function bundle(data)
  local out = {}
  for name, value in pairs(portable(data)) do out[name] = lines_of(value) end
  return object(out)
end

local function output_of(output, count)
  if not valid[output.kind] then error("notebook: an output is of no known kind", 0) end
  if output.kind == "stream" then return object{output_type = "stream", name = "stdout", text = lines_of(output.text)} end
  if output.kind == "error" then
    local trace = {output.message}
    for i, place in ipairs(page.places(output)) do trace[i + 1] = "  at " .. place end
    return object{output_type = "error", ename = output.interrupted and "Interrupted" or "Error", evalue = output.message,
      traceback = list(trace)}
  end
  local out = {output_type = output.kind == "result" and "execute_result" or "display_data", data = bundle(output.data),
    metadata = object{}}
  if output.kind == "result" then out.execution_count = count end
  return object(out)
end

local function metadata_of(cell)
  local ours = {}
  if cell.title then ours.title = cell.title end
  if cell.inputs and #cell.inputs > 0 then ours.inputs = list(table.move(cell.inputs, 1, #cell.inputs, 1, {})) end
  return object(next(ours) and {ecgraft = object(ours)} or {})
end

--- The text of a notebook file with the cells and their outputs.
function ipynb.write(cells)
  local out = {}
  for i, cell in ipairs(cells) do
    local each = {cell_type = cell.kind, id = ("cell-%d"):format(i), metadata = metadata_of(cell), source = lines_of(cell.source)}
    if cell.kind == "code" then
      each.execution_count = cell.outputs and cell.count or json.null
      each.outputs = list{}
      for k, output in ipairs(cell.outputs or {}) do each.outputs[k] = output_of(output, cell.count) end
    end
    out[i] = object(each)
  end
  return json.encode(object{
    cells = list(out), nbformat = 4, nbformat_minor = 5,
    metadata = object{
      kernelspec = object{name = "ecgraft", display_name = ("ECGraft (%s)"):format(_VERSION), language = "lua"},
      language_info = object{name = "lua", version = _VERSION:match "%d+%.%d+", mimetype = "text/x-lua", file_extension = ".lua"},
    },
  }, {indent = true}) .. "\n"
end

local function text_of(source)
  if type(source) == "table" then return table.concat(source) end
  return type(source) == "string" and source or nil
end

--- The cells in the text of a notebook file, without outputs; raw cells are left out. nil, message where it is none, or none of Lua.
function ipynb.read(text, name)
  local notebook, message = files.from_json(text)
  if not notebook then return nil, ("%s: %s"):format(name, message) end
  if type(notebook) ~= "table" or type(notebook.cells) ~= "table" or notebook.nbformat ~= 4 then
    return nil, name .. ": expected a Jupyter notebook of format 4"
  end
  local about = type(notebook.metadata) == "table" and notebook.metadata or {}
  local language = type(about.language_info) == "table" and about.language_info.name
    or type(about.kernelspec) == "table" and about.kernelspec.language
  if type(language) == "string" and language:lower() ~= "lua" then
    return nil, ("%s: expected a notebook in Lua, got one in %s"):format(name, language)
  end
  local out = {}
  for i, cell in ipairs(notebook.cells) do
    local ok, source = pcall(text_of, type(cell) == "table" and cell.source) ---@type boolean, any
    if not ok or not source then return nil, ("%s: cell %d has no text"):format(name, i) end
    if (cell.cell_type == "code" or cell.cell_type == "markdown") and source:find "%S" then
      local ours = type(cell.metadata) == "table" and type(cell.metadata.ecgraft) == "table" and cell.metadata.ecgraft or {}
      local inputs = {}
      for k, path in ipairs(type(ours.inputs) == "table" and ours.inputs or {}) do inputs[k] = tostring(path) end
      out[#out + 1] = {kind = cell.cell_type, source = (source:gsub("\r\n", "\n"):gsub("%s+$", "")), line = 1,
        title = type(ours.title) == "string" and ours.title or nil, inputs = inputs}
    end
  end
  return out
end

return ipynb
