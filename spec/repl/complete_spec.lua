--- What Tab offers.
local complete = require "ecgraft.repl.complete"
local eg = require "ecgraft"
local temporary = require "spec.support.temporary"

local environment = setmetatable({eg = eg, nn = eg.nn, x = eg.randn(2, 3), word = "text", own = {deep = {["a b"] = {leaf = 1}}},
  net = eg.nn.Sequential{eg.nn.Linear(2, 3)}, set = eg.data.synthetic{records = 40, seconds = 5}}, {__index = _G})
environment.parts = environment.set:split{seed = 1}

-- The lines that Tab would make of a line.
local function lines(line)
  local first = line:match "()[%w_]*$"
  local list = complete.find(line, first, #line, environment, {"eg", "nn", "net", "print", "_hidden"})
  for i, text in ipairs(list) do list[i] = line:sub(1, first - 1) .. text end
  return list
end

local function has(line, wanted)
  for _, each in ipairs(lines(line)) do if each == wanted then return true end end
  return false
end

describe("completion of words that an option is often given", function()
  it("knows them where others are allowed too", function()
    assert.same({'eg.data.synthetic{hospital = "A', 'eg.data.synthetic{hospital = "B'}, lines 'eg.data.synthetic{hospital = "')
    local schedules = {'eg.fit(net, set, {schedule = "constant', 'eg.fit(net, set, {schedule = "cosine'}
    assert.same(schedules, lines 'eg.fit(net, set, {schedule = "co')
    assert.same({'eg.fit(net, set, {monitor = "loss'}, lines 'eg.fit(net, set, {monitor = "l')
    assert.is_true(has('eg.fit(net, set, {epochs = 3, monitor = "', 'eg.fit(net, set, {epochs = 3, monitor = "macro_auroc'))
    assert.is_true(has('eg.fit(net, set, {task = "', 'eg.fit(net, set, {task = "reconstruction'))
    assert.same({'eg.fit(net, set, {scaler = "minmax'}, lines 'eg.fit(net, set, {scaler = "m')
  end)

  it("refuses nothing because of it", function()
    local set = eg.data.synthetic{records = 5, seconds = 5, hospital = {name = "C", like = "B"}}
    assert.equal(5, #set)
  end)
end)

describe("completion of names", function()
  it("knows modules, also parts that are not loaded yet", function()
    assert.same({"eg.fit"}, lines "eg.fit")
    assert.is_true(has("eg.f", "eg.features"))
    assert.same({"y = eg.data.from_table"}, lines "y = eg.data.from_t")
    assert.is_true(has("eg.transfer.measure.", "eg.transfer.measure.logme"))
    assert.same({"f(nn.Sequential"}, lines "f(nn.Seq")
  end)

  it("knows the methods and fields of values", function()
    assert.same({"x:matmul"}, lines "x:matm")
    assert.same({"x[1]:reshape"}, lines "x[1]:resh")
    assert.same({"net:freeze"}, lines "net:free")
    assert.same({"set:split"}, lines "set:spl")
    assert.same({"parts.train:take"}, lines "parts.train:tak")
    assert.is_true(has("set.", "set.classes"))
    assert.is_false(has("set:", "set:classes"))
    assert.same({'own.deep["a b"].leaf'}, lines 'own.deep["a b"].l')
    assert.same({"word:upper"}, lines "word:upp")
    assert.same({"string.reverse"}, lines "string.rev")
  end)

  it("knows variables and keywords, and what begins with _ when it is asked for", function()
    assert.same({"net"}, lines "ne")
    assert.same({"if x then"}, lines "if x the")
    assert.same({"_hidden"}, lines "_h")
    assert.is_false(has("", "_hidden"))
  end)

  it("runs nothing and raises nothing", function()
    environment.trap = setmetatable({}, {__index = function() error "run" end, __call = function() error "run" end})
    for _, line in ipairs{"trap.", "trap:x", "f().", "trap().x", "nothing.x.y", "x[trap].", ")", "]:", "..", "'", "]].", "trap{"} do
      assert.has_no_error(function() lines(line) end)
    end
  end)

  it("offers two spaces at the beginning of a line", function()
    assert.same({"  "}, lines "")
    assert.same({"for i = 1, 3 do\n  "}, lines "for i = 1, 3 do\n")
  end)

  it("completes topics of the documentation", function()
    assert.same({"?eg.predict"}, lines "?eg.pred")
    assert.same({"?set:split"}, lines "?set:spl")
  end)
end)

describe("completion in strings", function()
  it("is of paths", function()
    temporary.folder(function(folder)
      for _, name in ipairs{"my-file.h5", "my-other.csv", ".secret"} do assert(io.open(folder .. "/" .. name, "w")):close() end
      require("lfs").mkdir(folder .. "/sub")
      assert.same({('f("%s/my-file.h5'):format(folder)}, lines(('f("%s/my-f'):format(folder)))
      assert.same({('f("%s/my-file.h5'):format(folder), ('f("%s/my-other.csv'):format(folder)}, lines(('f("%s/my-'):format(folder)))
      assert.same({("f '%s/sub/"):format(folder)}, lines(("f '%s/s"):format(folder)))
      assert.is_false(has(('f("%s/'):format(folder), ('f("%s/.secret'):format(folder)))
      assert.same({}, lines 'f("/no/such/folder/x')
    end)
  end)
end)

describe("completion of options", function()
  local known
  local before = package.loaded["ecgraft.docs"]

  before_each(function()
    known = {[eg.fit] = {options = {{name = "epochs"}, {name = "batch"}, {name = "keep", choices = {"best", "last"}}}},
      [environment.set.split] = {options = {{name = "train"}, {name = "val"}}}}
    package.loaded["ecgraft.docs"] = {find = function(value) return known[value] end}
  end)

  after_each(function() package.loaded["ecgraft.docs"] = before end)

  it("is of those that the call takes and that are not given yet", function()
    assert.same({"eg.fit(net, set, {epochs = "}, lines "eg.fit(net, set, {ep")
    assert.same({"eg.fit(net, set, {epochs = 3, batch", "eg.fit(net, set, {epochs = 3, keep"}, lines "eg.fit(net, set, {epochs = 3, ")
    assert.same({"p = set:split{train = "}, lines "p = set:split{tr")
    assert.same({"p = set:split{\n  train = .5,\n  val = "}, lines "p = set:split{\n  train = .5,\n  ")
  end)

  it("is of values again behind the equals sign and in other tables", function()
    assert.same({"eg.fit(net, set, {epochs = net"}, lines "eg.fit(net, set, {epochs = ne")
    assert.same({"eg.fit(net, set, {x = {net"}, lines "eg.fit(net, set, {x = {ne")
    assert.same({"unknown{net"}, lines "unknown{ne")
  end)

  it("is of the words that an option takes", function()
    assert.same({'eg.fit(net, set, {keep = "best', 'eg.fit(net, set, {keep = "last'}, lines 'eg.fit(net, set, {keep = "')
  end)

  it("does without documentation", function()
    known = {}
    assert.same({"eg.fit(net, set, {net"}, lines "eg.fit(net, set, {ne")
  end)
end)
