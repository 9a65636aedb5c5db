-- Look at ECGs: a synthetic one, and a file of your own.   lua5.4 examples/04_look_at_an_ecg.lua [RECORD.hea]
local eg = require "ecgraft"

local set = eg.data.synthetic{records = 20, hospital = "A", seed = 3}
print(set)

local first = set:record(1)
print(first)
assert(first:plot "ecg.svg") -- 25 mm/s, 10 mm/mV; .png and .pdf where rsvg-convert is installed
print "written: ecg.svg"

local path = ...
if path and path ~= "--smoke" then
  local record = assert(eg.data.read_record(path))
  print(record)
  for _, comment in ipairs(record.comments or {}) do print("# " .. comment) end
  assert(record:plot "record.svg")
  print "written: record.svg"
end
