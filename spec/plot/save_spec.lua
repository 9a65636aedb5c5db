local plot = require "ecgraft.plot"
local save = require "ecgraft.plot.save"
local lfs = require "lfs"

local picture = plot.ecg { rate = 100, leads = { "I" }, signals = { { 0, 1, 0 } } }

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

describe("plot.save", function()
  local folder
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(lfs.mkdir(folder))
  end)
  after_each(function()
    for name in lfs.dir(folder) do
      if name ~= "." and name ~= ".." then os.remove(folder .. "/" .. name) end
    end
    assert(lfs.rmdir(folder))
  end)

  local function entries()
    local list = {}
    for name in lfs.dir(folder) do
      if name:sub(1, 1) ~= "." then list[#list + 1] = name end
    end
    table.sort(list)
    return list
  end

  it("writes SVG as it is and leaves nothing else", function()
    assert.is_true(plot.save(folder .. "/it's a name.svg", picture))
    assert.equal(picture, read(folder .. "/it's a name.svg"))
    assert.same({ "it's a name.svg" }, entries())
  end)

  it("writes PNG at the resolution asked for, and PDF at the real size", function()
    if not save.can_convert() then return pending("rsvg-convert is not installed") end
    local png = folder .. "/it's.png"
    assert.is_true(plot.save(png, picture, { dpi = 50.8 }))
    local data = read(png)
    assert.equal("\137PNG\r\n\26\n", data:sub(1, 8))
    local width, height = (">I4I4"):unpack(data, 17)
    assert.near(87 * 2, width, 2) -- 50.8 to the inch: two a millimetre
    assert.near(63 * 2, height, 2)
    assert.is_true(plot.save(folder .. "/a.pdf", picture))
    assert.equal("%PDF", read(folder .. "/a.pdf"):sub(1, 4))
    assert.same({ "a.pdf", "it's.png" }, entries())
  end)

  it("returns nil and a message where the file cannot be written", function()
    local ok, message = plot.save(folder .. "/none/x.svg", picture)
    assert.is_nil(ok)
    assert.matches("plot.save: cannot write '.*/none/x.svg': No such file", message)
    if save.can_convert() then
      ok, message = plot.save(folder .. "/none/x.png", picture)
      assert.is_nil(ok)
      assert.matches("cannot write", message)
      ok, message = plot.save(folder .. "/x.png", "this is no svg")
      assert.is_nil(ok)
      assert.matches("rsvg%-convert could not write", message)
      assert.same({}, entries())
    end
  end)

  it("refuses other kinds of file", function()
    assert.error_matches(function() plot.save("x.jpg", picture) end, 'path must end in .svg, .png or .pdf, got "x.jpg"')
    assert.error_matches(function() plot.save("x", picture) end, "path must end in")
    assert.error_matches(function() plot.save("x.svg", 3) end, "argument 2 %(svg%) must be string, got 3")
    assert.error_matches(function() plot.save("x.svg", picture, { size = 1 }) end, "unknown option 'size'; known options: dpi")
  end)
end)
