--- Whoever begins with a module of ours has a short spin before the core's threads are there.
local process = require "spec.support.process"

describe("The spin of waiting threads", function()
  -- What the module leaves in the environment at the moment in which the core is loaded.
  local script = [[
    local uv, seen = require "luv", "never"
    table.insert(package.searchers, 1, function(name)
      if name == "ecgraft.core" then seen = tostring(uv.os_getenv "GOMP_SPINCOUNT") end
    end)
    require(arg[1])
    io.write(seen)
  ]]

  local function at_load(module, chosen)
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(script)
    file:close()
    local command = {"/usr/bin/env", "-u", "GOMP_SPINCOUNT", "-u", "OMP_WAIT_POLICY"}
    if chosen then command[#command + 1] = "GOMP_SPINCOUNT=" .. chosen end
    table.move({require("luv").exepath(), path, module}, 1, 3, #command + 1, command)
    local status, out, err = process.run(command)
    os.remove(path)
    assert(status == 0, err)
    return out
  end

  it("is short before the core is loaded, for scripts, the command and notebooks", function()
    for _, module in ipairs{"ecgraft", "ecgraft.cli", "ecgraft.kernel"} do assert.equal("10000", at_load(module), module) end
  end)

  it("is what the user chose", function() assert.equal("77", at_load("ecgraft.cli", "77")) end)
end)
