local eg = require "ecgraft"
local display = require "ecgraft.display"
local rich = require "ecgraft.display.rich"
local xml = require "spec.support.xml"

local set = eg.data.synthetic{records = 12, seconds = 5, seed = 1}

--- The names of the MIME types, sorted.
local function kinds(data)
  local list = {}
  for name in pairs(data) do list[#list + 1] = name end
  table.sort(list)
  return list
end

local TEXT, HTML, SVG = "text/plain", "text/html", "image/svg+xml"

--- The HTML as a tree: raises where it is not well-formed.
local function tree(data) return xml.parse("<div>" .. data[HTML] .. "</div>") end

describe("display.rich", function()
  it("always has the text that the prompt shows", function()
    for _, value in ipairs{1, "word", true, {1, 2}, eg.zeros(2), set, print} do
      assert.equal(display.text(value), rich(value)[TEXT])
    end
    assert.same({TEXT}, kinds(rich(nil)))
    assert.same({TEXT}, kinds(rich(eg.zeros(2, 3))))
    assert.same({TEXT}, kinds(rich "text with <svg> in it"))
  end)

  it("shows a record as its page", function()
    local data = rich(set:record(1))
    assert.same({SVG, TEXT}, kinds(data))
    assert.equal("svg", xml.parse(data[SVG]).name)
    assert.matches("SYNTHETIC ECG", data[SVG], 1, true)
    local few = {signals = eg.randn(300, 2), leads = {"I", "X"}, rate = 100}
    assert.same({SVG, TEXT}, kinds(rich(few)))
  end)

  it("shows a training as its curves and its table", function()
    local net = eg.models.resnet1d18{classes = #set.classes, width = 2, hidden = 4}
    local data = rich(eg.fit(net, set, {epochs = 2, batch = 6, progress = false}))
    assert.same({SVG, HTML, TEXT}, kinds(data))
    assert.matches("training loss", data[SVG], 1, true)
    assert.matches("train_loss", tree(data).text, 1, true)
    data = rich(net)
    assert.same({HTML, TEXT}, kinds(data))
    for _, words in ipairs{"layer1.0.conv1", "parameters, all trained", "weight {2, 7, 12}"} do
      assert.matches(words, tree(data).text, 1, true)
    end
  end)

  it("shows sets, metrics, intervals and tables as HTML", function()
    assert.matches("12 records of", tree(rich(set)).text, 1, true)
    local scores = eg.rand(table.unpack(set.labels:shape()))
    assert.matches("macro", tree(rich(eg.metrics.evaluate(scores, set.labels))).text, 1, true)
    assert.matches("95 % interval", tree(rich(eg.metrics.bootstrap(scores, set.labels, {resamples = 20}))).text, 1, true)
    local data = rich{columns = {{title = "network"}, {title = "score", align = "decimal"}}, rows = {{"a<b", 0.5}}}
    assert.matches("a<b", tree(data).text, 1, true)
    assert.matches("network%s+score", data[TEXT])
    data = rich{{class = "AF", f1 = 0.5}, {class = "<i>", f1 = 1}}
    assert.matches("<i>", tree(data).text, 1, true)
    assert.matches('text%-align:right">0%.5', data[HTML])
    -- No rows that are alike, no table.
    for _, value in ipairs{{{a = 1}, {b = 1}}, {{a = {}}}, {{1, 2}, {3, 4}}, {{a = 1}, 2}, {{a = 1}, note = 2}, {{}}} do
      assert.same({TEXT}, kinds(rich(value)))
    end
  end)

  it("leaves out the middle of a long table", function()
    local rows = {}
    for i = 1, 1000 do rows[i] = {n = i} end
    local text = tree(rich(rows)).text
    assert.matches("... 901 rows ...", text, 1, true)
    assert.matches("1000", text, 1, true)
    assert.not_matches("500", text, 1, true)
  end)

  it("takes what plot gives for a picture", function()
    local svg = eg.plot.lines{series = {{name = "a", x = {1, 2}, y = {1, 2}}}}
    local data = rich(svg)
    assert.equal(svg, data[SVG])
    assert.matches("^a picture %(SVG, [%d,]+ bytes%)$", data[TEXT])
    local titled = eg.plot.lines{series = {}, title = "a < b"}
    assert.matches("^a picture %(SVG, [%d,]+ bytes%): a < b$", rich(titled)[TEXT])
  end)

  it("never lets data become markup", function()
    local odd = eg.data.synthetic{records = 4, seconds = 5, classes = {"NORM", "AF"}}
    odd.classes[1], odd.source = "<script>alert(1)</script>", "<b>&"
    local data = rich(odd)
    assert.not_matches("<script", data[HTML], 1, true)
    assert.matches("<script>alert(1)</script>", tree(data).text, 1, true)
  end)

  it("shows classes of one's own as they say", function()
    local data = rich(setmetatable({}, {__rich = function() return {[HTML] = "<b>own</b>"} end}))
    assert.equal("<b>own</b>", data[HTML])
    assert.same({HTML, TEXT}, kinds(data))
    data = rich(setmetatable({}, {__table = function() return {columns = {{title = "x"}}, rows = {{1}}} end}))
    assert.matches("<th", data[HTML], 1, true)
    assert.matches('<td [^>]*style="text%-align:left"', data[HTML]) -- Jupyter's own style has all of them at the right
    -- One that fails is shown as text.
    assert.same({TEXT}, kinds(rich(setmetatable({}, {__rich = function() error "no" end}))))
  end)

  it("shows a study with its report", function()
    local study = eg.study{name = "s", downstream = {a = function() return set end}, networks = {"resnet1d18"}, seeds = {1},
      strategies = {"scratch"}, train = {epochs = 1}}
    assert.matches("study s", tree(rich(study)).text, 1, true)
  end)
end)

describe("display.show", function()
  it("prints the text, or hands MIME types to whom they are sent", function()
    local got = {}
    finally(function() display.to(nil) end)
    display.to(function(data) got[#got + 1] = data end)
    eg.display(1, nil, set:record(1))
    assert.same({"1", "nil"}, {got[1][TEXT], got[2][TEXT]})
    assert.is_string(got[3][SVG])
    display.to(nil)
    local printed, before = nil, print
    finally(function() _G.print = before end)
    _G.print = function(text) printed = text end -- luacheck: ignore 122
    eg.display{1, 2}
    assert.equal("{1, 2}", printed)
  end)
end)
