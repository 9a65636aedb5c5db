--- A folder that cannot be read is the world's fault: nil and a message that names it, from everything that reads folders.
local eg = require "ecgraft"
local temporary = require "spec.support.temporary"
local uv = require "luv"

describe("a folder that cannot be read", function()
  -- Whoever runs the suite as root can read every folder, so the system's answer is put in its place.
  local function refused(folder, run)
    local inner = uv.fs_scandir
    uv.fs_scandir = function(path, ...) -- luacheck: ignore 122
      if path == folder then return nil, "EACCES: permission denied: " .. path, "EACCES" end
      return inner(path, ...)
    end
    local results = table.pack(pcall(run))
    uv.fs_scandir = inner -- luacheck: ignore 122
    return table.unpack(results, 1, results.n)
  end

  for what, read in pairs{
    ["data.georgia"] = function(folder) return eg.data.georgia(folder) end,
    ["data.cpsc2018"] = function(folder) return eg.data.cpsc2018(folder) end,
    ["data.ptb"] = function(folder) return eg.data.ptb(folder) end,
    ["data.challenge"] = function(folder) return eg.data.challenge{path = folder, classes = {"AF"}} end,
    ["models.load_weights"] = function(folder) return eg.models.load_weights(eg.nn.Linear(2, 2), folder) end,
    ["models.from_weights"] = function(folder) return eg.models.from_weights(folder) end,
    ["export.tensorboard_histories"] = function(folder) return eg.export.tensorboard_histories(folder, folder .. "/out") end,
  } do
    it(("gives nil and its name from %s"):format(what), function()
      temporary.folder(function(folder)
        local ran, result, message = refused(folder, function() return read(folder) end)
        assert.is_true(ran, result)
        assert.is_nil(result)
        assert.is_truthy(message:find(("cannot read the folder '%s': EACCES: permission denied"):format(folder), 1, true), message)
        assert.is_nil(message:find("%.lua:%d"))
      end)
    end)
  end

  it("is named where it lies below the one that was asked for", function()
    temporary.folder(function(folder)
      assert(uv.fs_mkdir(folder .. "/g1", 448))
      local ran, set, message = refused(folder .. "/g1", function() return eg.data.georgia(folder) end)
      assert.is_true(ran, set)
      assert.is_nil(set)
      assert.is_truthy(message:find(("'%s/g1'"):format(folder), 1, true))
    end)
  end)
end)
