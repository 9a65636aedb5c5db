-- Schedules against PyTorch (spec/fixtures/generate_optim.py).
local eg = require "ecgraft"
local json = require "dkjson"
local optim = require "ecgraft.optim"
local schedule = optim.schedule

local function fixture()
  local file = assert(io.open "spec/fixtures/optim/schedules.json")
  local text = file:read "a"
  file:close()
  return json.decode(text).cases
end

local function optimizer(kind)
  local function leaf() return eg.zeros(1):requires_grad(true) end
  return optim[kind]({{params = {leaf()}, lr = 0.1}, {params = {leaf()}, lr = 0.02}}, kind == "SGD" and {momentum = 0.9} or nil)
end

local function near(expected, value, what)
  assert(math.abs(expected - value) <= 1e-12, ("%s is %.17g, expected %.17g"):format(what, value, expected))
end

describe("a schedule", function()
  for number, case in ipairs(fixture()) do
    it(("is PyTorch's: %s, %d"):format(case.schedule, number), function()
      local opt, s = optimizer(case.optimizer), schedule[case.schedule](case.options)
      for t = 0, #case.lr - 1 do
        s:step(opt, t)
        for i, group in ipairs(opt.groups) do
          near(case.lr[t + 1][i], group.lr, ("the rate of group %d at step %d"):format(i, t))
          near(case.momentum[t + 1][i], group.betas and group.betas[1] or group.momentum,
            ("the momentum of group %d at step %d"):format(i, t))
        end
        if case.metrics then s:observe(opt, case.metrics[t + 1]) end
      end
    end)
  end

  it("goes on from its state", function()
    local opt, s = optimizer "SGD", schedule.cosine{steps = 10}
    for t = 0, 4 do s:step(opt, t) end
    local state = json.decode(json.encode(s:state()))
    local again, other = optimizer "SGD", schedule.cosine{steps = 10}
    again:load_state(opt:state())
    other:load_state(state)
    s:step(opt, 5)
    other:step(again, 5)
    near(opt:lr(1), again:lr(1), "the rate")
    near(0.05, again:lr(1), "the rate half way")
    local p, q = schedule.plateau{mode = "min", patience = 1}, schedule.plateau{mode = "min", patience = 1}
    p:observe(opt, 1)
    p:observe(opt, 2)
    q:load_state(json.decode(json.encode(p:state())))
    assert.is_true(q:observe(opt, 2))
  end)

  it("warms up for another that comes after", function()
    local s = schedule.warmup{steps = 4, start = 0, after = schedule.cosine{steps = 6, min_lr = 0}}
    local expected = {0, 0.25, 0.5, 0.75, 1, 0.5 * (1 + math.cos(math.pi / 6))}
    for t, lr in ipairs(expected) do near(lr, s:at(t - 1, 1), "the rate at step " .. t - 1) end
    near(0, s:at(10, 1), "the last rate")
    near(0, s:at(100, 1), "the rate after the end") -- it does not rise again
    s = schedule.warmup{steps = 4, after = schedule.cosine{}}
    s:plan(10, 5)
    assert.equal(6, s.o.after.o.steps)
  end)

  it("counts epochs where that is asked for, and takes the length of the training", function()
    local s = schedule.step{every = 2, gamma = 0.1, unit = "epoch"}
    s:plan(30, 5)
    near(1, s:at(9, 1), "the rate at the end of epoch 2")
    near(0.1, s:at(10, 1), "the rate at the start of epoch 3")
    local c = schedule.cosine{}
    assert.error_matches(function() c:at(0, 1) end, "schedule.cosine: option 'steps' is required outside eg.fit")
    c:plan(30, 5)
    near(0.5, c:at(15, 1), "the rate half way")
    c:plan(10, 5) -- a value may be used for another training
    near(0.5, c:at(5, 1), "the rate half way of another training")
    local fixed = schedule.cosine{steps = 4}
    fixed:plan(30, 5)
    near(0.5, fixed:at(2, 1), "what was given stays")
  end)

  it("lowers the rate on a plateau in the direction that its caller names", function()
    local opt, s = optimizer "SGD", schedule.plateau{patience = 0, factor = 0.5}
    assert.is_false(s:observe(opt, 0.5, true))
    assert.is_false(s:observe(opt, 0.6, true))
    assert.is_true(s:observe(opt, 0.55, true))
    near(0.05, opt:lr(1), "the rate")
    assert.is_true(s:observe(opt, 0 / 0, true)) -- a NaN is never better
    near(0.025, opt:lr(1), "the rate")
  end)

  it("is made from a function", function()
    local opt, s = optimizer "SGD", schedule.custom(function(t, lr) return lr / (t + 1) end)
    s:step(opt, 0)
    s:step(opt, 4)
    near(0.02, opt:lr(1), "the rate")
    near(0.004, opt:lr(2), "the rate of group 2")
  end)

  it("names what is wrong", function()
    assert.error_matches(function() schedule.cosine{step = 3} end, "schedule.cosine: unknown option 'step'")
    assert.error_matches(function() schedule.step{} end, "schedule.step: option 'every' is required")
    assert.error_matches(function() schedule.warmup{steps = 2, after = 3} end, "option 'after' must be a schedule, got 3")
    assert.error_matches(function() schedule.warmup{steps = 2, after = schedule.step{every = 1, unit = "epoch"}} end,
      "it counts in steps and the schedule after it in epochs")
    assert.error_matches(function() schedule.custom(3) end, "schedule.custom: argument 1 %(function%)")
    local s = schedule.cosine{steps = 3}
    s:step(optimizer "SGD", 0)
    assert.error_matches(function() s:step(optim.SGD{eg.zeros(1)}, 1) end, "it knows 2 groups, the optimizer has 1")
    assert.matches("cosine{min_lr = 0, steps = 3, unit = step}", tostring(s))
  end)
end)
