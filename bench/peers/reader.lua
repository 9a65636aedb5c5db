--- Our side of bench/peers/loading.lua. One command on standard input, one line of answer:
--
--   load set|low|high THREADS 0 FOLDER --> records a second
local eg = require("ecgraft")
local core = require("ecgraft.core")
local csv = require("ecgraft.data.csv")
local clock = require("luv").hrtime -- nanoseconds

local function paths_of(folder, column)
  local paths = {}
  for i, row in ipairs(assert(csv.read(folder .. "/ptbxl_database.csv", { column }))) do
    paths[i] = folder .. "/" .. row[column] .. ".hea"
  end
  return paths
end

--- What is to be timed: a function that reads, and returns how many records.
local parts = {}

function parts.set(folder)
  return function() return #assert(eg.data.ptbxl(folder)) end
end

local function signals(column)
  return function(folder)
    local paths = paths_of(folder, column)
    return function() return core.wfdb.load(paths, { rate = 100, length = 1000 }):size(1) end
  end
end

parts.low, parts.high = signals("filename_lr"), signals("filename_hr")

for line in io.lines() do
  local part, threads, folder = line:match("^load (%a+) (%d+) %d+ (.+)$")
  eg.set_num_threads(math.tointeger(threads))
  local read = parts[part](folder)
  local before = clock()
  local count = read()
  print(("%.1f"):format(count / ((clock() - before) * 1e-9)))
  io.stdout:flush()
end
