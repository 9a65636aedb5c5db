--- transfer.fit(net, set, {strategy =, from =, ...}) --> history, share, values: one training by a transfer strategy, as a study does it.
local adapt_leads = require("ecgraft.transfer.leads").adapt
local feeds = require "ecgraft.data.feed"
local files = require "ecgraft.files"
local is_tensor = require("ecgraft.tensor").is
local nn = require "ecgraft.nn"
local options = require "ecgraft.options"
local strategy = require "ecgraft.transfer.strategy"
local tasks = require "ecgraft.tasks"
local train = require "ecgraft.train"

local WHERE = "transfer.fit"

local schema = {
  strategy = {type = "any", required = true},                 -- a name in eg.transfer.names, or a strategy
  from = {type = "any"},                                      -- where the first weights come from: a network, a state, or the path of a
                                                              -- model file; a strategy that begins at random does not read it
  optimizer = {type = "string|function", default = "adam"},   -- "adam", "adamw", "sgd", "rmsprop", or function(groups) -> optimizer
  lr = {type = "number", min = 0, default = 1e-3},            -- the learning rate, from which a strategy makes those of its groups
  weight_decay = {type = "number", min = 0},                  -- default the optimizer's own
  momentum = {type = "number", min = 0},                      -- default the optimizer's own
}

-- Those of eg.fit but task: what is learnt are the classes of the set.
for name, field in pairs(train.fields) do
  if name ~= "task" and name ~= "optimizer" then schema[name] = field end
end

local function fail(format, ...) error((WHERE .. ": " .. format):format(...), 2) end

local function strategy_of(given)
  local transfer = require "ecgraft.transfer"
  local value = type(given) == "string" and rawget(transfer, given) or given
  if not strategy.is(value) then
    fail("unknown strategy %s; known: %s, or one's own by transfer.strategy{}", options.show(given), table.concat(transfer.names, ", "))
  end
  return value
end

local function clones(state)
  local out = {}
  for name, tensor in pairs(state) do out[name] = tensor:detach():clone() end
  return out
end

-- The pretrained state, and the leads that it was trained on where that is known; nil and a message where a file cannot be read. What the
-- net itself was trained to is copied, as the net is about to change.
local function source_of(net, given)
  if type(given) == "string" then
    local message
    given, message = nn.load(given)
    if not given then return nil, message end
  end
  if nn.is_module(given) then
    local state = given:state()
    return given == net and clones(state) or state, given.card and given.card.leads
  end
  local is_state = type(given) == "table" and next(given) ~= nil
  if is_state then
    for _, tensor in pairs(given) do is_state = is_state and is_tensor(tensor) end
  end
  if not is_state then
    fail("option 'from' must be a network, a state as net:state() gives, or the path of a model file, got %s", options.show(given))
  end
  return clones(given)
end

-- Values in the net that came from the source, and all of them; nil and a message where there is no source.
local function begin(net, set, chosen, o)
  if not chosen.source then
    local _, values = net:count()
    if chosen.start then chosen.start(net, nil, {seed = o.seed}) end
    return 0, values
  end
  if o.from == nil then fail("the strategy %s needs the option 'from': a network, a state or the path of a model file", chosen.name) end
  local state, leads = source_of(net, o.from)
  if not state then return nil, leads end
  if leads and set.leads then state = adapt_leads(net, state, leads, set.leads) end
  local copied, values = 0, nil
  if chosen.start then copied, values = chosen.start(net, state, {seed = o.seed}) end
  return copied or 0, values or select(2, net:count())
end

-- A strategy that sets the weights without epochs: a checkpoint's folder is given its history alone.
local function solve(net, set, chosen, o)
  local history = chosen.solve(net, set, o.val, {metric = o.monitor or tasks.classification.monitor, scaler = o.scaler, seed = o.seed})
  if o.checkpoint then
    local ok, message = files.make_folder(o.checkpoint)
    if ok then ok, message = history:save(o.checkpoint .. "/history.csv") end
    if not ok then error(("%s: the history could not be written: %s"):format(WHERE, message), 0) end
  end
  return history
end

-- Both penalties, where there are two.
local function sum_of(first, second)
  if not (first and second) then return first or second end
  return function(net)
    local a, b = first(net), second(net)
    return a and b and a + b or a or b
  end
end

-- What eg.fit is told.
local function told(net, chosen, o)
  local out = {}
  for name in pairs(train.fields) do out[name] = o[name] end
  local groups = chosen.groups and chosen.groups(net, o.lr)
  function out.optimizer(parameters)
    groups = groups or {{params = parameters}}
    if type(o.optimizer) == "function" then return o.optimizer(groups) end
    return train.optimizer(o.optimizer, groups, {lr = o.lr, weight_decay = o.weight_decay, momentum = o.momentum})
  end
  out.penalty = sum_of(chosen.penalty, o.penalty)
  out.before_epoch = chosen.on_epoch
  if chosen.on_epoch and o.before_epoch then
    function out.before_epoch(...)
      chosen.on_epoch(...)
      o.before_epoch(...)
    end
  end
  out.before_epoch = out.before_epoch or o.before_epoch
  return out
end

local function is_in(list, value)
  for _, each in ipairs(list) do if each == value then return true end end
  return false
end

local function check_set(what, set)
  if nn.is_module(set) or not feeds.is_set(set) or not set.labels then fail("%s must be a dataset, got %s", what, options.show(set)) end
end

-- What a strategy without epochs cannot do.
local function check_solve(chosen, o)
  if o.crop then fail("the strategy %s sees whole records, not windows of them: leave out the option 'crop'", chosen.name) end
  if o.monitor == "loss" then
    fail("option 'monitor' must be a score such as \"macro_auroc\" for the strategy %s, got \"loss\"", chosen.name)
  end
end

local function run(net, set, o)
  if not nn.is_module(net) then fail("argument 1 (net) must be a network, got %s", options.show(net)) end
  check_set("argument 2 (set)", set)
  train.takes(WHERE, net, set, "the training set", 1, o.crop)
  if o.val then
    check_set("option 'val'", o.val)
    train.takes(WHERE, net, o.val, "val", 1, o.crop)
  end
  local chosen = strategy_of(o.strategy)
  if type(o.optimizer) == "string" and not is_in(train.optimizer_names, o.optimizer) then
    fail("option 'optimizer' must be one of %s, or a function of the groups, got %s", table.concat(train.optimizer_names, ", "),
      options.show(o.optimizer))
  end
  if chosen.solve then check_solve(chosen, o) end
  local trained = {}
  for _, tensor in net:named_parameters() do trained[tensor] = tensor:requires_grad() end
  local _ <close> = setmetatable({}, {__close = function()
    for tensor, on in pairs(trained) do tensor:requires_grad(on) end
  end})
  local copied, values = begin(net, set, chosen, o)
  if not copied then return nil, values end
  local history = chosen.solve and solve(net, set, chosen, o) or train.fit(net, set, told(net, chosen, o))
  return history, copied / values, values
end

--- Trains `net` on the dataset `set` by a transfer strategy:
-- transfer.fit(net, set, {strategy = "lp_ft", from = pretrained, val = val, epochs = 30, lr = 1e-3, optimizer = "adam"}).
-- The net has a head for the classes of the set. The strategy gives it its first weights from `from`, adapted by the names of the leads
-- where that says what it was trained on (a network or a model file does, a state does not); then it is trained as by eg.fit, with the
-- strategy's groups of parameters, its penalty and what it freezes in each epoch. One that solves for its head (svm_probe) has no epochs:
-- what is said of them has no bearing. Options are those of eg.fit but task, and those above; penalty and before_epoch come on top of the
-- strategy's. Afterwards the same parameters are frozen as before.
-- Returns the history, the share of the net's values that came from `from`, and how many values the net has; nil and a message where the
-- model file cannot be read.
---@param net ecgraft.Module
return function(net, set, given)
  local o = options.check(WHERE, given, schema)
  local found = table.pack(pcall(run, net, set, o)) ---@type table
  if found[1] then return table.unpack(found, 2, found.n) end
  local here, message = debug.getinfo(1, "S").short_src, found[2]
  local own = type(message) == "string" and message:sub(1, #here + 1) == here .. ":" and message:match("^:%d+: (.*)$", #here + 1)
  if own then error(own, 2) end -- what we were given is our caller's affair
  error(message, 0)
end
