--- eg.save and eg.load: what goes in comes out, whatever the file is called.
local eg = require "ecgraft"
local temporary = require "spec.support.temporary"

describe("eg.save and eg.load", function()
  it("keep tensors by name", function()
    temporary.folder(function(folder)
      eg.manual_seed(3)
      local given = {a = eg.randn(3, 4), ["body.weight"] = eg.randn(2, 3, 5), scalar = eg.tensor(7), empty = eg.zeros(0, 4)}
      for _, ending in ipairs{"h5", "safetensors"} do
        local path = folder .. "/many." .. ending
        assert.is_true(eg.save(path, given))
        local back = assert(eg.load(path))
        for name, tensor in pairs(given) do
          assert.same(tensor:shape(), back[name]:shape())
          assert.is_true(tensor:equal(back[name]), name .. " in " .. ending)
        end
        for name in pairs(back) do assert(given[name], name) end
      end
    end)
  end)

  it("keep one tensor, a view or a leaf that is trained as well", function()
    temporary.folder(function(folder)
      local x = eg.randn(4, 3)
      for _, ending in ipairs{"h5", "npy"} do
        for _, given in ipairs{x, x:t(), x[2], eg.ones(2):requires_grad(true), eg.tensor(2.5)} do
          local path = folder .. "/one." .. ending
          assert.is_true(eg.save(path, given))
          local back = assert(eg.load(path))
          assert.is_true(eg.is_tensor(back))
          assert.same(given:shape(), back:shape())
          assert.is_true(given:equal(back))
          assert.is_false(back:requires_grad())
        end
      end
    end)
  end)

  it("write the type that is asked for, and refuse what it cannot hold", function()
    temporary.folder(function(folder)
      local x = eg.tensor{{1, -2, 3}, {0, 100, -7}}
      for _, dtype in ipairs{"float32", "float64", "int8", "int16", "int32", "int64"} do
        for _, ending in ipairs{"npy", "safetensors", "h5"} do
          local path = folder .. "/x." .. ending
          assert.is_true(eg.save(path, ending == "npy" and x or {x = x}, {dtype = dtype}))
          local back = assert(eg.load(path))
          assert.is_true(x:equal(ending == "npy" and back or back.x))
        end
        assert.equal(dtype, (select(2, require("ecgraft.core").store.load_npy(folder .. "/x.npy"))))
      end
      assert.error_matches(function() eg.save(folder .. "/x.npy", x, {dtype = "uint8"}) end, "the value %-2 does not fit the type uint8")
      assert.error_matches(function() eg.save(folder .. "/x.npy", x, {dtype = "half"}) end, "option 'dtype' must be one of")
    end)
  end)

  it("say what they were given instead", function()
    local x = eg.ones(2)
    local function fails(fn, pattern) assert.error_matches(fn, pattern) end
    fails(function() eg.save("x.pt", x) end, "save: the path must end in .h5, .safetensors or .npy, got \"x.pt\"")
    fails(function() eg.load "x" end, "load: the path must end in")
    fails(function() eg.save("x.npy", {a = x}) end, "save: a .npy file holds one tensor")
    fails(function() eg.save("x.safetensors", x) end, "save: a .safetensors file holds tensors by name")
    fails(function() eg.save("x.h5", {a = 1}) end, "save: entry 'a' must be a tensor under a name, got 1")
    fails(function() eg.save("x.h5", {x}) end, "save: entry '1' must be a tensor under a name")
    fails(function() eg.save("x.h5") end, "save: argument 2 %(tensors%) must be table, got nil")
  end)

  it("return nil and a message for files that are not there or are something else", function()
    temporary.folder(function(folder)
      for _, ending in ipairs{"h5", "safetensors", "npy"} do
        local path = folder .. "/x." .. ending
        local value, message = eg.load(path)
        assert.is_nil(value)
        assert.matches("No such file", message)
        temporary.write(path, "no tensors here")
        value, message = eg.load(path)
        assert.is_nil(value)
        assert.matches(path, message, 1, true)
        value, message = eg.save(folder .. "/missing/x." .. ending, ending == "npy" and eg.ones(1) or {a = eg.ones(1)})
        assert.is_nil(value)
        assert.matches("missing", message)
      end
    end)
  end)
end)
