--- The network's probabilities, (N, K): eg.predict(net, set [, options]), without recording, in evaluation mode.
--   batch       records at a time. Default 64
--   activation  "sigmoid" (several classes may hold), "softmax" (one of K), "none" (logits); default what the task that the net was
--               trained on makes of its outputs: "sigmoid" of classes; of the task intervals the values in their units
--   task        the task that the net was trained on, where it is one of your own
--   scaler      how signals are scaled; default the one stored with the net (net.card.scaler), or none
--   progress    true: a progress line. Default false
-- `set` is a dataset or a tensor of signals (N, L, leads). A net that was trained on windows (fit's option crop) sees the middle one of
-- each record.
local core = require "ecgraft.core"
local batches = require "ecgraft.train.batches"
local feeds = require "ecgraft.data.feed"
local evaluating = require "ecgraft.train.evaluating"
local match = require "ecgraft.train.match"
local nn = require "ecgraft.nn"
local options = require "ecgraft.options"
local progress = require "ecgraft.progress"
local takes = require "ecgraft.train.takes"
local tasks = require "ecgraft.tasks"
local tensor = require "ecgraft.tensor"
local window = require "ecgraft.train.window"

local schema = {
  batch = {type = "integer", min = 1, default = 64},
  activation = {type = "string", choices = {"sigmoid", "softmax", "none"}},
  task = {type = "table"},
  scaler = {type = "table"},
  progress = {type = "boolean", default = false},
}

local activations = {
  sigmoid = function(y) return y:sigmoid() end,
  softmax = function(y) return y:softmax(2) end,
  none = function(y) return y end,
}

--- What becomes of a net's outputs.
local function activation_of(net, how, own)
  local trained = net.card and net.card.task
  if how or not trained then return activations[how or "sigmoid"] end
  local task = own or tasks.find(trained.name)
  if not task then
    error(("predict: the network was trained on the task %s, which is none of the library's: give it as the option task, or ask for "
      .. "activation = \"none\""):format(trained.name), 3)
  elseif not task.values then
    error(("predict: the network was trained on the task %s, which has not trained its head: give it a new one (eg.models.new_head) and "
      .. "train that, or ask for activation = \"none\""):format(trained.name), 3)
  end
  return function(y) return task.values(trained, y) end
end

--- Calls run(x) for one batch of scaled signals after the other, in evaluation mode and without recording, and joins what it returns.
local function over_batches(where, net, set, o, run)
  local given = set
  if tensor.is(set) then set = {signals = set} end
  if not feeds.is_set(set) or #feeds.shape(set) ~= 3 then
    error(("%s: expected a dataset or a tensor (records, time, leads), got %s"):format(where,
      tensor.is(given) and "a tensor of shape {" .. table.concat(given:shape(), ", ") .. "}" or options.show(given)), 3)
  end
  takes(where, net, set, "the set", 3, net.card and net.card.crop)
  if net.card then match(where, "the network", net.card, set, "the set", 3) end
  local scaler = o.scaler or (net.card and net.card.scaler)
  local count = feeds.shape(set)[1]
  local line = progress.new{label = where, total = count, unit = "records", quiet = not o.progress}
  local function cut(x) return window.middle(where, x, net.card and net.card.crop) end
  local result = evaluating(net, function()
    local out = {}
    local feed <close> = feeds.new(set, nil, o.batch)
    for first = 1, count, o.batch do
      out[#out + 1] = run(batches.next(feed, set, scaler, cut))
      line:advance(math.min(o.batch, count - first + 1))
    end
    if #out == 0 then return core.zeros(0, net.options and net.options.classes or 0) end
    return tensor.cat(out)
  end)
  line:finish()
  return result
end

local prediction = {}

local function check_net(where, net)
  if not nn.is_module(net) then error(("%s: argument 1 (net) must be a network, got %s"):format(where, options.show(net)), 3) end
end

function prediction.predict(net, set, given)
  check_net("predict", net)
  local o = options.check("predict", given, schema)
  local activate = activation_of(net, o.activation, o.task)
  return (over_batches("predict", net, set, o, function(x) return activate(net(x)) end)) -- no tail call: errors count its level
end

local features_schema = {batch = schema.batch, scaler = schema.scaler, progress = schema.progress}

--- eg.features(net, set [, options]) --> (N, D): what the net's head sees (net:features), options as for predict.
function prediction.features(net, set, given)
  check_net("features", net)
  local o = options.check("features", given, features_schema)
  if type(net.features) ~= "function" then
    error("features: the net has no features(x); those of eg.models have", 2)
  end
  return (over_batches("features", net, set, o, function(x) return net:features(x) end))
end

return prediction
