-- The linear SVM against scikit-learn's (spec/fixtures/generate_linear_svm.py), and what is made of it.
local eg = require "ecgraft"
local core = require "ecgraft.core"
local files = require "ecgraft.files"

local cases = assert(files.read_json "spec/fixtures/linear_svm/cases.json")

-- Weights come back as tensors: seven digits in the float build.
local function near(expected, got, tolerance)
  assert(math.abs(expected - got) <= tolerance * math.max(1, math.abs(expected)), ("%.9g, expected %.9g"):format(got, expected))
end

describe("the linear SVM", function()
  for i, case in ipairs(cases.svm) do
    for _, one in ipairs(case.svm) do
      it(("finds LIBLINEAR's weights: case %d, %s, C %g, intercept %g"):format(i, one.loss, one.C, one.intercept), function()
        local weight, bias, gaps = core.linear_svm.fit(eg.tensor(case.features), eg.tensor(case.labels), {C = one.C,
          squared = one.loss == "squared_hinge", intercept = one.intercept, tolerance = 1e-9, passes = 1000000})
        for k, row in ipairs(one.weight) do
          assert(gaps[k] <= 1e-9)
          -- features of the fixture have three digits, which float32 rounds by 1e-7 of their size
          near(one.bias[k], bias[k]:item(), 2e-5)
          for j, value in ipairs(row) do near(value, weight[k][j]:item(), 2e-5) end
        end
      end)
    end
  end

  it("finds Platt's sigmoids", function()
    for _, case in ipairs(cases.platt) do
      local slope, offset = core.linear_svm.platt(eg.tensor(case.decisions), eg.tensor(case.y))
      near(case.slope, slope, 1e-4)
      near(case.offset, offset, 1e-4)
    end
  end)

  it("gives the same bits for any number of threads", function()
    eg.manual_seed(1)
    local x, y, threads, first = eg.randn(50, 6), eg.rand(50, 5):gt(0.5), eg.num_threads(), nil
    for n = 1, 3 do
      eg.set_num_threads(n)
      local weight = core.linear_svm.fit(x, y, {C = 0.5})
      first = first or weight
      assert.is_true(first:equal(weight))
    end
    eg.set_num_threads(threads)
  end)
end)

describe("the linear SVM's memory", function()
  it("is given back whichever allocation fails", function()
    eg.manual_seed(1)
    local x, y = eg.randn(12, 3), eg.rand(12, 2):gt(0.5)
    local function work()
      local weight, bias = core.linear_svm.fit(x, y)
      return core.linear_svm.platt(x:select(2, 1):contiguous(), y:select(2, 1):contiguous()) and #weight == #bias
    end
    assert.is_true(work())
    collectgarbage()
    collectgarbage()
    local before = core.memory().blocks
    for _, forever in ipairs{false, true} do
      local passed, failed = false, 0
      for nth = 1, 50 do
        core.fail_allocation(nth, forever)
        local ok, result = pcall(work)
        core.fail_allocation(0)
        if ok then
          passed = result
          break
        end
        failed = failed + 1
        assert.matches("out of memory", tostring(result))
      end
      assert.is_true(passed)
      assert(failed >= 5)
    end
    collectgarbage()
    collectgarbage()
    assert.equal(before, core.memory().blocks)
  end)
end)

local function sample(n, seed)
  eg.manual_seed(seed)
  local labels = eg.rand(n, 3):gt(0.6)
  local features = eg.cat({labels * 2, eg.randn(n, 4)}, 2) + eg.randn(n, 7) * 0.5
  return features * eg.tensor{1, 50, 0.01, 1, 1, 1, 1} + 3, labels
end

describe("eg.linear_svm", function()
  it("chooses C on validation and gives probabilities that fit", function()
    local x, y = sample(200, 1)
    local vx, vy = sample(150, 2)
    local svm = eg.linear_svm(x, y, {val = {vx, vy}})
    assert.equal(4, #svm.candidates)
    local best = -1
    for _, each in ipairs(svm.candidates) do best = math.max(best, each.score) end
    assert.equal(best, svm.score)
    assert.is_true(svm.converged)
    assert.matches("linear SVM: 7 features, 3 classes, C ", tostring(svm))
    local tx, ty = sample(1000, 3)
    local p = svm:probabilities(tx)
    local m = eg.metrics.evaluate(p, ty)
    assert.is_true(m.macro_auroc > 0.97)
    assert.is_true(m.macro_ece < 0.05)
    -- the layer is the same thing
    local layer = eg.nn.Linear(7, 3)
    local weight, bias = svm:layer()
    layer:load_state{weight = weight, bias = bias}
    assert.is_true(eg.no_grad(layer, tx):sigmoid():equal(p, 1e-6))
  end)

  it("does not depend on the features' units, unless told to", function()
    local x, y = sample(120, 1)
    local scale = eg.tensor{2, 0.1, 30, 1, 1, 1, 5}
    local function decisions(given)
      return eg.linear_svm(x, y, given):decisions(x), eg.linear_svm(x * scale, y, given):decisions(x * scale)
    end
    local a, b = decisions{tolerance = 1e-6}
    assert.is_true(a:equal(b, 1e-2))
    a, b = decisions{tolerance = 1e-3, standardise = false, passes = 50}
    assert.is_false(a:equal(b, 1e-2))
  end)

  it("keeps to the ranking of training where validation tells nothing of a class", function()
    local x, y = sample(200, 1)
    local vx = sample(30, 2)
    local svm = eg.linear_svm(x, y, {C = 0.1, val = {vx, eg.zeros(30, 3)}})
    for k = 1, 3 do assert.is_true(svm.slope[k] > 0) end
    local upside_down = 1 - y
    for k, slope in ipairs(eg.linear_svm(x, y, {C = 0.1, val = {x, upside_down}}).slope) do assert(slope > 0, k) end
    -- and a class that no training record has is told at its share
    local none = eg.linear_svm(x, eg.zeros(200, 1), {C = 1})
    assert.is_true(none:probabilities(x):max():item() < 0.02)
  end)

  it("finds fault with what it is given", function()
    local x, y = sample(20, 1)
    local function fails(pattern, ...)
      local arguments = table.pack(...)
      assert.error_matches(function() eg.linear_svm(table.unpack(arguments, 1, arguments.n)) end, pattern)
    end
    fails("the features must be a tensor of two dimensions, got 3", 3, y)
    fails("the labels must be a tensor of two dimensions, got {20}", x, y:select(2, 1))
    fails("the features have 20 records, the labels 10", x, y:narrow(1, 1, 10))
    fails("unknown option 'c'; known options: C, loss", x, y, {c = 1})
    fails("option 'C' must be a number above 0 or a list of them, got %-1", x, y, {C = -1})
    fails("one C of several is chosen on validation", x, y, {C = {1, 2}})
    fails("'loss' must be one of \"squared_hinge\", \"hinge\"", x, y, {loss = "log"})
    fails("label 2 of record 1 must be 0 or 1, got 0.5", x, eg.full({20, 3}, 1) * eg.tensor{1, 0.5, 1})
    fails("feature 1 of record 1 is not finite", x * (0 / 0), y, {standardise = false})
    fails("val must have 7 features and 3 classes", x, y, {val = {x, y:narrow(2, 1, 2)}})
    fails("option 'metric' must be a metric of eg.metrics.evaluate", x, y, {val = {x, y}, metric = "auk"})
  end)
end)
