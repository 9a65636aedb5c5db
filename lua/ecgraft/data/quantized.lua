--- Signals as whole steps of 1 uV in 16 bits: the resolution of PTB-XL's and the Challenges' own files, and half the bytes of float32.
-- A step is 0.001 in the set's units; what lies beyond 32,767 steps (32.8 mV: no heart makes that) is stored as the last one, and counted.
local core = require "ecgraft.core"

local quantized = {STEP = 0.001}

local MOST = 32767

local ops = core.ops

--- x (N, L, leads) --> whole steps; the values that they are read as; how many were beyond the range, and in how many records.
---@param x ecgraft.Tensor
function quantized.steps(x)
  local wanted = x / quantized.STEP
  local over = wanted:abs():gt(MOST + 0.5)
  local beyond, rows = math.tointeger(over:sum():item()), 0 ---@type integer?, integer?
  if beyond > 0 then rows = math.tointeger(over:max(3):max(2):sum():item()) end
  -- The nearest step; adding and taking away 1.5 * 2^23 rounds a float32 below 2^22 to a whole number, halves to even.
  local magic = core.scalar == "float64" and 1.5 * 2 ^ 52 or 1.5 * 2 ^ 23
  local steps = ops.clamp(wanted, {min = -MOST, max = MOST}) + magic - magic
  return steps, steps * quantized.STEP, beyond, rows
end

--- The note that a set gets.
function quantized.note(beyond, records, units)
  return ("%d sample%s beyond %.3f%s, in %d record%s, stored as that"):format(beyond, beyond == 1 and "" or "s", MOST * quantized.STEP,
    units == "mV" and " mV" or "", records, records == 1 and "" or "s")
end

return quantized
