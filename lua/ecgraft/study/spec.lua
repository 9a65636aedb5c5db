--- From what a script gives eg.study{} to checked, plain tables; everything a study can be told is in the schema here.
local augmentation = require "ecgraft.study.augmentation"
local options = require "ecgraft.options"
local protocols = require "ecgraft.study.protocols"
local strategy = require "ecgraft.transfer.strategy"
local tune = require "ecgraft.study.tune"

local spec = {}

local schema = {
  name = {type = "string", required = true},                 -- of the study: its folder, its report
  upstream = {type = "table", default = {}},                 -- sets by name, on which networks are pretrained
  downstream = {type = "table", required = true},            -- sets by name, on which arms are compared
  networks = {type = "table", required = true},              -- names of eg.models, or {name, options ...}
  strategies = {type = "table"},                             -- names of eg.transfer, or strategies; default scratch and finetune
  sizes = {type = "table", default = {"all"}},               -- numbers of training records, and "all"
  seeds = {type = "table", default = {1, 2, 3, 4, 5, 6}},    -- a run each
  protocol = {type = "string", choices = {"strict", "paper"}, default = "strict"}, -- how parts, epochs and thresholds are chosen
  metric = {type = "string"},                                -- of eg.metrics.evaluate, by which epochs are chosen and arms compared
  compare_with = {type = "string"},                          -- the folder of this study under the other protocol
  split = {type = "table"},                                  -- train, val, test (shares), by, seed; default .7, .1, .2 by patient
  tune = {type = "boolean|table"},                           -- learning rates to choose from on validation; true: lr, lr / 3, lr / 10
  train = {type = "table", default = {}},                    -- epochs, batch, lr, optimizer, schedule ...: ORDER TRAIN
  pretrain = {type = "table", default = {}},                 -- what differs upstream
  examples = {type = "boolean", default = true},             -- keep and show test records with what the network saw
  resamples = {type = "integer", min = 100, default = 2000}, -- of the intervals
  confidence = {type = "number", min = 0.5, max = 0.999, default = 0.95}, -- of the intervals
}

-- ORDER TRAIN
local train_schema = {
  epochs = {type = "integer", min = 1},
  min_steps = {type = "integer", min = 0, default = 0},
  val_steps = {type = "integer", min = 0, default = 0},
  batch = {type = "integer", min = 1},
  lr = {type = "number", min = 0},
  optimizer = {type = "string", choices = {"adam", "adamw", "sgd", "rmsprop"}},
  weight_decay = {type = "number", min = 0, default = 0},
  momentum = {type = "number", min = 0, max = 1},
  schedule = {type = "string", choices = {"constant", "cosine", "one_cycle"}, default = "constant"},
  patience = {type = "integer", min = 1},
  clip_norm = {type = "number", min = 0},
  scaler = {type = "string", choices = {"set", "lead", "record", "minmax", "none"}},
  augment = {type = "table"}, -- what eg.data.augment is told; its rate is that of the set where none is given
  crop = {type = "integer", min = 1},
}

local split_schema = {
  train = {type = "number", min = 0, max = 1},
  val = {type = "number", min = 0, max = 1},
  test = {type = "number", min = 0, max = 1},
  by = {type = "string", choices = {"patient", "record"}},
  seed = {type = "integer"},
}

local function merged(where, base, given, fields)
  local out = options.check(where, given, fields, 5)
  for name, value in pairs(base) do
    if given[name] == nil then out[name] = value end
  end
  return out
end

--- Blames whoever calls eg.study, however deep in this file the fault is found.
local function fail(...)
  local here, level = debug.getinfo(1, "S").source, 2
  while debug.getinfo(level, "S").source == here do level = level + 1 end
  error("study: " .. string.format(...), level + 1)
end

--- What training is told. Augmentation is a table of options and no function, so that a study knows whether it is the same when it goes on.
local function training(where, base, given)
  local out = merged(where, base, given, train_schema)
  local ok, message = pcall(augmentation, out, 100)
  if not ok then error(("%s: augment: %s"):format(where, message:gsub("^[^\n]-:%d+: ", "")), 5) end
  return out
end

--- Sets as a list of {name =, set =, value =}: a table of name -> dataset, function or parts, in the order of names.
local function named_sets(what, given)
  local list = {}
  for _, name in ipairs(options.names(given)) do
    local value = given[name]
    if value == nil then value = given[tonumber(name)] end
    local kind = type(value)
    if tonumber(name) or not name:find("^[%w_%-]+$") then
      fail("%s: sets are given by name, {georgia = set}; got the name %s (letters, digits, - and _)", what, options.show(name))
    elseif kind ~= "table" and kind ~= "function" then
      fail("%s.%s must be a dataset or a function that returns one, got %s", what, name, options.show(value))
    end
    list[#list + 1] = {name = name, set = name, value = value}
  end
  return list
end

local entry_schema = {
  set = {type = "table|function", required = true},
  task = {type = "any", default = "classification"},
  pretrain = {type = "table"},
}

--- The tasks of an upstream entry: one, or a list of them.
local function tasks_of(name, given)
  local tasks = require "ecgraft.tasks"
  local list = type(given) == "table" and not tasks.is_task(given) and given or {given}
  local out = {}
  for i, each in ipairs(list) do
    local task, message = tasks.find(each)
    if not task then fail("upstream.%s: %s", name, message) end
    out[i] = task
  end
  if #out == 0 then fail("upstream.%s: task: expected at least one, got none", name) end
  return out
end

--- Upstream sets as a list of {name, set, value, task, pretrain}, one for each task that is pretrained on a set. A set is given as those
-- downstream, or as {set = that, task = a task or several, pretrain = what differs}. A task other than classification is in the name.
local function upstreams(given, pretrain)
  local list, seen = {}, {}
  for _, each in ipairs(named_sets("upstream", given)) do
    local entry = each.value
    local own_options = type(entry) == "table" and (rawget(entry, "set") or rawget(entry, "task") or rawget(entry, "pretrain"))
    if not own_options then entry = {set = entry} end
    local o = options.check("study: upstream." .. each.name, entry, entry_schema, 4)
    local own = o.pretrain and training(("study: upstream.%s: pretrain"):format(each.name), pretrain, o.pretrain)
    for _, task in ipairs(tasks_of(each.name, o.task)) do
      local name = task.name == "classification" and each.name or each.name .. "-" .. task.name
      if seen[name] then fail("upstream: the name '%s' comes twice", name) end
      seen[name] = true
      list[#list + 1] = {name = name, set = each.name, value = o.set, task = task, pretrain = own or pretrain, own = own ~= nil}
    end
  end
  return list
end

local function network_name(entry)
  local parts = {entry[1]}
  for _, key in ipairs(options.names(entry)) do
    if not tonumber(key) then
      parts[#parts + 1] = key == "head" and tostring(entry[key]) or key .. tostring(entry[key])
    end
  end
  return table.concat(parts, "-")
end

local function networks(given)
  local models = require "ecgraft.models"
  local list, seen = {}, {}
  for i, entry in ipairs(given) do
    if type(entry) == "string" then entry = {entry} end
    if type(entry) ~= "table" then fail("networks[%d] must be a name or a table, got %s", i, options.show(entry)) end
    local network
    if entry.build then
      if type(entry.name) ~= "string" or type(entry.build) ~= "function" then
        fail("networks[%d]: a network of one's own is {name = \"...\", build = function(shape) ... end}", i)
      end
      network = {name = entry.name, build = entry.build}
    else
      local model, extra = entry[1], {}
      local known = false
      for _, name in ipairs(models.names) do known = known or name == model end
      if not known then
        fail("networks[%d]: unknown network %s; known: %s", i, options.show(model), table.concat(models.names, ", "))
      end
      for key, value in pairs(entry) do if type(key) == "string" and key ~= "name" then extra[key] = value end end
      network = {name = entry.name or network_name(entry), model = model, extra = extra}
    end
    if not network.name:find("^[%w_%-%.]+$") then
      fail("networks[%d]: the name %s may hold letters, digits, '.', '-' and '_'", i, options.show(network.name))
    end
    if seen[network.name] then fail("networks: the name '%s' comes twice; give one of them a name = ...", network.name) end
    seen[network.name] = true
    list[i] = network
  end
  if #list == 0 then fail("networks: expected at least one, got none") end
  return list
end

local function strategies(given)
  local transfer = require "ecgraft.transfer"
  local list = {}
  for i, entry in ipairs(given or {"scratch", "finetune"}) do
    local value = entry
    if type(entry) == "string" then value = rawget(transfer, entry) end
    if not strategy.is(value) then
      fail("strategies[%d]: unknown strategy %s; known: %s, or one's own by transfer.strategy{}", i, options.show(entry),
        table.concat(transfer.names, ", "))
    end
    list[i] = value
  end
  if #list == 0 then fail("strategies: expected at least one, got none") end
  return list
end

local function numbers(what, given, words)
  local list, seen = {}, {}
  for i, value in ipairs(given) do
    if not (math.type(value) == "integer" and value >= 1) and not (words and words[value]) then
      fail("%s[%d] must be a whole number of at least 1%s, got %s", what, i, words and ' or "all"' or "", options.show(value))
    end
    if seen[value] then fail("%s: %s comes twice", what, tostring(value)) end
    seen[value] = true
    list[i] = value
  end
  if #list == 0 then fail("%s: expected at least one, got none", what) end
  return list
end

--- The learning rates to choose from, or nil. They are chosen on a validation set, which the protocol must have.
local function rates(given, lr, select_on)
  if not given then return nil end
  if select_on ~= "val" then
    fail("tune: learning rates are chosen on a validation set, and this protocol has none")
  end
  if given == true then return tune.default_rates(lr) end
  local list, seen = {}, {}
  for i, rate in ipairs(given) do
    if type(rate) ~= "number" or not (rate > 0 and rate < math.huge) then
      fail("tune[%d] must be a learning rate above 0, got %s", i, options.show(rate))
    end
    local name = ("%.6g"):format(rate) -- the candidate's folder
    if seen[name] then fail("tune: %s comes twice", name) end
    seen[name], list[i] = true, rate
  end
  if #list == 0 then fail("tune: expected true or at least one learning rate, got none") end
  return list
end

--- Checks everything; raises with the name of what is wrong.
function spec.check(given)
  local o = options.check("study", given, schema, 3)
  local protocol = protocols[o.protocol]
  local out = {
    name = o.name, protocol = o.protocol, select_on = protocol.select_on, subset = protocol.subset,
    metric = o.metric or protocol.metric, examples = o.examples, resamples = o.resamples, confidence = o.confidence,
    downstream = named_sets("downstream", o.downstream),
    networks = networks(o.networks), strategies = strategies(o.strategies),
    sizes = numbers("sizes", o.sizes, {all = true}), seeds = numbers("seeds", o.seeds),
    split = merged("study: split", protocol.split, o.split or {}, split_schema),
  }
  if #out.downstream == 0 then fail("downstream: expected at least one set, got none") end
  out.train = training("study: train", protocol.train, o.train)
  out.pretrain = training("study: pretrain", out.train, o.pretrain)
  out.upstream = upstreams(o.upstream, out.pretrain)
  out.compare_with = o.compare_with
  out.tune = rates(o.tune, out.train.lr, protocol.select_on)
  local sourced = false
  for _, each in ipairs(out.strategies) do
    if each.source then sourced = true end
    if each.solve and protocol.select_on ~= "val" then
      fail("the strategy %s chooses on a validation set, and this protocol has none", each.name)
    elseif each.solve and out.train.crop then
      fail("the strategy %s sees whole records: it does not go with train = {crop = %d}", each.name, out.train.crop)
    end
  end
  if sourced and #out.upstream == 0 then
    fail("the strategy needs a pretrained network, but upstream has no set")
  end
  return out
end

return spec
