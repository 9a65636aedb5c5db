--- Runs the benchmarks: every program of bench/*.c in the build folder, one after the other.
--
--   lua5.4 scripts/bench.lua BUILD [SECONDS [THREADS [PART]]]
--   What follows BUILD is handed to each; bench/measure.h says what it means.
local lfs = require("lfs")

local build = arg[1]
if not build then
  io.stderr:write("usage: scripts/bench.lua BUILD [SECONDS [THREADS [PART]]]\n")
  os.exit(2)
end

local function quoted(text) return "'" .. text:gsub("'", [['\'']]) .. "'" end

local programs = {}
for name in lfs.dir("bench") do
  local stem = name:match("^([%w_]+)%.c$")
  if stem then programs[#programs + 1] = stem end
end
table.sort(programs)

local options = {}
for i = 2, #arg do options[#options + 1] = " " .. quoted(arg[i]) end

for _, stem in ipairs(programs) do
  local command = quoted(build .. "/bench_" .. stem) .. table.concat(options)
  if not os.execute(command) then
    io.stderr:write("bench: failed: ", command, "\n")
    os.exit(1)
  end
end
