--- eg.explain: against PyTorch (spec/fixtures/generate_explain.py), and on networks whose reasons are known.
local eg = require "ecgraft"
local core = require "ecgraft.core"
local files = require "spec.support.files"
local gradcam = require "ecgraft.explain.gradcam"
local gradient = require "ecgraft.explain.gradient"
local json = require "dkjson"
local nn = eg.nn

local FOLDER = "spec/fixtures/models/"
local fixture = json.decode(files.read(FOLDER .. "explain.json"))

local function narrow(name)
  local given = {leads = 3, classes = 2}
  if name == "gru" then given.hidden, given.length = 4, 40 else given.width, given.hidden = 2, 5 end
  local net, state = eg.models[name](given), {}
  for key, tensor in pairs(assert(core.store.load_safetensors(FOLDER .. name .. ".narrow.safetensors"))) do
    local entry = key:match "^state%.(.+)"
    if entry and not entry:find "num_batches" then
      state[entry] = (entry:find "conv" or entry:find "downsample.0") and tensor:dim() == 3 and tensor:transpose(2, 3) or tensor
    end
  end
  net:load_state(state)
  return net
end

local function close_lists(expected, got, tolerance)
  local most = 0
  for _, value in ipairs(expected) do most = math.max(most, math.abs(value)) end
  assert.equal(#expected, #got)
  for i, value in ipairs(expected) do
    assert(math.abs(value - got[i]) <= tolerance * most, ("entry %d is %.9g, expected %.9g"):format(i, got[i], value))
  end
  assert(most > 0)
end

-- A net that answers with the mean over time of relu(lead 2 - 1), a quarter of the samples a step of its maps.
local Watcher = nn.module "Watcher"
function Watcher:init() self.fc = nn.Linear(1, 1, {bias = false}) self.fc.weight:detach():fill_(1) end
function Watcher:maps(x) -- luacheck: ignore self
  local part = (x:narrow(3, 2, 1) - 1):relu()
  return part:reshape(x:size(1), x:size(2) // 4, 4):mean(3, true)
end
function Watcher:classify(maps) return self.fc(maps:mean(2)) end
function Watcher:forward(x) return self:classify(self:maps(x)) end

local function record_with_bump(first, last)
  local rows = {}
  for t = 1, 80 do rows[t] = {0, t >= first and t <= last and 3 or 0, .5} end
  return core.tensor(rows)
end

describe("Grad-CAM", function()
  it("agrees with PyTorch", function()
    local net, case = narrow "resnet1d18", fixture.resnet1d18
    net.fc1.bias:detach():add_(core.ones(5), 2)
    local x = core.tensor(case.input):unsqueeze(1)
    for k = 1, 2 do
      local found = gradcam.raw(net, x, k)
      if k == 2 or math.max(table.unpack(case.cam[k])) > 0 then close_lists(case.cam[k], found, 1e-4) -- single precision through 17 layers
      else for _, value in ipairs(found) do assert.equal(0, value) end end
    end
  end)

  it("is where the reason is, whatever the net's mode, and leaves the net as it was", function()
    local net = Watcher()
    net:train()
    local seen = eg.explain.record(net, record_with_bump(41, 48))
    assert.equal("gradcam", seen.method)
    assert.equal(80, #seen.time)
    assert.equal(1, math.max(table.unpack(seen.time)))
    for t, weight in ipairs(seen.time) do
      if t < 36 or t > 53 then assert.equal(0, weight) end
      if t >= 43 and t <= 46 then assert.equal(1, weight) end
    end
    assert.is_true(net.training)
    assert.is_nil(net.fc.weight:grad())
    assert.is_true(net.fc.weight:requires_grad())
  end)

  it("is all 0 where nothing speaks for the class", function()
    local net = Watcher()
    net.fc.weight:detach():fill_(-1)
    for _, weight in ipairs(eg.explain.record(net, record_with_bump(41, 48)).time) do assert.equal(0, weight) end
  end)
end)

describe("gradient times input", function()
  it("agrees with PyTorch", function()
    local net, case = narrow "gru", fixture.gru
    for k = 1, 2 do
      close_lists(case.weights[k], gradient.raw(net, core.tensor(case.input):unsqueeze(1), k), 1e-5)
    end
  end)

  it("is what is taken where there are no maps", function()
    local seen = eg.explain.record(narrow "gru", core.tensor(fixture.gru.input), {class = 2})
    assert.equal("gradient", seen.method)
    assert.equal(40, #seen.time)
    assert.equal(2, seen.place)
    for _, parameter in narrow "gru":named_parameters() do assert.is_nil(parameter:grad()) end
  end)
end)

describe("leads", function()
  it("that a net does not look at change nothing, others what they add", function()
    local seen = eg.explain.record(Watcher(), record_with_bump(41, 48))
    assert.same({0, 0}, {seen.leads[1], seen.leads[3]})
    -- 8 of 80 samples at 3 - 1; held at its mean of 0.3 the lead adds nothing.
    assert(math.abs(seen.leads[2] - 0.2) < 1e-6, seen.leads[2])
    assert(math.abs(seen.logit - 0.2) < 1e-6 and math.abs(seen.probability - 1 / (1 + math.exp(-0.2))) < 1e-6)
    assert.same({V1 = "+0.20", I = "0.00", II = "0.00"}, eg.explain.notes(seen, {"I", "V1", "II"}))
  end)
end)

describe("explain.record", function()
  it("takes class names and scales as the net's card says", function()
    local net = narrow "gru"
    rawset(net, "card", {classes = {"AF", "SB"}})
    local signals = core.tensor(fixture.gru.input)
    assert.equal(2, eg.explain.record(net, {signals = signals}, {class = "SB"}).place)
    local twice = eg.explain.record(net, signals, {class = 1, scaler = {apply = function(_, x) return x * 2 end}})
    assert(math.abs(twice.logit - net(signals:unsqueeze(1) * 2)[1][1]:item()) < 1e-5)
    local best = eg.explain.record(net, signals)
    assert(best.probability >= eg.explain.record(net, signals, {class = 1}).probability)
  end)

  it("says what is wrong, and blames the caller", function()
    local net = narrow "gru"
    local signals = core.tensor(fixture.gru.input)
    assert.error_matches(function() eg.explain.record(net, signals, {class = "AF"}) end, "option 'class' must be one of none, or 1 to 2")
    assert.error_matches(function() eg.explain.record(net, signals, {method = "gradcam"}) end, "RecurrentNet has no feature maps")
    assert.error_matches(function() eg.explain.record(net, {}) end, "expected a record with signals")
    assert.error_matches(function() eg.explain.record(net, signals, {klass = 1}) end, "unknown option 'klass'")
  end)
end)
