--- Records a second: folders in PTB-XL's layout read here and in Python (wfdb, pandas, SciPy), in turns.
--
--   lua5.4 bench/peers/loading.lua BUILD [--low DIR] [--high DIR] [--records 1000] [--peer-records 300] [--parts set,low,high]
--     [--rounds 5] [--cache warm]
--   PYTHON names the interpreter that has wfdb, pandas and scipy (python3).
--
--   set    the whole call, table and labels included, from --low; in Python what the set's authors show: pandas, literal_eval, rdsamp
--   low    the signals alone, 100 samples a second, from --low
--   high   the signals alone, brought from 500 to 100 samples a second, from --high; in Python rdsamp and resample_poly
--
-- Folders that are not named are written first: --records synthetic ECGs at both rates. Each measurement is a process's first, with memory
-- that was never touched; the times are medians over the rounds. Python reads the first --peer-records only, since its time grows with
-- them alone, and puts signals into one array of float32, as we do; of its two processes each reads half, and what they read is not even
-- gathered. --cache cold has the files read from the disk: the system is told before each measurement to forget them.
local lfs = require "lfs"
package.path = "bench/peers/?.lua;lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = arg[1] .. "/?.so;" .. package.cpath
local child = require "child"
local page = require "page"

local options = {low = "", high = "", records = "1000", ["peer-records"] = "300", parts = "set,low,high", rounds = "5", cache = "warm"}
for i = 2, #arg, 2 do
  local name = arg[i]:match "^%-%-([%w-]+)$"
  if not name or not arg[i + 1] or not options[name] then
    io.stderr:write("bench/peers/loading.lua: unknown option or missing value: ", arg[i], "\n")
    os.exit(2)
  end
  options[name] = arg[i + 1]
end

local python = os.getenv "PYTHON" or "python3"
if not os.execute(python .. " -c 'import wfdb, pandas, scipy' 2>/dev/null") then
  io.stderr:write("bench-loading: ", python, " has no wfdb, pandas or scipy; PYTHON=... names an interpreter that has\n")
  os.exit(1)
end

local root = lfs.currentdir()
local sides = {
  ours = {"env", ("LUA_PATH=%s/lua/?.lua;%s/lua/?/init.lua;;"):format(root, root), ("LUA_CPATH=%s/%s/?.so;;"):format(root, arg[1]),
    arg[-1], "bench/peers/reader.lua"},
  peer = {"env", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", python, "bench/peers/reader.py"},
}

--- The answer of a new process.
local function ask(side, line)
  local runner = child.start(sides[side])
  local answer = runner:ask(line)
  runner:stop()
  return answer
end

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

--- Medians of records a second: ours with one thread and two, Python with one process and two.
local function race(part, folder)
  local contenders, rates, medians = {{"ours", 1}, {"peer", 1}, {"ours", 2}, {"peer", 2}}, {{}, {}, {}, {}}, {}
  ask("ours", ("load %s 1 0 %s"):format(part, folder)) -- the files are in memory after this
  for round = 1, tonumber(options.rounds) do
    for i, one in ipairs(contenders) do
      if options.cache == "cold" then ask("peer", "forget " .. folder) end
      local limit = one[1] == "peer" and options["peer-records"] or "0"
      rates[i][round] = tonumber(ask(one[1], ("load %s %d %s %s"):format(part, one[2], limit, folder)))
    end
  end
  for i, list in ipairs(rates) do medians[i] = median(list) end
  return medians
end

local made
if options.low == "" or options.high == "" then
  local data = require("ecgraft").data
  made = os.tmpname()
  os.remove(made)
  local set = data.synthetic{records = math.tointeger(options.records), rate = 500}
  assert(data.write_layout(set, made, {layout = "ptbxl"}))
end

local folders = {set = options.low, low = options.low, high = options.high}
local titles = {set = "PTB-XL's layout", low = "signals, 100 Hz", high = "signals, 500 to 100 Hz"}
local columns = {"records/s", "1 thread", "Python", "times", "2 threads", "2 processes", "times"}
local out = page.table("Records a second", columns)
print(out:head())
for part in options.parts:gmatch "[^,]+" do
  if not titles[part] then
    io.stderr:write("bench-loading: no part '", part, "'; there are: set, low, high\n")
    os.exit(2)
  end
  local rates = race(part, folders[part] ~= "" and folders[part] or made)
  print(out:add(titles[part], rates[1], rates[2], rates[1] / rates[2], rates[3], rates[4], rates[3] / rates[4]))
  io.stdout:flush()
end
if made then os.execute("rm -r '" .. made .. "'") end
require("luv").run() -- until the last handle is closed
