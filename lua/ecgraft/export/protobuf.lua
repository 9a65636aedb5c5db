--- Protocol buffers, the writing half: a message is the concatenation of its fields, each a key (number and wire type) and a value
-- (developers.google.com/protocol-buffers/docs/encoding). What ONNX and TensorBoard files are made of.
local protobuf = {}

local VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

--- An integer in groups of seven bits, the lowest first. A negative one takes ten bytes, as int64 does.
local function varint(n)
  local bytes = {}
  while n < 0 or n > 127 do
    bytes[#bytes + 1] = string.char(n & 127 | 128)
    n = n >> 7
  end
  bytes[#bytes + 1] = string.char(n)
  return table.concat(bytes)
end

local function key(number, wire) return varint(number << 3 | wire) end

protobuf.varint = varint

--- A field of type int32, int64, bool or an enumeration.
function protobuf.integer(number, value) return key(number, VARINT) .. varint(value) end

--- A string, bytes, or a message that is written already.
function protobuf.bytes(number, text) return key(number, BYTES) .. varint(#text) .. text end

--- A message of parts (strings) that are joined here, so that a long one is copied once.
function protobuf.message(number, parts)
  local length = 0
  for _, part in ipairs(parts) do length = length + #part end
  return key(number, BYTES) .. varint(length) .. table.concat(parts)
end

function protobuf.float(number, value) return key(number, FIXED32) .. string.pack("<f", value) end

function protobuf.double(number, value) return key(number, FIXED64) .. string.pack("<d", value) end

return protobuf
