--- Training from a prepared file that is larger than the memory a process may have, beside training from memory.
--
--   lua5.4 bench/streaming.lua BUILD [MEGABYTES [ROUNDS [RECORDS]]]
--
-- Writes a file of four times MEGABYTES (600) to the folder for temporary files, then trains a ResNet1d18 for one epoch of RECORDS (4,000)
-- records from all over it: with them in memory, and streamed by a process whose address space is limited to MEGABYTES by `ulimit -v`, or
-- as the shell text in LIMIT does it (a memory cgroup, say, which counts the cache of files as well). ROUNDS (3) of both in turns; prints
-- the median seconds, their ratio, and whether all weights are the same.
if arg[1] == "child" then
  local eg = require "ecgraft"
  local uv = require "luv"
  local set = assert(eg.data.open(arg[2], {stream = arg[3] == "stream"})):take(math.tointeger(arg[4]), {seed = 1, stratified = false})
  if arg[3] == "memory" then assert(set.signals) end
  eg.manual_seed(1)
  local net = eg.models.resnet1d18{leads = 12, classes = #set.classes}
  local scaler = eg.data.scaler.new{kind = "set", mean = 0, deviation = .2}
  local began = uv.hrtime()
  local history = eg.fit(net, set, {epochs = 1, batch = 64, seed = 1, progress = false, scaler = scaler})
  local seconds, sum = (uv.hrtime() - began) / 1e9, 0
  for _, tensor in net:named_state() do
    sum = sum * 31 + require("ecgraft.core").signal.hashes(tensor:detach():reshape(1, tensor:numel(), 1))[1]
  end
  print(seconds, history[1].train_loss, sum)
  return
end

local build, megabytes, rounds, records = arg[1], tonumber(arg[2] or 600), tonumber(arg[3] or 3), tonumber(arg[4] or 4000)
if not build or not megabytes or not rounds or not records then
  io.stderr:write "usage: bench/streaming.lua BUILD [MEGABYTES [ROUNDS [RECORDS]]]\n"
  os.exit(2)
end
package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = build .. "/?.so;" .. package.cpath
local eg = require "ecgraft"

local function quoted(text) return "'" .. text:gsub("'", [['\'']]) .. "'" end

local path = os.tmpname()
local count = math.ceil(4 * megabytes * 1e6 / (1000 * 12 * 4))
records = math.min(records, count)
print(("a file of %d records, %d MB; %d of them in an epoch"):format(count, 4 * megabytes, records))
assert(eg.data.synthetic{records = count, seed = 1}:save(path))

local limit = os.getenv "LIMIT" or ("ulimit -v %d"):format(megabytes * 1e6 // 1024)

-- Seconds, and the text that tells the weights apart.
local function run(how)
  local command = ("%sLUA_PATH=%s LUA_CPATH=%s exec %s bench/streaming.lua child %s %s %d"):format(
    how == "stream" and limit .. "; " or "", quoted(package.path), quoted(package.cpath),
    quoted(arg[-1]), quoted(path), how, records)
  local pipe = assert(io.popen(command))
  local text = pipe:read "a"
  local ok = pipe:close()
  local seconds, weights = text:match "^(%S+)%s+(.-)%s*$"
  if not ok or not tonumber(seconds) then
    os.remove(path)
    error(("bench: the child failed: %s\n%s"):format(command, text), 0)
  end
  return tonumber(seconds), weights
end

local times, weights, same = {memory = {}, stream = {}}, nil, true
for _ = 1, rounds do
  for _, how in ipairs{"memory", "stream"} do
    local seconds, these = run(how)
    table.insert(times[how], seconds)
    weights = weights or these
    same = same and weights == these
    print(how, ("%.2f s"):format(seconds), these)
  end
end
os.remove(path)

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

local memory, stream = median(times.memory), median(times.stream)
print(("from memory %.2f s, streamed within %d MB %.2f s: %.0f %% of the speed; weights %s"):format(memory, megabytes, stream,
  100 * memory / stream, same and "the same" or "DIFFERENT"))
os.exit(same and 0 or 1)
