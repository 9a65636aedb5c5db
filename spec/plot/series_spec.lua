--- What charts take as numbers: lists and tensors; and what they say where a list is missing.
local plot = require "ecgraft.plot"

describe("The series of a chart", function()
  it("stand at 1, 2, 3 where they have no x", function()
    assert.equal(plot.lines { series = { { x = { 1, 2, 3 }, y = { 4, 6, 5 } } } }, plot.lines { series = { { y = { 4, 6, 5 } } } })
  end)

  it("name the likely cause where there is no y", function()
    local function fails(series, message) assert.error_matches(function() plot.lines { series = { series } } end, message) end
    fails({ x = { 1, 2, 3 } }, "plot.lines: series 1: x has 3 values, y is not given %(a name that is nil%?%)")
    fails({ x = { 1, 2, 3 }, y = {} }, "series 1: x has 3 values, y is empty %(its values must stand at 1, 2, 3 and so on%)")
    fails({ x = { 1, 2 }, y = { [0] = 1, [2] = 3 } }, "x has 2 values, y is empty")
    fails({ name = "a", x = {}, y = { 1 } }, 'series 1 %("a"%): x has 0 values, y has 1')
  end)

  it("may be tensors", function()
    local found, eg = pcall(require, "ecgraft")
    if not found then return pending "the core is not built" end
    local t = eg.tensor
    assert.equal(plot.lines { series = { { x = { 1, 2 }, y = { 4, 6 }, low = { 3, 5 }, high = { 5, 7 } } } },
      plot.lines { series = { { x = t { 1, 2 }, y = t { 4, 6 }, low = t { 3, 5 }, high = t { 5, 7 } } } })
    assert.equal(plot.bars { categories = { "a", "b" }, series = { { values = { 1, 2 } } } },
      plot.bars { categories = { "a", "b" }, series = { { values = t { 1, 2 } } } })
    assert.equal(plot.dots { rows = { { label = "a", values = { 1, 2 } } } }, plot.dots { rows = { { label = "a", values = t { 1, 2 } } } })
    local cells = { rows = { "a", "b" }, columns = { "c" }, values = { { 1 }, { 2 } } }
    local picture = plot.heatmap(cells)
    cells.values = t { { 1 }, { 2 } }
    assert.equal(picture, plot.heatmap(cells))
    cells.values = eg.zeros(2)
    for name, options in pairs { lines = { series = { { y = eg.zeros(2, 3) } } }, heatmap = cells,
        bars = { categories = {}, series = { { values = eg.zeros(2, 3) } } },
        dots = { rows = { { label = "a", values = eg.zeros(2, 3) } } } } do
      local _, message = pcall(function() local _ = plot[name](options) end)
      assert.matches("series_spec.lua:%d+: plot." .. name .. ".* must be a list of .* or a tensor .* got a tensor of the shape %([23, ]+%)",
        message)
    end
  end)
end)
