local number_text = require "ecgraft.number_text"

local NAN = 0 / 0

describe("number_text", function()
  it("writes a fixed number of decimals and no negative zero", function()
    assert.equal("0.871", number_text.fixed(0.87149))
    assert.equal("0.00", number_text.fixed(-0.001, 2))
    assert.equal("-0.01", number_text.fixed(-0.01, 2))
    assert.equal("3", number_text.fixed(3, 0))
  end)

  it("marks what is missing", function()
    for _, name in ipairs { "fixed", "signed", "short", "count", "p_value", "duration" } do
      assert.equal("–", number_text[name](NAN), name)
      assert.equal("–", number_text[name](nil), name)
    end
    assert.equal("", number_text.exact(NAN))
    assert.equal("", number_text.exact(nil))
  end)

  it("writes infinities", function()
    assert.equal("inf", number_text.fixed(math.huge))
    assert.equal("-inf", number_text.short(-math.huge))
    assert.equal("inf", number_text.exact(math.huge))
  end)

  it("signs", function()
    assert.equal("+0.021", number_text.signed(0.021))
    assert.equal("-0.021", number_text.signed(-0.021))
    assert.equal("0.000", number_text.signed(0))
    assert.equal("0.000", number_text.signed(0.0001))
  end)

  it("makes a minus of a hyphen before a negative number, not within a word", function()
    assert.equal("−0.5", number_text.minus("-0.5"))
    assert.equal("+0.1 [−0.2, +0.3] (−4)", number_text.minus("+0.1 [-0.2, +0.3] (-4)"))
    assert.equal("resnet-18 2026-01-31", number_text.minus("resnet-18 2026-01-31"))
  end)

  it("writes short numbers with four digits", function()
    assert.equal("0", number_text.short(0))
    assert.equal("0.1235", number_text.short(0.123456))
    assert.equal("1234567", number_text.short(1234567))
    assert.equal("12.5", number_text.short(12.5))
    assert.equal("-0.001", number_text.short(-0.001))
    assert.equal("1e-5", number_text.short(0.00001))
    assert.equal("1.5e8", number_text.short(1.5e8))
    assert.equal("100", number_text.short(100.0))
  end)

  it("counts with commas", function()
    assert.equal("1,234,567", number_text.count(1234567))
    assert.equal("999", number_text.count(999))
    assert.equal("-1,000", number_text.count(-1000.0))
    assert.equal("0.5", number_text.count(0.5))
  end)

  it("writes numbers that read back exactly", function()
    local state = 1
    for _ = 1, 200 do
      state = (state * 1103515245 + 12345) % 2147483648
      local value = (state / 2147483648 - 0.5) * 10 ^ (state % 40 - 20)
      assert.equal(value, tonumber(number_text.exact(value)))
    end
    assert.equal("0.1", number_text.exact(0.1))
    assert.equal("3", number_text.exact(3.0))
    assert.equal("-7", number_text.exact(-7))
  end)

  it("writes p values", function()
    assert.equal("<0.001", number_text.p_value(0.0004))
    assert.equal("0.031", number_text.p_value(0.03125))
  end)

  it("writes durations", function()
    assert.equal("0.8 s", number_text.duration(0.8))
    assert.equal("10 s", number_text.duration(9.97))
    assert.equal("42 s", number_text.duration(41.7))
    assert.equal("3 min 05 s", number_text.duration(185))
    assert.equal("1 h 00 min", number_text.duration(3599.9))
    assert.equal("2 h 07 min", number_text.duration(7620))
    assert.equal("3 d 04 h", number_text.duration(76 * 3600))
  end)

  it("has a decimal point in any locale", function()
    local before = os.setlocale(nil, "numeric")
    finally(function() os.setlocale(before, "numeric") end)
    local comma
    for _, name in ipairs { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", "de_DE", "fr_FR" } do
      comma = comma or os.setlocale(name, "numeric")
    end
    if not comma then return pending("no locale with a decimal comma is installed") end
    assert.equal("0.500", number_text.fixed(0.5))
    assert.equal("1.5e8", number_text.short(1.5e8))
    assert.equal("0.1", number_text.exact(0.1))
    assert.equal("1.5", require("ecgraft.plot.svg").number(1.5))
  end)
end)
