--- Optimizers: optim.SGD, Adam, AdamW, RMSprop (parameters or groups, options), with PyTorch's update rules.
--
--   local opt = optim.Adam(net:parameters(), {lr = 1e-3})
--   local opt = optim.AdamW({{params = body, lr = 1e-4}, {params = head}}, {lr = 1e-3, betas = {0.9, 0.99}})
--   opt:zero_grad(); loss:backward(); optim.clip_grad_norm(net:parameters(), 1); opt:step()
--
-- Options, which a group may have for itself; the defaults are PyTorch's:
--   SGD      lr 1e-3, momentum 0, dampening 0, weight_decay 0, nesterov false
--   Adam     lr 1e-3, betas {0.9, 0.999}, eps 1e-8, weight_decay 0 (added to the gradient)
--   AdamW    as Adam, weight_decay 1e-2 (apart from the gradient)
--   RMSprop  lr 1e-2, alpha 0.99, eps 1e-8, weight_decay 0, momentum 0, centered false
-- opt.groups[i] is {params = ..., lr = ..., ...}: what is read there is what is used, what is set there is used from then on.
local colon = require "ecgraft.colon"
local core = require "ecgraft.core"
local known_elsewhere = require("ecgraft.pytorch_names").optimizer
local named = require "ecgraft.named"
local options = require "ecgraft.options"

local optim = {
  --- Scales all gradients so that their common norm is at most `most`; returns the norm before.
  clip_grad_norm = core.optim.clip_grad_norm,
  --- Limits each entry of each gradient to -most .. most.
  clip_grad_value = core.optim.clip_grad_value,
}

local Optimizer = {__name = "ecgraft.optim.Optimizer"}
Optimizer.__index = Optimizer

-- In Lua beta1 and beta2 are one option, as in PyTorch: betas = {beta1, beta2}.

local function schema_of(kind)
  local schema = {}
  for _, setting in ipairs(kind.settings) do
    local name = setting.name:match("^beta%d$") and "betas" or setting.name
    schema[name] = {type = name == "betas" and "table" or setting.flag and "boolean" or "number"}
  end
  return schema
end

local function to_settings(where, given)
  local settings = {}
  for name, value in pairs(given) do settings[name] = value end
  if given.betas ~= nil then
    local betas = given.betas
    if type(betas) ~= "table" or #betas ~= 2 or type(betas[1]) ~= "number" or type(betas[2]) ~= "number" then
      error(("%s: betas must be two numbers, {0.9, 0.999}, got %s"):format(where, options.show(betas)), 0)
    end
    settings.betas, settings.beta1, settings.beta2 = nil, betas[1], betas[2]
  end
  return settings
end

local function from_settings(settings)
  if settings.beta1 then
    settings.betas = {settings.beta1, settings.beta2}
    settings.beta1, settings.beta2 = nil, nil
  end
  return settings
end

-- Calls into the core, so that what it raises blames the caller of the method.
local function guarded(level, fn, ...)
  local result = table.pack(pcall(fn, ...))
  if not result[1] then error((tostring(result[2]):gsub("^[^:]+:%d+: ", "")), level + 1) end
  return table.unpack(result, 2, result.n)
end

-- A group as a table whose fields are the core's settings.
local group_meta = {
  __index = function(group, name)
    local handle, index = rawget(group, 1), rawget(group, 2)
    return from_settings(handle:settings(index))[name]
  end,
  __newindex = function(group, name, value)
    local owner, handle, index = rawget(group, 0), rawget(group, 1), rawget(group, 2)
    local given = options.check(owner.name, {[name] = value}, owner.schema, 2)
    guarded(2, function() handle:configure(index, to_settings(owner.name, given)) end)
  end,
  __pairs = function(group)
    local fields = from_settings(rawget(group, 1):settings(rawget(group, 2)))
    fields.params = rawget(group, "params")
    return next, fields, nil
  end,
}

group_meta.__tostring = function(group)
  local settings, shown = rawget(group, 1):settings(rawget(group, 2)), {}
  for _, name in ipairs(options.names(settings)) do shown[#shown + 1] = name .. " " .. tostring(settings[name]) end
  return ("group %d of %s: %d tensors, %s"):format(rawget(group, 2), rawget(group, 0).kind, #rawget(group, "params"),
    table.concat(shown, ", "))
end

--- Adds a group: {params = {tensors}, lr = ...}; what it leaves out is as in the options the optimizer was made with.
function Optimizer:add_group(group)
  local where = self.name
  if type(group) ~= "table" or type(group.params) ~= "table" then
    error(("%s: a group must be a table {params = {tensors}, ...}, got %s"):format(where, options.show(group)), 2)
  end
  local own = {}
  for name, value in pairs(group) do if name ~= "params" then own[name] = value end end
  own = options.check(where .. " group", own, self.schema)
  local settings = {}
  for name in pairs(self.schema) do
    local value = own[name]
    if value == nil then value = self.given[name] end
    settings[name] = value
  end
  local params = table.move(group.params, 1, #group.params, 1, {})
  guarded(2, function() self.handle:add_group(params, to_settings(where, settings)) end)
  local index = #self.groups + 1
  self.groups[index] = setmetatable({[0] = self, [1] = self.handle, [2] = index, params = params}, group_meta)
end

--- One step: every parameter that has a gradient is changed; one without is passed over.
function Optimizer:step() guarded(2, self.handle.step, self.handle) end

--- Drops the gradients of all parameters.
function Optimizer:zero_grad() self.handle:zero_grad() end

local function check_group(self, where, group)
  options.argument(self.name .. ":" .. where, 2, "group", group, {type = "integer", min = 1}, 3)
  if group > #self.groups then
    error(("%s:%s: group %d of %d"):format(self.name, where, group, #self.groups), 3)
  end
end

--- The learning rate of a group (default the first).
function Optimizer:lr(group)
  group = group or 1
  check_group(self, "lr", group)
  return self.handle:settings(group).lr
end

--- Sets the learning rate of a group, or of all.
function Optimizer:set_lr(lr, group)
  options.argument(self.name .. ":set_lr", 1, "lr", lr, {type = "number"})
  if group then check_group(self, "set_lr", group) end
  guarded(2, function()
    for i = group or 1, group or #self.groups do self.handle:configure(i, {lr = lr}) end
  end)
end

--- What the optimizer has learnt, for saving: {tensors = {["1.exp_avg"] = tensor, ...}, plain = {kind, groups, steps}}. Parameters
-- are counted over all groups. The tensors are the optimizer's own, not copies; `plain` holds only numbers, strings and tables.
function Optimizer:state()
  local count = self.handle:count()
  local tensors, plain = {}, {kind = self.kind, groups = {}, steps = {}}
  for i = 1, count do
    plain.steps[i] = self.handle:steps(i)
    for _, slot in ipairs(self.slots) do tensors[i .. "." .. slot] = self.handle:slot(i, slot) end
  end
  for i = 1, #self.groups do plain.groups[i] = self.handle:settings(i) end
  return {tensors = tensors, plain = plain}
end

-- Finds fault with a state before anything is changed.
local function check_state(self, state)
  local function fail(format, ...) error((self.name .. ":load_state: " .. format):format(...), 4) end
  if type(state) ~= "table" or type(state.tensors) ~= "table" or type(state.plain) ~= "table" then
    fail("expected what state() returns, got %s", options.show(state))
  end
  local plain, count = state.plain, self.handle:count()
  if plain.kind ~= self.kind then fail("the state is of %s", tostring(plain.kind)) end
  if type(plain.groups) ~= "table" or #plain.groups ~= #self.groups then
    fail("the state has %d groups, the optimizer %d", type(plain.groups) == "table" and #plain.groups or 0, #self.groups)
  end
  if type(plain.steps) ~= "table" or #plain.steps ~= count then
    fail("the state has %d parameters, the optimizer %d", type(plain.steps) == "table" and #plain.steps or 0, count)
  end
  local known = {}
  for i = 1, count do
    local shape = table.concat(self.handle:parameter(i):shape(), ", ")
    for _, slot in ipairs(self.slots) do
      local name = i .. "." .. slot
      local tensor = state.tensors[name]
      known[name] = true
      if tensor and table.concat(tensor:shape(), ", ") ~= shape then
        fail("'%s' has shape {%s}, expected {%s}", name, table.concat(tensor:shape(), ", "), shape)
      end
    end
  end
  for _, name in ipairs(options.names(state.tensors)) do
    if not known[name] then fail("'%s' is no state of this optimizer", name) end
  end
end

--- Goes on from what state() returned; the groups must be the same in number and parameters.
function Optimizer:load_state(state)
  check_state(self, state)
  guarded(2, function()
    for i, settings in ipairs(state.plain.groups) do self.handle:configure(i, settings) end
    for i, steps in ipairs(state.plain.steps) do
      self.handle:steps(i, math.tointeger(steps))
      for _, slot in ipairs(self.slots) do self.handle:set_slot(i, slot, state.tensors[i .. "." .. slot]) end
    end
  end)
end

function Optimizer:__tostring()
  local lines = {("%s, %d parameters"):format(self.kind, (self.handle:count()))}
  for _, group in ipairs(self.groups) do lines[#lines + 1] = "  " .. tostring(group):gsub(" of [^:]*:", ":", 1) end
  return table.concat(lines, "\n")
end

colon.class(Optimizer, "optimizer")

setmetatable(Optimizer, {__index = function(_, name)
  local meant = known_elsewhere[name]
  if meant then error(("an optimizer has no %s; %s"):format(name, meant), 2) end
  return nil
end})

local function make(kind, schema, params, given)
  local name = "optim." .. kind.name
  given = options.check(name, given, schema)
  if type(params) ~= "table" then
    error(("%s: expected a list of parameters or of groups, got %s"):format(name, options.show(params)), 2)
  end
  if type(params.parameters) == "function" then
    error(name .. ": expected a list of tensors, got a network: give net:parameters()", 2)
  end
  if #params == 0 then error(name .. ": the list of parameters is empty", 2) end
  local self = setmetatable({kind = kind.name, name = name, schema = schema, slots = kind.slots, given = given, groups = {},
    handle = core.optim.new(kind.name)}, Optimizer)
  local groups = type(params[1]) == "table" and params or {{params = params}}
  for _, group in ipairs(groups) do guarded(2, self.add_group, self, group) end
  return self
end

for _, kind in ipairs(core.optim.kinds) do
  local schema = schema_of(kind)
  optim[kind.name] = function(params, given) return make(kind, schema, params, given) end
end

optim.schedule = named.module(require "ecgraft.optim.schedule", "eg.optim.schedule")

return optim
