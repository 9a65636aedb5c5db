-- Measures of transferability against spec/fixtures/generate_transferability.py, and on nets.
local eg = require "ecgraft"
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local measure = eg.transfer.measure
local c = core.transferability

-- Tensors of the float build hold the fixture's numbers to seven digits.
local TOLERANCE = core.scalar == "float64" and 1e-9 or 2e-5

local function near(expected, got)
  assert(math.abs(expected - got) <= TOLERANCE * math.max(1, math.abs(expected)), ("%.12g, expected %.12g"):format(got, expected))
end

describe("a measure of transferability", function()
  for i, case in ipairs(assert(files.read_json "spec/fixtures/transferability/cases.json")) do
    it("agrees with another implementation, case " .. i, function()
      local f, g, labels, p = eg.tensor(case.features), eg.tensor(case.other), eg.tensor(case.labels), eg.tensor(case.p)
      near(case.leep, c.leep(p, eg.tensor(case.y), case.classes))
      near(case.melep, c.melep(p, labels))
      near(case.logme, c.logme(f, labels))
      near(case.h_score, c.h_score(f, labels))
      near(case.cka, c.cka(f, g))
      near(1, c.cka(f, f * 3 + 1))
    end)
  end

  it("prefers features and probabilities that tell the labels to those that do not", function()
    eg.manual_seed(3)
    local labels = eg.rand(300, 2):gt(0.6)
    local good, bad = eg.cat({labels, eg.randn(300, 3)}, 2) + eg.randn(300, 5) * 0.3, eg.randn(300, 5)
    assert.is_true(c.logme(good, labels) > c.logme(bad, labels))
    assert.is_true(c.h_score(good, labels) > 5 * c.h_score(bad, labels))
    assert.is_true(c.melep((good:narrow(2, 1, 2) - 0.5) :sigmoid(), labels) < c.melep(bad:sigmoid(), labels))
  end)

  it("looks at features by the hundred thousand, as a flattened head has, in the memory of their records", function()
    eg.manual_seed(5)
    local labels = eg.rand(40, 2):gt(0.5)
    local wide = eg.randn(40, 100000)
    assert.is_true(c.logme(wide, labels) == c.logme(wide, labels))
    local score = c.h_score(wide, labels)
    assert.is_true(score >= 0 and score <= 40, tostring(score))
    -- features that are the same beside them change the width and nothing else of a Gram matrix
    assert.is_true(math.abs(c.cka(wide, eg.cat({wide, eg.ones(40, 3)}, 2)) - 1) < 1e-9)
  end)

  it("is asked of a net and a set", function()
    local set = eg.data.synthetic{records = 60, hospital = "B", seconds = 5, seed = 1}
    eg.manual_seed(1)
    local net = eg.models.resnet1d18{classes = 4, width = 2, hidden = 6}
    local all = measure.all(net, set)
    for _, name in ipairs{"logme", "h_score", "leep", "melep"} do
      assert.equal(all[name], measure[name](net, set))
      assert.is_true(all[name] == all[name])
    end
    assert.is_true(all.leep <= 0 and all.melep >= 0 and all.h_score >= 0)
    assert.is_true(math.abs(measure.cka(net, net, set) - 1) < 1e-6)
    assert.same({60, 6}, eg.features(net, set):shape())
  end)

  it("needs class probabilities for LEEP and MELEP alone", function()
    local set = eg.data.synthetic{records = 30, hospital = "B", seconds = 5, seed = 1}
    local net = eg.models.gru{head = "mean", hidden = 4}
    eg.fit(net, set, {task = "intervals", epochs = 1, progress = false})
    local all = measure.all(net, set)
    assert.same({true, true, nil, nil}, {all.logme ~= nil, all.h_score ~= nil, all.leep, all.melep})
    for _, name in ipairs{"leep", "melep"} do
      assert.error_matches(function() measure[name](net, set) end, "needs the probabilities of classes, .* trained on the task intervals")
    end
  end)

  it("says what is wrong", function()
    assert.error_matches(function() c.logme(eg.zeros(3, 2), eg.zeros(4, 2)) end, "the features has 3 records, the labels has 4")
    assert.error_matches(function() c.cka(eg.ones(3, 2), eg.randn(3, 2)) end, "the same for all records")
    assert.error_matches(function() c.h_score(eg.randn(3, 2), eg.zeros(3, 1)) end, "no label has records of both kinds")
    assert.error_matches(function() c.melep(eg.full({3, 1}, 2), eg.ones(3, 1)) end, "source probability 2")
    assert.error_matches(function() c.logme(eg.full({2, 2}, 0 / 0), eg.ones(2, 1)) end, "record 1 is not finite")
    assert.error_matches(function() measure.logme(eg.nn.Linear(2, 2), {}) end, "must have features")
  end)
end)
