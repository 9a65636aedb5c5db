--- One WFDB record in a publisher's style: signal files in format 16 and the header.
local wfdb_parts = require "ecgraft.data.wfdb_parts"

local record = {}

--- record.write(folder, name, {rate =, units_per_mv =, format = "16", gain = "1000.0(0)/mV", files = {{ending =, leads = names, rows = mV
-- by sample and lead, before = bytes}, ...}, unsigned = checksums from 0 to 65535, comments = lines}): the header is written last.
-- true, or nil and a message.
function record.write(folder, name, o)
  local lines, signals = {""}, 0
  for _, file in ipairs(o.files) do
    local samples, first, sums = wfdb_parts.pack(file.rows, file.leads, o.units_per_mv)
    if not samples then return nil, ("%s: %s"):format(name, first) end
    local own = ("%s.%s"):format(name, file.ending)
    local ok, message = wfdb_parts.write_file(folder .. "/" .. own, (file.before or "") .. samples)
    if not ok then return nil, message end
    for k, lead in ipairs(file.leads) do
      local sum = o.unsigned and sums[k] % 65536 or sums[k]
      lines[#lines + 1] = ("%s %s %s 16 0 %d %d 0 %s"):format(own, o.format, o.gain, first[k], sum, lead)
    end
    signals = signals + #file.leads
  end
  lines[1] = ("%s %d %.10g %d"):format(name, signals, o.rate, #o.files[1].rows)
  table.move(o.comments, 1, #o.comments, #lines + 1, lines)
  return wfdb_parts.write_file(("%s/%s.hea"):format(folder, name), table.concat(lines, "\n") .. "\n")
end

return record
