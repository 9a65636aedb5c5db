--- text(value, options) --> what a prompt prints for a value, without an end of line.
--
--   tensors, sets, records, networks ...   as print shows them; long ones are cut in the middle
--   histories                              their table, and curves out of characters
--   tables                                 nested, on one line where that is wide enough
--   strings                                in quotes; of a picture its title and size
--   functions                              their name and what they take
--
-- A kind of value that can fit itself into so many columns has __text(value, width) in its metatable, besides __tostring.
-- options: width = columns (default 80), colour = whether terminal colours may be used (default false), utf8 = whether the terminal
-- shows UTF-8 (default: as the locale says), lines = most lines of one value (default 60).
local curve = require "ecgraft.display.curve"
local of_function = require "ecgraft.display.of_function"
local kinds = require "ecgraft.display.kinds"
local named = require "ecgraft.named"
local options = require "ecgraft.options"
local show = require "ecgraft.display.table"
local table_text = require "ecgraft.table_text"
local tensor = require "ecgraft.tensor"

local schema = {
  width = {type = "integer", default = 80, min = 20},
  colour = {type = "boolean", default = false},
  utf8 = {type = "boolean"},
  lines = {type = "integer", default = 60, min = 10},
}

local function shape_text(x) return "tensor {" .. table.concat(x:shape(), ", ") .. "}" end

local function cut(text, room)
  if table_text.width(text) <= room then return text end
  local last = math.max(1, room - 3)
  if not utf8.len(text) then return text:sub(1, last) .. "..." end
  local at = utf8.offset(text, last + 1)
  return (at and text:sub(1, at - 1) or text) .. "..."
end

--- A value as part of a table: one line.
local function leaf(value, room)
  local kind = type(value)
  if kind == "string" then return show.string(value, math.max(20, room - 20)) end
  if kind == "function" then
    local name = of_function.name(value)
    return name and name .. (of_function.arguments(value) or "()") or "function" .. (of_function.arguments(value) or "()")
  end
  if tensor.is(value) then return shape_text(value) end
  if kind == "table" and rawget(value, "_kinds") and value._name then
    local _, all = value:count()
    return ("%s, %s parameters"):format(value._name, require("ecgraft.number_text").count(all))
  end
  local ok, text = pcall(tostring, value)
  if not ok then return kind end
  local first = text:match("^[^\n]*")
  if kind == "table" and named.title(value) then return named.title(value) end
  if #first == #text then return cut(first, math.max(20, room)) end
  local shown = cut(first, math.max(20, room - 4))
  return shown .. (shown == first and " ..." or "")
end

--- Lines left out in the middle; the first third more than the end.
---@param most integer
local function shorten(text, most)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  if #lines <= most then return text end
  local head = most * 2 // 3
  local tail = most - head - 1
  local out = table.move(lines, 1, head, 1, {})
  out[#out + 1] = ("... %d lines left out; print(...) shows them ..."):format(#lines - head - tail)
  table.move(lines, #lines - tail + 1, #lines, #out + 1, out)
  return table.concat(out, "\n")
end

--- The rows of a long history: the first, the last, and the best one.
local function thinned(history, text)
  local KEPT = 5
  if #history <= 4 * KEPT then return text end
  local out, row, skipped = {}, -2, false
  for line in (text .. "\n"):gmatch("(.-)\n") do -- two lines of titles, then a row an epoch
    row = row + 1
    local epoch = row >= 1 and history[row] and history[row].epoch
    if row <= KEPT or row > #history - KEPT or epoch == history.best_epoch then
      out[#out + 1], skipped = line, false
    elseif not skipped then
      out[#out + 1], skipped = "  ...", true
    end
  end
  return table.concat(out, "\n")
end

local function history_text(history, o)
  local text = thinned(history, tostring(history))
  local curves = curve.history(history, o)
  return curves and text .. "\n\n" .. curves or text
end

--- One lead of a record, the second limb lead where it is there.
local function record_text(record, o)
  local text = tostring(record)
  local lead = 1
  for i, name in ipairs(record.leads) do if name == "II" then lead = i end end
  local seconds = 10
  local count = math.min(#record.signals, math.floor(seconds * record.rate))
  if count < 2 then return text end
  local values = record.signals:narrow(1, 1, count):select(2, lead):totable()
  local panel = curve.panel(("%s, mV, %g s"):format(record.leads[lead], count / record.rate), values,
    {width = o.width, height = 5, utf8 = o.utf8})
  return panel and text .. "\n" .. curve.beside({panel}, o.colour) or text
end

local function table_value(value, o)
  if show.is_plain(value) then return show.table(value, o.width, leaf) end
  if kinds.is_history(value) then return history_text(value, o) end
  if kinds.is_record(value) then return record_text(value, o) end
  local fitted = rawget(debug.getmetatable(value), "__text")
  if fitted then return fitted(value, o.width) end
  return tostring(value)
end

return function(value, given)
  local o = options.check("display.text", given, schema)
  local kind = type(value)
  if kind == "string" then return show.picture(value) or show.string(value, math.max(400, 10 * o.width)) end
  if kind == "function" then return of_function.text(value) end
  local ok, text
  if kind == "table" then
    ok, text = pcall(table_value, value, o)
    if not ok then ok, text = pcall(tostring, value) end
  else
    ok, text = pcall(tostring, value)
  end
  if not ok then text = ("a %s whose __tostring fails: %s"):format(kind, tostring(text)) end
  return shorten(text, o.lines)
end
