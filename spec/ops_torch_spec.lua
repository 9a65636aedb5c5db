-- Products, layers and losses against PyTorch: spec/fixtures/generate_ops.py says what was written.
local core = require "ecgraft.core"
local json = require "dkjson"

local DOUBLE = core.scalar == "float64"
-- Normalised mean square error, sum |a - b|^2 / sum |b|^2. The file holds nine digits; a float's own rounding is 6e-8, and gradients
-- are sums of such.
local FORWARD = DOUBLE and 1e-16 or 1e-12
local GRADIENT = DOUBLE and 1e-15 or 1e-11

local function read(path)
  local file <close> = assert(io.open(path))
  return assert(json.decode(file:read "a"))
end

local function tensor(array)
  if #array.shape == 0 then return core.full({}, array.data[1]) end
  return core.tensor(array.data):reshape(table.unpack(array.shape))
end

local function error_of(came, array)
  local expected = tensor(array)
  assert.same(expected:shape(), came:shape())
  local norm = expected:square():sum():item()
  return (came - expected):square():sum():item() / (norm > 0 and norm or 1)
end

-- Lua counts classes from 1.
local function is_class_list(case, i)
  return case.op == "cross_entropy" and i == 2 and #case.inputs[2].shape == 1
end

local function run(case)
  local inputs, count = {}, 0
  for i, array in pairs(case.inputs) do
    if array ~= json.null then
      inputs[i] = tensor(array)
      if is_class_list(case, i) then inputs[i] = inputs[i] + 1 end
      if case.gradients[i] and case.gradients[i] ~= json.null then inputs[i]:requires_grad(true) end
      count = math.max(count, i)
    end
  end
  inputs[count + 1] = next(case.options) and case.options or nil
  local result = core.ops[case.op](table.unpack(inputs, 1, count + 1))
  return result, inputs
end

local function shapes(case)
  local list = {}
  for i = 1, #case.inputs do
    local array = case.inputs[i]
    list[i] = array and array ~= json.null and "{" .. table.concat(array.shape, ",") .. "}" or "-"
  end
  return table.concat(list, " ")
end

local fixture = read "spec/fixtures/ops/layers.json"

describe("against PyTorch", function()
  for number, case in ipairs(fixture.cases) do
    it(("case %d: %s %s"):format(number, case.op, shapes(case)), function()
      local result, inputs = run(case)
      assert.is_true(error_of(result, case.result) <= FORWARD)
      result:backward(tensor(case.seed))
      for i, array in pairs(case.gradients) do
        if array ~= json.null then
          local difference = error_of(inputs[i]:grad(), array)
          assert.is_true(difference <= GRADIENT, ("gradient of input %d: %g"):format(i, difference))
        end
      end
      if case.after then -- running statistics, changed in place
        assert.is_true(error_of(inputs[4], case.after[1]) <= FORWARD)
        assert.is_true(error_of(inputs[5], case.after[2]) <= FORWARD)
      end
    end)
  end

  it("covers every product, layer and loss but dropout, whose mask is its own", function()
    local missing = {}
    for _, name in ipairs{"matmul", "linear", "conv1d", "batch_norm", "max_pool1d", "avg_pool1d", "global_avg_pool1d",
      "global_max_pool1d", "lstm", "gru", "bce_with_logits", "cross_entropy", "mse"} do
      local found = false
      for _, case in ipairs(fixture.cases) do found = found or case.op == name end
      if not found then missing[#missing + 1] = name end
    end
    assert.same({}, missing)
  end)
end)
