-- Elementwise ops: shapes with 0, 1 and odd sizes, and every way of broadcasting two inputs.
local cases = {}

local function add(case) cases[#cases + 1] = case end

local pairs_of_shapes = {
  {{}, {}}, {{1}, {1}}, {{7}, {7}}, {{3, 5}, {3, 5}},
  {{3, 5}, {5}}, {{5}, {3, 5}}, {{3, 5}, {3, 1}}, {{3, 5}, {}}, {{}, {3, 5}}, -- one stretched
  {{2, 1, 3}, {1, 4, 1}}, {{2, 1, 3}, {4, 3}}, {{1, 3}, {2, 1, 1}},              -- both stretched
  {{2, 3, 2}, {1, 3, 1}},                                                        -- in the outermost and the innermost dim
  {{0, 3}, {3}}, {{1, 3}, {0, 3}},                                               -- nothing
}

for _, shapes in ipairs(pairs_of_shapes) do
  for _, op in ipairs{"add", "sub", "mul", "maximum", "minimum"} do
    add{op = op, inputs = {{shape = shapes[1]}, {shape = shapes[2]}}}
  end
  for _, op in ipairs{"div", "pow"} do
    add{op = op, inputs = {{shape = shapes[1]}, {shape = shapes[2]}}, low = 0.5, high = 2}
  end
  add{op = "where", inputs = {{values = 0}, {shape = shapes[1]}, {shape = shapes[2]}}, fixed = {true}}
end

add{op = "where", fixed = {true}, inputs = {{values = {1, 0, -1}}, {2, 3}, {2, 1}}}
add{op = "where", fixed = {true}, inputs = {{values = {{1}, {0}}}, {3}, {}}}
add{op = "maximum", inputs = {{values = {1, 2, 3}}, {values = {3, 1, 3.5}}}}
-- Negative bases with whole exponents, which then have no gradient of their own.
add{op = "pow", fixed = {[2] = true}, low = -2, high = -0.5, inputs = {{2, 3}, {values = {2, 3, -1}}}}
add{op = "pow", fixed = {[2] = true}, inputs = {{values = {0, 1, -1}}, {values = {2, 0, 3}}}}

local unary = {
  {"abs", avoid = {0}}, {"clamp", options = {min = -0.5, max = 0.25}, avoid = {-0.5, 0.25}}, {"clamp", options = {min = 0}, avoid = {0}},
  {"cos", low = -4, high = 4}, {"elu", avoid = {0}}, {"elu", options = {slope = 0.3}, avoid = {0}}, {"exp"},
  {"gelu", low = -4, high = 4}, {"leaky_relu", avoid = {0}}, {"leaky_relu", options = {slope = 0.3}, avoid = {0}},
  {"log", low = 0.2, high = 3}, {"log1p", low = -0.7, high = 3}, {"neg"}, {"relu", avoid = {0}}, {"rsqrt", low = 0.2, high = 3},
  {"sigmoid", low = -6, high = 6}, {"sign", avoid = {0}}, {"silu", low = -6, high = 6}, {"sin", low = -4, high = 4},
  {"softplus", low = -6, high = 6}, {"sqrt", low = 0.2, high = 3}, {"square"}, {"tanh", low = -3, high = 3},
}
for _, each in ipairs(unary) do
  for _, shape in ipairs{{}, {1}, {0}, {33}, {3, 1, 5}, {2, 0}} do
    add{op = each[1], options = each.options, inputs = {{shape = shape}}, low = each.low, high = each.high, avoid = each.avoid}
  end
end

return cases
