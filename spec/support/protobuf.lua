--- Reads protocol buffers: parse(bytes) --> fields in their order, {number =, value =}: integers, bytes, or floats of 4 and 8 bytes.
-- find(fields, number) --> all values of that number.
local protobuf = {}

local function varint(bytes, at)
  local value, shift = 0, 0
  repeat
    local byte = bytes:byte(at)
    value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
  until byte < 128
  return value, at
end

function protobuf.parse(bytes)
  local fields, at = {}, 1
  while at <= #bytes do
    local key, value
    key, at = varint(bytes, at)
    local wire = key & 7
    if wire == 0 then value, at = varint(bytes, at)
    elseif wire == 1 then value, at = string.unpack("<d", bytes, at)
    elseif wire == 5 then value, at = string.unpack("<f", bytes, at)
    else
      assert(wire == 2, "wire type " .. wire)
      local length
      length, at = varint(bytes, at)
      assert(at + length - 1 <= #bytes, "a field that is longer than its message")
      value, at = bytes:sub(at, at + length - 1), at + length
    end
    fields[#fields + 1] = {number = key >> 3, value = value}
  end
  return fields
end

function protobuf.find(fields, number)
  local out = {}
  for _, field in ipairs(fields) do
    if field.number == number then out[#out + 1] = field.value end
  end
  return out
end

return protobuf
