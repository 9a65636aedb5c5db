--- What writers of WFDB records share: samples in format 16, files, and the diagnosis codes of the synthetic ECG's findings.
local wfdb_parts = {}

local MISSING = -32768 -- the smallest value says that a sample is missing

--- SNOMED CT codes of the synthetic ECG's classes, as the PhysioNet/CinC Challenges write them behind #Dx.
wfdb_parts.codes = {
  NORM = "426783006", SB = "426177001", STach = "427084000", AF = "164889003", IAVB = "270492004", LBBB = "164909002",
  RBBB = "59118001", PAC = "284470004", PVC = "427172004", VEB = "164884008", LVH = "164873001", LAD = "39732003",
  STE = "164931005", STD = "429622005", MI = "164865005", TAb = "164934002", TInv = "59931005", LQT = "111975006",
}

--- A file with this content. true, or nil and a message.
function wfdb_parts.write_file(path, text)
  local file, message = io.open(path, "wb")
  if not file then return nil, message end
  local ok, failure = file:write(text)
  local closed, close_failure = file:close()
  if not ok or not closed then return nil, ("%s: %s"):format(path, failure or close_failure) end
  return true
end

--- Samples in format 16 (two bytes, lower first) of rows[t][lead] in mV, rounded to 1 / units_per_mv: the bytes, and by lead the first
-- sample and the 16-bit checksum; or nil, message.
---@return string?
---@return any first
---@return integer[]? sums
function wfdb_parts.pack(rows, leads, units_per_mv)
  local frames, first, sums, frame = {}, {}, {}, {}
  local n, floor = #leads, math.floor
  local format = "<" .. ("i2"):rep(n)
  for lead = 1, n do sums[lead] = 0 end
  for t, row in ipairs(rows) do
    for lead = 1, n do
      local value = row[lead]
      local unit = value == value and floor(value * units_per_mv + .5) or MISSING
      if value == value and not (unit > MISSING and unit <= 32767) then
        local most = 32767 / units_per_mv
        return nil, ("expected samples from %g to %g mV, got %g at %d in lead %s"):format(-most, most, value, t, leads[lead])
      end
      frame[lead], sums[lead] = unit, sums[lead] + unit
      if t == 1 then first[lead] = unit end
    end
    frames[t] = format:pack(table.unpack(frame, 1, n))
  end
  for lead = 1, n do sums[lead] = (sums[lead] + 32768) % 65536 - 32768 end
  return table.concat(frames), first, sums
end

return wfdb_parts
