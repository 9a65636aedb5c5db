--- Numbers as text, the same in every locale: the decimal point is always a point.
-- nil and NaN become `number_text.missing`, so that a table shows a hole as a hole.
local number_text = { missing = "–" }

-- string.format follows the C locale, which a host program may change at any time.
local function format(pattern, value)
  local text = pattern:format(value)
  local point = ("%.1f"):format(0.5):match("^0(.-)5$")
  if point and point ~= "." and point ~= "" then
    local first, last = text:find(point, 1, true)
    if first then text = text:sub(1, first - 1) .. "." .. text:sub(last + 1) end
  end
  return text
end

local function is_missing(value)
  return value == nil or value ~= value
end

local function infinite(value)
  return value == math.huge and "inf" or value == -math.huge and "-inf" or nil
end

--- `value` with a fixed number of decimals (default 3, at most 99); never "-0.000".
function number_text.fixed(value, decimals)
  if is_missing(value) then return number_text.missing end
  if infinite(value) then return infinite(value) end
  local text = format("%." .. (decimals or 3) .. "f", value)
  if text:find("^%-[0.]+$") then text = text:sub(2) end
  return text
end

--- The same with its sign: "+0.021", "-0.003", "0.000".
function number_text.signed(value, decimals)
  local text = number_text.fixed(value, decimals)
  if not is_missing(value) and value > 0 and text:find("[1-9i]") then text = "+" .. text end
  return text
end

--- The text with a true minus sign (U+2212) before each negative number, for print; hyphens inside words stay.
function number_text.minus(text)
  return (text:gsub("^%-(%d)", "−%1"):gsub("([%s%[%(])%-(%d)", "%1−%2"))
end

--- Up to `digits` significant digits (default 4) without trailing zeros; powers of ten outside 1e-4 .. 1e7.
function number_text.short(value, digits)
  if is_missing(value) then return number_text.missing end
  if infinite(value) then return infinite(value) end
  if value == 0 then return "0" end
  local size = math.abs(value)
  digits = digits or 4
  if size < 1e-4 or size >= 1e7 then
    local mantissa, sign, exponent = format("%." .. (digits - 1) .. "e", value):match("^(.-)e([+-])0*(%d+)$")
    if mantissa:find(".", 1, true) then mantissa = mantissa:gsub("0+$", ""):gsub("%.$", "") end
    return mantissa .. "e" .. (sign == "-" and "-" or "") .. exponent
  end
  local decimals = math.max(0, digits - 1 - math.floor(math.log(size, 10)))
  local text = number_text.fixed(value, decimals)
  if text:find(".", 1, true) then text = text:gsub("0+$", ""):gsub("%.$", "") end
  return text
end

--- A whole number with commas between thousands: "12,000"; others as `short` writes them.
function number_text.count(value)
  if is_missing(value) then return number_text.missing end
  local whole = math.tointeger(value)
  if not whole then return number_text.short(value) end
  local text = ("%d"):format(whole):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^(%-?),", "%1"))
end

--- The shortest decimal text that reads back as exactly this number; nil and NaN become "".
function number_text.exact(value)
  if is_missing(value) then return "" end
  if math.type(value) == "integer" then return ("%d"):format(value) end
  if infinite(value) then return infinite(value) end
  if value == math.floor(value) and math.abs(value) < 2 ^ 53 then return ("%d"):format(math.tointeger(value)) end
  for digits = 15, 17 do
    local pattern = "%." .. digits .. "g"
    if digits == 17 or tonumber(pattern:format(value)) == value then return format(pattern, value) end
  end
end

--- A p value as journals print it: three decimals, "<0.001" below.
function number_text.p_value(value)
  if is_missing(value) then return number_text.missing end
  return value < 0.001 and "<0.001" or number_text.fixed(value, 3)
end

--- Seconds as people say them: "0.8 s", "42 s", "3 min 05 s", "2 h 07 min", "3 d 04 h".
function number_text.duration(seconds)
  if is_missing(seconds) or infinite(seconds) then return number_text.missing end
  if seconds < 9.95 then return number_text.fixed(seconds, 1) .. " s" end
  local whole = math.floor(seconds + 0.5)
  if whole < 60 then return ("%d s"):format(whole) end
  if whole < 3600 then return ("%d min %02d s"):format(whole // 60, whole % 60) end
  local minutes = math.floor(seconds / 60 + 0.5)
  if minutes < 24 * 60 then return ("%d h %02d min"):format(minutes // 60, minutes % 60) end
  local hours = math.floor(seconds / 3600 + 0.5)
  return ("%d d %02d h"):format(hours // 24, hours % 24)
end

return number_text
