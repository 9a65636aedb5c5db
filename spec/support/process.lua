--- Programs that a spec starts: with the modules and the core that the spec itself uses, in a folder, with a time limit.
local lfs = require "lfs"
local uv = require "luv"

local process = {}

process.root = lfs.currentdir() -- busted runs from the root of the sources

--- The environment of a child: this one's, with our modules on Lua's paths and bin/ on the shell's, and `changes`, where false means unset.
local function environment(changes)
  local core = package.searchpath("ecgraft.core", package.cpath)
  local build = core:gsub("ecgraft/core%.so$", "")
  if build:sub(1, 1) ~= "/" then build = process.root .. "/" .. build end
  local all = uv.os_environ()
  for name in pairs(all) do if name:find "^LUA_C?PATH" then all[name] = nil end end
  all.LUA_PATH = ("%s/lua/?.lua;%s/lua/?/init.lua;%s/?.lua;;"):format(process.root, process.root, process.root)
  all.LUA_CPATH = build .. "?.so;;"
  -- The command of the sources names Lua 5.4; that of a build names the Lua that it is for.
  all.PATH = (_VERSION == "Lua 5.4" and process.root .. "/bin:" or build .. "bin:") .. all.PATH
  for name, value in pairs(changes or {}) do all[name] = value or nil end
  local list = {}
  for name, value in pairs(all) do list[#list + 1] = name .. "=" .. value end
  return list
end

process.environment = environment

--- Runs a program: process.run{"program", "argument", ..., cwd = folder, env = {NAME = "value" or false}, limit = seconds (300)}.
-- Returns its exit status (nil where it was killed), and what it wrote to standard output and to standard error.
function process.run(command)
  local out, err, pipes = {}, {}, {uv.new_pipe(false), uv.new_pipe(false)}
  local code, signal, child, failure
  local timer = uv.new_timer()
  child, failure = uv.spawn(command[1], {
    args = table.move(command, 2, #command, 1, {}), stdio = {nil, pipes[1], pipes[2]}, cwd = command.cwd, env = environment(command.env),
  }, function(c, s)
    code, signal = c, s
    child:close()
    timer:close()
  end)
  if not child then
    for _, handle in ipairs{pipes[1], pipes[2], timer} do handle:close() end
    uv.run() -- luv's half-made process must be gone before its memory is
    error(failure, 0)
  end
  timer:start((command.limit or 300) * 1000, 0, function() child:kill "sigkill" end)
  for i, list in ipairs{out, err} do
    pipes[i]:read_start(function(_, chunk)
      if chunk then list[#list + 1] = chunk else pipes[i]:close() end
    end)
  end
  uv.run()
  return signal == 0 and code or nil, table.concat(out), table.concat(err)
end

--- Runs a Lua script with the interpreter that runs the spec, as process.run does.
function process.lua(command)
  local all = {uv.exepath(), table.unpack(command)}
  for name, value in pairs(command) do if type(name) == "string" then all[name] = value end end
  return process.run(all)
end

return process
