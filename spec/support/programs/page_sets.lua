-- Makes, below ./data and here, what blocks of the pages marked `with-sets` read: synthetic ECGs in the layouts of the sets, and a table of
-- recordings of one's own. Small; made once.
local eg = require "ecgraft"
local lfs = require "lfs"

if lfs.attributes("data", "mode") then return end
assert(lfs.mkdir "data")

local function layout(name, kind, given)
  given.seed, given.seconds = 7, given.seconds or 10
  assert(eg.data.write_layout(eg.data.synthetic(given), "data/" .. name, {layout = kind}))
end

local of_all = {"NORM", "MI", "STD", "LVH", "LBBB"}
layout("ptb-xl-1.0.3", "ptbxl", {records = 24, classes = of_all, rate = 100})
layout("cpsc_2018", "challenge", {records = 12, hospital = "A", rate = 500})
layout("georgia", "challenge", {records = 12, hospital = "B", rate = 500})
layout("some-hospital", "challenge", {records = 12, hospital = "B", rate = 500})
layout("ptbdb", "ptb", {records = 8, classes = {"NORM", "MI"}, rate = 1000})
layout("code15", "code", {records = 12, classes = {"NORM", "AF", "LBBB"}, rate = 400})

local ward = eg.data.synthetic{records = 4, classes = {"AF", "LBBB"}, rate = 500, seed = 8}
local table_of = {"file,patient,AF,LBBB,rate,QT (ms)"}
for i = 1, #ward do
  local lines = {table.concat(ward.leads, ",")}
  for _, row in ipairs((ward.signals[i] * 1000):totable()) do
    for l, value in ipairs(row) do row[l] = ("%.0f"):format(value) end
    lines[#lines + 1] = table.concat(row, ",")
  end
  local file = assert(io.open(("recording%d.csv"):format(i), "w"))
  file:write(table.concat(lines, "\n"), "\n")
  file:close()
  local labels = ward.labels:totable()[i]
  table_of[#table_of + 1] = ("recording%d.csv,p%d,%.0f,%.0f,%.0f,%.0f"):format(i, i, labels[1], labels[2], ward.truth[i].heart_rate,
    ward.truth[i].qt)
end
local file = assert(io.open("ward.csv", "w"))
file:write(table.concat(table_of, "\n"), "\n")
file:close()
