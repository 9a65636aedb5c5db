--- Texts that fit the terminal.
local programs = require "ecgraft.repl.programs"
local screen = require "ecgraft.repl.screen"

describe("a text for the terminal", function()
  local shape = {is_terminal = true, width = 40, height = 10}

  it("breaks between words, and goes on a little further in", function()
    assert.equal("error: one two three four five six seven\n  eight nine", screen.wrapped(
      "error: one two three four five six seven eight nine", shape))
    assert.equal("    " .. ("x"):rep(30) .. "\n      " .. ("y"):rep(20), screen.wrapped(
      "    " .. ("x"):rep(30) .. " " .. ("y"):rep(20), shape))
  end)

  it("keeps lines that fit, empty ones, and words that are longer than it", function()
    local text = "a  b\n\n  " .. ("-"):rep(38) .. "\nend"
    assert.equal(text, screen.wrapped(text, shape))
    local long = ("w"):rep(60)
    assert.equal("a\n  " .. long .. "\n  b", screen.wrapped("a " .. long .. " b", shape))
    -- Wide signs count as what they take.
    assert.equal(("心"):rep(15) .. "\n  " .. ("電"):rep(6), screen.wrapped(("心"):rep(15) .. " " .. ("電"):rep(6), shape))
  end)

  it("is left alone where there is no terminal", function()
    local text = ("word "):rep(40)
    assert.equal(text, screen.wrapped(text, {is_terminal = false, width = 40}))
  end)

  it("has a width of 80 where nothing says it", function()
    local found = screen.shape() -- of the specs' own output, a pipe or a terminal
    assert.is_true(found.width >= 40 and found.width <= 200)
    if not found.is_terminal then assert.same({80, false}, {found.width, found.colour}) end
  end)
end)

describe("a program", function()
  it("is looked for on the path", function()
    assert.matches("/sh$", programs.find "sh")
    assert.is_nil(programs.find "no-program-of-this-name")
  end)
end)
