--- "did you mean": what an error says of a name that is not there.
local files = require "ecgraft.files"
local sessions = require "ecgraft.session"
local temporary = require "spec.support.temporary"
local variables = require "ecgraft.repl.variables"

describe("A misspelt name", function()
  local session

  local function message(text, options)
    local result = session:run(text, options)
    assert.is_false(result.ok, text)
    return result.message
  end

  local function hint(text) return message(text):match "[%w_]+ is nil; did you mean .*$" or message(text):match "did you mean .*$" end

  before_each(function()
    session = sessions.new{behind = variables.new()}
    assert(session:run "net = nn.Sequential{nn.Linear(2, 3)} parts = {train = {labels = 1}}".ok)
  end)

  it("of a variable is one of those that there are", function()
    assert.equal("cell 2:1: attempt to index a nil value (global 'dta'); did you mean 'data'?", message "dta.synthetic{}")
    assert.equal("did you mean 'print'?", hint "prnt(1)")
    assert.equal("did you mean 'network'?", hint "local function f(network) return netwrok.x end f(net)")
    assert.equal("did you mean 'eg.fit'?", hint "fit(net)")
    assert.equal("did you mean 'data.synthetic'?", hint "synthetic{}")
    assert.is_nil(hint "unheard_of()")
    assert.is_nil(hint "local a = nil a.b = 1")
  end)

  it("of a field or a method is one that the value has", function()
    assert.equal("did you mean 'train'?", hint "net:trian()")
    assert.equal("did you mean 'train'?", hint "x = parts.trian.labels")
    assert.equal("did you mean 'Linear'?", hint "nn.linear(3, 4)")
    assert.equal("did you mean 'Linear'?", hint "nn.linear")
    assert.equal("did you mean 'data'?", hint "eg.dta.synthetic{}")
    assert.equal("did you mean 'rep'?", hint "('x'):repp(3)")
    assert.equal("did you mean 'sum'?", hint "eg.randn(2, 3):relu():sumz()")
    assert.equal("did you mean 'parameters'?", hint "local function f(n)\n  return n:paramters()\nend\nf(net)")
    assert.is_nil(hint "net:unheard_of()")
  end)

  it("of self is the colon that was a dot", function()
    assert.matches("a method is called with a colon: value:method%(...%)$", (message "local y = net.forward()"))
  end)

  it("that is given to a function of ours is told with what it says", function()
    assert.equal("pth is nil; did you mean 'path'?", hint "path = 1 eg.save(pth)")
    assert.equal("trian is nil; did you mean 'train'?", hint "eg.fit(net, parts.trian, {epochs = 1})")
    assert.is_nil(hint "eg.fit(net, nil)")
  end)

  it("is found where it was written, in an earlier piece, a file or a cell of a file", function()
    assert(session:run "function f(n)\n  return n:trian()\nend".ok)
    assert.equal("did you mean 'train'?", hint "f(net)")
    assert.matches("^look.lua:21: .*did you mean 'eval'%?$", message("local x = 1\nnet:eavl()", {name = "look.lua", line = 20}))
    temporary.folder(function(folder)
      assert(files.write(folder .. "/own.lua", "return function(n) return n:trian() end\n"))
      session.env.own = dofile(folder .. "/own.lua")
      assert.equal("did you mean 'train'?", hint "own(net)")
    end)
  end)

  it("that is all there is, and nil, has a hint beside its value", function()
    for text, expected in pairs{dta = "did you mean 'data'?", ["parts.trian"] = "did you mean 'train'?",
      ["parts.train.lables"] = "did you mean 'labels'?"} do
      local result = session:run(text)
      assert.is_true(result.ok)
      assert.equal(expected, result.hint)
    end
    for _, text in ipairs{"nil", "net", "unheard_of", "print()", "nett == nil", "nett()", "(nett)", "1, nett"} do
      assert.is_nil(session:run(text).hint, text)
    end
  end)

  it("changes nothing of the values", function()
    local meta = getmetatable(session.env.net)
    hint "net:trian()"
    assert.equal(meta, getmetatable(session.env.net))
    assert.is_nil(session.env.net.trian)
    assert.is_nil(session.env.dta)
  end)

  it("eg is said to be a variable where it is none yet", function()
    session = sessions.new()
    assert.matches('; eg is a variable after: local eg = require "ecgraft"$', message "eg.fit()")
  end)
end)
