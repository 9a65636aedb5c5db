-- The six networks against PyTorch: spec/fixtures/generate_models.py says what was written.
local eg = require "ecgraft"
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local models, nn = eg.models, eg.nn

local FOLDER = "spec/fixtures/models/"
local DOUBLE = core.scalar == "float64"
local LOGITS, GRADIENTS = 1e-5, 1e-4

--- The tolerance of logits (1) or gradients (2). In the float build not less than three times PyTorch's own distance between single and
-- double precision, which the fixture tells: batch-norm over few samples in fifty layers and more magnifies rounding.
local function tolerance(which, own)
  return DOUBLE and (which == 1 and LOGITS or GRADIENTS) or math.max(which == 1 and LOGITS or GRADIENTS, 3 * own[which])
end

local counts = {resnet1d18 = 4114053, resnet1d50 = 17010821, resnet1d101 = 29318277, lstm = 545605, bilstm = 1091205, gru = 534205}

--- |a - b| / |b| in the Euclidean norm.
local function relative(a, b)
  local difference, norm = a - b, b:square():sum():item()
  return math.sqrt(difference:square():sum():item() / math.max(norm, 1e-30))
end

local function narrow(name)
  local given = {leads = 3, classes = 2}
  if name:find "resnet" then given.width, given.hidden = 2, 5 else given.hidden, given.length = 4, 40 end
  return models[name](given)
end

--- A convolution's gradient in PyTorch's layout.
local function as_torch(gradient) return gradient:dim() == 3 and gradient:transpose(2, 3) or gradient end

describe("against PyTorch", function()
  for _, name in ipairs(models.names) do
    it("the narrow " .. name .. " gives the same logits, gradients and statistics", function()
      local fixture = assert(core.store.load_safetensors(FOLDER .. name .. ".narrow.safetensors"))
      local net, state = narrow(name), {}
      for key, tensor in pairs(fixture) do
        local entry = key:match("^state%.(.+)")
        if entry and not entry:find "num_batches" then
          state[entry] = (entry:find "conv" or entry:find "downsample.0") and tensor:dim() == 3 and tensor:transpose(2, 3) or tensor
        end
      end
      for _, mode in ipairs{"eval", "train"} do
        net:load_state(state)
        net[mode](net)
        net:zero_grad()
        local x = fixture.input:clone():requires_grad(true)
        local logits = net(x)
        local loss = nn.bce_with_logits(logits, fixture.target)
        loss:backward()
        local own = fixture[mode .. ".single"]:totable()
        local most = tolerance(2, own)
        assert.is_true(relative(logits, fixture[mode .. ".logits"]) < tolerance(1, own))
        assert.is_true(math.abs(loss:item() / fixture[mode .. ".loss"]:item() - 1) < tolerance(1, own))
        assert.is_true(relative(x:grad(), fixture[mode .. ".grad.input"]) < most)
        local seen = 0
        for entry, tensor in net:named_parameters() do
          local expected = fixture[mode .. ".grad." .. entry]
          assert.is_truthy(expected, "no gradient of " .. entry)
          local off = relative(as_torch(tensor:grad()), expected)
          assert(off < most or expected:abs():max():item() < 1e-7, ("%s %s: %g"):format(mode, entry, off))
          seen = seen + 1
        end
        assert.is_true(seen > 5)
      end
      local most = tolerance(1, fixture["train.single"]:totable())
      for entry, tensor in net:named_buffers() do
        assert.is_true(relative(tensor, fixture["after." .. entry]) < most)
      end
    end)
  end

  local PERIOD = 1021
  local pattern

  local function make_pattern()
    local state, values = 1, {}
    for i = 1, PERIOD do
      state = (state * 16807) % 2147483647
      values[i] = (math.floor(state / 2147483647 * 4096) / 4096 - 0.5) * math.sqrt(12)
    end
    return values
  end

  local function single(value) return string.unpack("f", string.pack("f", value)) end

  --- A tensor filled with the repeated pattern from `offset` on, times scale, plus `add`, rounded to single precision as in the fixture.
  local function fill(shape, offset, scale, add)
    pattern = pattern or make_pattern()
    local turned, count = {}, 1
    for i = 1, PERIOD do turned[i] = single(single(pattern[(offset + i - 1) % PERIOD + 1] * scale) + (add or 0)) end
    for _, size in ipairs(shape) do count = count * size end
    local rows = (count + PERIOD - 1) // PERIOD
    return eg.tensor(turned):reshape(1, PERIOD):expand(rows, PERIOD):reshape(rows * PERIOD):narrow(1, 1, count):reshape(shape)
  end

  local full

  for _, name in ipairs(models.names) do
    it("the full " .. name .. " gives the same logits and gradients", function()
      full = full or files.from_json(assert(files.read(FOLDER .. "full.json")))
      local expected, net = full[name], models[name]{leads = 12, classes = 5}
      assert.equal(counts[name], select(2, net:count()))
      assert.equal(expected.parameters, counts[name])
      local number = 0
      for entry, tensor in net:named_parameters() do
        local shape, fan, new = tensor:shape(), 1
        for i = 2, #shape do fan = fan * shape[i] end
        local offset = number * 37 % PERIOD
        if #shape >= 2 then new = fill(shape, offset, math.sqrt(1 / fan))
        elseif entry:find "bn" or entry:find "downsample" then
          new = fill(shape, offset, 0.125, entry:find "weight$" and 1 or 0)
        else new = fill(shape, offset, 0.0625) end
        tensor:detach():copy_(new)
        number = number + 1
      end
      local target = eg.tensor{{1, 0, 0, 1, 0}, {0, 1, 0, 0, 1}}
      for _, mode in ipairs{"eval", "train"} do
        net[mode](net)
        net:zero_grad()
        local x = fill({2, 1000, 12}, 11, 0.5):clone():requires_grad(true)
        local logits = net(x)
        local loss = nn.bce_with_logits(logits, target)
        loss:backward()
        local want = expected[mode]
        local off = relative(logits:reshape(10), eg.tensor(want.logits))
        assert(off < (DOUBLE and 1e-8 or tolerance(1, want.single)), ("%s: logits off by %g"):format(mode, off))
        local function check(entry, gradient)
          local norm, product = table.unpack(want.gradients[entry])
          local is_norm = math.sqrt(gradient:square():sum():item())
          local is_product = (gradient * fill(gradient:shape(), 5, 1)):sum():item()
          local most = (DOUBLE and 1e-6 or tolerance(2, want.single)) * norm
          assert(math.abs(is_norm - norm) <= most and math.abs(is_product - product) <= most * 30,
            ("%s %s: norm %g, expected %g; product %g, expected %g"):format(mode, entry, is_norm, norm, is_product, product))
        end
        check("input", x:grad())
        for entry, tensor in net:named_parameters() do check(entry, tensor:grad()) end
      end
    end)
  end
end)
