-- A data set of one's own: a table of files and labels, whatever made them.   lua5.4 examples/14_own_data.lua
-- Here the "recorder" writes text files of two leads at 250 Hz, in microvolts; a csv says who is who.
local eg = require "ecgraft"
local lfs = require "lfs"

-- Something to read: 30 people, half of them with a fast heart.
lfs.mkdir "ward"
local rows = {"patient,file,fast"}
for person = 1, 30 do
  local fast = person % 2 == 0
  local made = eg.data.synthetic{records = 1, classes = {fast and "STach" or "NORM"}, rate = 250, seed = person}:select{"II", "V1"}
  local file = assert(io.open(("ward/%03d.txt"):format(person), "w"))
  for _, sample in ipairs(made.signals[1]:totable()) do
    file:write(("%d %d\n"):format(math.floor(1000 * sample[1] + 0.5), math.floor(1000 * sample[2] + 0.5)))
  end
  file:close()
  rows[#rows + 1] = ("p%03d,ward/%03d.txt,%d"):format(person, person, fast and 1 or 0)
end
local csv = assert(io.open("ward.csv", "w"))
csv:write(table.concat(rows, "\n"), "\n")
csv:close()

--- Signals (samples, leads) of one of the recorder's files, in microvolts.
local function read_text(path)
  local samples = {}
  for line in io.lines(path) do
    local ii, v1 = line:match "^(%-?%d+) (%-?%d+)$"
    samples[#samples + 1] = {tonumber(ii), tonumber(v1)}
  end
  return eg.tensor(samples)
end

local list, at = assert(eg.data.csv "ward.csv"), 0
local set = assert(eg.data.from_reader(function()
  at = at + 1
  local row = list[at]
  if not row then return nil end
  return {id = row.file, patient = row.patient, rate = 250, leads = {"II", "V1"}, units = "uV", signals = read_text(row.file),
    labels = row.fast == "1" and {"fast"} or {}}
end, {leads = {"II", "V1"}, classes = {"fast"}, unlabelled = "keep", source = "the ward's recorder"}))
print(set)

local parts = set:split{train = 0.6, val = 0.2, test = 0.2, by = "patient", seed = 1}
assert(parts.train:record(1):plot "ward.svg")
assert(set:save "ward.h5") -- next time: eg.data.open "ward.h5"
print "written: ward.svg, ward.h5"
