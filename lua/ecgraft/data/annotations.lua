--- WFDB annotation files (.atr, .qrs, ...): marks on a record's beats, rhythms and waves. PhysioNet's format MIT (annot(5) of the WFDB
-- Applications Guide): 16-bit words, little-endian, the upper six bits a type, the lower ten the time since the annotation before.
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local text_of = require "ecgraft.data.text"

local annotations = {}

local MOST_BYTES = 1 << 24 -- 8 million annotations; a day of beats is a hundred thousand
local LEAST_RATE = 1e-3 -- ticks a second
local LAST = 1 << 53 -- ticks and samples that a number holds exactly

-- Types that are no annotations of their own (annot(5)).
local NOTE, SKIP, NUM, SUB, CHAN, AUX = 22, 59, 60, 61, 62, 63

-- ORDER ECGCODES: the mnemonics of types 1 to 41; blank where there is none.
local mnemonics = {"N", "L", "R", "a", "V", "F", "J", "A", "S", "E", "j", "/", "Q", "~", nil, "|", nil, "s", "T", "*", "D", '"', "=", "p",
  "B", "^", "t", "+", "u", "?", "!", "[", "]", "e", "n", "@", "x", "f", "(", ")", "r"}

local function cut_off(at) return nil, ("is cut off at byte %d"):format(at - 1) end

-- The annotations of a text, times in ticks from 0; or nil, message.
local function parse(text)
  local list, at, time, channel, number = {}, 1, 0, 0, 0
  local current ---@type {tick: integer, code: integer, channel: integer, number: integer, subtype: integer, text?: string}?
  while at + 1 <= #text do
    local word = string.unpack("<I2", text, at)
    local kind, low = word >> 10, word & 0x3ff
    at = at + 2
    if word == 0 then return list end
    if kind == SKIP then
      if at + 3 > #text then return cut_off(at) end
      local high, rest = string.unpack("<i2I2", text, at)
      time, at = time + (high << 16 | rest), at + 4
    elseif kind < SKIP then
      time = time + low
      if time < 0 then return nil, ("goes back before the beginning at byte %d"):format(at - 3) end
      current = {tick = time, code = kind, channel = channel, number = number, subtype = 0}
      list[#list + 1] = current
    elseif not current then
      return nil, ("has a field before the first annotation, at byte %d"):format(at - 3)
    elseif kind == AUX then
      local length = low & 0xff
      if at + length - 1 > #text then return cut_off(at) end
      current.text = text:sub(at, at + length - 1):gsub("\0+$", "")
      at = at + length + length % 2
    else
      local byte = low & 0xff
      local signed = byte > 127 and byte - 256 or byte
      if kind == SUB then current.subtype = signed end
      if kind == NUM then current.number, number = signed, signed end
      if kind == CHAN then current.channel, channel = byte, byte end
    end
  end
  return cut_off(at)
end

-- Notes at the beginning that are about the file: its ticks a second, and types of its own. Returns the other annotations, ticks a second
-- (or nil), and {[code] = {symbol, description}}.
local function settle(list)
  local rest, rate, own, defining = {}, nil, {}, false
  for _, each in ipairs(list) do
    local text = each.code == NOTE and each.tick == 0 and each.text or ""
    local ticks = text:match("^## time resolution: (%d+%.?%d*)")
    if ticks then rate = tonumber(ticks)
    elseif text == "## annotation type definitions" then defining = true
    elseif text == "## end of definitions" then defining = false
    elseif defining and text ~= "" then
      local code, symbol, description = text:match("^(%d+)%s+(%S+)%s*(.*)$")
      if code then own[tonumber(code)] = {symbol, description} end
    elseif each.code ~= 0 then -- type 0 is none: it only carries the time on
      rest[#rest + 1] = each
    end
  end
  return rest, rate, own
end

local schema = {rate = {type = "number", min = 1e-3}} -- samples a second of the record, where the files do not say it

--- annotations.read(path [, {rate =}]): the annotations of a file such as "100.atr", a list in the order of the file, each
--   {time = seconds from the beginning, sample = position in the record's signals, from 1, symbol = "N", code = 1, subtype = 0,
--    channel = 0 (as in the file; some files count signals so), number = 0, text = "(AFIB" where there is one}
-- and list.rate. Times are in the ticks that the file names, else in the frames of the header beside it; where neither says it, `rate` is
-- needed. `rate` in any case is that of `sample`. nil, message where the file is missing or damaged.
function annotations.read(path, given)
  options.argument("data.read_annotations", 1, "path", path, {type = "string"})
  local o = options.check("data.read_annotations", given, schema)
  local text, message = text_of.read(path, MOST_BYTES)
  if not text then return nil, message end
  local list
  list, message = parse(text)
  if not list then return nil, ("%s: damaged annotation file: %s"):format(path, message) end
  local ticks, own
  list, ticks, own = settle(list)
  local header = not ticks and core.wfdb.header((path:gsub("%.[^./]*$", "")) .. ".hea")
  ticks = ticks or (header and header.rate) or o.rate
  if not ticks then return nil, ("%s: does not say how many ticks a second it has, and there is no header beside it"):format(path) end
  list.rate = o.rate or (header and header.rate) or ticks
  if ticks < LEAST_RATE or list.rate < LEAST_RATE then
    return nil, ("%s: expected at least %g ticks or samples a second, got %g"):format(path, LEAST_RATE, math.min(ticks, list.rate))
  end
  for _, each in ipairs(list) do
    each.time = each.tick / ticks
    local sample = each.time * list.rate
    if each.tick > LAST or sample > LAST then
      return nil, ("%s: damaged annotation file: one is %g s behind the beginning"):format(path, each.time)
    end
    each.sample = math.floor(sample + 1e-6) + 1
    each.symbol = own[each.code] and own[each.code][1] or mnemonics[each.code] or ""
    each.tick = nil
  end
  return list
end

return annotations
