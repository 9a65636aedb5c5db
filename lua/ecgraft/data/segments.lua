--- WFDB records of several segments (header(5)): pieces that follow each other in time, each a record of its own. Fixed layout: all have
-- the same signals. Variable layout: a first segment of length 0 names all signals, and each of the others has some of them. A segment
-- "~" is a gap. What is not there is NaN.
local core = require "ecgraft.core"
local lfs = require "lfs"
local text_of = require "ecgraft.data.text"

local segments = {}

-- Gaps take no room in files: so many values a record may have, and beyond `FREE` so many for each byte of its segments.
local MOST_VALUES, FREE, VALUES_PER_BYTE = 1 << 28, 1 << 24, 64
local MOST_BYTES = 1 << 20 -- of a header

-- Segments {name, length in frames} and comments from the header's lines; nil, message.
local function parse(path)
  local text, message = text_of.read(path, MOST_BYTES)
  if not text then return nil, message end
  local list, comments, first = {}, {}, true
  for line in text:gmatch("[^\r\n]+") do
    local comment = line:match("^%s*#[#%s]*(.*)$")
    if comment then
      comments[#comments + 1] = text_of.trim(comment)
    elseif line:find("%S") and first then
      first = false
    elseif line:find("%S") then
      local name, length = line:match("^%s*(%S+)%s+(%d+)%s*$")
      length = math.tointeger(tonumber(length))
      if not length or name:find("[/\\]") or name == "." or name == ".." then
        return nil, ("%s: expected a segment's plain name and length, got %s"):format(path, text_of.show(line))
      end
      list[#list + 1] = {name = name, length = length}
    end
  end
  return list, comments
end

-- The signals of the whole record: those of the first segment, in fixed layout, or of the layout header.
local function layout_of(header, list, folder)
  local first = list[1]
  if first.name == "~" then return nil, header.path .. ": the first segment is a gap" end
  local layout, message = core.wfdb.header(folder .. first.name)
  if not layout then return nil, message end
  if layout.segments then return nil, ("%s: segment %s has segments of its own"):format(header.path, first.name) end
  if #layout.signals == 0 then return nil, ("%s: segment %s has no signals"):format(header.path, first.name) end
  local frame = layout.signals[1].samples_per_frame
  for _, signal in ipairs(layout.signals) do if signal.samples_per_frame ~= frame then frame = 1 end end
  return layout.signals, frame, first.length == 0
end

-- Copies one segment's signals to their columns, from row `at` on; nil, message.
local function place(whole, at, segment, layout, variable, given)
  local read, message = core.wfdb.read(given.folder .. segment.name, {verify = given.verify})
  if not read then return nil, message end
  local rows = read.signals:size(1)
  if rows ~= segment.length * given.frame then
    return nil, ("%s: expected %d samples of each signal, got %d"):format(read.header.path, segment.length * given.frame, rows)
  end
  if not variable and #read.header.signals ~= #layout then
    return nil, ("%s: expected %d signals, got %d"):format(read.header.path, #layout, #read.header.signals)
  end
  for i, signal in ipairs(read.header.signals) do
    local column = not variable and layout[i].name == signal.name and i or nil
    for c, wanted in ipairs(layout) do if variable and wanted.name == signal.name then column = column or c end end
    if not column then return nil, ("%s: signal %d, %s, is not in the layout there"):format(read.header.path, i, signal.name) end
    -- Voltages are mV by now, whatever the files have; other units must be the same.
    local voltage, wanted = core.wfdb.millivolts(signal.units), core.wfdb.millivolts(layout[column].units)
    if (voltage == nil) ~= (wanted == nil) or (not voltage and signal.units ~= layout[column].units) then
      return nil, ("%s: signal %s is in %s, in the layout in %s"):format(read.header.path, signal.name, signal.units, layout[column].units)
    end
    whole:narrow(1, at, rows):narrow(2, column, 1):copy_(read.signals:narrow(2, i, 1))
  end
  return read
end

-- How many values a record may have, by the size of its segments' files.
local function most_values(list, folder)
  local bytes, seen = 0, {}
  for _, segment in ipairs(list) do
    local header = segment.name ~= "~" and not seen[segment.name] and core.wfdb.header(folder .. segment.name)
    seen[segment.name] = true
    for _, signal in ipairs(header and header.signals or {}) do
      local path = folder .. signal.file
      bytes = bytes + (not seen[path] and not signal.file:find("/") and lfs.attributes(path, "size") or 0)
      seen[path] = true
    end
  end
  return math.min(MOST_VALUES, FREE + VALUES_PER_BYTE * bytes)
end

--- Reads the record of a header with segments: what core.wfdb.read returns; nil, message.
function segments.read(header, verify)
  local list, comments = parse(header.path)
  if not list then return nil, comments end
  if #list ~= header.segments then return nil, ("%s: says %d segments, lists %d"):format(header.path, header.segments, #list) end
  local folder = header.path:match("^(.*/)[^/]*$") or ""
  local layout, frame, variable = layout_of(header, list, folder)
  if not layout then return nil, frame end
  local frames = 0
  for _, segment in ipairs(list) do
    frames = frames + math.min(segment.length, MOST_VALUES + 1) -- no sum of lengths overflows
    if frames > MOST_VALUES then return nil, ("%s: its segments are too long"):format(header.path) end
  end
  if header.length ~= 0 and frames ~= header.length then
    return nil, ("%s: says %d samples, its segments have %d"):format(header.path, header.length, frames)
  end
  local most = most_values(list, folder)
  if frames == 0 or frames > most // (frame * #layout) then
    return nil, ("%s: expected from 1 to %d values in segments of such files, got %d samples of %d signals"):format(header.path, most,
      frames * frame, #layout)
  end
  local whole, at, saturated = core.full({frames * frame, #layout}, 0 / 0), 1, 0 ---@type ecgraft.Tensor, number, integer
  for i, segment in ipairs(list) do
    if segment.name ~= "~" and not (variable and i == 1) and segment.length > 0 then
      local read, message = place(whole, at, segment, layout, variable, {folder = folder, frame = frame, verify = verify})
      if not read then return nil, message end
      saturated = saturated + read.saturated
    end
    at = at + segment.length * frame
  end
  header.signals, header.comments = layout, comments
  return {signals = whole, rate = header.rate * frame, invalid = whole:count_nonfinite(), saturated = saturated, header = header}
end

return segments
