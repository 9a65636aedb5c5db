---@meta ecgraft.optim
-- require "ecgraft.optim".

---@class ecgraft.optim
---@field schedule ecgraft.schedules schedules of the learning rate
local optim = {}

---@alias ecgraft.ParameterGroups ecgraft.Tensor[]|table[] tensors, or groups {params = {tensors}, lr = ...}

--- Stochastic gradient descent, with momentum and Nesterov's look-ahead.
---
--- Optimizers: optim.SGD, Adam, AdamW, RMSprop (parameters or groups, options), with PyTorch's update rules.
---
---   local opt = optim.Adam(net:parameters(), {lr = 1e-3})
---   local opt = optim.AdamW({{params = body, lr = 1e-4}, {params = head}}, {lr = 1e-3, betas = {0.9, 0.99}})
---   opt:zero_grad(); loss:backward(); optim.clip_grad_norm(net:parameters(), 1); opt:step()
---
--- Options, which a group may have for itself; the defaults are PyTorch's:
---   SGD      lr 1e-3, momentum 0, dampening 0, weight_decay 0, nesterov false
---   Adam     lr 1e-3, betas {0.9, 0.999}, eps 1e-8, weight_decay 0 (added to the gradient)
---   AdamW    as Adam, weight_decay 1e-2 (apart from the gradient)
---   RMSprop  lr 1e-2, alpha 0.99, eps 1e-8, weight_decay 0, momentum 0, centered false
--- opt.groups[i] is {params = ..., lr = ..., ...}: what is read there is what is used, what is set there is used from then on.
---@param params ecgraft.ParameterGroups
---@param options? ecgraft.optim.SGD.Options
---@return ecgraft.Optimizer
function optim.SGD(params, options) end

--- Steps scaled by running means of the gradient and its square.
---
--- Optimizers: optim.SGD, Adam, AdamW, RMSprop (parameters or groups, options), with PyTorch's update rules.
---
---   local opt = optim.Adam(net:parameters(), {lr = 1e-3})
---   local opt = optim.AdamW({{params = body, lr = 1e-4}, {params = head}}, {lr = 1e-3, betas = {0.9, 0.99}})
---   opt:zero_grad(); loss:backward(); optim.clip_grad_norm(net:parameters(), 1); opt:step()
---
--- Options, which a group may have for itself; the defaults are PyTorch's:
---   SGD      lr 1e-3, momentum 0, dampening 0, weight_decay 0, nesterov false
---   Adam     lr 1e-3, betas {0.9, 0.999}, eps 1e-8, weight_decay 0 (added to the gradient)
---   AdamW    as Adam, weight_decay 1e-2 (apart from the gradient)
---   RMSprop  lr 1e-2, alpha 0.99, eps 1e-8, weight_decay 0, momentum 0, centered false
--- opt.groups[i] is {params = ..., lr = ..., ...}: what is read there is what is used, what is set there is used from then on.
---@param params ecgraft.ParameterGroups
---@param options? ecgraft.optim.Adam.Options
---@return ecgraft.Optimizer
function optim.Adam(params, options) end

--- Adam with weight decay apart from the gradient.
---
--- Optimizers: optim.SGD, Adam, AdamW, RMSprop (parameters or groups, options), with PyTorch's update rules.
---
---   local opt = optim.Adam(net:parameters(), {lr = 1e-3})
---   local opt = optim.AdamW({{params = body, lr = 1e-4}, {params = head}}, {lr = 1e-3, betas = {0.9, 0.99}})
---   opt:zero_grad(); loss:backward(); optim.clip_grad_norm(net:parameters(), 1); opt:step()
---
--- Options, which a group may have for itself; the defaults are PyTorch's:
---   SGD      lr 1e-3, momentum 0, dampening 0, weight_decay 0, nesterov false
---   Adam     lr 1e-3, betas {0.9, 0.999}, eps 1e-8, weight_decay 0 (added to the gradient)
---   AdamW    as Adam, weight_decay 1e-2 (apart from the gradient)
---   RMSprop  lr 1e-2, alpha 0.99, eps 1e-8, weight_decay 0, momentum 0, centered false
--- opt.groups[i] is {params = ..., lr = ..., ...}: what is read there is what is used, what is set there is used from then on.
---@param params ecgraft.ParameterGroups
---@param options? ecgraft.optim.AdamW.Options
---@return ecgraft.Optimizer
function optim.AdamW(params, options) end

--- Steps scaled by a running mean of the gradient's square.
---
--- Optimizers: optim.SGD, Adam, AdamW, RMSprop (parameters or groups, options), with PyTorch's update rules.
---
---   local opt = optim.Adam(net:parameters(), {lr = 1e-3})
---   local opt = optim.AdamW({{params = body, lr = 1e-4}, {params = head}}, {lr = 1e-3, betas = {0.9, 0.99}})
---   opt:zero_grad(); loss:backward(); optim.clip_grad_norm(net:parameters(), 1); opt:step()
---
--- Options, which a group may have for itself; the defaults are PyTorch's:
---   SGD      lr 1e-3, momentum 0, dampening 0, weight_decay 0, nesterov false
---   Adam     lr 1e-3, betas {0.9, 0.999}, eps 1e-8, weight_decay 0 (added to the gradient)
---   AdamW    as Adam, weight_decay 1e-2 (apart from the gradient)
---   RMSprop  lr 1e-2, alpha 0.99, eps 1e-8, weight_decay 0, momentum 0, centered false
--- opt.groups[i] is {params = ..., lr = ..., ...}: what is read there is what is used, what is set there is used from then on.
---@param params ecgraft.ParameterGroups
---@param options? ecgraft.optim.RMSprop.Options
---@return ecgraft.Optimizer
function optim.RMSprop(params, options) end

--- Scales all gradients so that their common norm is at most `most`. Returns the norm before.
---@param parameters ecgraft.Tensor[]
---@param most number
---@return number
function optim.clip_grad_norm(parameters, most) end

--- Limits each entry of each gradient to -most .. most.
---@param parameters ecgraft.Tensor[]
---@param most number
function optim.clip_grad_value(parameters, most) end

---@class ecgraft.Optimizer
---@field kind string "SGD", "Adam" ...
---@field name string
---@field groups table[] {params = ..., lr = ..., ...}: what is set there is used from then on
local Optimizer = {}

--- Adds a group: {params = {tensors}, lr = ...}; what it leaves out is as in the options the optimizer was made with.
---@param group {params: ecgraft.Tensor[]}
function Optimizer:add_group(group) end

--- One step: every parameter that has a gradient is changed; one without is passed over.
function Optimizer:step() end

--- Drops the gradients of all parameters.
function Optimizer:zero_grad() end

--- The learning rate of a group (default the first).
---@param group? integer
---@return number
function Optimizer:lr(group) end

--- Sets the learning rate of a group, or of all.
---@param lr number
---@param group? integer
function Optimizer:set_lr(lr, group) end

--- What the optimizer has learnt, for saving: {tensors = {["1.exp_avg"] = tensor, ...}, plain = {kind, groups, steps}}. Parameters
--- are counted over all groups. The tensors are the optimizer's own, not copies; `plain` holds only numbers, strings and tables.
---@return {tensors: table<string, ecgraft.Tensor>, plain: table}
function Optimizer:state() end

--- Goes on from what state() returned; the groups must be the same in number and parameters.
---@param state {tensors: table<string, ecgraft.Tensor>, plain: table}
function Optimizer:load_state(state) end

---@class ecgraft.schedules
local schedule = {}

---@class ecgraft.Schedule
---@field name string
local Schedule = {}

--- Whether a value is a schedule.
---@param value any
---@return boolean
function schedule.is(value) end

--- Learning-rate schedules: small values, functions of the step. The formulas are those of torch.optim.lr_scheduler.
---
---   schedule.cosine{steps =, min_lr = 0}                        CosineAnnealingLR; stays at min_lr after `steps`
---@param options? ecgraft.schedules.cosine.Options
---@return ecgraft.Schedule
function schedule.cosine(options) end

--- Learning-rate schedules: small values, functions of the step. The formulas are those of torch.optim.lr_scheduler.
---
---   schedule.step{every =, gamma = 0.1}                         StepLR: times gamma after each `every`
---@param options ecgraft.schedules.step.Options
---@return ecgraft.Schedule
function schedule.step(options) end

--- Learning-rate schedules: small values, functions of the step. The formulas are those of torch.optim.lr_scheduler.
---
---   schedule.one_cycle{steps =, max_lr =, pct_start = 0.3, ...}  OneCycleLR (Smith and Topin 2018)
---@param options? ecgraft.schedules.one_cycle.Options
---@return ecgraft.Schedule
function schedule.one_cycle(options) end

--- Learning-rate schedules: small values, functions of the step. The formulas are those of torch.optim.lr_scheduler.
---
---   schedule.warmup{steps =, start = 1/3, after = schedule}      LinearLR, then `after`, which counts from there
---@param options ecgraft.schedules.warmup.Options
---@return ecgraft.Schedule
function schedule.warmup(options) end

--- Learning-rate schedules: small values, functions of the step. The formulas are those of torch.optim.lr_scheduler.
---
---   schedule.plateau{mode = "min", factor = 0.1, patience = 10, ...}  ReduceLROnPlateau, told a score by observe()
---@param options? ecgraft.schedules.plateau.Options
---@return ecgraft.Schedule
function schedule.plateau(options) end

--- A schedule from a function(t, lr) of the step and the group's first learning rate that returns the learning rate.
---@param fn fun(t: integer, lr: number): number
---@param options? ecgraft.schedules.custom.Options
---@return ecgraft.Schedule
function schedule.custom(fn, options) end

--- Begins anew, for a training of so many steps, and so many an epoch. A schedule that was not given its `steps` takes all of them.
---@param total integer
---@param per_epoch integer
---@return ecgraft.Schedule
function Schedule:plan(total, per_epoch) end

--- The learning rate at step t of a group that began with `lr` (nil where the schedule does not say), and the momentum where it
--- sets that.
---@param t integer
---@param lr number
---@return number?
---@return number? momentum
function Schedule:at(t, lr) end

--- Before the optimizer's step t (0, 1, ...): sets the learning rate of each group.
---@param optimizer ecgraft.Optimizer
---@param t integer
function Schedule:step(optimizer, t) end

--- After an epoch: a score, which only plateau looks at. `maximize` says whether more is better, where the schedule's mode does not.
--- Returns whether learning rates were lowered.
---@param optimizer ecgraft.Optimizer
---@param value number
---@param maximize? boolean
---@return boolean
function Schedule:observe(optimizer, value, maximize) end

--- What has to be saved to go on: numbers and tables only.
---@return table
function Schedule:state() end

--- Goes on from what state() returned.
---@param state table
function Schedule:load_state(state) end

return optim
