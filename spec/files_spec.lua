local files = require "ecgraft.files"
local temporary = require "spec.support.temporary"

describe("files", function()
  it("reads back what it wrote, and says what it cannot read", function()
    temporary.folder(function(folder)
      assert.is_true(files.write(folder .. "/a", "one\0two\r\n"))
      assert.equal("one\0two\r\n", files.read(folder .. "/a"))
      assert.is_true(files.exists(folder .. "/a"))
      assert.is_false(files.exists(folder .. "/b"))
      for _, path in ipairs{folder .. "/b", folder} do
        local text, message = files.read(path)
        assert.is_nil(text)
        assert.is_truthy(message:find("cannot read", 1, true))
        assert.is_truthy(message:find(path, 1, true))
      end
    end)
  end)

  it("lists a folder, and names the one that cannot be read", function()
    temporary.folder(function(folder)
      for _, name in ipairs{"b", "a", ".c"} do assert(files.write(folder .. "/" .. name, "")) end
      assert.same({".c", "a", "b"}, files.names(folder))
      for _, path in ipairs{folder .. "/none", folder .. "/a"} do
        local names, message = files.names(path)
        assert.is_nil(names)
        assert.matches("^cannot read the folder '" .. path:gsub("%p", "%%%0") .. "': E%u+: [%l ]+$", message)
      end
    end)
  end)

  it("gives equal values equal JSON, whatever the order of their making", function()
    local one, two = {}, {}
    for i = 1, 50 do one["key" .. i] = i end
    for i = 50, 1, -1 do two["key" .. i] = i end
    one.inner, two.inner = {b = {1, 2}, a = true}, {a = true, b = {1, 2}}
    assert.equal(files.to_json(one), files.to_json(two))
    assert.equal('{"a":[1,2.5,"x"],"b":{"c":false}}', files.to_json{b = {c = false}, a = {1, 2.5, "x"}})
  end)

  it("keeps every bit of a number, and refuses what JSON lacks", function()
    temporary.folder(function(folder)
      local path = folder .. "/a.json"
      local value = {0.1, 1 / 3, 2 ^ 53 + 2, 5e-324, -1.7976931348623157e308, 0.1 + 0.2, math.maxinteger, {["ä"] = "\n\"\\"}}
      assert.is_true(files.write_json(path, value))
      assert.same(value, files.read_json(path))
      for _, wrong in ipairs{0 / 0, math.huge, -math.huge} do
        assert.has_error(function() files.to_json{x = wrong} end)
      end
    end)
  end)

  it("names the file whose JSON is damaged", function()
    temporary.folder(function(folder)
      local path = folder .. "/a.json"
      for _, text in ipairs{"", "{", '{"a":}', "[1,2", "nonsense"} do
        temporary.write(path, text)
        local value, message = files.read_json(path)
        assert.is_nil(value)
        assert.is_truthy(message and message:find(path, 1, true), tostring(message))
      end
      assert.is_nil((files.read_json(folder .. "/none.json")))
      assert.is_nil((files.from_json(nil)))
    end)
  end)
end)
