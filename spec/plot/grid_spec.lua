--- plot.grid: where pictures stand in a larger one.
local plot = require "ecgraft.plot"
local xml = require "spec.support.xml"

local function chart(width, height)
  return plot.lines { series = { { y = { 1, 2, 3 } } }, width = width, height = height }
end

-- The pictures in a picture, as {x, y, width} each.
local function placed(root)
  local list = {}
  for _, each in ipairs(xml.find(root, "svg")) do
    if each.attributes.class == "eg-figure" or each.attributes.class == "eg-ecg" then
      if each ~= root then list[#list + 1] = { tonumber(each.attributes.x), tonumber(each.attributes.y), each.attributes.width } end
    end
  end
  return list
end

describe("plot.grid", function()
  it("puts pictures row by row, columns as wide as their widest", function()
    local root = xml.parse(plot.grid({ chart(300, 200), chart(400, 240), chart(320, 180) }, { gap = 10 }))
    assert.equal("730", root.attributes.width) -- 320 + 10 + 400
    assert.equal("430", root.attributes.height) -- 240 + 10 + 180
    assert.same({ { 0, 0, "300" }, { 330, 0, "400" }, { 0, 250, "320" } }, placed(root))
  end)

  it("has no more columns than pictures", function()
    assert.equal("300", xml.parse(plot.grid({ chart(300, 200) }, { columns = 4 })).attributes.width)
    assert.equal("924", xml.parse(plot.grid({ chart(300, 200), chart(300, 200), chart(300, 200) }, { columns = 4 })).attributes.width)
  end)

  it("writes letters and a title above", function()
    local pictures = { chart(300, 200), chart(300, 200) }
    local plain, full = xml.parse(plot.grid(pictures)), xml.parse(plot.grid(pictures, { letters = true, title = "Both" }))
    local texts = table.concat(xml.texts(full, "text"), "\n")
    assert.matches("Both\na\n", texts)
    assert.matches("\nb\n", texts)
    assert.is_true(tonumber(full.attributes.height) > tonumber(plain.attributes.height) + 14)
    assert.is_true(placed(full)[1][2] > 14)
    assert.equal("Both", xml.texts(full, "title")[1])
  end)

  it("takes pages in millimetres, and grids", function()
    local page = plot.ecg { rate = 1, leads = { "II" }, signals = { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } } } -- 272 x 63 mm
    local both = plot.grid({ page, chart(300, 200) }, { columns = 1, gap = 0 })
    local root = xml.parse(both)
    assert.near(272 * 96 / 25.4, tonumber(root.attributes.width), 0.01)
    assert.near(63 * 96 / 25.4 + 200, tonumber(root.attributes.height), 0.01)
    assert.equal("272mm", placed(root)[1][3]) -- keeps its scale
    assert.near(2 * 272 * 96 / 25.4, tonumber(xml.parse(plot.grid({ both, both }, { gap = 0 })).attributes.width), 0.02)
  end)

  it("says what is no picture", function()
    assert.error_matches(function() plot.grid("x") end, 'plot.grid: argument 1 %(pictures%) must be a list of pictures, got "x"')
    assert.error_matches(function() plot.grid {} end, "must hold a picture at least")
    assert.error_matches(function() plot.grid { chart(), "hello" } end, 'pictures%[2%] must be a picture of eg.plot, got "hello"')
    assert.error_matches(function() plot.grid { '<svg width="10%" height="3">' } end, "pictures%[1%] must be a picture")
    assert.error_matches(function() plot.grid({ chart() }, { rows = 1 }) end, "unknown option 'rows'")
  end)
end)
