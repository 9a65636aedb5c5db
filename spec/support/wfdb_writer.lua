--- WFDB records for specs: 12 leads in format 16, as the Challenges write them.
local temporary = require("spec.support.temporary")

local writer = {}

writer.leads = {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"}

--- writer.write(folder, name, {rate = 500, length = 100, value = function(i, lead) ... end in uV, dx = "1,2", age = 50, sex = "Male",
-- checksum = number to add to the right ones, leads = ..., prefix = "24 bytes before the samples"}).
function writer.write(folder, name, given)
  given = given or {}
  local leads, length, prefix = given.leads or writer.leads, given.length or 100, given.prefix or ("x"):rep(24)
  local value = given.value or function(i, k) return (i * 37 + k * 11 + #name) % 901 - 450 end
  local frames, sums = {}, {}
  for k = 1, #leads do sums[k] = 0 end
  for i = 1, length do
    local frame = {}
    for k = 1, #leads do
      local v = value(i, k)
      frame[k] = string.pack("<i2", v)
      sums[k] = sums[k] + v
    end
    frames[i] = table.concat(frame)
  end
  local base = name:match("[^/]+$")
  local lines = {("%s %d %g %d"):format(base, #leads, given.rate or 500, given.says or length)}
  for k, lead in ipairs(leads) do
    local sum = (sums[k] + (given.checksum or 0) + 32768) % 65536 - 32768
    lines[#lines + 1] = ("%s.mat 16+%d 1000/mV 16 0 %d %d 0 %s"):format(base, #prefix, value(1, k), sum, lead)
  end
  lines[#lines + 1] = "#Age: " .. (given.age or 50)
  lines[#lines + 1] = "#Sex: " .. (given.sex or "Male")
  if given.dx then lines[#lines + 1] = "#Dx: " .. given.dx end
  temporary.write(folder .. "/" .. name .. ".hea", table.concat(lines, "\n") .. "\n")
  temporary.write(folder .. "/" .. name .. ".mat", prefix .. table.concat(frames))
end

return writer
