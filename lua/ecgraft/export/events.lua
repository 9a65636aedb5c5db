--- TensorBoard's event files: records of TFRecord (length, masked CRC-32C of it, data, masked CRC-32C of that), each a protocol buffer
-- Event (tensorflow/core/util/event.proto) with numbers by tag.
local crc32c = require "ecgraft.export.crc32c"
local pb = require "ecgraft.export.protobuf"

local events = {}

local function masked(text)
  local crc = crc32c(text)
  return string.pack("<I4", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
end

local function record(data)
  local length = string.pack("<I8", #data)
  return length .. masked(length) .. data .. masked(data)
end

--- What a file begins with; `time` in seconds since 1970.
function events.head(time) return record(pb.double(1, time) .. pb.bytes(3, "brain.Event:2")) end

--- Numbers of one step: scalars(time, step, {{tag, value}, ...}).
function events.scalars(time, step, values)
  local parts = {}
  for i, each in ipairs(values) do parts[i] = pb.bytes(1, pb.bytes(1, each[1]) .. pb.float(2, each[2])) end
  return record(pb.double(1, time) .. pb.integer(2, step) .. pb.message(5, parts))
end

return events
