local plot = require "ecgraft.plot"
local text_width = require "ecgraft.plot.text_width"
local theme = require "ecgraft.plot.theme"
local xml = require "spec.support.xml"

local NAN = 0 / 0

-- Where the tick with a text stands: the x of its text below, or the y of its text at the left (less the drop to the text's middle).
local function x_of_tick(root, text)
  for _, each in ipairs(xml.find(root, "text")) do
    if each.text == text and each.attributes["text-anchor"] == "middle" then return tonumber(each.attributes.x) end
  end
end

local function y_of_tick(root, text)
  for _, each in ipairs(xml.find(root, "text")) do
    if each.text == text and each.attributes["text-anchor"] == "end" then return tonumber(each.attributes.y) - 0.35 * theme.small end
  end
end

local function has_text(root, text)
  for _, each in ipairs(xml.texts(root, "text")) do
    if each == text then return true end
  end
  return false
end

describe("plot.lines", function()
  local function chart(options)
    return xml.parse(plot.lines(options))
  end

  it("puts values where the ticks of both axes say", function()
    local root = chart {
      series = { { name = "a", x = { 100, 1000, 10000 }, y = { 0.5, 0.75, 1 } } },
      x = { scale = "log", ticks = { 100, 1000, 10000 } }, y = { min = 0.5, max = 1, ticks = { 0.5, { 0.75, "mid" }, 1 } },
    }
    local points = xml.points(xml.find(root, "polyline")[1])
    assert.equal(3, #points)
    assert.near(x_of_tick(root, "1,000"), points[2][1], 0.02)
    assert.near(x_of_tick(root, "10,000"), points[3][1], 0.02)
    assert.near(y_of_tick(root, "mid"), points[2][2], 0.02)
    assert.near(y_of_tick(root, "0.5"), points[1][2], 0.02)
    assert.near((points[1][2] + points[3][2]) / 2, points[2][2], 0.02)
  end)

  it("leaves a gap at NaN and marks a value that stands alone", function()
    local root = chart { series = { { x = { 1, 2, 3, 4, 5, 6 }, y = { 1, 2, NAN, 4, NAN, 6 } } }, legend = false }
    local lines = xml.find(root, "polyline")
    assert.equal(1, #lines)
    assert.equal(2, #xml.points(lines[1]))
    assert.equal(4, #xml.find(root, "circle"))
  end)

  it("draws one point, none, and only NaN", function()
    assert.equal(1, #xml.find(chart { series = { { x = { 100 }, y = { 0.7 } } }, x = { scale = "log" } }, "circle"))
    assert.is_true(has_text(chart { series = {} }, "no data"))
    assert.is_true(has_text(chart { series = { { x = { 1 }, y = { NAN } } } }, "no data"))
    assert.is_true(has_text(chart { series = {}, x = { scale = "log" } }, "no data"))
  end)

  it("draws intervals as a band or as bars", function()
    local series = { { x = { 1, 2 }, y = { 5, 6 }, low = { 4, 5 }, high = { 6, 7 } } }
    assert.equal(1, #xml.find(chart { series = series }, "polygon"))
    local bars = chart { series = series, interval = "bars" }
    assert.equal(0, #xml.find(bars, "polygon"))
    local upright = 0
    for _, line in ipairs(xml.find(xml.with_class(bars, "eg-s1")[1], "line")) do
      if line.attributes.x1 == line.attributes.x2 then upright = upright + 1 end
    end
    assert.equal(2, upright)
  end)

  it("shows names in the legend as text, whatever they hold", function()
    local root = chart { series = { { name = '<b>&"x"</b>', x = { 1 }, y = { 1 } } }, title = "a<b" }
    assert.is_true(has_text(root, '<b>&"x"</b>'))
    assert.is_true(has_text(root, "a<b"))
    assert.equal("a<b", xml.texts(root, "title")[1])
    assert.matches('<b>&"x"</b>', xml.texts(root, "desc")[1], 1, true)
  end)

  it("draws reference lines with their labels and holds them in the axes", function()
    local root = chart { series = { { x = { 1, 2 }, y = { 0.8, 0.9 } } }, references = { { y = 0.5, label = "chance" } } }
    assert.is_true(has_text(root, "chance"))
    assert.is_not_nil(y_of_tick(root, "0.5"))
  end)

  it("writes the text of a reference where neither data nor another line is", function()
    local function place(series, references)
      local root = chart { series = series, references = references, x = { min = 0, max = 10 }, y = { min = 0, max = 1 } }
      for _, each in ipairs(xml.find(root, "text")) do
        if each.text == "guessing" then return tonumber(each.attributes.x), tonumber(each.attributes.y), root end
      end
    end
    local low = { { x = { 0, 10 }, y = { 0.1, 0.1 } } }
    local x, y, root = place(low, { { y = 0.5, label = "guessing" } })
    local level = y_of_tick(root, "0.4") / 2 + y_of_tick(root, "0.6") / 2
    assert.is_true(x > 400 and y < level)
    local under = select(2, place({ { x = { 0, 10 }, y = { 0.53, 0.53 } } }, { { y = 0.5, label = "guessing" } }))
    assert.is_true(under > level)
    local crossed = place(low, { { y = 0.5, label = "guessing" }, { x = 9.7, label = "even" } })
    assert.is_true(crossed < 400)
  end)

  it("puts observations beside the whiskers where series stand beside each other, and all on the chart", function()
    local series = {}
    for s = 1, 4 do
      local low, high = s - 0.5, s + 0.5
      series[s] = { x = { 1, 2 }, y = { s, s }, low = { low, low }, high = { high, high }, points = { { 1, low }, { 2, s } } }
    end
    local root = chart { series = series, interval = "bars", dodge = true, legend = false, markers = false }
    local right = 560 - 16
    for s = 1, 4 do
      local group = xml.with_class(root, "eg-s" .. s)[1]
      local whiskers = {}
      for _, line in ipairs(xml.find(group, "line")) do
        if line.attributes.x1 == line.attributes.x2 then whiskers[#whiskers + 1] = tonumber(line.attributes.x1) end
      end
      local circles = xml.find(group, "circle")
      assert.equal(2, #circles)
      for i, circle in ipairs(circles) do
        local x = tonumber(circle.attributes.cx)
        assert.is_true(x > whiskers[i] + 0.5 and x < right + 6)
        assert.is_true(tonumber(circle.attributes["fill-opacity"]) >= 0.6)
      end
    end
  end)

  it("puts series beside each other about their x, whatever thin ones stand before them", function()
    local function whisker(series)
      local root = chart { series = series, interval = "bars", dodge = true, markers = false, x = { min = 0, max = 4 } }
      return xml.find(xml.with_class(root, "eg-s2")[1], "line")[1].attributes.x1
    end
    local thick = { x = { 1, 3 }, y = { 1, 2 }, low = { 0.5, 1.5 }, high = { 1.5, 2.5 }, style = 2 }
    assert.equal(whisker { thick }, whisker { { x = { 1, 3 }, y = { 1, 2 }, thin = true, style = 1 }, thick })
  end)

  it("refuses a reference that a log axis does not have", function()
    assert.error_matches(function()
      plot.lines { series = { { x = { 1, 10 }, y = { 1, 2 } } }, x = { scale = "log" }, references = { { y = 1 }, { x = 0 } } }
    end, "^plot.lines: reference 2: x must be above 0 on a log axis, got 0")
  end)

  it("looks the same on every call", function()
    local options = { series = { { name = "a", x = { 1, 2 }, y = { 3, 4 } }, { name = "b", x = { 1, 2 }, y = { 4, 3 } } } }
    assert.equal(plot.lines(options), plot.lines(options))
  end)

  it("says which series is wrong and how", function()
    assert.error_matches(function() plot.lines { series = { { x = { 1, 2 }, y = { 1 } } } } end,
      "plot.lines: series 1: x has 2 values, y has 1")
    assert.error_matches(function() plot.lines { series = { { name = "a", x = { 1 }, y = { "2" } } } } end,
      'series 1 %("a"%): y%[1%] must be a number, got "2"')
    assert.error_matches(function() plot.lines { series = { { x = { 1 }, y = { 1 }, low = { 0 } } } } end, "low and high")
    assert.error_matches(function() plot.lines { series = { { x = { 0 }, y = { 1 } } }, x = { scale = "log" } } end,
      "log axis x must be above 0, got 0")
    assert.error_matches(function() plot.lines { series = {}, colour = 1 } end, "plot.lines: unknown option 'colour'")
    assert.error_matches(function() plot.lines {} end, "option 'series' is required")
    assert.error_matches(function() plot.lines { series = { 3 } } end, "series 1: expected a table")
  end)
end)

describe("series styles", function()
  it("differ in marker and in dash, not only in colour", function()
    local seen = {}
    for i = 1, theme.count do
      local style = theme.series(i)
      local key = style.marker
      assert.is_nil(seen[key])
      assert.is_nil(seen[style.color])
      assert.is_nil(seen["dash " .. tostring(style.dash)])
      seen[key], seen[style.color], seen["dash " .. tostring(style.dash)] = true, true, true
    end
  end)

  it("go on after the last with another marker for the same colour", function()
    local first, again = theme.series(1), theme.series(theme.count + 1)
    assert.equal(first.color, again.color)
    assert.not_equal(first.marker, again.marker)
  end)
end)

describe("plot.points", function()
  it("keeps the text of a reference off the marks, not off what would join them", function()
    local function place(x)
      local root = xml.parse(plot.points { series = { { x = { 0, x }, y = { 1, 0 } } }, references = { { y = 0, label = "no gain" } },
        x = { min = 0, max = 10 }, y = { min = -1, max = 1 } })
      for _, each in ipairs(xml.find(root, "text")) do
        if each.text == "no gain" then return tonumber(each.attributes.x), tonumber(each.attributes.y), root end
      end
    end
    local x, y, root = place(5)
    local level = (y_of_tick(root, "−0.5") + y_of_tick(root, "0.5")) / 2
    assert.is_true(x > 450 and y < level)
    local other_x = place(9.7)
    assert.is_true(other_x < 100)
  end)

  it("marks values and joins nothing", function()
    local root = xml.parse(plot.points { series = { { x = { 1, 2, 3 }, y = { 1, 2, 3 } } } })
    assert.equal(0, #xml.find(root, "polyline"))
    assert.equal(3, #xml.find(root, "circle"))
  end)
end)

describe("plot.bars", function()
  local function bar_rects(root, style)
    local rects = {}
    for _, group in ipairs(xml.with_class(root, "eg-s" .. style)) do
      for _, rect in ipairs(xml.find(group, "rect")) do rects[#rects + 1] = rect.attributes end
    end
    return rects
  end

  it("draws heights in the proportion of the values", function()
    local root = xml.parse(plot.bars { categories = { "a", "b", "c" }, series = { { values = { 1, 2, -1 } } } })
    local rects = bar_rects(root, 1)
    assert.equal(3, #rects)
    assert.near(2, tonumber(rects[2].height) / tonumber(rects[1].height), 0.01)
    assert.near(tonumber(rects[1].y) + tonumber(rects[1].height), tonumber(rects[3].y), 0.02)
  end)

  it("has a legend where there are several series, and none for one", function()
    local function names(series) return has_text(xml.parse(plot.bars { categories = { "a" }, series = series }), "x") end
    assert.is_false(names { { name = "x", values = { 1 } } })
    assert.is_true(names { { name = "x", values = { 1 } }, { name = "y", values = { 2 } } })
  end)

  it("leaves out NaN, and hatches series after the first", function()
    local root = xml.parse(plot.bars {
      categories = { "a", "b" }, series = { { name = "x", values = { 1, NAN } }, { name = "y", values = { 1, 2 } } }, horizontal = true,
    })
    assert.equal(1 + 1, #bar_rects(root, 1)) -- with the legend's
    assert.equal(2 + 1, #bar_rects(root, 2))
    assert.equal(0, #xml.find(xml.with_class(root, "eg-s1")[1], "path"))
    assert.equal(1, #xml.find(xml.with_class(root, "eg-s2")[1], "path"))
  end)

  it("draws nothing at all as such", function()
    assert.is_true(has_text(xml.parse(plot.bars { categories = {}, series = {} }), "no data"))
    assert.is_true(has_text(xml.parse(plot.bars { categories = { "a" }, series = { { values = { NAN } } }, horizontal = true }), "no data"))
  end)

  it("says what is wrong", function()
    assert.error_matches(function() plot.bars { categories = { "a" }, series = { { values = { 1, 2 } } } } end,
      "plot.bars: series 1: there are 1 categories, values has 2")
    assert.error_matches(function() plot.bars { categories = { 1 }, series = {} } end, "categories%[1%] must be a string")
    assert.error_matches(function() plot.bars { categories = {}, series = {}, value = { scale = "log" } } end, "linear axis")
  end)
end)

describe("plot.forest", function()
  -- The squares that stand for estimates: {x of the middle, filled}.
  local function squares(root)
    local list = {}
    for _, group in ipairs(xml.find(root, function(e) return (e.attributes.class or ""):find("^eg%-s%d") ~= nil end)) do
      local rects = xml.find(group, "rect")
      if rects[1] then list[#list + 1] = { x = tonumber(rects[1].attributes.x) + 4, filled = #rects == 1 } end
    end
    return list
  end

  it("fills a square where the interval leaves the reference out, and places it on the axis", function()
    local root = xml.parse(plot.forest {
      rows = { { label = "a", estimate = 0.1, low = 0.05, high = 0.15 }, { label = "b", estimate = 0, low = -0.1, high = 0.1 },
        { label = "c", estimate = -0.1 }, { label = "d", estimate = -0.1, low = -0.15, high = -0.05 } },
      x = { ticks = { -0.1, 0, 0.1 } },
    })
    local list = squares(root)
    assert.same({ true, false, false, true }, { list[1].filled, list[2].filled, list[3].filled, list[4].filled })
    assert.near(x_of_tick(root, "0.1"), list[1].x, 0.02)
    assert.near(x_of_tick(root, "0"), list[2].x, 0.02)
    assert.near(x_of_tick(root, "−0.1"), list[3].x, 0.02)
    assert.is_true(has_text(root, "+0.100 [+0.050, +0.150]"))
    assert.is_true(has_text(root, "0.000 [−0.100, +0.100]"))
    assert.is_true(has_text(root, "−0.100"))
  end)

  it("puts an arrow where an interval leaves the axis", function()
    local root = xml.parse(plot.forest { rows = { { label = "a", estimate = 0.1, low = -5, high = 0.2 } }, x = { min = -0.5, max = 0.5 } })
    assert.equal(1, #xml.find(root, "polygon"))
  end)

  it("keeps the words for both sides on the page, apart from each other", function()
    for _, estimate in ipairs { 1, -1, 0 } do
      local root = xml.parse(plot.forest { left = "scratch better", right = "transfer better",
        rows = { { label = "a", estimate = estimate, low = estimate - 0.1, high = estimate + 0.1 } } })
      local left = xml.find(root, function(e) return e.name == "text" and e.text == "← scratch better" end)[1]
      local right = xml.find(root, function(e) return e.name == "text" and e.text == "transfer better →" end)[1]
      local from, to = tonumber(left.attributes.x), tonumber(right.attributes.x)
      assert.equal("end", left.attributes["text-anchor"])
      assert.is_true(from - text_width.of(left.text, theme.small) >= 0)
      assert.is_true(to + text_width.of(right.text, theme.small) <= 560)
      assert.near(12, to - from, estimate == 0 and 0.02 or 1)
    end
  end)

  it("draws no rows, and rows without numbers", function()
    assert.is_true(has_text(xml.parse(plot.forest { rows = {} }), "no data"))
    assert.is_true(has_text(xml.parse(plot.forest { rows = { { label = "a", estimate = NAN } } }), "–"))
  end)

  it("writes a heading once for rows of one group", function()
    local root = xml.parse(plot.forest { rows = {
      { label = "a", group = "g <1>", estimate = 1 }, { label = "b", group = "g <1>", estimate = 2 },
      { label = "c", group = "h", estimate = 2 },
    } })
    local count = 0
    for _, text in ipairs(xml.texts(root, "text")) do if text == "g <1>" then count = count + 1 end end
    assert.equal(1, count)
    assert.is_true(has_text(root, "h"))
  end)

  it("has its grid behind the rows only, one piece for each group", function()
    local root = xml.parse(plot.forest { title = "t", rows = {
      { label = "a", group = "g", estimate = 1 }, { label = "b", group = "g", estimate = 2 }, { label = "c", group = "h", estimate = 2 },
    } })
    local headings, pieces = {}, {}
    for _, text in ipairs(xml.find(root, "text")) do
      if text.text == "g" or text.text == "h" then headings[#headings + 1] = tonumber(text.attributes.y) end
    end
    for _, line in ipairs(xml.with_class(root, "eg-grid")) do
      local y1, y2 = tonumber(line.attributes.y1), tonumber(line.attributes.y2)
      pieces[math.floor(y2 - y1 + 0.5)] = true
      for _, y in ipairs(headings) do assert.is_true(y2 < y - 8 or y1 > y) end
    end
    assert.same({ [20] = true, [40] = true }, pieces)
  end)

  it("says which row is wrong", function()
    assert.error_matches(function() plot.forest { rows = { { label = "a", estimate = "1" } } } end,
      'plot.forest: row 1: estimate must be a number, got "1"')
    assert.error_matches(function() plot.forest { rows = { { estimate = 1 } } } end, "row 1: option 'label' is required")
  end)
end)

describe("plot.dots", function()
  local rows = { { label = "a", values = { 0.7, 0.8, NAN, 0.9 } }, { label = "b", group = "g", values = { 0.5 }, style = 2 },
    { label = "c", group = "g", values = { 0.6, 0.6, 0.6 }, mean = 0.61, low = 0.55, high = 0.65, style = 3 } }

  it("shows each value, the mean and the interval in their row", function()
    local root = xml.parse(plot.dots { rows = rows, x = { min = 0.4, max = 1, ticks = { 0.4, 0.7, 1 } } })
    local circles = xml.find(xml.with_class(root, "eg-s1")[1], "circle")
    assert.equal(4, #circles) -- three values, and the mean of the first style
    assert.near(x_of_tick(root, "0.7"), tonumber(circles[1].attributes.cx), 0.02)
    local interval = xml.find(xml.with_class(root, "eg-s1")[1], "line")[1].attributes
    assert.near(x_of_tick(root, "0.7"), tonumber(interval.x1), 0.02)
    assert.is_true(has_text(root, "0.800 [0.700, 0.900]"))
    assert.is_true(has_text(root, "0.500"))
    assert.is_true(has_text(root, "0.610 [0.550, 0.650]"))
    assert.is_true(has_text(root, "g"))
    local heights = {}
    for _, each in ipairs(xml.find(xml.with_class(root, "eg-s3")[1], "circle")) do heights[each.attributes.cy] = true end
    local different = 0
    for _ in pairs(heights) do different = different + 1 end
    assert.equal(3, different) -- equal values stand at heights of their own
  end)

  it("draws references with their texts, above the rows", function()
    local root = xml.parse(plot.dots { rows = rows, references = { { x = 0.5, label = "guessing" }, { x = 0.51, label = "always NORM" } } })
    local ys = {}
    for _, each in ipairs(xml.find(root, "text")) do
      if each.text == "guessing" or each.text == "always NORM" or each.text == "a" then ys[#ys + 1] = tonumber(each.attributes.y) end
    end
    assert.equal(3, #ys)
    assert.is_true(ys[1] < ys[2] and ys[2] < ys[3])
  end)

  it("draws no rows, and rows without numbers", function()
    assert.is_true(has_text(xml.parse(plot.dots { rows = {} }), "no data"))
    assert.is_true(has_text(xml.parse(plot.dots { rows = { { label = "a", values = {} } } }), "no data"))
    assert.is_true(has_text(xml.parse(plot.dots { rows = { { label = "a", values = {} }, { label = "b", values = { 1 } } } }), "–"))
  end)

  it("says which row is wrong", function()
    assert.error_matches(function() plot.dots { rows = { { label = "a", values = { "1" } } } } end,
      'plot.dots: row 1: values%[1%] must be a number, got "1"')
    assert.error_matches(function() plot.dots { rows = { { label = "a", values = {}, low = 1 } } } end, "low and high must be given")
    assert.error_matches(function() plot.dots { rows = {}, x = { scale = "log" } } end, "plot.dots: the axis must be linear")
    assert.error_matches(function() plot.dots { rows = { { values = {} } } } end, "row 1: option 'label' is required")
  end)
end)

describe("plot.heatmap", function()
  it("colours by value about a centre and writes the numbers", function()
    local root = xml.parse(plot.heatmap {
      rows = { "r" }, columns = { "a", "b", "c" }, values = { { -1, 0, 0.5 } }, map = "diverging", signed = true, decimals = 1,
    })
    local fills = {}
    for _, rect in ipairs(xml.find(root, "rect")) do
      if rect.attributes.height == "25" then fills[#fills + 1] = rect.attributes.fill end
    end
    assert.same({ "#a65400", "#f7f7f7", "#69a8d6" }, fills)
    assert.is_true(has_text(root, "−1.0"))
    assert.is_true(has_text(root, "+0.5"))
  end)

  it("shows an empty cell for NaN and takes a constant table", function()
    local root = xml.parse(plot.heatmap { rows = { "r<" }, columns = { "a", "b" }, values = { { NAN, 3 } } })
    assert.is_true(has_text(root, "–"))
    assert.is_true(has_text(root, "3.00"))
    assert.is_true(has_text(root, "r<"))
    assert.is_true(has_text(xml.parse(plot.heatmap { rows = {}, columns = {}, values = {} }), "no data"))
  end)

  it("says what does not fit", function()
    assert.error_matches(function() plot.heatmap { rows = { "a" }, columns = { "b" }, values = {} } end, "1 row names, values has 0 rows")
    assert.error_matches(function() plot.heatmap { rows = { "a" }, columns = { "b" }, values = { { 1, 2 } } } end,
      "values%[1%] must be a list of 1 numbers")
  end)
end)

describe("plot.history", function()
  local rows = { best_epoch = 2 }
  for epoch = 1, 3 do rows[epoch] = { epoch = epoch, train_loss = 1 / epoch, val_loss = 1.2 / epoch, val_score = 0.2 * epoch, lr = 0.1 } end

  it("draws losses and scores on panels of their own and marks the best epoch", function()
    local root = xml.parse(plot.history(rows, { title = "a run" }))
    assert.equal(3, #xml.find(root, "polyline"))
    for _, name in ipairs { "training loss", "validation loss", "validation score", "best epoch 2" } do
      assert.is_true(has_text(root, name), name)
    end
    assert.is_false(has_text(root, "lr"))
  end)

  it("has the name of the score that the best epoch is chosen by", function()
    local known = { monitor = "macro_auroc", best_epoch = 2 }
    for i, row in ipairs(rows) do known[i] = row end
    local root = xml.parse(plot.history(known))
    assert.is_true(has_text(root, "macro AUROC"))
    assert.is_false(has_text(root, "validation score"))
    assert.is_false(has_text(root, "score"))
    known.monitor, known[1] = "r2", { epoch = 1, val_score = 0.1, other = 2 }
    root = xml.parse(plot.history(known))
    assert.is_true(has_text(root, "validation R²"))
    assert.is_true(has_text(root, "score"), "two kinds of scores share the axis")
  end)

  it("draws one panel for losses alone, an empty history, and gaps", function()
    assert.equal(1, #xml.find(xml.parse(plot.history { { epoch = 1, train_loss = 1 }, { epoch = 2, train_loss = 0.5 } }), "polyline"))
    assert.is_true(has_text(xml.parse(plot.history {}), "no data"))
    assert.equal(1, #xml.find(xml.parse(plot.history { { val_loss = 1 }, { val_loss = 2 }, { val_loss = NAN } }), "polyline"))
  end)

  it("refuses what is no history", function()
    assert.error_matches(function() plot.history(3) end, "plot.history: argument 1 %(history%) must be a list of rows, got 3")
    assert.error_matches(function() plot.history({ 3 }) end, "row 1 must be a table")
  end)
end)
