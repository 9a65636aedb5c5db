--- What the study's engine costs, and what a second worker gains.
--
--   lua5.4 bench/study/measure.lua [--rounds 5] [--runs 24] [--empty 200] [--threads 2]
--
-- 1. A plan of EMPTY runs that train next to nothing: what it takes in all, from the start of the process to the report, divided by the
--    runs, is more than the engine's own cost of a run.
-- 2. A plan of RUNS small runs with one worker of one thread and two workers of one, in turns, ROUNDS times; and one worker of THREADS
--    where that is not 1 (on a machine with other work, threads that wait for each other take many times as long). Processor time
--    shows whether two workers do more work than one, whatever else the machine is doing.
local uv = require "luv"

local options = {rounds = 5, runs = 24, empty = 200, threads = 2}
for i = 1, #arg, 2 do
  local name, value = arg[i]:match "^%-%-(%w+)$", math.tointeger(tonumber(arg[i + 1]))
  if not options[name] or not value or value < 1 then
    io.stderr:write("bench/study/measure.lua: unknown option or missing number: ", arg[i], "\n")
    os.exit(2)
  end
  options[name] = value
end

io.stdout:setvbuf "line"

local function shell(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "a"
  if not pipe:close() then error("failed: " .. command, 0) end
  return text
end

--- Seconds by the clock and of the processors, of a study in a new folder; and those of a second report of it.
local function measure(workers, threads, runs, kind)
  local folder = os.tmpname()
  os.remove(folder)
  local study = ("%s bin/ecgraft study bench/study/plan.lua --out %s --workers %d --threads %d --quiet -- %d %s"):format(uv.exepath(),
    folder, workers, threads, runs, kind)
  local text = shell(([[bash -c 'TIMEFORMAT="%%R %%U %%S"; { time %s >/dev/null; } 2>&1']]):format(study))
  local wall, user, system = text:match "([%d.]+) ([%d.]+) ([%d.]+)%s*$"
  if not wall then error(text, 0) end
  local began = uv.hrtime()
  shell(("%s bin/ecgraft report %s"):format(uv.exepath(), folder))
  local report = (uv.hrtime() - began) / 1e9
  shell("rm -rf " .. folder)
  return {wall = tonumber(wall), processors = tonumber(user) + tonumber(system), report = report}
end

local function median(list)
  table.sort(list)
  return (list[(#list + 1) // 2] + list[#list // 2 + 1]) / 2
end

local function load_average() return ("%.1f"):format(uv.loadavg()) end

print(("%d processors, load average %s"):format(#uv.cpu_info(), load_average()))
print "\nThe engine's own cost: runs that train next to nothing"
for workers = 1, 2 do
  local best
  for _ = 1, 3 do
    local found = measure(workers, 1, options.empty, "empty")
    if not best or found.wall < best.wall then best = found end
  end
  print(("  %d runs, %d worker%s: %.1f ms a run with training, start and report (best of 3; %.1f ms of processors), %.1f of it the report;"
    .. " %.3f %% of a minute"):format(options.empty, workers, workers == 1 and " " or "s", 1000 * best.wall / options.empty,
    1000 * best.processors / options.empty, 1000 * best.report / options.empty, 100 * best.wall / options.empty / 60))
end

print(("\nA plan of %d small runs, in turns"):format(options.runs))
local kinds = {{"two workers, one thread each", 2, 1}, {"one worker, one thread", 1, 1}}
if options.threads > 1 then kinds[3] = {("one worker, %d threads"):format(options.threads), 1, options.threads} end
local walls, processors, gains = {}, {}, {}
for i = 1, #kinds do walls[i], processors[i], gains[i] = {}, {}, {} end
for round = 1, options.rounds do
  for i, kind in ipairs(kinds) do
    local found = measure(kind[2], kind[3], options.runs, "small")
    walls[i][round], processors[i][round] = found.wall, found.processors
    gains[i][round] = walls[i][round] / walls[1][round]
  end
end
for i, kind in ipairs(kinds) do
  print(("  %-30s median %.1f s, best %.1f s, %.1f s of processors"):format(kind[1], median(walls[i]), math.min(table.unpack(walls[i])),
    median(processors[i])))
end
for i = 2, #kinds do
  print(("  two workers against %-24s %.2f times as fast (median of %d rounds), best against best %.2f"):format(kinds[i][1] .. ":",
    median(gains[i]), options.rounds, math.min(table.unpack(walls[i])) / math.min(table.unpack(walls[1]))))
end
print("load average at the end: " .. load_average())
