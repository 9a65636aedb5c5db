-- Ops that move elements: views, joining, choosing, sorting.
local cases = {}

local function add(case) cases[#cases + 1] = case end

for _, each in ipairs{{{6}, {2, 3}}, {{2, 3}, {3, -1}}, {{2, 3}, {6}}, {{1}, {}}, {{}, {1, 1}}, {{2, 3, 4}, {6, 4}}, {{2, 1, 3}, {2, 3}},
    {{0, 3}, {3, 0}}, {{1, 1}, {}}} do
  add{op = "reshape", inputs = {{shape = each[1]}}, options = {shape = each[2]}}
end

for _, each in ipairs{{{2, 3}, 1, 2}, {{2, 3}}, {{2, 3, 4}, 1, 3}, {{2, 3, 4}, 2, 2}, {{1, 5}, 1, 2}, {{0, 3}, 1, 2}} do
  add{op = "transpose", inputs = {{shape = each[1]}}, options = {a = each[2], b = each[3]}}
end

for _, order in ipairs{{1}, {2, 1}, {2, 3, 1}, {3, 1, 2}, {1, 2, 3}, {4, 2, 1, 3}} do
  add{op = "permute", inputs = {{shape = table.move({3, 2, 5, 1}, 1, #order, 1, {})}}, options = {order = order}}
end
add{op = "permute", inputs = {{}}, options = {order = {}}}

add{op = "select", inputs = {{5}}, options = {dim = 1, index = 5}}
add{op = "select", inputs = {{3, 4, 2}}, options = {dim = 2, index = 3}}
add{op = "select", inputs = {{1, 4}}, options = {dim = 1, index = 1}}

for _, each in ipairs{{{5}, 1, 2, 3}, {{3, 4, 2}, 2, 2, 2}, {{3, 4}, 1, 1, 3}, {{3, 4}, 2, 1, 0}, {{3, 4}, 2, 5, 0}} do
  add{op = "narrow", inputs = {{shape = each[1]}}, options = {dim = each[2], first = each[3], length = each[4]}}
end

for _, each in ipairs{{{1}, {4}}, {{}, {2, 3}}, {{3, 1}, {3, 4}}, {{3, 1}, {2, 3, 4}}, {{1, 3, 1}, {2, -1, 2}},
    {{2, 3}, {2, 3}}, {{1, 3}, {0, 3}}} do
  add{op = "expand", inputs = {{shape = each[1]}}, options = {shape = each[2]}}
end

add{op = "cat", list = true, inputs = {{3}}}
add{op = "cat", list = true, inputs = {{3}, {1}, {2}}}
add{op = "cat", list = true, inputs = {{2, 3}, {2, 1}, {2, 0}}, options = {dim = 2}}
add{op = "cat", list = true, inputs = {{2, 3, 2}, {2, 4, 2}}, options = {dim = 2}}
add{op = "cat", list = true, inputs = {{1, 3}, {2, 3}}, options = {dim = 1}}
add{op = "stack", list = true, inputs = {{}, {}}}
add{op = "stack", list = true, inputs = {{3}}}
add{op = "stack", list = true, inputs = {{2, 3}, {2, 3}, {2, 3}}, options = {dim = 2}}

for _, dim in ipairs{1, 2, 3} do
  add{op = "index_select", inputs = {{3, 3, 3}, {values = {3, 1, 3, 3}}}, fixed = {[2] = true}, options = {dim = dim}}
  add{op = "flip", inputs = {{2, 3, 5}}, options = {dim = dim}}
  add{op = "sort", inputs = {{2, 3, 5}}, options = {dim = dim}, distinct = true}
  add{op = "sort", inputs = {{2, 3, 5}}, options = {dim = dim, descending = true}, distinct = true}
end
add{op = "index_select", inputs = {{4}, {values = {}}}, fixed = {[2] = true}}
add{op = "index_select", inputs = {{4, 2}, {values = {2}}}, fixed = {[2] = true}}
add{op = "flip", inputs = {{}}}
add{op = "flip", inputs = {{0, 2}}, options = {dim = 1}}
add{op = "sort", inputs = {{}}}
add{op = "sort", inputs = {{3, 40}}, distinct = true}
add{op = "sort", inputs = {{0, 2}}, options = {dim = 1}}

return cases
