--- What a newcomer gets wrong first is said as such, at the line that does it: a dot in place of a colon, PyTorch's names, keys that are no
-- positions, and names that a module does not have.
local colon = require "ecgraft.colon"
local core = require "ecgraft.core"
local eg = require "ecgraft"
local names = require "ecgraft.pytorch_names"

local net = eg.models.resnet1d18{leads = 3, classes = 2, width = 4, hidden = 4}
local set = eg.data.synthetic{records = 6, seconds = 5}
local optimizer = eg.optim.Adam(net:parameters())
local x = eg.zeros(3, 4)

local function says(text, fn)
  local ok, message = pcall(function()
    local value = fn()
    return value
  end)
  assert(not ok, "no error, but it should be: " .. text)
  local line = tonumber(message:match "^[^:]*colon_spec.lua:(%d+): ")
  local info = debug.getinfo(fn, "S")
  assert(line and line >= info.linedefined and line <= info.lastlinedefined, message)
  assert.equal(text, message:match "^[^:]*:%d+: (.*)$")
end

describe("a dot in place of a colon", function()
  it("is said of the methods of networks", function()
    says("eval: call it with a colon, net:eval(...)", function() return (net.eval()) end)
    says("parameters: call it with a colon, net:parameters(...)", function() return (net.parameters()) end)
    says("freeze: call it with a colon, net:freeze(...)", function() return (net.freeze "fc") end)
    says("state: call it with a colon, net:state(...)", function() return (net.conv1.state()) end)
    says("train: call it with a colon, net:train(...)", function() return (net.train(set)) end)
  end)

  it("is said of those of a class, when they find a tensor in place of themselves", function()
    local input = eg.zeros(1, 64, 3)
    says("forward: call it with a colon, net:forward(...)", function()
      local y = net.forward(input)
      return y
    end)
    says("features: call it with a colon, net:features(...)", function()
      local y = net.features(input)
      return y
    end)
    local layers = eg.nn.Sequential{eg.nn.Linear(4, 2)}
    says("forward: call it with a colon, net:forward(...)", function()
      local y = layers.forward(x)
      return y
    end)
    local Own = eg.nn.module "ColonOwn"
    function Own:init() self.head = eg.nn.Linear(4, 2) end
    function Own:look(input_) return self.head(input_) end
    local own = Own()
    says("look: call it with a colon, net:look(...)", function()
      local y = own.look(x)
      return y
    end)
    assert.equal(2, own:look(x):size(2))
  end)

  it("is said of those of tensors, in C and in Lua", function()
    says("shape: call it with a colon, x:shape(...)", function() return (x.shape()) end)
    says("sum: call it with a colon, x:sum(...)", function() return (x.sum()) end)
    says("reshape: call it with a colon, x:reshape(...)", function() return (x.reshape(2, 6)) end)
    says("squeeze: call it with a colon, x:squeeze(...)", function() return (x.squeeze()) end)
    says("unsqueeze: call it with a colon, x:unsqueeze(...)", function() return (x.unsqueeze(1)) end)
    assert.equal(6, eg.add(2, 4):item()) -- as a function an op takes numbers
    for name, method in pairs(core.tensor_methods) do
      if name ~= "cat" and name ~= "stack" then assert.error_matches(function() method(3) end, name .. ": call it with a colon", name) end
    end
  end)

  it("is said of those of sets, records, optimizers, schedules, scalers, histories and studies", function()
    says("split: call it with a colon, set:split(...)", function() return (set.split{train = 0.5, test = 0.5}) end)
    says("record: call it with a colon, set:record(...)", function() return (set.record(1)) end)
    says("plot: call it with a colon, record:plot(...)", function() return (set:record(1).plot()) end)
    says("step: call it with a colon, optimizer:step(...)", function() return (optimizer.step()) end)
    says("step: call it with a colon, schedule:step(...)", function() return (eg.optim.schedule.cosine{}.step(optimizer, 1)) end)
    says("apply: call it with a colon, scaler:apply(...)", function() return (eg.data.scaler.new{kind = "record"}.apply(x)) end)
    local history = eg.fit(eg.nn.Sequential{eg.nn.GlobalAvgPool1d(), eg.nn.Linear(12, #set.classes)}, set, {epochs = 1, progress = false})
    says("save: call it with a colon, history:save(...)", function() return (history.save "x.csv") end)
    local study = eg.study{name = "colon", downstream = {a = set}, networks = {"gru"}, strategies = {"scratch"}}
    says("run: call it with a colon, study:run(...)", function() return (study.run{quiet = true}) end)
  end)

  it("changes nothing for who uses a colon: results, errors and what lies behind", function()
    local methods = {}
    function methods.twice(self, a, ...) return self, a, select("#", ...), ... end
    function methods.fail() error("here", 2) end
    function methods.new() return 7 end
    methods._own, methods.text = methods.new, "x"
    local plain = methods.twice
    colon.guard(methods, "thing", function(value) return value == methods end, {"new"})
    assert.same({methods, 1, 2, nil, 3, n = 5}, table.pack(methods:twice(1, nil, 3)))
    assert.same({7, 7, "x"}, {methods.new(), methods._own(), methods.text})
    assert.equal(plain, colon.behind(methods.twice))
    assert.equal(print, colon.behind(print))
    says("here", function() return (methods:fail()) end)
    says("twice: call it with a colon, thing:twice(...)", function() return (methods.twice(1)) end)
    local guarded = methods.twice
    colon.guard(methods, "thing", function() return false end, {"new"})
    assert.equal(guarded, methods.twice, "guarded once")
  end)
end)

describe("a name that is not there", function()
  it("of a tensor is an error with what is meant", function()
    says("a tensor has no view; here it is x:reshape(...)", function() return (x:view(2, 6)) end)
    says("a tensor has no cuda; everything is computed on the CPU: leave it out", function() return (x:cuda()) end)
    says("a tensor has no T; here it is x:t()", function() return x.T end)
    says("a tensor has no reshap; did you mean 'reshape'?", function() return (x:reshap(2, 6)) end)
    says("a tensor has no nope; x[i] takes a position, from 1 or from -1 at the end", function() return x.nope end)
    says("x[i] takes a position, got a table of 2 entries; several are x:narrow(dim, first, length), or "
      .. "x:index_select(eg.tensor{2, 5}, dim)", function() return x[{1, 2}] end)
    says("x[i] takes a position, got a tensor; several are x:narrow(dim, first, length), or x:index_select(eg.tensor{2, 5}, dim)",
      function() return x[x] end)
  end)

  it("of a network or an optimizer is an error where PyTorch has it, else nil", function()
    says("a network has no state_dict; here it is net:state()", function() return (net:state_dict()) end)
    says("a network has no to; everything is computed on the CPU: leave it out", function() return (net:to "cuda") end)
    says("an optimizer has no param_groups; here it is optimizer.groups", function() return optimizer.param_groups end)
    assert.is_nil(net.card)
    assert.is_nil(net.nope)
    assert.is_nil(optimizer.nope)
    local Own = eg.nn.module "ColonTo"
    function Own:to(where) return self and where end
    assert.equal("cuda", Own():to "cuda")
  end)

  it("is in the table of PyTorch's names only where there is none", function()
    for name in pairs(names.tensor) do assert.is_nil(rawget(core.tensor_methods, name), name) end
    for name in pairs(names.net) do assert.has_error(function() return net[name] end, nil, name) end
    for name in pairs(names.optimizer) do assert.has_error(function() return optimizer[name] end, nil, name) end
    for _, list in pairs(names) do
      for name, text in pairs(list) do
        for method in text:gmatch "x:([%w_]+)%(" do assert(core.tensor_methods[method], name) end
        for method in text:gmatch "net:([%w_]+)%(" do assert(net[method], name) end
        for method in text:gmatch "optimizer:([%w_]+)%(" do assert(optimizer[method], name) end
      end
    end
  end)

  it("of a set is nil, but a position is an error", function()
    says("a set is no list: record 2 is set:record(2), some of the records are set:subset{1, 2}", function() return set[2] end)
    assert.is_nil(set.fold)
    assert.is_nil(set.nope)
  end)

  it("of a module is an error with the names that are near, or those that there are", function()
    says("eg.tasks.nope is not there; there are: classification, find, intervals, is_task, names, reconstruction, task",
      function() return eg.tasks.nope end)
    says("eg.nn.linear is not there; did you mean 'Linear'?", function() return eg.nn.linear end)
    says("eg.nope is not there; print(eg) lists what is there", function() return eg.nope end)
    says("eg.fitt is not there; did you mean 'fit'?", function() return eg.fitt end)
    says("eg.data.ptb_xl is not there; did you mean 'ptbxl'?", function() return eg.data.ptb_xl end)
    says("eg.data.filters.nope is not there; there are: bandpass, bandstop, baseline, highpass, lowpass, notch",
      function() return eg.data.filters.nope end)
    for name in ("data explain export metrics models nn optim plot report stats tasks transfer"):gmatch "%a+" do
      assert.error_matches(function() return eg[name].nope end, name .. ".nope is not there; ")
      assert.is_nil(rawget(eg[name], "nope"))
    end
    assert.is_nil(eg._own)
    assert.is_nil(eg.nn[1])
    assert.equal(eg.nn.Linear, eg.nn.Linear)
  end)
end)
