-- Optimizers against PyTorch (spec/fixtures/generate_optim.py) and what they promise by themselves.
local eg = require "ecgraft"
local core = require "ecgraft.core"
local json = require "dkjson"
local optim = require "ecgraft.optim"

-- The fixtures are float64; a float build agrees to its own rounding over six steps.
local TOLERANCE = core.scalar == "float64" and 1e-12 or 2e-5

local function fixture(name)
  local file = assert(io.open("spec/fixtures/optim/" .. name))
  local text = file:read "a"
  file:close()
  return json.decode(text, 1, json.null)
end

local function given(x) return x ~= json.null and x or nil end

local function close(expected, x, what)
  local difference = (x:detach() - eg.tensor(expected)):abs():max():item()
  assert(difference <= TOLERANCE, ("%s differs by %g, allowed %g"):format(what, difference, TOLERANCE))
end

local function parameter(values) return eg.tensor(values):requires_grad(true) end

describe("an optimizer", function()
  local cases = fixture "steps.json"

  for number, case in ipairs(cases.cases) do
    it(("makes PyTorch's steps: %s, %d"):format(case.optimizer, number), function()
      local params = {parameter(case.start[1]), parameter(case.start[2])}
      local opt = optim[case.optimizer](params, case.options)
      for s, step in ipairs(case.steps) do
        for i, p in ipairs(params) do
          local gradient = given(step.gradients[i])
          p:grad(gradient and eg.tensor(gradient) or nil)
        end
        opt:step()
        for i, p in ipairs(params) do
          close(step.after[i], p, ("parameter %d after step %d"):format(i, s))
        end
      end
    end)
  end

  for number, case in ipairs(cases.clip) do
    it(("clips as PyTorch does, %d"):format(number), function()
      local params = {}
      for i, gradient in ipairs(case.gradients) do
        local g = eg.tensor(gradient)
        params[i] = parameter(g:mul(0):totable())
        params[i]:grad(g)
      end
      params[#params + 1] = parameter{1, 2} -- without a gradient
      assert.near(case.norm, optim.clip_grad_norm(params, case.most), TOLERANCE)
      for i, expected in ipairs(case.by_norm) do close(expected, params[i]:grad(), "a gradient clipped by norm") end
      optim.clip_grad_value(params, case.most / 10)
      for i, expected in ipairs(case.by_value) do close(expected, params[i]:grad(), "a gradient clipped by value") end
    end)
  end

  it("finds the bottom of a bowl", function()
    for name, options in pairs{SGD = {lr = 0.1, momentum = 0.5}, Adam = {lr = 0.1}, AdamW = {lr = 0.1, weight_decay = 0},
        RMSprop = {lr = 0.02}} do
      local x = parameter{3, -2}
      local opt = optim[name]({x}, options)
      for _ = 1, 400 do
        opt:zero_grad();
        (x - eg.tensor{1, 2}):square():sum():backward()
        opt:step()
      end
      assert.is_true(x:detach():equal(eg.tensor{1, 2}, 0.05), name)
    end
  end)

  it("has groups with settings of their own", function()
    local a, b = parameter{1}, parameter{1}
    local opt = optim.SGD({{params = {a}, lr = 0.5}, {params = {b}}}, {lr = 0.25, momentum = 0})
    assert.equal(2, #opt.groups)
    assert.equal(0.5, opt.groups[1].lr)
    assert.equal(0.25, opt:lr(2))
    assert.equal(a, opt.groups[1].params[1])
    a:grad(eg.tensor{1})
    b:grad(eg.tensor{1})
    opt:step()
    assert.equal(0.5, a:item())
    assert.equal(0.75, b:item())
    opt:set_lr(0.125)
    assert.equal(0.125, opt:lr(1))
    assert.equal(0.125, opt:lr(2))
    opt.groups[2].lr = 1
    opt.groups[2].momentum = 0.5
    assert.equal(1, opt:lr(2))
    assert.equal(0.125, opt:lr(1))
    assert.equal(0.5, opt.groups[2].momentum)
    assert.is_false(opt.groups[2].nesterov)
    local c = parameter{1}
    opt:add_group{params = {c}, lr = 3}
    assert.equal(3, opt:lr(3))
    assert.equal("optim.Adam", optim.Adam({c}, {betas = {0.5, 0.75}}).name)
    assert.same({0.5, 0.75}, optim.Adam({c}, {betas = {0.5, 0.75}}).groups[1].betas)
    assert.matches("SGD, 3 parameters\n  group 1: 1 tensors, dampening 0", tostring(opt))
  end)

  it("goes on from its state as if it had not stopped", function()
    for _, name in ipairs{"SGD", "Adam", "AdamW", "RMSprop"} do
      local options = (name == "SGD" or name == "RMSprop") and {lr = 0.05, momentum = 0.9} or {lr = 0.05}
      eg.manual_seed(1)
      local a, idle = eg.randn(3, 2):requires_grad(true), parameter{1}
      local first = optim[name]({a, idle}, options)
      local function steps(opt, x, seed)
        eg.manual_seed(seed)
        for _ = 1, 3 do x:grad(eg.randn(3, 2)) opt:step() end
      end
      steps(first, a, 2)
      first:set_lr(0.02)
      -- By way of JSON and copies, as a checkpoint does.
      local state = first:state()
      local saved = {plain = json.decode(json.encode(state.plain)), tensors = {}}
      for key, tensor in pairs(state.tensors) do saved.tensors[key] = tensor:clone() end
      local b = a:detach():clone():requires_grad(true)
      local second = optim[name]({b, parameter{1}}, options)
      second:load_state(saved)
      assert.equal(0.02, second:lr())
      steps(first, a, 3)
      steps(second, b, 3)
      assert.is_true(a:detach():equal(b:detach()), name)
      assert.is_false(a:detach():equal(eg.zeros(3, 2)))
    end
  end)

  it("refuses a state that is not its own, and stays as it was", function()
    local a = parameter{1, 2}
    local opt = optim.Adam({a}, {lr = 0.5})
    a:grad(eg.ones(2))
    opt:step()
    local function broken(change)
      local state = opt:state()
      state.plain.groups[1].lr = 0.1
      change(state)
      return function() opt:load_state(state) end
    end
    assert.error_matches(function() opt:load_state(3) end, "optim.Adam:load_state: expected what state%(%) returns, got 3")
    assert.error_matches(broken(function(s) s.plain.kind = "SGD" end), "the state is of SGD")
    assert.error_matches(broken(function(s) s.plain.groups[2] = {} end), "the state has 2 groups, the optimizer 1")
    assert.error_matches(broken(function(s) s.plain.steps = {} end), "the state has 0 parameters, the optimizer 1")
    assert.error_matches(broken(function(s) s.tensors["1.exp_avg"] = eg.ones(3) end),
      "'1.exp_avg' has shape {3}, expected {2}")
    assert.error_matches(broken(function(s) s.tensors["7.exp_avg"] = eg.ones(2) end),
      "'7.exp_avg' is no state of this optimizer")
    assert.equal(0.5, opt:lr())
  end)

  it("names what is wrong with its arguments, and where", function()
    local a = parameter{1, 2}
    local function fails(text, fn) assert.error_matches(fn, text) end
    fails("optim.Adam: unknown option 'lrr'; known options: betas, eps, lr, weight_decay",
      function() optim.Adam({a}, {lrr = 1}) end)
    fails("optim.Adam: expected a list of parameters or of groups, got nil", function() optim.Adam() end)
    fails("optim.Adam: expected a list of parameters or of groups, got a tensor", function() optim.Adam(a) end)
    fails("optim.Adam: the list of parameters is empty", function() optim.Adam{} end)
    fails("Adam: each parameter must be a tensor, got 3", function() optim.Adam{3} end)
    fails("optim.Adam: a group must be a table {params = {tensors}, ...}", function() optim.Adam{{lr = 1}} end)
    fails("Adam: lr must be a number of at least 0, got %-1", function() optim.Adam({a}, {lr = -1}) end)
    fails("optim.Adam: option 'lr' must be number, got \"x\"", function() optim.Adam({a}, {lr = "x"}) end)
    fails("Adam: beta2 must be at least 0 and below 1, got 1", function() optim.Adam({a}, {betas = {0, 1}}) end)
    fails("optim.Adam: betas must be two numbers", function() optim.Adam({a}, {betas = {0.9}}) end)
    fails("SGD: nesterov needs momentum above 0", function() optim.SGD({a}, {nesterov = true}) end)
    fails("SGD: parameters 1 and 2 of the group are the same tensor", function() optim.SGD{a, a} end)
    fails("SGD: parameter 1 is the result of an op; expected a leaf", function() optim.SGD{a * 2} end)
    fails("SGD: parameter 1 is in group 1 already", function() optim.SGD{{params = {a}}, {params = {a}}} end)
    for _, wrong in ipairs{function() optim.Adam({a}, {lrr = 1}) end, function() optim.Adam{3} end,
        function() optim.SGD({a}, {lr = -1}) end, function() optim.SGD{a}.groups[1].lr = -1 end,
        function() optim.SGD{a}:load_state{} end} do
      assert.matches("^%S*optim_spec.lua:%d+: ", select(2, pcall(wrong))) -- the caller is blamed
    end
    local opt = optim.SGD{a}
    fails("optim.SGD: unknown option 'speed'", function() opt.groups[1].speed = 1 end)
    fails("SGD: lr must be a number of at least 0", function() opt.groups[1].lr = -1 end)
    fails("optim.SGD:lr: group 2 of 1", function() opt:lr(2) end)
    fails("optim.SGD:set_lr: argument 1 %(lr%) must be number", function() opt:set_lr("fast") end)
    fails("clip_grad_norm: expected a limit above 0, got 0", function() optim.clip_grad_norm({a}, 0) end)
    fails("clip_grad_norm: the parameters must be a table", function() optim.clip_grad_norm(a, 1) end)
  end)
end)
