--- CRC-32C (Castagnoli; RFC 3720, appendix B.4), by a table of the 256 bytes: for short texts.
local POLYNOMIAL = 0x82F63B78 -- reflected

local table_of_bytes = {}
for byte = 0, 255 do
  local rest = byte
  for _ = 1, 8 do rest = rest & 1 == 1 and rest >> 1 ~ POLYNOMIAL or rest >> 1 end
  table_of_bytes[byte] = rest
end

--- The checksum of a string, 0 to 2^32 - 1.
return function(text)
  local sum = 0xFFFFFFFF
  for i = 1, #text do sum = table_of_bytes[(sum ~ text:byte(i)) & 255] ~ sum >> 8 end
  return sum ~ 0xFFFFFFFF
end
