--- What a Lua language server finds in examples/ and lua/: lua5.4 scripts/language-server.lua PROGRAM [FOLDER...]
-- PROGRAM speaks the language server protocol on its standard streams (emmylua_ls; lua-language-server) and gives diagnostics when asked
-- (textDocument/diagnostic). .luarc.json says what it looks for; docs/editors.md says why some kinds are off. Exit status 1 where it finds
-- anything.
local json = require "dkjson"
local lfs = require "lfs"
local uv = require "luv"

local program, folders = arg[1], {table.unpack(arg, 2)}
if not program then
  io.stderr:write "usage: lua5.4 scripts/language-server.lua PROGRAM [FOLDER...]\n"
  os.exit(2)
end
if #folders == 0 then folders = {"examples", "lua"} end
local root = lfs.currentdir()

--- Lua files below a folder, sorted.
local function files_below(folder, list)
  local names = {}
  for name in lfs.dir(folder) do if name:sub(1, 1) ~= "." then names[#names + 1] = name end end
  table.sort(names)
  for _, name in ipairs(names) do
    local path = folder .. "/" .. name
    if lfs.attributes(path, "mode") == "directory" then files_below(path, list)
    elseif name:find "%.lua$" then list[#list + 1] = path end
  end
  return list
end

local input, output = uv.new_pipe(false), uv.new_pipe(false)
local server = assert(uv.spawn(program, {args = {}, stdio = {input, output, 2}}, function() end))

local pending, last, buffer, ended = {}, 0, "", false

local function send(message)
  message.jsonrpc = "2.0"
  local text = json.encode(message)
  input:write(("Content-Length: %d\r\n\r\n%s"):format(#text, text))
end

--- What the server asks on its side is answered with nothing, for each item of a configuration.
local function answer(message)
  local result = json.null
  if message.method == "workspace/configuration" then
    result = setmetatable({}, {__jsontype = "array"})
    for i = 1, #message.params.items do result[i] = json.null end
  end
  send{id = message.id, result = result}
end

local function take()
  while true do
    local head, length = buffer:match "^(.-\r\n\r\n)", tonumber(buffer:match "^Content%-Length: (%d+)")
    if not head or #buffer < #head + length then return end
    local message = json.decode(buffer:sub(#head + 1, #head + length))
    buffer = buffer:sub(#head + length + 1)
    if message.method and message.id then answer(message)
    elseif message.id and pending[message.id] then pending[message.id] = message end
  end
end

output:read_start(function(_, chunk)
  ended = ended or not chunk
  buffer = buffer .. (chunk or "")
  take()
end)

--- Asks and waits for the answer.
local function request(method, params)
  last = last + 1
  pending[last] = true
  send{id = last, method = method, params = params}
  while pending[last] == true do
    if ended then error(program .. " ended before it answered " .. method, 0) end
    uv.run "once"
  end
  local message = pending[last]
  pending[last] = nil
  if message.error then error(method .. ": " .. tostring(message.error.message), 0) end
  return message.result
end

local function uri(path) return "file://" .. root .. "/" .. path end

request("initialize", {processId = math.tointeger(uv.os_getpid()), rootUri = "file://" .. root,
  workspaceFolders = {{uri = "file://" .. root, name = "ecgraft"}},
  capabilities = {textDocument = {diagnostic = {dynamicRegistration = false}}, workspace = {configuration = true}}})
send{method = "initialized", params = setmetatable({}, {__jsontype = "object"})}

local found, paths = 0, {}
for _, folder in ipairs(folders) do files_below(folder, paths) end
for _, path in ipairs(paths) do
  local file = assert(io.open(path, "rb"))
  send{method = "textDocument/didOpen", params = {textDocument = {uri = uri(path), languageId = "lua", version = 1, text = file:read "a"}}}
  file:close()
end
for _, path in ipairs(paths) do
  local result = request("textDocument/diagnostic", {textDocument = {uri = uri(path)}})
  for _, each in ipairs(result and result.items or {}) do
    found = found + 1
    print(("%s:%d: %s: %s"):format(path, each.range.start.line + 1, tostring(each.code), each.message))
  end
end
request "shutdown"
send{method = "exit"}
server:kill "sigterm"
print(("%d finding%s in %d files"):format(found, found == 1 and "" or "s", #paths))
os.exit(found == 0 and 0 or 1)
