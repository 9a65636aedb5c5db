--- Where CMake finds OpenBLAS and HDF5: scripts/check-places, with a line for each place that it tries.
local process = require "spec.support.process"

it("OpenBLAS and HDF5 are found where systems put them, and what is missing is named with its packages", function()
  local status, out, errors = process.run{"env", "-u", "LD_PRELOAD", "scripts/check-places", limit = 1200} -- thirty configurations
  local reason = out:match "skipped: ([^\n]+)"
  if status == 77 then pending(reason) return end
  assert.equal(0, status, out .. errors)
  assert.matches("\n%d+ passed, 0 failed\n$", out)
end)
