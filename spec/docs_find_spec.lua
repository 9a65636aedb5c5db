--- The documentation that is read from the sources: every public name is there, with a text and a place.
local colon = require "ecgraft.colon"
local docs = require "ecgraft.docs"
local eg = require "ecgraft"
local files = require "ecgraft.files"
local source = require "ecgraft.docs.source"
local temporary = require "spec.support.temporary"

local function option(entry, name)
  for _, each in ipairs(entry.options) do if each.name == name then return each end end
  return nil
end

describe("docs.find", function()
  it("knows a name in full and shortened", function()
    local entry = assert(docs.find "eg.nn.Conv1d")
    assert.equal("layer", entry.kind)
    assert.equal(entry, docs.find "nn.Conv1d")
    assert.equal(entry, docs.find "Conv1d")
    for _, call in ipairs{"nn.Conv1d(12, 8, 3)", "nn.Conv1d {", "nn.Conv1d{stride = 2}", " Conv1d "} do
      assert.equal(entry, docs.find(call))
    end
    assert.equal("tensor:matmul", docs.find("tensor:matmul").name)
    assert.equal("set:split", docs.find("split").name)
    assert.equal("eg.fit", docs.find("ecgraft.fit").name)
    assert.equal("set", docs.find("set").name)
    assert.equal("set:split", docs.find("set.split").name)
    assert.equal("eg.data.ptbxl", docs.find("PTBXL").name)
  end)

  it("knows a value", function()
    assert.equal("eg.fit", docs.find(eg.fit).name)
    assert.equal("eg.nn.Linear", docs.find(eg.nn.Linear).name)
    assert.equal("eg.data.georgia", docs.find(eg.data.georgia).name)
    assert.equal("eg.data", docs.find(eg.data).name)
    local set, net = eg.data.synthetic{records = 12}, eg.nn.Linear(2, 1)
    for name, value in pairs{tensor = eg.zeros(2), net = net, set = set, record = set:record(1), scaler = eg.data.scaler.fit(set),
        optimizer = eg.optim.Adam(net:parameters()), schedule = eg.optim.schedule.step{every = 1}, task = eg.tasks.task{name = "x",
        text = "x", monitor = "loss", begin = print, values = print}, evaluation = eg.metrics.evaluate(eg.rand(4, 1), eg.zeros(4, 1))} do
      assert.equal(name, (docs.find(value) or {}).name)
    end
    assert.is_nil((docs.find{}))
    assert.is_nil((docs.find(nil)))
    local found, names = docs.find(function() end)
    assert.is_nil(found)
    assert.same({}, names)
  end)

  it("names what is similar", function()
    local found, names = docs.find "eg.nn.Conv2d"
    assert.is_nil(found)
    assert.equal("eg.nn.Conv1d", names[1])
    found, names = docs.find "boots"
    assert.is_nil(found)
    assert.equal("eg.metrics.bootstrap", names[1])
    found, names = docs.find ""
    assert.is_nil(found)
    assert.same({}, names)
  end)

  it("gives options with types, defaults and texts", function()
    local fit = docs.find "eg.fit"
    assert.equal("eg.fit(net, train [, options])", fit.signature)
    assert.same({"integer", "64"}, {option(fit, "batch").type, option(fit, "batch").default})
    assert.truthy(option(fit, "batch").text:find "records a step")
    assert.truthy(option(fit, "crop").text:find "the middle one$") -- goes on in the next line
    assert.same({"best", "last"}, option(fit, "keep").choices)
    assert.equal("{0.9, 0.999}", option(docs.find "optim.Adam", "betas").default)
    assert.is_true(option(docs.find "eg.study", "networks").required)
    assert.equal('"resample"', option(docs.find "data.ptbxl", "method").default)
    assert.truthy(option(docs.find "data.ptbxl", "seconds").text:find "first seconds")
    assert.equal("1/3", option(docs.find "schedule.warmup", "start").default)
    assert.equal("true", option(docs.find "tensor:var", "unbiased").default)
    assert.is_nil(option(docs.find "models.resnet1d18", "depth"))
    assert.is_nil(option(docs.find "models.bilstm", "bidirectional"))
    assert.truthy(option(docs.find "models.lstm", "bidirectional"))
  end)

  it("takes the texts of options from where they are checked", function()
    assert.truthy(option(docs.find "record:plot", "speed").text:find "^mm a second")
    assert.truthy(option(docs.find "plot.points", "markers").text:find "^mark each y")
    assert.truthy(option(docs.find "metrics.compare", "groups").text:find "set.patients")
    assert.equal("write figures/*.svg too", option(docs.find "report.text", "figures").text)
  end)

  it("takes the head of a file into a comment that says so, and the texts of values from the annotations", function()
    local text = docs.find("tasks.task").text
    assert.matches("^Makes a pretraining task, .-%.\n\nA pretraining task is a small value", text)
    for _, entry in ipairs(docs.all()) do assert.is_nil(entry.text:find "See the head of this file", entry.name) end
    assert.equal("The names of all networks.", docs.find("eg.models.names").text)
  end)

  it("gives the options that the function itself accepts", function()
    local net, x = eg.nn.Linear(2, 1), eg.zeros(4, 2)
    local calls = {
      ["eg.fit"] = {net, {signals = eg.zeros(4, 3, 2), labels = eg.zeros(4, 1)}},
      ["eg.nn.Conv1d"] = {1, 1, 1}, ["eg.nn.LSTM"] = {1, 1}, ["eg.nn.mse"] = {x, x}, ["eg.optim.RMSprop"] = {{x:requires_grad(true)}},
      ["eg.models.lstm"] = {}, ["eg.data.synthetic"] = {}, ["eg.data.ptb"] = {"."}, ["eg.data.filters.notch"] = {x},
      ["eg.metrics.bootstrap"] = {x, x}, ["eg.plot.lines"] = {}, ["eg.stats.gain"] = {{1, 2}, {1, 2}}, ["eg.study"] = {},
      ["eg.tasks.reconstruction"] = {}, ["eg.transfer.partial"] = {}, ["eg.report.write"] = {}, ["eg.memory"] = {},
    }
    for name, arguments in pairs(calls) do
      local entry, names = docs.find(name), {}
      arguments[#arguments + 1] = {no_such_option = 1}
      local ok, message = pcall(entry.value, table.unpack(arguments))
      assert.is_false(ok)
      for _, each in ipairs(entry.options) do names[#names + 1] = each.name end
      table.sort(names)
      local known = {}
      for each in tostring(message):match("known options: ([^\n]*)", 1):gmatch "[%w_]+" do
        if not (name:find "models" and (each == "cell" or each == "depth")) then known[#known + 1] = each end
      end
      assert.same(known, names, name)
    end
  end)
end)

describe("docs.summary", function()
  it("says in a sentence what a name is, without the call", function()
    assert.equal("max(x, 0)", docs.summary(docs.find "nn.ReLU"))
    assert.equal("n records at random", docs.summary(docs.find "set:take"))
    assert.equal("StepLR: times gamma after each `every`", docs.summary(docs.find "schedule.step"))
    assert.truthy(docs.summary(docs.find "data.ptbxl"):find "^PTB%-XL")
    assert.equal("The mean squared error", docs.summary(docs.find "nn.mse"))
    for _, entry in ipairs(docs.all()) do
      local text = docs.summary(entry)
      assert.is_nil(text:find "%f[.]%.%.$", entry.name)
      assert(entry.kind == "value" or (#text > 1 and #text <= 205 and not text:find "\n"), entry.name .. ": " .. text)
    end
  end)
end)

describe("docs.search", function()
  it("finds names before texts", function()
    local list = docs.search "bootstrap"
    assert.equal("eg.metrics.bootstrap", list[1].name)
    assert.is_true(#list > 1)
    assert.same({}, docs.search "no such word anywhere")
    assert.same({}, docs.search "")
  end)
end)

describe("docs.all", function()
  it("has a text for every function, method, layer and module, and where it is written", function()
    local without = {}
    for _, entry in ipairs(docs.all()) do
      if entry.kind ~= "value" and entry.text == "" then without[#without + 1] = entry.name end
      assert.equal("string", type(entry.signature), entry.name)
      if entry.line then
        local file = assert(io.open(entry.file))
        local text = file:read "a"
        file:close()
        local _, count = text:gsub("\n", "")
        assert.is_true(entry.line >= 1 and entry.line <= count, entry.name)
      end
    end
    assert.same({}, without)
  end)

  it("has each name once, and every name that a module has", function()
    local seen = {}
    for _, entry in ipairs(docs.all()) do
      assert.is_nil(seen[entry.name], entry.name)
      seen[entry.name] = true
    end
    for _, name in ipairs(docs.names_of(eg)) do assert.is_true(seen["eg." .. name], name) end
    for _, name in ipairs(docs.names_of(eg.data)) do assert.is_true(seen["eg.data." .. name], name) end
    assert.is_true(seen["eg.transfer.measure.logme"])
  end)

  it("leaves out the annotations that stand in the sources", function()
    temporary.folder(function(folder)
      local path = folder .. "/source.lua"
      assert(files.write(path, "--- What it is.\n-- And more.\n---@param x ecgraft.Tensor\n---@return integer\nfunction f(x) end\n"))
      assert.equal("What it is.\nAnd more.", source.above(path, 5))
    end)
    for _, entry in ipairs(docs.all()) do assert.is_nil(entry.text:find("@%a+ [%w_%.]+ %l"), entry.name) end
  end)

  it("finds an option table for every function that takes one", function()
    local without = {}
    for _, entry in ipairs(docs.all()) do
      if type(entry.value) == "function" and #entry.options == 0 then
        local fn = colon.behind(entry.value)
        local info = debug.getinfo(fn, "u")
        for i = 1, info.nparams do
          if debug.getlocal(fn, i) == "given" then without[#without + 1] = entry.name end
        end
      end
    end
    assert.same({}, without)
  end)
end)
