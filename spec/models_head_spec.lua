-- The last layer of the networks: linear or with a hidden layer, and another in its place.
local eg = require "ecgraft"
local contract = require "spec.support.layer_contract"
local temporary = require "spec.support.temporary"
local models = eg.models

describe("a network's head", function()
  it("holds to the contract of layers with a hidden layer", function()
    contract(function() return models.gru{leads = 3, classes = 2, hidden = 4, length = 6, mlp = 5} end, {3, 6, 3}, {3, 2})
    contract(function() return models.resnet1d18{leads = 3, classes = 2, width = 2, hidden = 4, mlp = 5, mlp_dropout = 0.5} end, {3, 64, 3},
      {3, 2}, {random = true})
  end)

  it("has a hidden layer, ReLU and dropout where it is asked for, and is linear else", function()
    local net = models.resnet1d18{classes = 4, width = 2, hidden = 6, mlp = 5, mlp_dropout = 0.25}
    assert.same({4, "Linear", "ReLU", "Dropout", "Linear"}, {#net.fc2, net.fc2[1]._name, net.fc2[2]._name, net.fc2[3]._name,
      net.fc2[4]._name})
    assert.equal(0.25, net.fc2[3].p)
    assert.same({5, 6}, net.fc2[1].weight:shape())
    local x = eg.randn(2, 100, 12)
    net:eval()
    local by_hand = net.fc2[4](net.fc2[1](net:features(x)):relu())
    assert.is_true(net(x):equal(by_hand))
    assert.equal("Linear", models.lstm{classes = 4}.fc._name)
    assert.same({{"gru"}, {"fc"}}, models.gru{mlp = 3}:stages())
    assert.error_matches(function() models.gru{mlp = -1} end, "option 'mlp' must be at least 0, got %-1")
  end)

  it("is written to a file and read again, also when it was replaced", function()
    temporary.folder(function(folder)
      eg.manual_seed(1)
      local net = models.gru{classes = 4, hidden = 6, head = "mean", mlp = 5}
      local function round_trip()
        assert(net:save(folder .. "/model.h5"))
        local x, loaded = eg.randn(2, 30, 12), assert(eg.nn.load(folder .. "/model.h5"))
        assert.is_true(net:eval()(x):equal(loaded(x)))
        return loaded
      end
      assert.equal(5, round_trip().options.mlp)
      assert.equal(net, models.new_head(net, 3)) -- as the network has it
      assert.same({3, 5}, net.fc[4].weight:shape())
      round_trip()
      models.new_head(net, 2, {mlp = 0})
      assert.equal("Linear", net.fc._name)
      assert.equal("Linear", round_trip().fc._name)
      models.new_head(net, 2, {mlp = 7, mlp_dropout = 0.5})
      assert.equal(0.5, round_trip().fc[3].p)
      assert.is_false(net.fc[3].training) -- in the mode of its network
    end)
  end)

  it("cannot be replaced where nobody knows how to build it again", function()
    local Own = eg.nn.module "OwnHead"
    Own.head_name = "out"
    function Own:init(leads) self.out = eg.nn.Linear(leads, 2) end
    assert.error_matches(function() models.new_head(Own(3), 2) end, "OwnHead must be made from a table of options with classes")
    assert.error_matches(function() models.new_head(eg.nn.Linear(3, 2), 2) end, "Linear does not say which layer is its head")
    assert.error_matches(function() models.new_head(models.gru{}, 2, {mpl = 1}) end,
      "unknown option 'mpl'; known options: mlp, mlp_dropout")
  end)
end)
