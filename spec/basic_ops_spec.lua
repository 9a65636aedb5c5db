-- Elementwise ops, reductions, shape ops and losses against PyTorch (spec/fixtures/generate_basic_ops.py): results and gradients.
local eg = require "ecgraft"
local core = require "ecgraft.core"
local json = require "dkjson"

-- The fixtures are float64. In float the inputs themselves are rounded, which the logits of a softmax (up to 100) feel most.
local TOLERANCE = core.scalar == "float64" and 1e-12 or 5e-6

local function fixture()
  local file = assert(io.open "spec/fixtures/basic_ops/basic_ops.json")
  local text = file:read "a"
  file:close()
  return json.decode(text, 1, json.null).cases
end

local SPECIAL = {nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge}

local function numbers(value)
  if type(value) ~= "table" then return SPECIAL[value] or value end
  local out = {}
  for i, each in ipairs(value) do out[i] = numbers(each) end
  return out
end

local function same_number(a, b, scale)
  if a ~= a or b ~= b then return a ~= a and b ~= b end
  return a == b or math.abs(a - b) <= TOLERANCE * scale
end

local function largest(expected)
  if type(expected) ~= "table" then return math.abs(expected) < math.huge and math.abs(expected) or 0 end
  local most = 0
  for _, each in ipairs(expected) do most = math.max(most, largest(each)) end
  return most
end

local function compare(expected, value, scale, what)
  if type(expected) == "table" then
    assert(type(value) == "table" and #value == #expected, what .. " has another shape")
    for i, each in ipairs(expected) do compare(each, value[i], scale, ("%s[%d]"):format(what, i)) end
  else
    assert(type(value) == "number" and same_number(expected, value, scale), ("%s is %s, expected %s"):format(what, value, expected))
  end
end

local function check(expected, tensor, what)
  expected = numbers(expected)
  compare(expected, tensor:detach():totable(), 1 + largest(expected), what)
end

local function call(case, inputs)
  if case.list then return core.ops[case.op](inputs, case.options) end
  local count = #case.inputs
  inputs[count + 1] = case.options
  return core.ops[case.op](table.unpack(inputs, 1, count + 1))
end

describe("an op gives what PyTorch gives:", function()
  for number, case in ipairs(fixture()) do
    it(("%s, %d"):format(case.op, number), function()
      local inputs, gradients = {}, case.gradients or {}
      for i, values in ipairs(case.inputs) do
        if values ~= json.null then
          inputs[i] = eg.tensor(numbers(values))
          if gradients[i] and gradients[i] ~= json.null then inputs[i]:requires_grad(true) end
        end
      end
      local given = table.move(inputs, 1, #case.inputs, 1, {})
      local outputs = {call(case, given)}
      for i, expected in ipairs(case.outputs) do check(expected, outputs[i], "output " .. i) end
      if case.gradients then
        outputs[1]:backward(eg.tensor(numbers(case.weight)))
        for i, expected in ipairs(gradients) do
          if expected ~= json.null then check(expected, inputs[i]:grad(), "the gradient of input " .. i) end
        end
      end
    end)
  end
end)
