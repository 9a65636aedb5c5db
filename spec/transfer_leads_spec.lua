-- A pretrained first layer for other leads: what the network sees then is what the pretrained one sees where the rest is 0.
local eg = require "ecgraft"
local temporary = require "spec.support.temporary"
local transfer = eg.transfer

local FROM, LENGTH = {"I", "II", "V1", "V5"}, 64

local makers = {
  resnet1d18 = function(leads) return eg.models.resnet1d18{leads = leads, classes = 2, width = 4, hidden = 6} end,
  bilstm = function(leads) return eg.models.bilstm{leads = leads, classes = 2, length = LENGTH, hidden = 3} end,
  gru = function(leads) return eg.models.gru{leads = leads, classes = 2, head = "mean", layers = 2, hidden = 3} end,
}

--- Signals of the leads `names`, each with values of its own by name; those not in `wanted` are 0.
local function signals(names, wanted)
  eg.manual_seed(4)
  local by_name = {}
  for _, name in ipairs{"I", "II", "V1", "V5"} do by_name[name] = eg.randn(3, LENGTH, 1) end
  local columns = {}
  for i, name in ipairs(names) do
    local seen = false
    for _, each in ipairs(wanted) do seen = seen or each:lower() == name:lower() end
    columns[i] = seen and by_name[name:upper()] or eg.zeros(3, LENGTH, 1)
  end
  return eg.cat(columns, 3)
end

describe("transfer.adapt_leads", function()
  it("makes networks see fewer leads, in another order, as the pretrained ones see them with the others at 0", function()
    local to = {"v5", "I"}
    for name, make in pairs(makers) do
      eg.manual_seed(1)
      local source = make(4):eval()
      local net = make(2):eval()
      local adapted = transfer.adapt_leads(net, source:state(), FROM, to)
      transfer.load_body(net, adapted)
      local expected, got = source:features(signals(FROM, to)), net:features(signals({"V5", "I"}, to))
      assert.is_true((expected - got):abs():max():item() < 1e-5, name)
      -- the pretrained state itself stays as it is
      assert.same(source:state()[source:input_names()[1]]:shape(), make(4):state()[source:input_names()[1]]:shape())
    end
  end)

  it("gives a lead that is new the mean over those that were there", function()
    eg.manual_seed(1)
    local source, net = makers.resnet1d18(4), makers.resnet1d18(3)
    local weight = transfer.adapt_leads(net, source:state(), FROM, {"II", "vx", "V1"})["conv1.weight"]
    local was = source:state()["conv1.weight"]
    assert.same({4, 7, 3}, weight:shape())
    for i, expected in ipairs{was:select(3, 2), was:mean(3), was:select(3, 3)} do
      assert.is_true((weight:select(3, i) - expected):abs():max():item() < 1e-6)
    end
  end)

  it("puts leads of the same number into their order, and leaves the same leads alone", function()
    local source, net = makers.gru(4), makers.gru(4)
    local state = source:state()
    assert.equal(state, transfer.adapt_leads(net, state, FROM, {"i", "ii", "v1", "v5"}))
    local turned = transfer.adapt_leads(net, state, FROM, {"V5", "V1", "II", "I"})["gru.weight_ih_l0"]
    assert.is_true((turned:select(2, 1) - state["gru.weight_ih_l0"]:select(2, 4)):abs():max():item() == 0)
  end)

  it("finds the first layer of a class of one's own by its shape, and says where it cannot", function()
    local class = eg.nn.module "LeadsNet"
    function class:init(leads)
      self.body, self.head = eg.nn.Conv1d(leads, 6, 5, {padding = 2}), eg.nn.Linear(6, 2)
    end
    function class:forward(x) return self.head(self.body(x):relu():mean(2)) end
    local source, net = class(4), class(2)
    assert.same({6, 5, 2}, transfer.adapt_leads(net, source:state(), FROM, {"I", "II"})["body.weight"]:shape())
    assert.error_matches(function() transfer.adapt_leads(class(4), source:state(), FROM, {"I", "II", "V1", "V6"}) end,
      "trained on the leads I, II, V1, V5 and this one has I, II, V1, V6; which of the weights of LeadsNet meet the leads is not clear")
    assert.error_matches(function() transfer.adapt_leads(net, source:state(), {}, {"I"}) end, "argument 3 %(from%)")
  end)

  it("is done by a study whose sets have other leads", function()
    temporary.folder(function(folder)
      local function set(leads, seed)
        return eg.data.synthetic{records = 40, classes = {"NORM", "AF"}, rate = 50, seconds = 5, seed = seed}:select(leads)
      end
      local study = eg.study{name = "leads", upstream = {a = set({"I", "II", "V1"}, 1)}, downstream = {b = set({"V1", "II"}, 2)},
        networks = {{"gru", head = "mean", hidden = 2}}, strategies = {"finetune", "l2_sp"}, seeds = {1}, resamples = 100,
        train = {epochs = 1, lr = 0}, pretrain = {epochs = 1, lr = 1e-2}}
      assert.is_true(study:run{out = folder, quiet = true})
      local before = assert(eg.nn.load(folder .. "/runs/pretrain_gru-mean-hidden2_a/model.h5")):state()["gru.weight_ih_l0"]
      for _, strategy in ipairs{"finetune", "l2_sp"} do
        local after = assert(eg.nn.load(("%s/runs/gru-mean-hidden2_b_%s-a_nall_s1/model.h5"):format(folder, strategy)))
        local weight = after:state()["gru.weight_ih_l0"]
        assert.equal(0, (weight:select(2, 1) - before:select(2, 3)):abs():max():item())
        assert.equal(0, (weight:select(2, 2) - before:select(2, 2)):abs():max():item())
      end
    end)
  end)
end)
