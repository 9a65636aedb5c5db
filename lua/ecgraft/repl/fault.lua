--- A result that is no value, in words: what went wrong and the user's lines that led there.
local fault = {}

local function is_long(text) return text ~= nil and text:find("\n", 1, true) ~= nil end

-- "input 3:2: message": the place is left out where the input is the one line that was just typed.
local function placed(message, count, text)
  local number, line, rest = message:match "^input (%d+):(%d+): (.*)$"
  if not number then return message end
  if tonumber(number) ~= count then return ("input %s, line %s: %s"):format(number, line, rest) end
  return is_long(text) and ("line %s: %s"):format(line, rest) or rest
end

local function place_text(each, current)
  if each.left then return ("  ... %d more"):format(each.left) end
  local what = each.is_main and "" or each.name and (" in %s"):format(each.name) or " in a function"
  if each.place == current then return ("  line %d%s"):format(each.line, what) end
  return ("  %s, line %d%s"):format(each.place, each.line, what)
end

--- What a session's run gave (see ecgraft.session), and which input that was: its number and text, nil for a file. Returns the message
-- and a list of lines: where it came from, empty where that is the input alone.
function fault.text(result, count, text)
  local lines = {}
  if #result.trace > 1 then
    for i, each in ipairs(result.trace) do lines[i] = place_text(each, count and ("input %d"):format(count)) end
  end
  return placed(result.message, count, text), lines
end

return fault
