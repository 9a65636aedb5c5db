--- Measures taken before fine-tuning, beside the gains that came.
local eg = require "ecgraft"
local report = require "ecgraft.report"
local toy = require "spec.support.toy"
local transferability = require "ecgraft.study.transferability"
local xml = require "spec.support.xml"

local function close(expected, got) assert(math.abs(expected - got) < 1e-12, ("%.15g, expected %.15g"):format(got, expected)) end

local function net_and_parts()
  eg.manual_seed(3)
  local set = toy.set(60, 2)
  local net = eg.models.gru{leads = 3, classes = 2, length = 64, hidden = 3, head = "mean"}
  -- whoever asks for anything but the training part is told so
  local parts = setmetatable({train = set}, {__index = function(_, name) error("asked for the part " .. name) end})
  return net, set, parts
end

describe("transferability in a study", function()
  it("is measured on training records alone, for every downstream set but the net's own", function()
    local net, set, parts = net_and_parts()
    local rows = transferability.measure(net, "a", {{name = "a"}, {name = "b"}}, function() return parts end)
    assert.equal(1, #rows)
    local direct = eg.transfer.measure.all(net, set)
    assert.same({"b", 60}, {rows[1].downstream, rows[1].records})
    for _, name in ipairs(transferability.measures) do close(direct[name], rows[1][name]) end
  end)

  it("says what went wrong, lets an interruption through, and passes over nets without features", function()
    local net = net_and_parts()
    assert.matches("gone", transferability.measure(net, "a", {{name = "b"}}, function() error "gone" end)[1].message)
    local ok, message = pcall(transferability.measure, net, "a", {{name = "b"}}, function() error{interrupted = true} end)
    assert.is_true(not ok and message.interrupted)
    assert.same({}, transferability.measure({}, "a", {{name = "b"}}, error))
  end)

  it("has Spearman's correlation, as SciPy gives it", function()
    close(0.8207826816681233, transferability.rank_correlation({1, 2, 3, 4, 5}, {5, 6, 7, 8, 7})) -- the example of scipy.stats.spearmanr
    close(-1, transferability.rank_correlation({1, 10, 100}, {3, 2, -9}))
    assert.is_nil(transferability.rank_correlation({1, 2}, {1, 2}))
    assert.is_nil(transferability.rank_correlation({1, 1, 1}, {1, 2, 3}))
  end)

  local rows, gains = {}, {}
  for i, network in ipairs{"n1", "n2", "n3"} do
    rows[i] = {network = network, upstream = "u", downstream = "d", logme = i, melep = 1 / i}
    for _, size in ipairs{100, "all"} do
      gains[#gains + 1] = {network = network, upstream = "u", downstream = "d", strategy = "finetune", size = size,
        mean = size == 100 and 0.01 * i or -0.01 * i}
    end
  end
  local points, correlations = transferability.compare(rows, gains)

  it("compares measures with gains", function()
    assert.equal(2 * 6, #points)
    local rho = {}
    for _, row in ipairs(correlations) do rho[row.measure .. row.size] = row.rho end
    assert.same({logme100 = 1, logmeall = -1, melep100 = -1, melepall = 1}, rho)
  end)

  it("is shown by the report", function()
    local given = {out = "x", study = {name = "s", strategies = {"finetune"}}, transferability = points, correlations = correlations}
    local files = {}
    for _, file in ipairs(report.build(given)) do files[file.name] = file.text end
    local page = xml.parse(files["report.html"], {void = {"meta"}})
    assert.matches("Could it be told before?", page.text, 1, true)
    assert.matches("Rank correlation of measure and gain", page.text, 1, true)
    assert.matches("fine-tuned | 100 | 3 | +1.00 | −1.00", (files["tables.md"]:gsub("%-1%.00", "−1.00")), 1, true)
    local _, drawn = files["figures/transferability-logme.svg"]:gsub("fine%-tuned, 100 records", "")
    assert.equal(1, drawn)
    assert.is_nil(files["figures/transferability-leep.svg"])
    for _, network in ipairs{"n1", "n2", "n3"} do -- one set: colours are networks
      assert.is_truthy(files["figures/transferability-logme.svg"]:find(">" .. network .. "<", 1, true))
    end
    assert.is_nil(page.text:find("Measures taken before", 1, true))
  end)

  it("is shown as a table where there are too few points for a picture", function()
    local few = transferability.compare({rows[1], rows[2]}, {gains[1], gains[2], gains[3]})
    local given = {out = "x", study = {name = "s", strategies = {"finetune"}}, transferability = few,
      correlations = {{measure = "logme", strategy = "finetune", size = 100, n = 2}}}
    local files = {}
    for _, file in ipairs(report.build(given)) do files[file.name] = file.text end
    assert.is_nil(files["figures/transferability-logme.svg"])
    assert.is_nil(files["tables.md"]:find("Rank correlation", 1, true))
    local page = xml.parse(files["report.html"], {void = {"meta"}})
    assert.is_nil(page.text:find("Rank correlation", 1, true))
    local titles, cells, count
    for _, each in ipairs(xml.find(page, "table")) do
      local label = each.attributes["aria-label"] or ""
      if label:find("Measures taken before", 1, true) then
        local lines = xml.find(each, "tr")
        titles, cells, count = xml.texts(lines[1], "th"), xml.texts(lines[2], "td"), #lines
      end
    end
    assert.same({"set", "network", "from", "strategy", "LogME", "MELEP (lower is better)", "gain, 100", "gain, all"}, titles)
    assert.same({"d", "n1", "u", "fine-tuned", "1.000", "1.000", "+0.010", "−0.010"}, cells)
    assert.equal(3, count) -- a network's measures stand there once
  end)
end)
