--- Tables of measurements: as text while they are made, as a page of Markdown at the end, with the machine described.
local Table = {}
Table.__index = Table

local function show(value)
  if type(value) ~= "number" then return value end
  return ("%.3g"):format(value):find "e" and ("%.0f"):format(value) or
    ((value >= 100 and "%.0f" or value >= 10 and "%.1f" or "%.2f"):format(value))
end

local function widths(columns)
  local list = {}
  for i, name in ipairs(columns) do list[i] = math.max(#name, i < 3 and 12 or 8) end
  return list
end

function Table:line(cells)
  local out = {}
  for i, cell in ipairs(cells) do out[i] = (i == 1 and "%-" or "%") .. self.widths[i] .. "s" out[i] = out[i]:format(cell) end
  return table.concat(out, "  ")
end

function Table:head() return self:line(self.columns) end

function Table:add(...)
  local row = {}
  for i, value in ipairs{...} do row[i] = show(value) end
  self.rows[#self.rows + 1] = row
  return self:line(row)
end

function Table:markdown()
  local out = {"### " .. self.title, "", "| " .. table.concat(self.columns, " | ") .. " |", "|" .. ("---|"):rep(#self.columns)}
  for _, row in ipairs(self.rows) do out[#out + 1] = "| " .. table.concat(row, " | ") .. " |" end
  return table.concat(out, "\n")
end

local page = {}

function page.table(title, columns)
  return setmetatable({title = title, columns = columns, widths = widths(columns), rows = {}}, Table)
end

--- What a command prints; with `needed` a command that fails is an error.
local function output_of(command, needed)
  local pipe = assert(io.popen(command .. (needed and "" or " 2>/dev/null")))
  local text = pipe:read "a"
  if not pipe:close() and needed then error(command .. " failed", 0) end
  return (text:gsub("%s+$", ""))
end

--- The processor, its caches and instruction sets, as lscpu names them.
local function machine()
  local text, out = output_of "LC_ALL=C lscpu", {}
  for _, name in ipairs{"Model name", "CPU(s)", "L1d cache", "L2 cache", "L3 cache"} do
    local value = text:match("\n" .. name:gsub("%p", "%%%0") .. ":%s*([^\n]+)")
    if value then out[#out + 1] = ("| %s | %s |"):format(name, value) end
  end
  local flags = {}
  for _, flag in ipairs{"avx2", "fma", "avx512f", "amx_bf16"} do
    if text:find("%f[%w_]" .. flag .. "%f[^%w_]") then flags[#flags + 1] = flag end
  end
  out[#out + 1] = ("| instruction sets | %s |"):format(table.concat(flags, ", "))
  out[#out + 1] = ("| compiler | %s |"):format(output_of("cc --version"):match "[^\n]*")
  out[#out + 1] = ("| OpenBLAS | %s |"):format(output_of "pkg-config --modversion openblas")
  return table.concat(out, "\n")
end

--- Writes the page: the machine, the tables, and what the kernels' benchmarks print.
function page.write(path, tables, torch, build)
  local out = {
    "# Benchmarks", "",
    "This page is written by `make bench-peers`. What is behind the numbers, and what was tried: [performance](performance.md).", "",
    "Times are medians of interleaved runs, float32 on both sides, the same networks, batches, loss and optimizer. Beside two threads of",
    "ECGraft stands PyTorch with one or two, whichever is the faster.", "",
    "| | |", "|---|---|", machine(), ("| PyTorch | %s |"):format(torch), "", "## Networks",
  }
  for _, one in ipairs(tables) do out[#out + 1] = "\n" .. one:markdown() end
  out[#out + 1] = "\n## Kernels\n\n`make bench BENCH=\"0.2 1\"`; the head of [measure.h](../bench/measure.h) says what the columns mean.\n"
  out[#out + 1] = ("```text\n%s\n```\n"):format(output_of(("%s scripts/bench.lua %s 0.2 1"):format(arg[-1], build), true))
  local file = assert(io.open(path, "w"))
  assert(file:write(table.concat(out, "\n")))
  assert(file:close())
  print("\nwritten to " .. path)
end

return page
