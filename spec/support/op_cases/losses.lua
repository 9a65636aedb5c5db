-- Losses: each reduction, with and without weights, targets of each kind.
local cases = {}

local function add(case) cases[#cases + 1] = case end

for reduction = 0, 2 do
  for _, shape in ipairs{{}, {1}, {7}, {3, 5}, {2, 3, 4}} do
    add{op = "mse", inputs = {{shape = shape}, {shape = shape}}, options = {reduction = reduction}}
    add{op = "bce_with_logits", inputs = {{shape = shape, low = -4, high = 4}, {shape = shape, low = 0, high = 1}},
      options = {reduction = reduction}}
  end
  local logits, target = {shape = {3, 5}, low = -4, high = 4}, {shape = {3, 5}, low = 0, high = 1}
  local positive, weight = {values = {1, 2, 3, 0.5, 0}}, {values = {{1}, {2}, {0.5}}}
  add{op = "bce_with_logits", inputs = {logits, target, positive}, fixed = {[3] = true}, options = {reduction = reduction}}
  add{op = "bce_with_logits", inputs = {logits, target, false, weight}, fixed = {[4] = true}, options = {reduction = reduction}}
  add{op = "bce_with_logits", inputs = {logits, target, positive, weight}, fixed = {[3] = true, [4] = true},
    options = {reduction = reduction}}
  for _, smoothing in ipairs{0, 0.1, 1} do
    local options = {reduction = reduction, label_smoothing = smoothing}
    local named, classes = {values = {5, 1, 3}}, {values = {1, 2, 3, 0.5, 0.25}}
    add{op = "cross_entropy", inputs = {logits, named}, fixed = {[2] = true}, options = options}
    add{op = "cross_entropy", inputs = {logits, named, classes}, fixed = {[2] = true, [3] = true}, options = options}
    add{op = "cross_entropy", inputs = {logits, target}, options = options}
    add{op = "cross_entropy", inputs = {logits, target, classes}, fixed = {[3] = true}, options = options}
  end
  add{op = "cross_entropy", inputs = {{2, 2, 3}, {values = {{1, 3}, {2, 2}}}}, fixed = {[2] = true}, options = {reduction = reduction}}
  add{op = "cross_entropy", inputs = {{4}, {values = 2}}, fixed = {[2] = true}, options = {reduction = reduction}}
  add{op = "cross_entropy", inputs = {{3, 1}, {values = {1, 1, 1}}}, fixed = {[2] = true}, options = {reduction = reduction}}
end
add{op = "mse", inputs = {{0, 3}, {0, 3}}, options = {reduction = 1}}
add{op = "bce_with_logits", inputs = {{0, 3}, {0, 3}}, options = {reduction = 1}}

return cases
