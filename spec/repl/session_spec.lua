--- Running what is typed: variables, values, errors and what they say, Ctrl-C.
local eg = require "ecgraft"
local fault = require "ecgraft.repl.fault"
local sessions = require "ecgraft.session"
local temporary = require "spec.support.temporary"
local uv = require "luv"
local variables = require "ecgraft.repl.variables"

local session

before_each(function() session = sessions.new{behind = variables.new(), word = "input", interruptible = true} end)

local function values(text)
  local result = session:run(text)
  assert.equal("done", result.status, result.message)
  return table.unpack(result.values, 1, result.values.n)
end

local function failure(text)
  local result = session:run(text)
  assert.equal("failed", result.status)
  local message, lines = fault.text(result, session.count, text)
  return message, table.concat(lines, "\n")
end

-- A line that sends this process the signal of Ctrl-C, and what it does then.
local function interrupted_by(rest)
  session.env.strike = function() uv.kill(uv.os_getpid(), "sigint") end
  return session:run("strike() " .. rest)
end

describe("a session", function()
  it("keeps variables, local or not", function()
    session:run "local x = 2"
    session:run "y = x + 1"
    assert.equal(5, values "x + y")
    session:run "x = 10"
    assert.equal(13, values "x + y")
  end)

  it("has ECGraft's names, and leaves Lua's globals alone", function()
    assert.equal(eg, values "eg")
    assert.equal(eg.nn, values "nn")
    assert.equal(eg.transfer, values "transfer")
    assert.is_function(values "plot.lines")
    session:run "print = 3; session_spec_x = 1"
    assert.is_nil(rawget(_G, "session_spec_x"))
    assert.is_function(print)
    assert.equal(1, values "_G.session_spec_x")
    local names = table.concat(session:names(), " ")
    for _, name in ipairs{"eg", "nn", "plot", "session_spec_x", "tostring"} do assert.truthy(names:find(name, 1, true), name) end
  end)

  it("gives the last value as _", function()
    session:run "6 * 7"
    assert.equal(43, values "_ + 1")
    session:run "nil"
    assert.equal(43, values "_")
  end)

  it("asks for more, and counts an input once", function()
    assert.is_true(session:run("if true then").incomplete)
    assert.equal(1, session:run("if true then\n return 1 end").values[1])
    assert.equal(1, session.count)
  end)

  it("measures the time", function()
    assert.is_true(session:run("local t = os.clock() while os.clock() - t < .02 do end").seconds > 0.01)
  end)

  it("knows silence", function()
    assert.is_true(session:run("1;").silent)
    assert.is_falsy(session:run("1").silent)
  end)
end)

describe("an error", function()
  it("says what, without a place where there is but one", function()
    assert.equal("attempt to index a nil value (global 'nothing')", (failure "nothing.x"))
    assert.equal("syntax error near 'y'", (failure "x y"))
    assert.truthy((failure "local a\nlocal b = a + 1"):find("^line 2: attempt to perform arithmetic on a nil value"))
  end)

  it("of ours is in our words", function()
    local message, trace = failure "eg.randn(2, 3):matmul(eg.randn(2, 3))"
    assert.equal("matmul: shapes {2, 3} and {2, 3} do not fit: 3 columns by 2 rows", message)
    assert.equal("", trace)
    message = failure "nn.Linear(3)"
    assert.truthy(message:find("^nn.Linear: argument 2"))
    message = failure "eg.fit(nn.Linear(1, 1), 3)"
    assert.truthy(message:find("^fit: the training set must be a dataset"))
  end)

  it("has a trace of the user's lines alone", function()
    session:run "function f(n)\n  if n == 0 then error 'deep' end\n  return (f(n - 1))\nend"
    local message, trace = failure "f(2)"
    assert.equal("input 1, line 2: deep", message)
    assert.truthy(trace:find("input 1, line 2 in f\n", 1, true), trace)
    assert.truthy(trace:find("\n  line 1$"), trace)
    assert.is_nil(trace:find("ecgraft/", 1, true))
    assert.is_nil(trace:find("busted", 1, true))
    local _, long = failure "f(100)"
    local _, lines = long:gsub("\n", "")
    assert.is_true(lines < 9)
    assert.truthy(long:find("more", 1, true))
  end)

  it("may be any value", function()
    assert.equal("error with a value: {a = 1}", (failure "error{a = 1}"))
    assert.equal(_VERSION == "Lua 5.4" and "error with a value: nil" or "<no error object>", (failure "error(nil)"))
    assert.equal("said", (failure "error(setmetatable({}, {__tostring = function() return 'said' end}))"))
  end)

  it("of which no handler is told, as where memory ends, is shown all the same", function()
    local core = require "ecgraft.core"
    local before = core.interruptible
    core.interruptible = function() return false, nil, "not enough memory" end
    local result = session:run "1"
    core.interruptible = before
    assert.same({"failed", "not enough memory"}, {result.status, result.message})
  end)

  it("leaves the session as it is", function()
    session:run "x = 1"
    failure "x = 2 error 'no'"
    assert.equal(2, values "x")
  end)
end)

describe("Ctrl-C", function()
  it("ends a loop", function()
    local result = interrupted_by "while true do end"
    assert.equal("interrupted", result.status)
    assert.equal("interrupted", result.message)
    assert.equal(1, values "1")
  end)

  it("ends a loop in a coroutine, and one that catches errors", function()
    assert.equal("interrupted", interrupted_by("coroutine.wrap(function() while true do end end)()").status)
    assert.equal("interrupted", interrupted_by("while true do pcall(function() while true do end end) end").status)
  end)

  it("lets training end by itself, between two steps", function()
    session:run "set = data.synthetic{records = 40, seconds = 5}; net = nn.Sequential{nn.GlobalAvgPool1d(), nn.Linear(12, #set.classes)}"
    local result = interrupted_by "eg.fit(net, set, {epochs = 100000, progress = false})"
    assert.equal("interrupted", result.status)
    assert.equal("interrupted; without the option checkpoint nothing was saved; the network keeps the weights of epoch 1, step 1 of 1",
      result.message)
    assert.is_false(values "net.training")
    result = session:run "eg.fit(net, set, {epochs = 1, progress = false})"
    assert.equal("done", result.status)
    assert.equal(1, #result.values[1])
  end)

  it("leaves the history of a training as _", function()
    session:run "set = data.synthetic{records = 40, seconds = 5}; net = nn.Sequential{nn.GlobalAvgPool1d(), nn.Linear(12, #set.classes)}"
    session.env.strike = function(row) if row.epoch == 3 then uv.kill(uv.os_getpid(), "sigint") end end
    local result = session:run "h = eg.fit(net, set, {epochs = 100000, progress = false, on_epoch = strike})"
    assert.matches("the weights of epoch 3; _ is the history of 3 epochs$", result.message)
    assert.same({3, 3}, {values "#_, _[3].epoch"})
    assert.is_nil((values "h"))
  end)

  it("is told by what watched for it, at whatever moment it came", function()
    session.env.core = require "ecgraft.core"
    session.env.strike = function() uv.kill(uv.os_getpid(), "sigint") end
    for n = 0, 12000, 500 do
      session.env.n = n
      local result = session:run("core.watch_interrupt() strike() for _ = 1, n do end core.unwatch_interrupt() "
        .. "for _ = 1, 1000 do end error('its own', 0)")
      assert.equal("its own", result.message)
    end
  end)

  it("a second time does not wait for that", function()
    session.env.strike = function() uv.kill(uv.os_getpid(), "sigint") end
    session:run "set = data.synthetic{records = 40, seconds = 5}; net = nn.Sequential{nn.GlobalAvgPool1d(), nn.Linear(12, #set.classes)}"
    local result = session:run "eg.fit(net, set, {progress = false, on_epoch = function() strike() strike() while true do end end})"
    assert.equal("interrupted", result.status)
  end)

  it("that came before does not end what comes after", function()
    interrupted_by "while true do end"
    assert.equal(500000500000, values "(function() local s = 0 for i = 1, 1000000 do s = s + i end return s end)()")
  end)

  it("is not heard by nobody: a watch of the core is not left behind", function()
    local core = require "ecgraft.core"
    interrupted_by "eg.fit(nn.Linear(1, 1), nil)"
    local ok, signal, message = core.interruptible(function() core.interruptible(print, print) end, tostring)
    assert.is_false(ok)
    assert.is_nil(signal)
    assert.truthy(message:find("watched already", 1, true))
    assert.is_nil((debug.gethook()))
  end)
end)

describe("a file", function()
  it("is run, and its locals are there afterwards", function()
    temporary.folder(function(folder)
      local path = folder .. "/script.lua"
      local file = assert(io.open(path, "w"))
      file:write "#!/usr/bin/env lua5.4\nlocal a = 3\nlocal function twice(n) return 2 * n end\n"
      file:close()
      assert.equal("done", session:run_file(path).status)
      assert.equal(6, values "twice(a)")
      file = assert(io.open(path, "w"))
      file:write "\nlocal function f() error 'here' end\nf()\n"
      file:close()
      local result = session:run_file(path)
      assert.equal("failed", result.status)
      assert.truthy(result.message:find("script.lua:2: here", 1, true))
      local _, lines = fault.text(result)
      assert.truthy(table.concat(lines, "\n"):find("script.lua, line 3", 1, true))
      local mine = folder .. "/a-folder-whose-name-is-too-long-for-a-message/of-a-project-of-mine/ecgraft/train.lua"
      temporary.write(mine, "error 'here'") -- not taken for a file of the library
      assert.matches("^%.%.%..*/ecgraft/train.lua:1: here$", session:run_file(mine).message)
      result = session:run_file(folder .. "/none.lua")
      assert.truthy(result.message:find("none.lua", 1, true))
    end)
  end)
end)
