--- Fuzzes annotation files, with a header beside them and without.
local annotations = require "ecgraft.data.annotations"

local function text_of(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local FOLDER = "spec/fixtures/annotations/"

-- Words of 16 bits: a type in the upper six, a time or a number in the lower ten.
local function word(kind, low) return string.pack("<I2", kind << 10 | low) end

return {
  file = "x.atr", beside = {["x.hea"] = "x 1 360 0\nx.dat 16\n"},
  words = {word(59, 0), word(60, 1), word(61, 255), word(62, 2), word(63, 4), word(22, 0), word(1, 100), word(28, 0),
    word(0, 0), word(0, 1), "\255\255\255\255", "\0\0\0\128", "## time resolution: 360", "## annotation type definitions",
    "## end of definitions", "1 N beat"},
  seeds = {
    text_of(FOLDER .. "beats.atr"), text_of(FOLDER .. "plain.qrs"),
    word(22, 0) .. word(63, 24) .. "## time resolution: 1000" .. word(1, 100) .. word(61, 3) .. word(62, 1) .. word(60, 250) .. word(59, 0)
      .. string.pack("<i2I2", 3, 7) .. word(5, 0) .. word(0, 0),
    word(22, 0) .. word(63, 30) .. "## annotation type definitions" .. word(22, 0) .. word(63, 15) .. "42 Pt P-wave on\0" .. word(22, 0)
      .. word(63, 21) .. "## end of definitions\0" .. word(42, 9) .. word(0, 0),
  },
  read = function(path)
    local list, message = annotations.read(path, {rate = 250})
    local alone, why = annotations.read(path) -- by the header's rate
    assert(not list == not alone and message == why)
    if not list then return nil, message end
    for _, each in ipairs(list) do
      assert(each.time >= 0 and each.time < math.huge and math.type(each.sample) == "integer" and each.sample >= 1)
      assert(type(each.symbol) == "string" and math.type(each.code) == "integer")
    end
    return true
  end,
}
