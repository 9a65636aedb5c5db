-- What products and layers refuse and how they say it, and the corners: empty batches, an input that stands in two places, frozen
-- statistics, masks that come again.
local core = require "ecgraft.core"
local ops = core.ops

local function ones(...) return core.full({...}, 1) end

--- The call raises a message that contains `part`.
local function refuses(part, op, ...)
  local ok, message = pcall(ops[op], ...)
  assert.is_false(ok)
  assert.is_truthy(message:find(part, 1, true), ("%q does not contain %q"):format(message, part))
end

local function same(expected, tensor)
  assert.same(expected, tensor:totable())
end

describe("refusals", function()
  it("of conv1d name channels, groups, lengths and options", function()
    local x, w = core.zeros(2, 10, 12), core.zeros(4, 3, 12)
    refuses("conv1d: input has 12 channels, weight expects 8", "conv1d", x, core.zeros(4, 3, 8))
    refuses("conv1d: groups 5 must divide the 12 channels of the input and the 4 outputs", "conv1d", x, w, {groups = 5})
    refuses("conv1d: input has 12 channels, weight expects 24", "conv1d", x, w, {groups = 2})
    refuses("conv1d: kernel spans 3 samples, the padded input has 2", "conv1d", core.zeros(2, 2, 12), w)
    refuses("conv1d: kernel spans 21 samples, the padded input has 12", "conv1d", x, w, {dilation = 10, padding = 1})
    refuses("conv1d: stride must be from 1 to", "conv1d", x, w, {stride = 0})
    refuses("conv1d: padding must be from 0 to 2147483647, got -1", "conv1d", x, w, {padding = -1})
    refuses("conv1d: dilation must be from 1", "conv1d", x, w, {dilation = 0})
    refuses("conv1d: groups must be from 1", "conv1d", x, w, {groups = 0})
    refuses("conv1d: expected an input of shape (N, L, C), got {10, 12}", "conv1d", core.zeros(10, 12), w)
    refuses("conv1d: expected a weight of shape (outputs, kernel, channels / groups), got {4, 3}", "conv1d", x, core.zeros(4, 3))
    refuses("kernel length must be from 1", "conv1d", x, core.zeros(4, 0, 12))
    refuses("conv1d: expected a bias of shape {4}, got {5}", "conv1d", x, w, core.zeros(5))
    refuses("unknown option 'strides'; known options: dilation, groups, padding, stride", "conv1d", x, w, {strides = 1})
  end)

  it("of linear and matmul name what does not fit", function()
    refuses("linear: input has 3 features, weight expects 4", "linear", core.zeros(2, 3), core.zeros(5, 4))
    refuses("linear: expected a weight of shape (O, I), got {4}", "linear", core.zeros(2, 4), core.zeros(4))
    refuses("linear: expected a bias of shape {5}, got {4}", "linear", core.zeros(2, 4), core.zeros(5, 4), core.zeros(4))
    refuses("matmul: shapes {2, 3} and {4, 5} do not fit: 3 columns by 4 rows", "matmul", core.zeros(2, 3), core.zeros(4, 5))
    refuses("matmul: shapes {2, 3, 4} and {5, 4, 6} do not fit: their leading dims do not broadcast", "matmul",
      core.zeros(2, 3, 4), core.zeros(5, 4, 6))
    refuses("matmul: expected tensors of at least one dim", "matmul", core.full({}, 1), core.zeros(2, 2))
  end)

  it("of batch_norm name the tensor", function()
    local x, c = core.zeros(4, 3), core.zeros(3)
    refuses("batch_norm: input has 3 channels, gamma has shape {2}", "batch_norm", x, core.zeros(2), c, c, c)
    refuses("batch_norm: input has 3 channels, running_var has shape {4}", "batch_norm", x, c, c, c, core.zeros(4))
    refuses("batch_norm: the input has shape {4, 3}, the residual {3, 4}; expected the same", "batch_norm", x, c, c, c, c, core.zeros(3, 4))
    refuses("batch_norm: needs more than 1 value per channel in training, got an input of shape {1, 3}", "batch_norm",
      core.zeros(1, 3), c, c, c, c)
    refuses("batch_norm: needs more than 1 value per channel", "batch_norm", core.zeros(1, 1, 3), c, c, c, c)
    refuses("batch_norm: evaluation needs running_mean and running_var", "batch_norm", x, c, c, nil, nil, nil, {training = false})
    refuses("batch_norm: running_mean and running_var go together", "batch_norm", x, c, c, c, nil, nil, {training = false})
    refuses("batch_norm: momentum must be from 0 to 1, got 2", "batch_norm", x, c, c, c, c, nil, {momentum = 2})
    refuses("batch_norm: eps must be at least 0", "batch_norm", x, c, c, c, c, nil, {eps = -1})
    refuses("batch_norm: running_mean must be contiguous", "batch_norm", x, c, c, core.zeros(3, 2):select(2, 1), c)
    refuses("batch_norm: expected an input of shape (N, C) or (N, L, C), got {3}", "batch_norm", c, c, c, c, c)
  end)

  it("of pooling name the window", function()
    local x = core.zeros(2, 5, 3)
    refuses("max_pool1d: kernel must be from 1", "max_pool1d", x, {kernel = 0})
    refuses("max_pool1d: stride must be from 0", "max_pool1d", x, {kernel = 2, stride = -1})
    refuses("max_pool1d: padding must be at most half of the kernel, got padding 2 and kernel 3", "max_pool1d", x,
      {kernel = 3, padding = 2})
    refuses("avg_pool1d: kernel spans 9 samples, the padded input has 7", "avg_pool1d", x, {kernel = 9, padding = 1})
    refuses("avg_pool1d: expected an input of shape (N, L, C), got {5, 3}", "avg_pool1d", x[1], {kernel = 2})
    refuses("global_avg_pool1d: expected an input of at least one time step", "global_avg_pool1d", core.zeros(2, 0, 3))
    refuses("global_max_pool1d: expected an input of shape (N, L, C), got {5}", "global_max_pool1d", core.zeros(5))
  end)

  it("of recurrent layers and dropout name the input", function()
    local x, w_ih, w_hh = core.zeros(2, 5, 3), core.zeros(16, 3), core.zeros(16, 4)
    refuses("lstm: input has 3 features, w_ih expects 2", "lstm", x, core.zeros(16, 2), w_hh)
    refuses("lstm: w_ih must have shape {16, 3}, got {12, 3}", "lstm", x, core.zeros(12, 3), w_hh)
    refuses("lstm: expected w_hh of shape (4 H, H), got {12, 4}", "lstm", x, w_ih, core.zeros(12, 4))
    refuses("gru: expected w_hh of shape (3 H, H), got {16, 4}", "gru", x, w_ih, w_hh)
    refuses("lstm: b_hh must have shape {16}, got {4}", "lstm", x, w_ih, w_hh, nil, core.zeros(4))
    refuses("lstm: h0 must have shape {2, 4}, got {4, 2}", "lstm", x, w_ih, w_hh, nil, nil, core.zeros(4, 2))
    refuses("gru: expected an input of at least one time step", "gru", core.zeros(2, 0, 3), core.zeros(12, 3), core.zeros(12, 4))
    refuses("lstm: expected an input of shape (N, L, I), got {5, 3}", "lstm", x[1], w_ih, w_hh)
    local none = nil
    refuses("lstm: expected w_ih_reverse and w_hh_reverse, or neither; w_hh_reverse is missing", "lstm",
      x, w_ih, w_hh, none, none, none, none, w_ih)
    refuses("lstm: b_hh_reverse is given without w_ih_reverse", "lstm",
      x, w_ih, w_hh, none, none, none, none, none, none, none, core.zeros(16))
    refuses("lstm: the option reverse is for one direction; w_ih_reverse asks for both", "lstm",
      x, w_ih, w_hh, none, none, none, none, w_ih, w_hh, {reverse = true})
    refuses("lstm: w_hh_reverse must have shape {16, 4}, got {16, 3}", "lstm",
      x, w_ih, w_hh, none, none, none, none, w_ih, core.zeros(16, 3))
    refuses("lstm: c0 must have shape {2, 2, 4}, got {2, 4}", "lstm",
      x, w_ih, w_hh, none, none, none, core.zeros(2, 4), w_ih, w_hh)
    refuses("dropout: p must be from 0 to 1, got 1.5", "dropout", x, {p = 1.5})
    refuses("dropout: p must be from 0 to 1", "dropout", x, {p = 0 / 0})
  end)
end)

describe("an empty batch", function()
  local function passes(result, shape, ...)
    assert.same(shape, result:shape())
    result:sum():backward()
    for _, leaf in ipairs{...} do assert.are.equal(0, leaf:grad():abs():sum():item()) end
  end

  it("passes through every layer, and its gradients are 0", function()
    local x = core.zeros(0, 10, 3):requires_grad(true)
    local w, b = ones(4, 3, 3):requires_grad(true), ones(4):requires_grad(true)
    passes(ops.conv1d(x, w, b, {padding = 1}), {0, 10, 4}, x, w, b)
    local l = ones(5, 3):requires_grad(true)
    passes(ops.linear(x, l), {0, 10, 5}, l)
    local gamma, mean, var = ones(3):requires_grad(true), core.zeros(3), ones(3)
    passes(ops.batch_norm(x, gamma, nil, mean, var), {0, 10, 3}, gamma)
    same({0, 0, 0}, mean)
    same({1, 1, 1}, var)
    passes(ops.max_pool1d(x, {kernel = 2}), {0, 5, 3})
    passes(ops.global_avg_pool1d(x), {0, 3})
    local w_ih, w_hh = ones(8, 3):requires_grad(true), ones(8, 2):requires_grad(true)
    passes(ops.lstm(x, w_ih, w_hh), {0, 10, 2}, w_ih, w_hh)
    passes(ops.dropout(x), {0, 10, 3})
    local m = ones(3, 2):requires_grad(true)
    passes(ops.matmul(x, m), {0, 10, 2}, m)
  end)

  it("of products over nothing is 0", function()
    same({{0, 0}, {0, 0}}, ops.matmul(core.zeros(2, 0), core.zeros(0, 2)))
  end)
end)

describe("an input in two places", function()
  it("gets both gradients", function()
    local x, gamma = core.tensor{{1, 2}, {3, 5}, {4, 1}}, ones(2)
    local function gradient(residual_apart)
      local a = x:clone():requires_grad(true)
      local b = residual_apart and x:clone():requires_grad(true) or a
      local y = ops.batch_norm(a, gamma, core.zeros(2), nil, nil, b, {relu = true})
      local loss = (y * x):sum()
      loss:backward()
      return residual_apart and a:grad() + b:grad() or a:grad()
    end
    assert.is_true((gradient(false) - gradient(true)):abs():max():item() < 1e-6)
  end)

  it("gets them also as both biases of an LSTM", function()
    local function gradient(apart)
      local b = ones(8):requires_grad(true)
      local c = apart and ones(8):requires_grad(true) or b
      core.manual_seed(3)
      local y = ops.lstm(core.randn(2, 4, 3), core.randn(8, 3), core.randn(8, 2), b, c)
      y:sum():backward()
      return apart and b:grad() + c:grad() or b:grad()
    end
    assert.is_true((gradient(false) - gradient(true)):abs():max():item() < 1e-6)
  end)
end)

describe("dropout", function()
  it("is the identity outside training and for p = 0", function()
    local x = core.randn(3, 4)
    same(x:totable(), ops.dropout(x, {training = false}))
    same(x:totable(), ops.dropout(x, {p = 0}))
  end)

  it("draws the same mask in backward, and another one in the next call", function()
    core.manual_seed(1)
    local x = ones(50, 40):requires_grad(true)
    local y, z = ops.dropout(x, {p = 0.5}), ops.dropout(x, {p = 0.5})
    y:sum():backward()
    same(y:totable(), x:grad())
    assert.are_not.equal(0, (y - z):abs():sum():item())
    core.manual_seed(1)
    same(y:totable(), ops.dropout(x, {p = 0.5}))
  end)
end)

describe("recompute", function()
  it("gives the same gradients and keeps less", function()
    local function step(op, gates, recompute)
      core.manual_seed(2)
      local x = core.randn(20, 100, 8):requires_grad(true)
      local w_ih, w_hh = core.randn(gates * 16, 8), (core.randn(gates * 16, 16) * 0.2):requires_grad(true)
      local b = core.randn(gates * 16)
      collectgarbage()
      local before = core.memory().live
      local y = ops[op](x, w_ih, w_hh, b, {recompute = recompute})
      local kept = core.memory().live - before
      y:sum():backward()
      return x:grad(), w_hh:grad(), kept
    end
    for op, gates in pairs{lstm = 4, gru = 3} do
      local dx, dw, all = step(op, gates, false)
      local dx_again, dw_again, few = step(op, gates, true)
      assert.is_true((dx - dx_again):abs():max():item() <= 1e-5 * dx:abs():max():item())
      assert.is_true((dw - dw_again):abs():max():item() <= 1e-5 * dw:abs():max():item())
      assert.is_true(few < all / 2)
    end
  end)
end)
