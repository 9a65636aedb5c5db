--- Learning-rate schedules: small values, functions of the step. The formulas are those of torch.optim.lr_scheduler.
--
--   schedule.cosine{steps =, min_lr = 0}                        CosineAnnealingLR; stays at min_lr after `steps`
--   schedule.one_cycle{steps =, max_lr =, pct_start = 0.3, ...}  OneCycleLR (Smith and Topin 2018)
--   schedule.step{every =, gamma = 0.1}                         StepLR: times gamma after each `every`
--   schedule.warmup{steps =, start = 1/3, after = schedule}      LinearLR, then `after`, which counts from there
--   schedule.plateau{mode = "min", factor = 0.1, patience = 10, ...}  ReduceLROnPlateau, told a score by observe()
--   schedule.custom(function(t, lr) return lr end)               LambdaLR: from the step and the group's first lr
--
-- Each is used as schedule:step(optimizer, t), t = 0, 1, 2, ..., before the optimizer's step t. Counts are of such steps or, with
-- unit = "epoch", of epochs. eg.fit tells a schedule how long the training is (plan), so that `steps` may be left out there.
-- Every group keeps its own base learning rate: the one it had at the first step.
local colon = require "ecgraft.colon"
local options = require "ecgraft.options"

local schedule = {}

---@class ecgraft.optim.schedule: ecgraft.Schedule
---@field o table<string, any> its options
---@field formula fun(o: table, t: number, lr: number): number?, number?
---@field per_epoch number steps of an epoch where it counts epochs, else 1
---@field base? table learning rates of the groups at the first step
---@field best? number plateau: the best score so far
---@field waited? number plateau: observations since then
---@field cooling? number plateau: observations until it counts again
local Schedule = {__name = "ecgraft.optim.Schedule"}
Schedule.__index = Schedule
Schedule.__tostring = function(self)
  local shown = {}
  for _, name in ipairs(options.names(self.o)) do shown[#shown + 1] = name .. " = " .. tostring(self.o[name]) end
  return ("%s{%s}"):format(self.name, table.concat(shown, ", "))
end

local unit = {type = "string", choices = {"step", "epoch"}, default = "step"}

--- Whether a value is a schedule.
function schedule.is(value) return getmetatable(value) == Schedule end

-- `at(o, t, lr)` gives the learning rate at step t of a group that began with lr and, where it has one, the momentum.
local function define(name, schema, at, check)
  schema.unit = unit
  schedule[name] = function(given)
    local o = options.check("schedule." .. name, given, schema)
    if check then check(o) end
    return setmetatable({name = name, o = o, formula = at, per_epoch = 1}, Schedule)
  end
end

local function blend(from, to, share, linear)
  if linear then return from + (to - from) * share end
  return to + (from - to) / 2 * (1 + math.cos(math.pi * share))
end

local steps_field = {type = "integer", min = 1}

define("cosine", {steps = steps_field, min_lr = {type = "number", min = 0, default = 0}}, function(o, t, lr)
  return o.min_lr + (lr - o.min_lr) * (1 + math.cos(math.pi * math.min(t, o.steps) / o.steps)) / 2
end)

define("step", {every = {type = "integer", min = 1, required = true}, gamma = {type = "number", min = 0, default = 0.1}},
  function(o, t, lr) return lr * o.gamma ^ (t // o.every) end)

define("one_cycle", {
  steps = steps_field,
  max_lr = {type = "number", min = 0},                            -- default: the group's own learning rate
  pct_start = {type = "number", min = 0, max = 1, default = 0.3}, -- share of the steps on the way up
  anneal = {type = "string", choices = {"cos", "linear"}, default = "cos"}, -- the shape of both ways
  div_factor = {type = "number", min = 1, default = 25},          -- begins at max_lr / div_factor
  final_div_factor = {type = "number", min = 1, default = 1e4},   -- ends at that / final_div_factor
  cycle_momentum = {type = "boolean", default = true},            -- momentum, or Adam's first beta, goes the other way
  base_momentum = {type = "number", min = 0, max = 1, default = 0.85}, -- momentum where the learning rate is highest
  max_momentum = {type = "number", min = 0, max = 1, default = 0.95},  -- momentum at the ends
}, function(o, t, lr)
  local top = o.max_lr or lr
  local first, linear = top / o.div_factor, o.anneal == "linear"
  local up, last = o.pct_start * o.steps - 1, o.steps - 1
  t = math.min(t, last)
  if t <= up then
    local share = up > 0 and t / up or 1
    return blend(first, top, share, linear), o.cycle_momentum and blend(o.max_momentum, o.base_momentum, share, linear)
  end
  local share = (t - up) / (last - up)
  return blend(top, first / o.final_div_factor, share, linear),
    o.cycle_momentum and blend(o.base_momentum, o.max_momentum, share, linear)
end)

define("warmup", {
  steps = {type = "integer", min = 1, required = true},
  start = {type = "number", min = 0, default = 1 / 3}, -- the factor at step 0
  after = {type = "any"},                              -- the schedule from step `steps` on
}, function(o, t, lr)
  if t < o.steps then return lr * (o.start + (1 - o.start) * t / o.steps) end
  if o.after then return o.after.formula(o.after.o, t - o.steps, lr) end
  return lr
end, function(o)
  if o.after ~= nil and not schedule.is(o.after) then
    error(("schedule.warmup: option 'after' must be a schedule, got %s"):format(options.show(o.after)), 3)
  end
  if o.after and o.after.o.unit ~= o.unit then
    error(("schedule.warmup: it counts in %ss and the schedule after it in %ss"):format(o.unit, o.after.o.unit), 3)
  end
end)

define("plateau", {
  mode = {type = "string", choices = {"min", "max"}}, -- default: as whoever calls observe says
  factor = {type = "number", min = 0, max = 1, default = 0.1},
  patience = {type = "integer", min = 0, default = 10}, -- observations without a better score before it acts
  threshold = {type = "number", min = 0, default = 1e-4}, -- a score is better only by more than this
  threshold_mode = {type = "string", choices = {"rel", "abs"}, default = "rel"}, -- of the best score, or as it is
  cooldown = {type = "integer", min = 0, default = 0}, -- observations after a change that do not count
  min_lr = {type = "number", min = 0, default = 0},    -- no learning rate is lowered beyond it
  eps = {type = "number", min = 0, default = 1e-8},   -- smaller changes are not made
}, function() return nil end)

local custom_schema = {unit = unit}

--- A schedule from a function(t, lr) of the step and the group's first learning rate that returns the learning rate.
function schedule.custom(fn, given)
  options.argument("schedule.custom", 1, "function", fn, {type = "function"})
  local o = options.check("schedule.custom", given, custom_schema)
  return setmetatable({name = "custom", o = o, per_epoch = 1, formula = function(_, t, lr) return fn(t, lr) end}, Schedule)
end

local function needs_steps(self) return self.name == "cosine" or self.name == "one_cycle" end

--- Begins anew, for a training of so many steps, and so many an epoch. A schedule that was not given its `steps` takes all of them.
function Schedule:plan(total, per_epoch)
  self.per_epoch = self.o.unit == "epoch" and per_epoch or 1
  self.base, self.best, self.waited, self.cooling = nil, nil, nil, nil
  local counted = math.max(1, total // self.per_epoch)
  if needs_steps(self) and (self.planned or not self.o.steps) then self.o.steps, self.planned = counted, true end
  if self.o.after then self.o.after:plan(math.max(1, counted - self.o.steps), 1) end
  return self
end

--- The learning rate at step t of a group that began with `lr` (nil where the schedule does not say), and the momentum where it
-- sets that.
function Schedule:at(t, lr)
  local inner = self
  while inner do
    if needs_steps(inner) and not inner.o.steps then
      error(("schedule.%s: option 'steps' is required outside eg.fit"):format(inner.name), 2)
    end
    inner = inner.o.after
  end
  return self.formula(self.o, t // self.per_epoch, lr)
end

local function set_momentum(group, momentum)
  if group.betas then group.betas = {momentum, group.betas[2]}
  elseif group.momentum then group.momentum = momentum end
end

--- Before the optimizer's step t (0, 1, ...): sets the learning rate of each group.
function Schedule:step(optimizer, t)
  if not self.base then
    self.base = {}
    for i = 1, #optimizer.groups do self.base[i] = optimizer:lr(i) end
  end
  if #self.base ~= #optimizer.groups then
    error(("schedule.%s: it knows %d groups, the optimizer has %d"):format(self.name, #self.base, #optimizer.groups), 2)
  end
  for i, group in ipairs(optimizer.groups) do
    local lr, momentum = self:at(t, self.base[i])
    if lr then optimizer:set_lr(lr, i) end
    if momentum then set_momentum(group, momentum) end
  end
end

local function better(o, mode, value, best)
  if value ~= value then return false end
  if not best then return true end
  local margin = o.threshold_mode == "rel" and best * o.threshold or o.threshold
  if mode == "max" then return value > best + margin end
  return value < best - margin
end

--- After an epoch: a score, which only plateau looks at. `maximize` says whether more is better, where the schedule's mode does not.
-- Returns whether learning rates were lowered.
---@param optimizer ecgraft.Optimizer
function Schedule:observe(optimizer, value, maximize)
  if self.o.after then return self.o.after:observe(optimizer, value, maximize) end
  if self.name ~= "plateau" then return false end
  local o, mode = self.o, self.o.mode or (maximize and "max" or "min")
  if better(o, mode, value, self.best) then
    self.best, self.waited = value, 0
  else
    self.waited = (self.waited or 0) + 1
  end
  if (self.cooling or 0) > 0 then self.cooling, self.waited = self.cooling - 1, 0 end
  if self.waited <= o.patience then return false end
  self.cooling, self.waited = o.cooldown, 0
  local lowered = false
  for i = 1, #optimizer.groups do
    local old = optimizer:lr(i)
    local new = math.max(old * o.factor, o.min_lr)
    if old - new > o.eps then
      optimizer:set_lr(new, i)
      lowered = true
    end
  end
  return lowered
end

--- What has to be saved to go on: numbers and tables only.
function Schedule:state()
  return {base = self.base, best = self.best, waited = self.waited, cooling = self.cooling, after = self.o.after and self.o.after:state()}
end

--- Goes on from what state() returned.
function Schedule:load_state(state)
  if type(state) ~= "table" then
    error(("schedule.%s:load_state: expected what state() returns, got %s"):format(self.name, options.show(state)), 2)
  end
  self.base, self.best, self.waited, self.cooling = state.base, state.best, state.waited, state.cooling
  if self.o.after then self.o.after:load_state(state.after or {}) end
end

colon.class(Schedule, "schedule")

return schedule
