--- Runs the benchmarks: every program of bench/*.c in the build folder, then every script of bench/*.lua. With --peers: the
-- training steps here and in PyTorch, network by network in turn, and how many times faster ours are.
--
--   lua5.4 scripts/bench.lua BUILD [--peers [options of bench/train_step.lua]]
--   PYTHON names the interpreter that has torch (python3).
local lfs = require("lfs")

local build = arg[1]
if not build then
  io.stderr:write("usage: scripts/bench.lua BUILD [--peers [options]]\n")
  os.exit(2)
end
local root = lfs.currentdir()
local ours = ("env LUA_PATH='%s/lua/?.lua;%s/lua/?/init.lua;;' LUA_CPATH='%s/%s/?.so;;' %s"):format(root, root, root, build,
  arg[-1])

local function run(command)
  print("\n== " .. command:gsub("^env .- (%S+ bench/)", "%1"))
  io.stdout:flush()
  if not os.execute(command) then
    io.stderr:write("bench: failed: ", command, "\n")
    os.exit(1)
  end
end

local function sources(extension)
  local found = {}
  for name in lfs.dir("bench") do
    local stem = name:match("^([%w_]+)%." .. extension .. "$")
    if stem then found[#found + 1] = stem end
  end
  table.sort(found)
  return found
end

--- A --csv output as a list of rows by column name.
local function rows(command)
  local pipe = assert(io.popen(command))
  local columns, list = nil, {}
  for line in pipe:lines() do
    local fields = {}
    for field in line:gmatch("[^,]+") do fields[#fields + 1] = field end
    if columns then
      local row = {}
      for i, name in ipairs(columns) do row[name] = fields[i] end
      list[#list + 1] = row
    else
      columns = fields
    end
  end
  if not pipe:close() then
    io.stderr:write("bench: failed: ", command, "\n")
    os.exit(1)
  end
  return list
end

local function peers()
  local python, options = os.getenv("PYTHON") or "python3", table.concat(arg, " ", 3)
  if not os.execute(python .. " -c 'import torch' 2>/dev/null") then
    io.stderr:write("bench: ", python, " has no torch; PYTHON=... names an interpreter that has\n")
    os.exit(1)
  end
  local networks = options:match("%-%-networks (%S+)") or "resnet1d18,resnet1d50,resnet1d101,lstm,bilstm,gru"
  options = options:gsub("%-%-networks %S+", "")
  print(("%-14s %7s | %10s %10s %7s | %10s %10s %7s"):format("network", "threads", "step ms", "PyTorch", "times", "infer ms",
    "PyTorch", "times"))
  for network in networks:gmatch("[^,]+") do
    local tail = (" --networks %s %s"):format(network, options)
    local here = rows(ours .. " bench/train_step.lua --csv" .. tail)
    local there = rows(python .. " bench/peers/train_step.py" .. tail)
    for i, row in ipairs(here) do
      local peer = there[i]
      assert(peer and peer.threads == row.threads, "the two runs measured different things")
      print(("%-14s %7s | %10.2f %10.2f %7.2f | %10.2f %10.2f %7.2f"):format(network, row.threads, row.step_ms, peer.step_ms,
        peer.step_ms / row.step_ms, row.inference_ms, peer.inference_ms, peer.inference_ms / row.inference_ms))
      io.stdout:flush()
    end
  end
end

if arg[2] == "--peers" then
  peers()
else
  for _, stem in ipairs(sources("c")) do run(("%s/bench_%s"):format(build, stem)) end
  for _, stem in ipairs(sources("lua")) do run(("%s bench/%s.lua"):format(ours, stem)) end
end
