--- What charts are made of: SVG text, scales, widths of text, thinned lines.
local drawn = require "ecgraft.plot.drawn"
local scale = require "ecgraft.plot.scale"
local svg = require "ecgraft.plot.svg"
local text_width = require "ecgraft.plot.text_width"
local trace = require "ecgraft.plot.trace"
local xml = require "spec.support.xml"

local NAN = 0 / 0

describe("plot.svg", function()
  it("writes numbers short, with at most two decimals", function()
    assert.equal("0", svg.number(0))
    assert.equal("0", svg.number(-0.004))
    assert.equal("1", svg.number(0.999))
    assert.equal("-1.5", svg.number(-1.5))
    assert.equal("2.05", svg.number(2.051))
    assert.equal("10", svg.number(10.0))
    assert.equal("1234567.89", svg.number(1234567.89))
  end)

  it("refuses NaN and infinities", function()
    assert.error_matches(function() svg.number(NAN) end, "coordinate must be a number")
    assert.error_matches(function() svg.number(math.huge) end, "coordinate must be a number")
  end)

  it("closes what is open and escapes text and attributes", function()
    local canvas = svg.canvas { width = 10, height = 20, unit = "mm", title = 'a < b & "c"' }
    canvas:open("g", { class = "x'<" })
    canvas:text(1, 2, "<script>")
    local root = xml.parse(canvas:finish())
    assert.equal("10mm", root.attributes.width)
    assert.equal("0 0 10 20", root.attributes.viewBox)
    assert.equal('a < b & "c"', xml.texts(root, "title")[1])
    assert.equal("<script>", xml.texts(root, "text")[1])
    assert.equal("x'<", xml.find(root, "g")[1].attributes.class)
  end)
end)

describe("plot.scale", function()
  it("steps by 1, 2 and 5", function()
    assert.near(0.2, scale.step(1, 5), 1e-12)
    assert.near(0.5, scale.step(2.4, 5), 1e-12)
    assert.near(100, scale.step(500, 5), 1e-9)
    assert.near(0.001, scale.step(0.005, 5), 1e-12)
  end)

  it("ends at round numbers that hold the data", function()
    local s = scale.new(scale.check("test", {}), 0.613, 0.887, 0, 100, 5)
    assert.near(0.6, s.low, 1e-12)
    assert.near(0.9, s.high, 1e-12)
    assert.near(0, s:place(0.6), 1e-9)
    assert.near(100, s:place(0.9), 1e-9)
    assert.same({ "0.6", "0.7", "0.8", "0.9" }, (function()
      local texts = {}
      for i, tick in ipairs(s.ticks) do texts[i] = tick.text end
      return texts
    end)())
  end)

  it("puts equal ratios at equal distances on a log axis", function()
    local s = scale.new(scale.check("test", { scale = "log", min = 100, max = 10000 }), 100, 10000, 0, 100)
    assert.near(50, s:place(1000), 1e-9)
    assert.near(s:place(400) - s:place(200), s:place(200) - s:place(100), 1e-9)
  end)

  it("has a tick at the first whole number of an axis of epochs", function()
    local function texts(low, high)
      local list = {}
      for i, tick in ipairs(scale.new(scale.check("test", { integer = true }), low, high, 0, 100, 5).ticks) do list[i] = tick.text end
      return table.concat(list, " ")
    end
    assert.equal("1 2 4 6 8 10", texts(1, 10))
    assert.equal("1 20 40 60", texts(1, 60))
    assert.equal("0 2 4 6 8 10", texts(0, 10)) -- 0 is one already
    assert.equal("20 30 40 50", texts(19, 50)) -- 19 is too near to 20
  end)

  it("keeps the ticks that it is given, those of the domain only", function()
    local s = scale.new(scale.check("test", { scale = "log", ticks = { 100, { 1600, "all" }, 1e9 } }), 100, 1600, 0, 100)
    assert.equal(2, #s.ticks)
    assert.equal("all", s.ticks[2].text)
  end)

  it("keeps whole numbers whole", function()
    local s = scale.new(scale.check("test", { integer = true }), 1, 3, 0, 100, 9)
    assert.equal(3, #s.ticks)
    assert.equal("2", s.ticks[2].text)
  end)

  it("survives one value, none, and the smallest and largest", function()
    for _, pair in ipairs { { 5, 5 }, { 0, 0 }, { -3, -3 }, { 1e-300, 2e-300 }, { -1e300, 1e300 } } do
      local s = scale.new(scale.check("test", {}), pair[1], pair[2], 0, 100, 5)
      assert.is_true(s.low <= pair[1] and s.high >= pair[2] and s.low < s.high)
      assert.is_true(#s.ticks >= 1 and #s.ticks < 30)
    end
    assert.is_true(#scale.new(scale.check("test", {}), nil, nil, 0, 100, 5).ticks > 1)
  end)

  it("says what is wrong with an axis", function()
    assert.error_matches(function() scale.check("plot.lines: x", { min = 2, max = 1 }) end, "plot.lines: x: min must be less than max")
    assert.error_matches(function() scale.check("plot.lines: x", { scale = "log", min = 0 }) end, "log axis needs")
    assert.error_matches(function() scale.check("plot.lines: x", { colour = 1 }) end, "unknown option 'colour'; known options: integer")
  end)
end)

describe("plot.text_width", function()
  it("adds Helvetica's widths", function()
    assert.near(6.67 + 2.78 + 5.56, text_width.of("A 1", 10), 1e-9)
  end)

  it("cuts to a width with an ellipsis and keeps what fits", function()
    assert.equal("abc", text_width.fit("abc", 10, 100))
    local cut = text_width.fit("a rather long name", 10, 50)
    assert.matches("…$", cut)
    assert.is_true(text_width.of(cut, 10) <= 50)
  end)

  it("breaks lines at spaces", function()
    local lines = text_width.wrap("one two three four", 10, 50)
    assert.is_true(#lines > 1)
    assert.equal("one two three four", table.concat(lines, " "))
    assert.same({}, text_width.wrap("", 10, 50))
  end)

  it("takes text that is no UTF-8", function()
    assert.is_true(text_width.of("\xff\xfe", 10) > 0)
    assert.is_string(text_width.fit("\xff\xfe\xff\xfe", 10, 10))
  end)
end)

describe("plot.drawn", function()
  it("keeps nothing of what lies beside the picture, however far that goes", function()
    local ink = drawn.new(0, 10)
    ink:line { -1e9, -1e9, 1e9, 1e9 }
    ink:line { 20, 5, 1e15, 5 }
    ink:box(-1e15, 2, -5, 3)
    local strips = 0
    for _ in pairs(ink.strips) do strips = strips + 1 end
    assert.equal(21, strips) -- from 0 to 10, 0.5 wide
    assert.is_true(ink:covered(4, 3, 6, 7) > 0)
    assert.equal(0, ink:covered(4, 8, 6, 9))
    assert.equal(0, ink:covered(20, 0, 30, 10))
  end)
end)

describe("plot.trace", function()
  it("keeps every sample within the tolerance, with far fewer points", function()
    local values = {}
    for i = 1, 2000 do values[i] = math.sin(i / 60) + 0.2 * math.sin(i / 7) end
    local piece = trace.pieces(values, 1, #values, 0.01)[1]
    assert.is_true(#piece / 2 < 700)
    local worst, k = 0, 1
    for i = 1, #values do
      while piece[k + 2] < i do k = k + 2 end
      local fraction = (i - piece[k]) / (piece[k + 2] - piece[k])
      worst = math.max(worst, math.abs(values[i] - (piece[k + 1] + fraction * (piece[k + 3] - piece[k + 1]))))
    end
    assert.is_true(worst <= 0.01 + 1e-12, "off by " .. worst)
    assert.equal(1, piece[1])
    assert.equal(2000, piece[#piece - 1])
  end)

  it("cuts at missing samples", function()
    assert.same({ { 2, 1, 3, 5 }, { 5, 7 } }, trace.pieces({ NAN, 1, 5, NAN, 7, NAN }, 1, 6, 0.1))
    assert.same({}, trace.pieces({ NAN, NAN }, 1, 2, 0.1))
    assert.same({}, trace.pieces({}, 1, 0, 0.1))
    assert.same({ { 1, 4 } }, trace.pieces({ 4 }, 1, 1, 0.1))
  end)
end)
