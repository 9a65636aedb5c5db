--- A transfer strategy is a small value: how to start, what is trained, what changes by epoch.
--
--   transfer.strategy{
--     name     = "finetune",
--     source   = true,                            -- whether it starts from a pretrained network
--     start    = function(net, source, o) end,     -- gives the net its first weights; source: the pretrained state, name -> tensor;
--                                                    -- o: {seed =}. Returns how many values came from there, and how many there are
--     groups   = function(net, lr) end,             -- parameter groups {{params =, lr =}, ...}; default: one group of all
--     on_epoch = function(net, epoch, epochs) end,   -- before each epoch (from 1): freezes and unfreezes, by its arguments only
--     penalty  = function(net) end,                 -- a scalar added to the loss, or nil
--     solve    = function(net, train, val, o) end,   -- instead of training by epochs: sets the net's weights from the training set and
--                                                    -- returns a history (history.note: what a report is to say of it);
--                                                    -- val may be nil; o: {metric =, scaler =, seed =}
--     variant  = function(options) end,              -- makes another of its kind: what transfer.NAME{...} calls
--     text     = "one line for reports",
--   }
--
-- The optimizer is given all parameters; those that are frozen have no gradient and are passed over.
local head = require "ecgraft.models.head"
local models = require "ecgraft.models"
local options = require "ecgraft.options"

local strategy = {}

local schema = {
  name = {type = "string", required = true},
  text = {type = "string", default = ""},
  source = {type = "boolean", default = true},
  start = {type = "function"},
  groups = {type = "function"},
  on_epoch = {type = "function"},
  penalty = {type = "function"},
  solve = {type = "function"},
  variant = {type = "function"},
}

local Strategy = {__name = "ecgraft.Strategy"}
Strategy.__index = Strategy
Strategy.__tostring = function(self) return ("strategy %s: %s"):format(self.name, self.text) end
Strategy.__call = function(self, given)
  if not self.variant then error(("transfer.%s takes no options"):format(self.name), 2) end
  return (self.variant(given)) -- no tail call: errors count its level
end

--- Makes a transfer strategy, which says how to start and what is trained. See the head of this file.
function strategy.new(given)
  return setmetatable(options.check("transfer.strategy", given, schema), Strategy)
end

--- Whether a value is a strategy.
function strategy.is(value) return getmetatable(value) == Strategy end

local function starts_with(name, prefix) return name:sub(1, #prefix) == prefix end

--- Whether a parameter's name belongs to the net's head.
function strategy.in_head(net, name)
  if not net.head_name then
    error(("transfer: %s does not say which layer is its head: give its class a field head_name, as in %s.head_name = \"fc\""):format(
      net._name, net._name), 0)
  end
  return starts_with(name, net.head_name .. ".")
end

local function same_shape(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do if a[i] ~= b[i] then return false end end
  return true
end

--- Copies the pretrained state into the net, all but the head. A body entry that is missing or of another shape is an error: the
-- networks differ. Returns the number of values copied and of all values in the net.
function strategy.load_body(net, source)
  local copied, all, body = 0, 0, {}
  for name, tensor in net:named_state() do
    if not strategy.in_head(net, name) then
      local from = source[name]
      if not from then error(("transfer: the pretrained network has no '%s'"):format(name), 3) end
      if not same_shape(from:shape(), tensor:shape()) then
        error(("transfer: '%s' has shape {%s} in the pretrained network, {%s} here"):format(name,
          table.concat(from:shape(), ", "), table.concat(tensor:shape(), ", ")), 3)
      end
      body[name] = from
    end
  end
  net:load_state(body, {strict = false})
  for name, tensor in net:named_parameters() do
    all = all + tensor:numel()
    if body[name] then copied = copied + tensor:numel() end
  end
  return copied, all
end

--- What strategies with a head of their choice take: mlp (units of a hidden layer; 0: linear) and mlp_dropout; without, the head is as
-- the network has it.
strategy.head_fields = {
  mlp = {type = head.fields.mlp.type, min = head.fields.mlp.min},
  mlp_dropout = {type = head.fields.mlp_dropout.type, min = head.fields.mlp_dropout.min, max = head.fields.mlp_dropout.max},
}

--- A start as load_body, behind a head by options of head_fields.
function strategy.start_with_head(o)
  if not o.mlp and not o.mlp_dropout then return strategy.load_body end
  return function(net, source)
    models.new_head(net, net.options and net.options.classes or 1, {mlp = o.mlp, mlp_dropout = o.mlp_dropout})
    return strategy.load_body(net, source)
  end
end

--- The words about such a head.
function strategy.head_text(o)
  return o.mlp and o.mlp > 0 and ("new head with %d hidden units"):format(o.mlp) or "new head"
end

--- The parts of the net from input to head as lists of {name, tensor}; a net without stages() has its top-level modules as parts.
function strategy.parts(net)
  local stages = net.stages and net:stages()
  if not stages then
    stages = {}
    for _, field in ipairs(net._fields) do
      if net._kinds[field] == "module" then stages[#stages + 1] = {field} end
    end
  end
  local parts = {}
  for i, modules in ipairs(stages) do
    parts[i] = {}
    for name, tensor in net:named_parameters() do
      for _, module in ipairs(modules) do
        if starts_with(name, module .. ".") then table.insert(parts[i], {name, tensor}) end
      end
    end
  end
  return parts
end

--- Marks the parameters for which wanted(name) is true as trained, the others as frozen.
function strategy.train_only(net, wanted)
  for name, tensor in net:named_parameters() do
    local on = wanted(name) and true or false
    tensor:requires_grad(on)
    if not on then tensor:zero_grad() end
  end
end

return strategy
