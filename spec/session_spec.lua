local session = require "ecgraft.session"

--- The values that a cell shows, as a list; raises where the cell fails.
local function shown(self, source)
  local result = self:run(source)
  assert(result.ok, result.message)
  return result.silent and {} or table.move(result.values, 1, result.values.n, 1, {})
end

local function fails(self, source, options)
  local result = self:run(source, options)
  assert.is_false(result.ok)
  return result
end

--- The places that led to a fault, as texts.
local function places(fault)
  local list = {}
  for i, each in ipairs(fault.trace) do
    list[i] = each.left and each.left .. " left out" or ("%s:%d%s"):format(each.place, each.line, each.is_main and "" or " " .. each.name)
  end
  return list
end

describe("A session", function()
  it("shows the value of a cell's last expression, and of nothing else", function()
    local s = session.new()
    for source, values in pairs{
      ["1 + 1"] = {2}, ["local a = 3\na * 2"] = {6}, ["local a = 3; a"] = {3}, ["-- a\n'b' -- c"] = {"b"}, ["#'abc'"] = {3},
      ["return 1, 2"] = {1, 2}, ["math.max(1, 2)"] = {2}, ["local t = {\n  1,\n  2,\n}\n#t"] = {2}, ["('x'):rep(2)"] = {"xx"},
      ["local f = function()\n  return 1\nend\nf()"] = {1}, ["x = 5"] = {}, ["if true then y = 1 end"] = {}, ["x;"] = {}, ["f();"] = {},
      ["-- nothing"] = {}, [""] = {}, ["local w = 1\n- 1"] = {}, ["for i = 1, 2 do math.abs(i) end"] = {},
      ["local s = [[\nreturn 3\n]]\nlocal n = #s"] = {}, ["z = 1\nz\n+ 1"] = {2},
    } do
      s:run "function f() return 1 end"
      assert.same(values, shown(s, source), source)
    end
  end)

  it("keeps top-level locals for the next cells, and no others", function()
    local s = session.new()
    shown(s, "local a, b <const>, c = 1, 2\nlocal function count(n) return n == 0 and 0 or 1 + count(n - 1) end\nlocal d")
    assert.same({1, 2, nil}, shown(s, "a, b, c"))
    assert.same({4}, shown(s, "count(4)"))
    shown(s, "do local inner = 1 end for i = 1, 2 do local each = i end local function g() local x = 9 end")
    assert.same({}, shown(s, "inner, each, x, i"))
    shown(s, "local log = {} local guard <close> = setmetatable({}, {__close = function() log[1] = 'closed' end})")
    assert.same({"closed"}, shown(s, "log[1]"))
    assert.same({"nil"}, shown(s, "type(guard)"))
  end)

  it("leaves Lua's globals alone", function()
    local s = session.new{globals = {given = 7}}
    shown(s, "unheard_of = 1 print = nil")
    assert.is_nil(rawget(_G, "unheard_of"))
    assert.is_function(print)
    assert.same({7, true}, shown(s, "given, unheard_of == _G.unheard_of"))
    assert.same({}, shown(session.new(), "unheard_of"))
  end)

  it("says in which line of which cell something failed, and what led there", function()
    local s = session.new()
    shown(s, "local function inner() error 'no' end\nlocal function outer()\n  inner()\nend")
    local fault = fails(s, "local x = 1\nouter()", {name = "look.lua", line = 12})
    assert.equal("cell 1:1: no", fault.message)
    assert.equal(13, fault.line)
    assert.same({"cell 1:1 inner", "cell 1:3 outer", "look.lua:13"}, places(fault))
    assert.is_false(fault.interrupted)
    assert.matches("^look.lua:8: .*near '='$", fails(s, "x = = 1", {name = "look.lua", line = 8}).message)
    assert.equal(8, fails(s, "x = = 1", {name = "look.lua", line = 8}).line)
    -- The last expression is no tail call, which would lose its line.
    assert.equal("a:2: gone", fails(s, "local y = 1\nerror 'gone'", {name = "a"}).message)
    assert.same({1}, shown(s, "y")) -- what was done stays done
  end)

  it("shows mistakes in calls of the library where they were made", function()
    local fault = fails(session.new(), "local eg = require 'ecgraft'\n\neg.zeros 'x'", {name = "a.lua"})
    assert.matches("^a.lua:3: zeros", fault.message)
    assert.same({"a.lua:3"}, places(fault))
    fault = fails(session.new(), "require('ecgraft').plot.save('x.jpg', 'svg')", {name = "a.lua"})
    assert.matches("^a.lua:1: plot.save: path must end", fault.message)
  end)

  it("tells interruptions and other values that are raised", function()
    local s = session.new()
    assert.is_true(fails(s, "error(setmetatable({interrupted = true}, {__tostring = function() return 'stopped' end}))").interrupted)
    assert.is_false(fails(s, "error 'the connection was interrupted'").interrupted)
    assert.equal("stopped", fails(s, "error(setmetatable({}, {__tostring = function() return 'stopped' end}))").message)
    assert.equal("error with a value: {}", fails(s, "error{}").message)
    assert.matches("stack overflow", fails(s, "local function f() return 1 + f() end f()").message)
  end)

  it("knows what is incomplete", function()
    for _, source in ipairs{"for i = 1, 2 do", "f(", "local x =", "x = function()", "1 +", "x = 1\n1 +", "[[abc", "--[[ x",
      "local"} do
      assert.is_true(session.is_incomplete(source), source)
    end
    for _, source in ipairs{"x = 1", "x", "x = = 1", "end", "1 + + 2", "'abc", "f())", "x = )", "1 2", "return"} do
      assert.is_false(session.is_incomplete(source), source)
    end
  end)
end)
