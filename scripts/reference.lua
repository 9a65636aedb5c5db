--- Writes the reference as Markdown: the ops from the core's own descriptions, and for each module of lua/ecgraft what its
-- comments say: a block of lines that begins with three dashes, before a function or at the head of the file.
--
--   lua5.4 scripts/reference.lua FOLDER     (LUA_CPATH, or ./build, has the core)
package.cpath = package.cpath .. ";./build/?.so"
local lfs = require("lfs")

local target = arg[1]
if not target then
  io.stderr:write("usage: scripts/reference.lua FOLDER\n")
  os.exit(2)
end

local function write(path, lines)
  local file = assert(io.open(path, "w"))
  assert(file:write(table.concat(lines, "\n"), "\n"))
  assert(file:close())
end

local function make_folder(path)
  local made = ""
  for part in path:gmatch("[^/]+") do
    made = made .. (made == "" and path:sub(1, 1) ~= "/" and "" or "/") .. part
    lfs.mkdir(made)
  end
  assert(lfs.attributes(path, "mode") == "directory", path .. " could not be made")
end

local function modules(folder, found)
  for name in lfs.dir(folder) do
    local path = folder .. "/" .. name
    if name:sub(1, 1) ~= "." then
      if lfs.attributes(path, "mode") == "directory" then modules(path, found)
      elseif name:find("%.lua$") then found[#found + 1] = path end
    end
  end
  return found
end

--- The signature that a line of code declares: "function nn.Linear(n_in, n_out)" gives "nn.Linear(n_in, n_out)".
local function signature(line)
  local name, arguments = line:match("^function ([%w_.:]+)%s*(%b())")
  if not name then name, arguments = line:match("^([%w_.]+)%s*=%s*function%s*(%b())") end
  return name and name .. arguments
end

--- A file's head (list of lines) and its entries {signature, lines}.
local function comments(path)
  local head, entries, block, number = nil, {}, nil, 0
  for line in io.lines(path) do
    number = number + 1
    local opening = line:match("^%-%-%- ?(.*)$")
    local more = line:match("^%-%- ?(.*)$")
    if opening then block = { opening, from = number }
    elseif block and more then block[#block + 1] = more
    elseif block then
      local declared = signature(line)
      if declared then entries[#entries + 1] = { signature = declared, lines = block }
      elseif block.from == 1 then head = block end
      block = nil
    end
  end
  return head or {}, entries
end

local function module_page(path)
  local name = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
  local head, entries = comments(path)
  if #head == 0 and #entries == 0 then return nil end
  local lines = { "# " .. name, "" }
  table.move(head, 1, #head, #lines + 1, lines)
  for _, entry in ipairs(entries) do
    lines[#lines + 1] = ""
    lines[#lines + 1] = "## `" .. entry.signature .. "`"
    lines[#lines + 1] = ""
    table.move(entry.lines, 1, #entry.lines, #lines + 1, lines)
  end
  return name, lines, head[1] or ""
end

local function ops_page()
  local lines = { "# Ops", "", "Each is a function of `ecgraft`, a method of tensors, and a line of `ecgraft/ops.h`." }
  for _, op in ipairs(require("ecgraft.core").describe_ops()) do
    local inputs = table.concat(op.inputs, ", ")
    lines[#lines + 1] = ("\n## `%s(%s%s)`\n"):format(op.name, inputs, #op.options > 0 and ", options" or "")
    lines[#lines + 1] = op.text .. "." .. (op.differentiable and "" or " Not differentiable.")
    if #op.options > 0 then lines[#lines + 1] = "\n| option | type | default | |\n|---|---|---|---|" end
    for _, option in ipairs(op.options) do
      local default = option.default == nil and "" or "`" .. tostring(option.default) .. "`"
      lines[#lines + 1] = ("| `%s` | %s | %s | %s |"):format(option.name, option.kind, default, option.text or "")
    end
  end
  return lines
end

make_folder(target)
local index = { "# Reference", "", "- [Ops](ops.md)" }
local paths = modules("lua/ecgraft", {})
table.sort(paths)
for _, path in ipairs(paths) do
  local name, lines, first = module_page(path)
  if name then
    write(target .. "/" .. name .. ".md", lines)
    index[#index + 1] = ("- [%s](%s.md): %s"):format(name, name, first)
  end
end
write(target .. "/ops.md", ops_page())
write(target .. "/index.md", index)
print(("%s/index.md: %d pages"):format(target, #index - 2))
