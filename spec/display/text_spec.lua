--- What a prompt prints for values of each kind.
local eg = require "ecgraft"
local curve = require "ecgraft.display.curve"
local text = require "ecgraft.display.text"

local function lines_of(s)
  local lines = {}
  for line in (s .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  return lines
end

describe("text of Lua's own values", function()
  it("shows numbers, booleans and nil as tostring", function()
    assert.equal("42", text(42))
    assert.equal("nil", text(nil))
    assert.equal("true", text(true))
  end)

  it("quotes strings, on one line, and cuts long ones between characters", function()
    assert.equal([["a \"b\"\n\\c\001"]], text 'a "b"\n\\c\1')
    assert.equal('"é"', text "é")
    local long = text(("é"):rep(3000))
    assert.truthy(long:find('" ... (6,000 bytes)', 1, true))
    assert.truthy(utf8.len(long))
    assert.equal([["\255"]], text "\255")
  end)

  it("says of a picture what it is, and does not print it", function()
    assert.matches("^a picture %(SVG, [%d,]+ bytes%): it's here$", text(eg.plot.lines{series = {}, title = "it's here"}))
    assert.equal('"an <svg> in words"', text "an <svg> in words")
  end)

  it("shows tables nested, in a fixed order", function()
    assert.equal('{1, 2, a = {b = "x"}, ["end"] = false}', text{1, 2, a = {b = "x"}, ["end"] = false})
    assert.equal("{}", text{})
    assert.equal("{[-1] = 1, [1.5] = 2, [\"a b\"] = 3}", text{[-1] = 1, [1.5] = 2, ["a b"] = 3})
  end)

  it("ends at cycles, depth and length", function()
    local t = {}
    t.self = t
    assert.equal("{self = {...}}", text(t))
    assert.equal("{{{{{...}}}}}", text{{{{{{{}}}}}}})
    local many = {}
    for i = 1, 1000 do many[i] = i end
    assert.truthy(text(many):find("... 970 more", 1, true))
    assert.is_true(#lines_of(text(many)) < 6)
  end)

  it("keeps to the width", function()
    local t = {}
    for i = 1, 9 do t["name_" .. i] = ("x"):rep(12) end
    for _, line in ipairs(lines_of(text(t, {width = 40}))) do assert.is_true(#line <= 40, line) end
  end)

  it("says what a function takes", function()
    assert.truthy(text(eg.fit):find("^function eg.fit%("))
    assert.truthy(text(function(a, b, ...) return a, b, ... end):find("^function%(a, b, %.%.%.%) in "))
    assert.equal("function string.rep, of Lua itself", text(string.rep))
    assert.equal("function, written in C", text(coroutine.wrap(print)))
  end)

  it("survives a __tostring that fails", function()
    assert.truthy(text(setmetatable({}, {__tostring = function() error "no" end})):find("fails"))
    assert.truthy(text{setmetatable({}, {__tostring = function() error "no" end})})
  end)

  it("knows its options", function()
    assert.has_error(function() text(1, {widht = 3}) end)
  end)
end)

describe("text of ECGraft's values", function()
  local set = eg.data.synthetic{records = 60, seconds = 5, seed = 1}

  -- No public kind of value is a mere address, neither here nor with print.
  it("is readable for every kind, also by print", function()
    local parts = set:split{train = .5, val = .2, test = .3, seed = 1}
    local net = eg.nn.Sequential{eg.nn.GlobalAvgPool1d(), eg.nn.Linear(12, #set.classes)}
    local adam = eg.optim.Adam(net:parameters(), {lr = 1e-3})
    local history = eg.fit(net, parts.train, {val = parts.val, epochs = 3, progress = false, optimizer = adam})
    local scores = eg.predict(net, parts.test)
    local values = {
      tensor = eg.randn(3, 4), set = set, parts = parts, record = set:record(1), net = net, layer = eg.nn.ReLU(), class = eg.nn.Conv1d,
      optimizer = adam, group = adam.groups[1], schedule = eg.optim.schedule.cosine{steps = 10}, history = history,
      metrics = eg.metrics.evaluate(scores, parts.test.labels, {classes = set.classes}), strategy = eg.transfer.finetune,
      task = eg.tasks.classification, memory = eg.memory(), quality = set:quality(), scaler = eg.data.scaler.fit(set),
      study = eg.study{name = "s", upstream = {a = set}, downstream = {b = set}, networks = {"resnet1d18"}, sizes = {10}},
      eg = eg, nn = eg.nn, data = eg.data, optim = eg.optim, models = eg.models, transfer = eg.transfer, metrics_module = eg.metrics,
      plot = eg.plot, stats = eg.stats, tasks = eg.tasks, explain = eg.explain, report = eg.report,
    }
    for name, value in pairs(values) do
      for _, shown in ipairs{tostring(value), text(value)} do
        assert.is_nil(shown:find("0x%x%x%x%x"), name .. ": " .. shown)
        assert.is_true(#shown > 3, name)
      end
    end
  end)

  it("shows large tensors on a screen", function()
    local shown = text(eg.zeros(32, 1000, 12))
    assert.is_true(#lines_of(shown) < 20)
    assert.truthy(shown:find("[tensor {32, 1000, 12}]", 1, true))
    assert.truthy(tostring(eg.zeros(2, 2, 2)):find("{{{0, 0},", 1, true))
  end)

  it("says in a table what tensors, networks, sets and functions are", function()
    local shown = text{x = eg.zeros(2, 3), net = eg.nn.Linear(3, 4), f = eg.fit, nn = eg.nn}
    for _, wanted in ipairs{"x = tensor {2, 3}", "net = Linear, 16 parameters", "f = eg.fit(net, train, given)", "nn = eg.nn"} do
      assert.truthy(shown:find(wanted, 1, true), shown)
    end
  end)

  it("draws the curves of a history, and leaves out rows of a long one", function()
    local history = require "ecgraft.train.history".new("macro_auroc", 10)
    for i = 1, 50 do
      history[i] = {epoch = i, train_loss = 1 / i, val_loss = i % 5 == 0 and 2 / i or nil, val_score = i % 5 == 0 and 1 - 1 / i or nil,
        lr = .1, seconds = 1}
    end
    history.best_epoch = 30
    local shown = text(history, {utf8 = true})
    assert.truthy(shown:find("[\u{2801}-\u{28ff}]"))
    assert.truthy(shown:find("\n   30 .-best\n"))
    assert.is_nil(shown:find("\n   20 "))
    for _, title in ipairs{"train_loss", "val_loss", "macro_auroc"} do
      assert.truthy(shown:match(".*\n\n(.*)$"):find(title, 1, true))
    end
    for _, line in ipairs(lines_of(shown)) do assert.is_true((utf8.len(line) or 999) <= 80) end
    local plain = text(history, {utf8 = false}):match(".*\n\n(.*)$")
    assert.truthy(plain:find("*", 1, true))
    assert.is_nil(plain:find("[\128-\255]"))
  end)

  it("draws a lead of a record", function()
    local shown = text(set:record(2), {utf8 = false})
    assert.truthy(shown:find("II, mV, 5 s", 1, true))
    assert.truthy(shown:find("*", 1, true))
  end)

  it("fits tables of networks and of scores into the width", function()
    local m = eg.metrics.evaluate(eg.full({4, 2}, .5), eg.tensor{{0, 1}, {1, 0}, {0, 1}, {1, 1}}, {classes = {"AF", "NORM"}})
    for _, value in ipairs{m, eg.models.resnet1d18{classes = 2, width = 64, hidden = 8}} do
      for _, width in ipairs{80, 100} do
        for _, line in ipairs(lines_of(text(value, {width = width}))) do assert.is_true(utf8.len(line) <= width + 10, line) end
      end
    end
    assert.truthy(text(m):find("print(...) shows as well: Brier, ECE", 1, true))
    assert.is_nil(text(m, {width = 120}):find("as well", 1, true))
  end)

  it("cuts what is longer than a screen in the middle", function()
    local shown = text(eg.models.resnet1d18{classes = 2, width = 4, hidden = 8}, {lines = 20})
    assert.equal(20, #lines_of(shown))
    assert.truthy(shown:find("lines left out", 1, true))
  end)
end)

describe("a curve", function()
  it("goes through its values, top to bottom", function()
    local panel = curve.panel("x", {0, 1, 2, 3}, {width = 6, height = 4, utf8 = false})
    assert.same({"  x", "3    *", "    * ", "   *  ", "0 *   "}, {panel[1], panel[2], panel[3], panel[4], panel[5]})
  end)

  it("has gaps where there is nothing, and is none where nothing is", function()
    local panel = curve.panel("x", {0, 0 / 0, math.huge, 0}, {width = 6, height = 1, utf8 = false})
    assert.equal("0 *  *", panel[2])
    assert.is_nil(curve.panel("x", {0 / 0}, {width = 9}))
  end)
end)
