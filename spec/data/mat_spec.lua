--- MAT files as scipy wrote them (spec/fixtures/generate_sets.py), and files that are damaged at every byte.
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local files = require("spec.support.files")
local json = require("dkjson")
local temporary = require("spec.support.temporary")

local FOLDER = "spec/fixtures/sets/"
local expected = json.decode(files.read(FOLDER .. "mat.json"))

local function flat(tensor)
  return tensor:reshape(tensor:numel()):totable()
end

local function compare(name, got)
  local wanted = expected[name]
  assert.same(wanted.shape, got:shape(), name)
  for i, value in ipairs(flat(got)) do
    assert.near(wanted.values[i], value, 1e-7 * math.max(1, math.abs(wanted.values[i])), name)
  end
end

describe("core.mat", function()
  for _, packed in ipairs{"", "_packed"} do
    it("reads numbers of every type" .. packed, function()
      local all, names = assert(core.mat.load(FOLDER .. "numbers" .. packed .. ".mat"))
      assert.equal(13, #names)
      for _, name in ipairs(names) do compare(name, all[name]) end
    end)

    it("reads structs and text" .. packed, function()
      local all = assert(core.mat.load(FOLDER .. "struct" .. packed .. ".mat"))
      assert.equal("Female", all["ECG.sex"])
      assert.equal("a text", all.label)
      for _, name in ipairs{"ECG.age", "ECG.data", "ECG.more.deep"} do compare(name, all[name]) end
    end)
  end

  it("passes over what it does not read", function()
    assert.is_nil(next((assert(core.mat.load(FOLDER .. "complex.mat")))))
    local all = assert(core.mat.load(FOLDER .. "cell.mat"))
    assert.is_nil(all.c)
    assert.same({0, 1, 2, 3}, flat(all.x))
  end)

  it("survives files that are cut off or changed anywhere", function()
    temporary.folder(function(folder)
      local path, failed = folder .. "/x.mat", 0
      local function write(text)
        local file <close> = assert(io.open(path, "wb"))
        file:write(text)
      end
      for name, step in pairs{numbers_packed = 7, cell = 1} do
        local text = files.read(FOLDER .. name .. ".mat")
        for i = 1, #text, step do
          write(text:sub(1, i - 1))
          local all, message = core.mat.load(path)
          if i <= 128 then assert.is_nil(all) end
          failed = failed + (all and 0 or 1)
          assert.is_true(all ~= nil or message:find(path, 1, true) == 1)
          for _, byte in ipairs{"\0", "\255"} do
            write(text:sub(1, i - 1) .. byte .. text:sub(i + 1))
            all, message = core.mat.load(path)
            assert.is_true(all ~= nil or message:find(path, 1, true) == 1)
          end
        end
      end
      assert.is_true(failed > 300)
    end)
  end)

  it("says what a file is instead", function()
    temporary.folder(function(folder)
      local function fails(text, pattern)
        temporary.write(folder .. "/x.mat", text)
        local none, message = core.mat.load(folder .. "/x.mat")
        assert.is_nil(none)
        assert.matches(pattern, message)
      end
      local header = ("MATLAB 5.0 MAT-file"):rep(8):sub(1, 124) .. "\0\1IM"
      fails("", "expected a MAT file of version 5, got 0 bytes")
      fails(("x"):rep(200), "got something else")
      fails("MATLAB 7.3 MAT-file" .. (" "):rep(200), "got version 7.3, which is HDF5")
      fails(header .. string.pack("<I4I4", 14, 4000000000), "a variable of 4000000000 bytes, there are 0")
      fails(header .. string.pack("<I4I4", 15, 4) .. "abcd", "cannot be unpacked")
      -- One array of 2^31 - 1 by 2^31 - 1 numbers, and one that holds fewer than it says.
      local function array(rows, columns, bytes)
        local inner = string.pack("<I4I4I4I4 I4I4i4i4 I4I4 I4I4", 6, 8, 6, 0, 5, 8, rows, columns, 1, 0, 9, #bytes) .. bytes
        return header .. string.pack("<I4I4", 14, #inner) .. inner
      end
      fails(array(0x7fffffff, 0x7fffffff, ("x"):rep(8)), "beyond what can be addressed")
      fails(array(2, 2, ("x"):rep(8)), "expected 32 bytes of numbers, got 8")
      fails(array(-1, 2, ("x"):rep(8)), "negative dim")
      temporary.write(folder .. "/x.mat", array(1, 1, string.pack("<d", 2.5)))
      assert.equal(2.5, assert(core.mat.load(folder .. "/x.mat"))[""]:item())
    end)
  end)
end)
