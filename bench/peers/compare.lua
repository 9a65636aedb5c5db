--- Training steps, inference, memory and start of the paper's six networks, here and in PyTorch, in turns.
--
--   lua5.4 bench/peers/compare.lua BUILD [--networks a,b] [--parts speed,memory,scaling,start] [--modes train,one,many]
--     [--rounds 9] [--seconds 0.5] [--out docs/benchmarks.md]
--   PYTHON names the interpreter that has torch (python3).
--
-- All processes of a row live at once and take turns of SECONDS, so that what the machine does beside this falls on all of them; a row's
-- times are the medians over the rounds, its ratios those of the medians. With two threads PyTorch is taken with one or two, whichever is
-- the faster. With --out the tables are written to that page as well.
local lfs = require "lfs"
package.path = "bench/peers/?.lua;lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = arg[1] .. "/?.so;" .. package.cpath
local child = require "child"
local page = require "page"

local options = {networks = "resnet1d18,resnet1d50,resnet1d101,lstm,bilstm,gru", parts = "speed,memory,scaling,start",
  modes = "train,one,many", rounds = "9", seconds = "0.5"}
for i = 2, #arg, 2 do
  local name = arg[i]:match "^%-%-(%w+)$"
  if not name or not arg[i + 1] or (not options[name] and name ~= "out") then
    io.stderr:write("bench/peers/compare.lua: unknown option or missing value: ", arg[i], "\n")
    os.exit(2)
  end
  options[name] = arg[i + 1]
end

local python = os.getenv "PYTHON" or "python3"
if not os.execute(python .. " -c 'import torch' 2>/dev/null") then
  io.stderr:write("bench-peers: ", python, " has no torch; PYTHON=... names an interpreter that has\n")
  os.exit(1)
end

local LENGTH = 1000 -- samples: 10 s at 100 Hz
local root = lfs.currentdir()
local sides = {
  ours = {"env", ("LUA_PATH=%s/lua/?.lua;%s/lua/?/init.lua;;"):format(root, root), ("LUA_CPATH=%s/%s/?.so;;"):format(root, arg[1]),
    arg[-1], "bench/peers/worker.lua"},
  torch = {python, "bench/peers/worker.py"},
}

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

local function each(list) return list:gmatch "[^,]+" end

--- Builds every contender {side, "NETWORK THREADS BATCH LENGTH MODE"}, lets them run in turns; their median milliseconds.
local function race(contenders, rounds)
  local runners, times, medians = {}, {}, {}
  for i, one in ipairs(contenders) do
    runners[i], times[i] = child.start(sides[one[1]]), {}
    runners[i]:ask("build " .. one[2])
  end
  for round = 1, rounds do
    for i, runner in ipairs(runners) do times[i][round] = tonumber(runner:ask("run " .. options.seconds)) end
  end
  for i, runner in ipairs(runners) do
    runner:stop()
    medians[i] = median(times[i])
  end
  return medians
end

local function table_of(title, columns)
  local out = page.table(title, columns)
  print("\n" .. title .. "\n" .. out:head())
  return out, function(...)
    print(out:add(...))
    io.stdout:flush()
  end
end

local tables, parts = {}, {}

local modes = {
  train = {title = "training step, batch %d", mode = "train", batch = {resnet1d50 = 32, resnet1d101 = 32}, usual = 64},
  one = {title = "one record", mode = "infer", batch = {}, usual = 1},
  many = {title = "inference, batch %d", mode = "infer", batch = {}, usual = 64},
}

function parts.speed()
  local out, add = table_of("Milliseconds, and how many times faster than PyTorch",
    {"network", "what", "1 thread", "PyTorch", "times", "2 threads", "PyTorch", "times"})
  tables[#tables + 1] = out
  for key in each(options.modes) do
    local mode = modes[key]
    if not mode then
      io.stderr:write("bench-peers: no mode '", key, "'; there are: train, one, many\n")
      os.exit(2)
    end
    for network in each(options.networks) do
      local batch = mode.batch[network] or mode.usual
      local contenders = {}
      for _, one in ipairs{{"ours", 1}, {"torch", 1}, {"ours", 2}, {"torch", 2}} do
        contenders[#contenders + 1] = {one[1], ("%s %d %d %d %s"):format(network, one[2], batch, LENGTH, mode.mode)}
      end
      local ms = race(contenders, tonumber(options.rounds))
      local best = math.min(ms[2], ms[4])
      add(network, mode.title:format(batch), ms[1], ms[2], ms[2] / ms[1], ms[3], best, best / ms[3])
    end
  end
end

--- The largest resident size of a fresh process after three training steps.
function parts.memory()
  local out, add = table_of("Largest resident size of the process in training at batch 64, MiB",
    {"network", "ECGraft", "PyTorch", "share, %"})
  tables[#tables + 1] = out
  for network in each(options.networks) do
    local sizes = {}
    for i, side in ipairs{"ours", "torch"} do
      local runner = child.start(sides[side])
      runner:ask(("build %s 1 64 %d train"):format(network, LENGTH))
      runner:ask "run 0"
      sizes[i] = tonumber(runner:ask "memory")
      runner:stop()
    end
    add(network, sizes[1], sizes[2], 100 * sizes[1] / sizes[2])
  end
end

--- What a record costs in a training step, against the first column, for several batches and several lengths. One thread; three rounds,
-- since the longest steps take seconds.
local function scaling(title, columns, network, builds, divisors)
  local out, add = table_of(title, columns)
  tables[#tables + 1] = out
  for name in each(network) do
    local contenders = {}
    for i, build in ipairs(builds) do contenders[i] = {"ours", build:format(name)} end
    local ms = race(contenders, 3)
    local row = {ms[1] / divisors[1]}
    for i = 2, #ms do row[i] = (ms[i] / divisors[i]) / row[1] end
    add(name, table.unpack(row))
  end
end

function parts.scaling()
  local batches, lengths = {32, 64, 128, 256}, {1000, 2000, 4000, 8000, 16000}
  local builds, divisors, columns = {}, {}, {"network", "ms a record, batch 32"}
  for i, batch in ipairs(batches) do
    builds[i], divisors[i] = ("%%s 1 %d %d train"):format(batch, LENGTH), batch
    if i > 1 then columns[i + 1] = ("batch %d"):format(batch) end
  end
  scaling("A record's cost in training by batch, relative to batch 32", columns, "resnet1d18,lstm,gru", builds, divisors)
  builds, divisors, columns = {}, {}, {"network", "ms a second of record, 1000 samples"}
  for i, length in ipairs(lengths) do
    builds[i], divisors[i] = ("%%s 1 %d %d train"):format(16, length), 16 * length / 100
    if i > 1 then columns[i + 1] = ("%d"):format(length) end
  end
  scaling("A second's cost in training by length of record, batch 16, relative to 1000 samples", columns, "resnet1d18,lstm,gru",
    builds, divisors)
end

--- Milliseconds from start to end of a process that loads the library and does nothing.
function parts.start()
  local out, add = table_of("Milliseconds to start, load the library and end", {"", "ECGraft", "PyTorch"})
  tables[#tables + 1] = out
  local clock = require("luv").hrtime
  local environment = ("env '%s' '%s'"):format(sides.ours[2], sides.ours[3])
  local commands = {("%s %s -e 'require \"ecgraft\"'"):format(environment, arg[-1]), python .. " -c 'import torch'"}
  local times = {{}, {}}
  for round = 1, 5 do
    for i, command in ipairs(commands) do
      local before = clock()
      assert(os.execute(command))
      times[i][round] = (clock() - before) * 1e-6
    end
  end
  add("load", median(times[1]), median(times[2]))
end

for part in each(options.parts) do
  if not parts[part] then
    io.stderr:write("bench-peers: no part '", part, "'; there are: speed, memory, scaling, start\n")
    os.exit(2)
  end
  parts[part]()
end

if options.out then
  local runner = child.start(sides.torch)
  page.write(options.out, tables, runner:ask "version", arg[1])
  runner:stop()
end
require("luv").run() -- until the last handle is closed
