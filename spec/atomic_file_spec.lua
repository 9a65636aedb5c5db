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

  local function names_in(path)
    local names = {}
    for name in lfs.dir(path) do if name:sub(1, 1) ~= "." then names[#names + 1] = name end end
    table.sort(names)
    return names
  end

  local function pair(first, second)
    return {
      {folder .. "/a.bin", function(name) return atomic_file.write(name, first) end},
      {folder .. "/b.txt", function(name) return atomic_file.write(name, second) end},
    }
  end

  it("writes files that belong together, and again over them", function()
    assert.is_true(atomic_file.together(pair("one", "1")))
    assert.is_true(atomic_file.together(pair("two", "2")))
    assert.same({"a.bin", "b.txt"}, names_in(folder))
    assert.equal("two", read(folder .. "/a.bin"))
    assert.equal("2", read(folder .. "/b.txt"))
  end)

  it("leaves all of them as they were where one cannot be written, whichever it is and at whatever step", function()
    finally(function() store.fail_write_at(0) end)
    for _, before in ipairs{false, true} do
      if before then assert(atomic_file.together(pair("old", "older"))) end
      for step = 1, 6 do -- writing, synchronising, renaming of each
        store.fail_write_at(step)
        local ok, message = atomic_file.together(pair("new", "newer"))
        store.fail_write_at(0)
        assert.is_nil(ok)
        assert.matches("cannot write '.*/" .. (step <= 3 and "a.bin" or "b.txt") .. "': No space left on device", message)
        assert.same(before and {"a.bin", "b.txt"} or {}, names_in(folder))
        if before then assert.equal("old", read(folder .. "/a.bin")) end
      end
    end
  end)

  it("takes the first file back where the second cannot take its place", function()
    assert(lfs.mkdir(folder .. "/b.txt"))
    local ok, message = atomic_file.together(pair("new", "newer"))
    assert.is_nil(ok)
    assert.matches("cannot write '.*b.txt'", message)
    assert.same({"b.txt"}, names_in(folder))
    assert(atomic_file.write(folder .. "/a.bin", "old"))
    assert.is_nil((atomic_file.together(pair("new", "newer"))))
    assert.equal("old", read(folder .. "/a.bin"))
    assert.same({"a.bin", "b.txt"}, names_in(folder))
  end)

  it("leaves nothing behind a writer that raises, and writes through links", function()
    local list = pair("new", "newer")
    list[2][2] = function() error("odd", 0) end
    assert.error_matches(function() atomic_file.together(list) end, "^odd$")
    assert.same({}, names_in(folder))
    assert(atomic_file.write(folder .. "/target", "old"))
    assert(lfs.link(folder .. "/target", folder .. "/a.bin", true))
    assert.is_true(atomic_file.together(pair("new", "newer")))
    assert.equal("new", read(folder .. "/target"))
    assert.equal("link", lfs.symlinkattributes(folder .. "/a.bin", "mode"))
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
