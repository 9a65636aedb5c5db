-- Products and layers: strides, paddings, dilations, groups, sizes 1 and odd, optional inputs absent and present.
local cases = {}

local function add(case) cases[#cases + 1] = case end

for _, each in ipairs{{{3}, {3}}, {{1}, {1}}, {{2, 3}, {3}}, {{3}, {3, 2}}, {{2, 3}, {3, 4}}, {{1, 1}, {1, 1}}, {{4, 1}, {1, 5}},
    {{2, 3, 4}, {4, 5}}, {{2, 3, 4}, {2, 4, 5}}, {{3, 4}, {2, 4, 5}}, {{2, 1, 3, 4}, {5, 4, 2}}, {{0, 3}, {3, 2}}, {{2, 0}, {0, 3}}} do
  add{op = "matmul", inputs = {{shape = each[1]}, {shape = each[2]}}}
end

for _, leading in ipairs{{}, {1}, {7}, {2, 3}, {0}} do
  local shape = table.move(leading, 1, #leading, 1, {})
  shape[#shape + 1] = 5
  add{op = "linear", inputs = {{shape = shape}, {3, 5}}}
  add{op = "linear", inputs = {{shape = shape}, {3, 5}, {3}}}
end
add{op = "linear", inputs = {{2, 1025}, {2, 1025}, {2}}, plain = true} -- long rows have kernels of their own

for _, each in ipairs{
  {{2, 9, 3}, {4, 3, 3}}, {{1, 1, 1}, {1, 1, 1}}, {{2, 7, 3}, {5, 1, 3}}, {{2, 9, 3}, {4, 3, 3}, {stride = 2}},
  {{2, 9, 3}, {4, 3, 3}, {padding = 1}}, {{2, 10, 3}, {4, 7, 3}, {stride = 2, padding = 3}}, {{1, 11, 2}, {3, 3, 2}, {dilation = 3}},
  {{2, 8, 2}, {3, 1, 2}, {stride = 2}}, {{2, 8, 2}, {2, 4, 2}, {padding = 2, dilation = 2, stride = 3}},
  {{2, 9, 4}, {6, 3, 2}, {groups = 2, padding = 1}}, {{2, 9, 3}, {3, 3, 1}, {groups = 3, padding = 1, stride = 2}},
  {{2, 5, 2}, {3, 5, 2}}, {{2, 2, 3}, {4, 5, 3}, {padding = 2}}, {{0, 5, 2}, {3, 3, 2}}, {{1, 8, 2}, {3, 3, 2}, {padding = 1}},
} do
  add{op = "conv1d", inputs = {{shape = each[1]}, {shape = each[2]}}, options = each[3]}
  add{op = "conv1d", inputs = {{shape = each[1]}, {shape = each[2]}, {each[2][1]}}, options = each[3]}
end

-- Running values are no inputs to the gradient in training, where they are changed in place; they must be contiguous.
for _, shape in ipairs{{5, 3}, {2, 4, 3}, {3, 1, 1}, {2, 7, 2}} do
  local C = shape[#shape]
  local x, c, mean, var = {shape = shape}, {C}, {shape = {C}}, {shape = {C}, low = 0.5, high = 2}
  local running = {[4] = true, [5] = true}
  for _, training in ipairs{true, false} do
    local function norm(inputs, options)
      options.training = training
      add{op = "batch_norm", inputs = inputs, options = options, fixed = running, plain = true}
    end
    norm({x, c, c, mean, var}, {})
    norm({x, false, false, mean, var}, {eps = 0.1})
    norm({x, c, c, mean, var, x}, {})
    norm({x, c, c, mean, var}, {relu = true})
    norm({x, c, c, mean, var, x}, {relu = true, momentum = 0.3})
  end
  add{op = "batch_norm", inputs = {x, c, c}}
  add{op = "batch_norm", inputs = {x, c, c, false, false, x}, options = {relu = true}}
end

for _, each in ipairs{{{2, 9, 3}}, {{2, 9, 3}, {kernel = 3, stride = 2, padding = 1}}, {{1, 1, 1}, {kernel = 1}},
    {{2, 7, 2}, {kernel = 7}}, {{2, 8, 2}, {kernel = 3, stride = 1}}, {{2, 8, 2}, {kernel = 2, stride = 3}}, {{0, 4, 2}}} do
  add{op = "max_pool1d", inputs = {{shape = each[1]}}, options = each[2], distinct = true}
  add{op = "avg_pool1d", inputs = {{shape = each[1]}}, options = each[2]}
end
add{op = "avg_pool1d", inputs = {{2, 9, 3}}, options = {kernel = 3, stride = 2, padding = 1, count_padding = false}}
for _, shape in ipairs{{2, 9, 3}, {1, 1, 1}, {3, 1, 2}, {0, 4, 2}} do
  add{op = "global_avg_pool1d", inputs = {{shape = shape}}}
  add{op = "global_max_pool1d", inputs = {{shape = shape}}, distinct = true}
end

for _, shape in ipairs{{}, {33}, {3, 5, 2}, {0, 3}} do
  for _, options in ipairs{{}, {p = 0.2}, {p = 0}, {p = 1}, {p = 0.5, training = false}} do
    add{op = "dropout", inputs = {{shape = shape}}, options = options}
  end
end

for op, gates in pairs{lstm = 4, gru = 3} do
  for _, size in ipairs{{2, 5, 3, 4}, {1, 1, 1, 1}, {3, 2, 1, 5}} do
    local N, L, I, H = table.unpack(size)
    local x, w_ih, w_hh, b, h = {N, L, I}, {gates * H, I}, {gates * H, H}, {gates * H}, {N, H}
    for _, options in ipairs{{}, {reverse = true}, {recompute = true}, {reverse = true, recompute = true}} do
      add{op = op, inputs = {x, w_ih, w_hh}, options = options}
      add{op = op, inputs = {x, w_ih, w_hh, b, b}, options = options}
      local all = {x, w_ih, w_hh, b, b, h}
      if op == "lstm" then all[7] = h end
      add{op = op, inputs = all, options = options}
    end
    local both = {2, N, H}
    for _, options in ipairs{{}, {recompute = true}} do
      local bare, all = {x, w_ih, w_hh, false, false, false}, {x, w_ih, w_hh, b, b, both}
      if op == "lstm" then bare[7], all[7] = false, both end
      for _, more in ipairs{w_ih, w_hh} do bare[#bare + 1] = more end
      for _, more in ipairs{w_ih, w_hh, b, b} do all[#all + 1] = more end
      add{op = op, inputs = bare, options = options}
      add{op = op, inputs = all, options = options}
    end
  end
end

return cases
