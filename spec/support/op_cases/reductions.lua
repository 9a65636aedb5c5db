-- Ops along a dim: each dim of shapes with 0, 1 and odd sizes, with and without the dim kept.
local cases = {}

local function add(case) cases[#cases + 1] = case end

local shapes = {{}, {1}, {7}, {3, 5}, {1, 5}, {5, 1}, {2, 3, 4}, {2, 1, 3}, {1, 17, 2}}
local empty = {{0}, {0, 3}, {3, 0}}

local function over(list, visit)
  for _, shape in ipairs(list) do
    visit(shape, nil)
    for dim = 1, #shape do visit(shape, dim) end
  end
end

for _, op in ipairs{"sum", "mean", "logsumexp"} do
  for _, keepdim in ipairs{false, true} do
    over(shapes, function(shape, dim) add{op = op, inputs = {{shape = shape}}, options = {dim = dim, keepdim = keepdim}} end)
  end
end
over(empty, function(shape, dim) add{op = "sum", inputs = {{shape = shape}}, options = {dim = dim}} end)

for _, op in ipairs{"max", "min"} do
  for _, keepdim in ipairs{false, true} do
    over(shapes, function(shape, dim)
      add{op = op, inputs = {{shape = shape}}, options = {dim = dim, keepdim = keepdim}, distinct = true}
    end)
  end
  add{op = op, inputs = {{0, 3}}, options = {dim = 1 + 1}}
end

for _, unbiased in ipairs{true, false} do
  over({{7}, {3, 5}, {2, 3, 4}}, function(shape, dim)
    add{op = "var", inputs = {{shape = shape}}, options = {dim = dim, unbiased = unbiased}}
    add{op = "var", inputs = {{shape = shape}}, options = {dim = dim, unbiased = unbiased, keepdim = true}}
  end)
end
add{op = "var", inputs = {{3, 1}}, options = {dim = 2, unbiased = false}}

for _, op in ipairs{"softmax", "log_softmax", "cumsum"} do
  over(shapes, function(shape, dim) add{op = op, inputs = {{shape = shape}}, options = {dim = dim}, low = -2, high = 2} end)
  over(empty, function(shape, dim) add{op = op, inputs = {{shape = shape}}, options = {dim = dim}} end)
end

return cases
