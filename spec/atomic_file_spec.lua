local atomic_file = require "ecgraft.atomic_file"
local lfs = require "lfs"
local store = require("ecgraft.core").store

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

describe("atomic_file", function()
  local folder
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(lfs.mkdir(folder))
  end)
  after_each(function()
    os.execute("rm -rf '" .. folder .. "'")
  end)

  it("writes and replaces whole files and leaves no other behind", function()
    local path = folder .. "/a.txt"
    assert.is_true(atomic_file.write(path, "one"))
    assert.is_true(atomic_file.write(path, ("two\0"):rep(100000)))
    assert.equal(("two\0"):rep(100000), read(path))
    assert.is_true(atomic_file.write(path, ""))
    assert.equal("", read(path))
    local count = 0
    for name in lfs.dir(folder) do if name:sub(1, 1) ~= "." then count = count + 1 end end
    assert.equal(1, count)
  end)

  it("leaves the old file where the new one cannot be written", function()
    -- A folder in the place of the file: the rename fails, after the writing.
    assert(lfs.mkdir(folder .. "/a.txt"))
    local ok, message = atomic_file.write(folder .. "/a.txt", "text")
    assert.is_nil(ok)
    assert.matches("cannot write '.*a.txt'", message)
    local count = 0
    for name in lfs.dir(folder) do if name:sub(1, 1) ~= "." then count = count + 1 end end
    assert.equal(1, count)
  end)

  it("says what it could not write when the disk is full", function()
    assert.is_true(atomic_file.write(folder .. "/a.txt", "old"))
    finally(function() store.fail_write_at(0) end)
    for step = 1, 3 do -- writing, synchronising, renaming
      store.fail_write_at(step)
      local ok, message = atomic_file.write(folder .. "/a.txt", "text")
      assert.is_nil(ok)
      assert.matches("cannot write '.*a.txt': No space left on device", message)
      assert.equal("old", read(folder .. "/a.txt"))
    end
    assert.is_true(atomic_file.write(folder .. "/a.txt", "text"))
    assert.equal("text", read(folder .. "/a.txt"))
  end)

  it("makes folders with those above them, once and again", function()
    assert.is_true(atomic_file.make_folder(folder .. "/a/b/c"))
    assert.is_true(atomic_file.make_folder(folder .. "/a/b/c/"))
    assert.equal("directory", lfs.attributes(folder .. "/a/b/c", "mode"))
    assert.is_true(atomic_file.write(folder .. "/file", ""))
    local ok, message = atomic_file.make_folder(folder .. "/file/x")
    assert.is_nil(ok)
    assert.matches("a file has that name", message)
  end)
end)
