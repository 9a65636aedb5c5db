--- Lua text as it is typed: tokens, locals that stay, whether more must follow.
local cell = require "ecgraft.session.cell"
local source = require "ecgraft.session.source"

local function kinds(text)
  local list = {}
  for i, token in ipairs(source.tokens(text)) do list[i] = token.kind .. " " .. token.text end
  return list
end

local function compile(text) return cell.compile(text, "=input 1", 1, setmetatable({}, {__index = _G})) end

local function needs_more(text)
  local chunk, _, more = compile(text)
  return chunk == nil and more
end

describe("tokens", function()
  it("are names, numbers, strings and the rest, without comments", function()
    assert.same({"name x", "op =", "number 1.5e-3", "op ..", "string 'a\\'b'", "op //", "number 0xA"},
      kinds "x = 1.5e-3 .. 'a\\'b' // 0xA -- y")
    assert.same({"string [==[ ]] ]==]", "name z"}, kinds "[==[ ]] ]==] --[[ y\n ]] z")
    assert.same({"number 3", "op +", "number 4"}, kinds "3+4")
    assert.same({"name a", "op ...", "op ::", "op <=", "op ~="}, kinds "a ... :: <= ~=")
  end)

  it("that are not ended are open", function()
    assert.same({"name f", "op (", 'open "ab'}, kinds 'f("ab')
    assert.same({"open [[ab"}, kinds "[[ab")
    assert.same({"name x", "open --[[ ab"}, kinds "x --[[ ab")
    assert.same({'open "\\'}, kinds '"\\')
  end)

  it("cover every text without an end that does not come", function()
    math.randomseed(1)
    local signs = {"a", " ", "\n", "'", '"', "\\", "[", "=", "-", "1", ".", "e", "+", "z", "]", "\255"}
    for _ = 1, 3000 do
      local text = {}
      for i = 1, math.random(1, 12) do text[i] = signs[math.random(#signs)] end
      local last = 0
      for _, token in ipairs(source.tokens(table.concat(text))) do
        assert.is_true(token.first > last and token.last >= token.first)
        last = token.last
      end
    end
  end)
end)

describe("locals at the top level", function()
  local function same_run(text, names)
    local environment = setmetatable({}, {__index = _G})
    local chunk = assert(cell.compile(text, "=input 1", 1, environment))
    chunk()
    local values = {}
    for i, name in ipairs(names) do values[i] = rawget(environment, name) == nil and "nil" or rawget(environment, name) end
    return values
  end

  it("are variables that stay", function()
    assert.same({1}, same_run("local x = 1", {"x"}))
    assert.same({1, 2, "nil"}, same_run("local a, b <const> = 1, 2; local c", {"a", "b", "c"}))
    assert.same({6}, same_run("local function f(n) local k = 3 return n * k end local y = f(2)", {"y"}))
    assert.same({120}, same_run("local function f(n) return n < 2 and 1 or n * f(n - 1) end local y = f(5)", {"y"}))
    assert.same({"local q"}, same_run("local t = 'local q' -- local z", {"t"}))
    assert.same({"nil"}, same_run("x = 1 local x", {"x"}))
  end)

  it("are those outside of all blocks and brackets only", function()
    assert.same({"nil", 2}, same_run("do local x = 1 end local y = 2", {"x", "y"}))
    assert.same({"nil", "nil", 4}, same_run("if true then local x = 1 else local x2 = 3 end local y = 4", {"x", "x2", "y"}))
    assert.same({"nil", 1}, same_run("for i = 1, 3 do local x = i end local y = 1", {"x", "y"}))
    assert.same({"nil", 1}, same_run("repeat local x = 1 until x local y = 1", {"x", "y"}))
    assert.same({"nil", 1}, same_run("local n = 0 while n < 1 do local x = 1 n = n + x end local y = n", {"x", "y"}))
    assert.same({"nil"}, same_run("local t = {f = function() local x = 1 return x end} t.f()", {"x"}))
  end)

  it("that are to be closed stay as they are", function()
    local text = "local f <close> = setmetatable({}, {__close = function() closed = true end})"
    assert.equal(text, source.keep_locals(text))
    assert.same({true}, same_run(text, {"closed"}))
  end)

  it("keep lines where they are", function()
    local text = "local a = 1\n\nlocal function f()\n  local b\nend\nlocal c"
    local _, lines = text:gsub("\n", "")
    local _, kept = source.keep_locals(text):gsub("\n", "")
    assert.equal(lines, kept)
  end)
end)

describe("an input", function()
  it("is an expression or statements", function()
    local function values(text)
      local fn, shows = compile(text)
      local results = table.pack(fn())
      return shows and table.move(results, 2, results.n, 1, {n = results.n - 1}) or results
    end
    for text, expected in pairs{["1 + 2"] = {3, n = 1}, ["1, 2"] = {1, 2, n = 2}, ["1 + 2;"] = {3, n = 1}, ["x = 1"] = {n = 0},
      [""] = {n = 0}, ["-- nothing"] = {n = 0}, ["x = 1; x"] = {1, n = 1},
      ["(function() return nil, 'm' end)() -- why"] = {nil, "m", n = 2}} do
      local found = values(text)
      for i = 1, math.max(found.n, expected.n) do assert.equal(expected[i], found[i], text) end
      assert.equal(expected.n, found.n, text)
    end
  end)

  it("goes on where it is not complete", function()
    for _, text in ipairs{"1 +", "x =", "f(", "if a then", "for", "eg.fit(1,", "[[abc", "--[[ x", "function f()", "{1, 2", "x:y",
        "a.b.", "local", "return"} do
      if text ~= "return" then assert.is_true(needs_more(text), text) end
    end
  end)

  it("ends where more would not help", function()
    for _, text in ipairs{"1 + + 2", "x y", "= 3", "'abc", "end", "f())", "x = )", "1 2"} do assert.is_falsy(needs_more(text), text) end
  end)

  it("may be long", function()
    local lines, began = {}, os.clock()
    for i = 1, 5000 do lines[i] = ("x%d = math.sin(%d) + 1"):format(i, i) end
    assert.is_false(select(2, compile(table.concat(lines, "\n"))))
    assert.is_true(os.clock() - began < 10) -- not the square of it, which takes minutes
  end)

  it("is blamed for what is wrong in it", function()
    assert.equal("input 1:1: unexpected symbol near '+'", select(2, compile "1 + + 2"))
    assert.equal("input 1:1: syntax error near 'y'", select(2, compile "x y"))
    assert.equal("input 1:2: syntax error near 'z'", select(2, compile "x = 1\ny z"))
    assert.equal("input 1:1: <name> expected near 'do'", select(2, compile "local do"))
    assert.equal("input 1:2: unexpected symbol near '+'", select(2, compile "#!/usr/bin/env lua5.4\n+"))
  end)

  it("can return a value where a return stands outside its functions", function()
    for text, expected in pairs{["return 1"] = true, ["x = 1"] = false, ["local function f() return 1 end\nf()"] = false,
      ["if x then return a else return b end"] = true, ["#!/usr/bin/lua\ndo return 1 end"] = true, ["-- return\nx = 'return'"] = false,
      ["for i = 1, 2 do f(function() while a do return end end) end"] = false, ["f(function() if a then b() end end) return s"] = true,
      ["repeat local function g() return end until g()"] = false, ["x = {f = function() end} return x"] = true} do
      assert.equal(expected, source.returns(text), text)
    end
  end)

  it("is silent with a semicolon at its end", function()
    assert.is_true(source.is_silent "x;  -- all of it")
    assert.is_false(source.is_silent "x -- ;")
    assert.is_false(source.is_silent "")
  end)
end)
