local progress = require "ecgraft.progress"

-- A clock that is set by hand and a file that keeps what is written.
local function setup(options)
  local time, written = { now = 100 }, {}
  options.clock = function() return time.now end
  options.file = { write = function(_, ...) for _, text in ipairs { ... } do written[#written + 1] = text end end, flush = function() end }
  return progress.new(options), time, function() return table.concat(written) end
end

describe("progress", function()
  it("shows share, count, rate and time left", function()
    local line, time = setup { label = "epoch 1", total = 1000, unit = "records", terminal = true }
    time.now = 110
    line:update(250)
    local text = line:text()
    assert.matches("epoch 1  [####............]  25%  250/1,000", text, 1, true)
    assert.matches("25 records/s", text, 1, true)
    assert.matches("30 s left", text, 1, true)
  end)

  it("redraws one line on a terminal, not more often than the interval", function()
    local line, time, written = setup { total = 10, terminal = true, interval = 1 }
    for i = 1, 5 do
      time.now = 100 + 0.3 * i
      line:update(i)
    end
    local _, returns = written():gsub("\r", "")
    assert.equal(2, returns)
    assert.not_matches("\n", written())
    line:finish()
    assert.matches("\n$", written())
    line:finish()
    local _, ends = written():gsub("\n", "")
    assert.equal(1, ends)
  end)

  it("covers a longer line before it", function()
    local line, time, written = setup { total = 10, terminal = true, interval = 0 }
    line:update(1, ("a long note "):rep(4))
    time.now = 101
    line:update(2, "x")
    local second = written():match("\r[^\r]*\r([^\r]*)$")
    assert.matches("x%s+\b\b$", second)
  end)

  it("covers the ^C that the terminal writes behind it", function()
    local line, time, written = setup { total = 10, terminal = true, interval = 0 }
    line:update(1, "epoch 1")
    time.now = 101
    line:finish "interrupted"
    local seen, column = {}, 1 -- what a terminal makes of it, with ^C behind the first line
    for character in (written():gsub("\b\b", "\b\b^C", 1)):gmatch "." do
      if character == "\r" then column = 1
      elseif character == "\b" then column = column - 1
      elseif character ~= "\n" then seen[column], column = character, column + 1 end
    end
    assert.matches("interrupted *$", table.concat(seen))
    assert.not_matches("%^C", table.concat(seen))
  end)

  it("never wraps", function()
    local line, _, written = setup { label = ("ä"):rep(200), total = 10, terminal = true, interval = 0 }
    line:update(1)
    assert.is_true(utf8.len((written():gsub("[\b\r]", ""))) <= 79)
    assert.matches("…", written())
  end)

  it("writes whole lines now and then where there is no terminal", function()
    local line, time, written = setup { label = "fit", total = 100, terminal = false }
    for i = 1, 100 do
      time.now = 100 + i
      line:advance(1, "loss 0.5")
    end
    line:finish("done")
    assert.not_matches("\r", written())
    local _, lines = written():gsub("\n", "")
    assert.equal(5, lines) -- at once, after 30, 60 and 90 seconds, and at the end
    assert.matches("100%%  100/100  1/s  1 min 40 s  done\n$", written())
  end)

  it("writes nothing when quiet", function()
    local line, time, written = setup { total = 3, quiet = true, terminal = true }
    time.now = 500
    line:update(1)
    line:print("hello")
    line:finish()
    assert.equal("", written())
  end)

  it("puts a line of its own above itself", function()
    local line, _, written = setup { total = 3, terminal = true, interval = 0 }
    line:update(1)
    line:print("a warning")
    assert.matches("\r%s+\ra warning\n$", written())
    line:update(2)
    assert.matches("\r[^\n]*2/3[^\n]*$", written())
  end)

  it("does not count work done before it began", function()
    local line, time = setup { total = 100, done = 50, terminal = true }
    time.now = 110
    line:update(60)
    assert.matches("1/s", line:text(), 1, true)
    assert.matches("40 s left", line:text(), 1, true)
  end)

  it("follows a change of pace", function()
    local line, time = setup { total = 100000, terminal = true }
    for i = 1, 100 do
      time.now = 100 + i
      line:advance(100)
    end
    for i = 1, 120 do
      time.now = 200 + i
      line:advance(10)
    end
    local function rate() return tonumber(line:text():match("([%d.]+)/s")) end
    assert.is_true(rate() > 9.9 and rate() < 13, "rate " .. rate())
    -- But a short rush does not count for much.
    time.now = time.now + 1
    line:advance(110)
    assert.is_true(rate() < 20, "rate " .. rate())
  end)

  it("works without a total, with nothing to do and with more than the total", function()
    local line, time = setup { unit = "records", terminal = true }
    time.now = 101
    line:update(10)
    assert.matches("^10 records", line:text())
    line = setup { total = 0, terminal = true }
    assert.matches("100%", line:text(), 1, true)
    line = setup { total = 2, terminal = true }
    line:update(5)
    assert.matches("100%", line:text(), 1, true)
  end)

  it("is finished when its scope ends", function()
    local _, _, written = (function()
      local line, time, written = setup { total = 1, terminal = true }
      do
        local scoped <close> = line
        scoped:update(1)
      end
      return line, time, written
    end)()
    assert.matches("\n$", written())
  end)

  it("takes no file for a terminal that is none", function()
    assert.is_false(progress.is_terminal(io.tmpfile()))
  end)

  it("says what is wrong", function()
    assert.error_matches(function() progress.new { totl = 3 } end, "progress.new: unknown option 'totl'; known options: clock, done")
    assert.error_matches(function() setup({}):update("3") end, 'argument 1 %(done%) must be a number, got "3"')
  end)
end)
