-- Every op that is differentiable, over the grid of spec/support/op_cases, against central differences in double.
local eg = require "ecgraft"
local core = require "ecgraft.core"
local gradcheck = require "spec.support.gradcheck"

describe("gradients", function()
  local cases = gradcheck.cases()

  it("are checked for every op that has one, and for nothing else", function()
    local tried, missing, unknown = {}, {}, {}
    for _, case in ipairs(cases) do tried[case.op] = true end
    for _, op in ipairs(core.describe_ops()) do
      if op.differentiable and not tried[op.name] then missing[#missing + 1] = op.name end
      if not op.differentiable and tried[op.name] then unknown[#unknown + 1] = op.name end
      tried[op.name] = nil
    end
    for name in pairs(tried) do unknown[#unknown + 1] = name end
    assert.same({}, missing)
    assert.same({}, unknown)
  end)

  if core.scalar ~= "float64" then
    it("are compared with central differences", function() pending("needs double precision: make gradients") end)
    return
  end

  -- Results do not depend on the number of threads, and thousands of tiny calls are faster with one.
  local threads = eg.num_threads()
  setup(function() eg.set_num_threads(1) end)
  teardown(function() eg.set_num_threads(threads) end)

  it("that are wrong are found", function()
    function core.ops.half_recorded(x) return x * x:detach() end
    finally(function() core.ops.half_recorded = nil end)
    assert.error_matches(function() gradcheck.check({op = "half_recorded", inputs = {{2}}}, "contiguous") end,
      "input 1%[1%]: %S+ by differences, %S+ by backward")
  end)

  for _, case in ipairs(cases) do
    for _, layout in ipairs(gradcheck.layouts(case)) do
      it(("of %s, %s"):format(gradcheck.describe(case), layout), function() gradcheck.check(case, layout) end)
    end
  end
end)
