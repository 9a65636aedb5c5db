--- The paper's recurrent networks: one layer, hidden 100, and a head over all outputs (flattened), or over a pooled one.
-- Parameter names are those of the paper's PyTorch code: lstm.weight_ih_l0 ... or gru.weight_ih_l0 ..., and fc.
local core = require "ecgraft.core"
local head = require "ecgraft.models.head"
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"
local nn = require "ecgraft.nn"

local Recurrent = nn.module "RecurrentNet"

Recurrent.head_name = "fc"

local pools = {}

function pools.flatten(_, y) return y:flatten(2) end
function pools.mean(_, y) return core.ops.global_avg_pool1d(y) end
function pools.max(_, y) return core.ops.global_max_pool1d(y) end
function pools.attention(net, y) return net.pool(y) end

--- Where each direction has seen the whole record: its state after its last step.
function pools.last(net, _, state)
  local parts = {}
  for i = #state - (net.options.bidirectional and 1 or 0), #state do parts[#parts + 1] = state[i].h end
  return #parts == 1 and parts[1] or core.ops.cat(parts, 2)
end

local schema = head.schema_with{
  cell = {type = "string", choices = {"lstm", "gru"}, required = true},
  leads = {type = "integer", min = 1, default = 12},    -- of the signals
  classes = {type = "integer", min = 1, default = 5},   -- a logit each
  length = {type = "integer", min = 1, default = 1000}, -- samples a record, for the head "flatten" alone
  hidden = {type = "integer", min = 1, default = 100},  -- units of a direction
  layers = {type = "integer", min = 1, max = 1000, default = 1}, -- one on the other
  bidirectional = {type = "boolean", default = false},  -- also from the last sample to the first
  dropout = {type = "number", min = 0, max = 1, default = 0}, -- between layers
  head = {type = "string", choices = {"flatten", "mean", "max", "last", "attention"}, default = "flatten"}, -- of the outputs over time
  recompute = {type = "boolean", default = false},      -- computes the gates again in backward: less memory, more time
}

--- A recurrent network for signals, (N, L, leads) -> logits (N, classes), as Nguyen & Do use it: models.gru{classes = 5, head = "mean"}.
-- `head` says what becomes of the outputs over time: "flatten" takes all of them, for records of `length` samples only; the others take
-- any length. `cell` ("lstm" or "gru") and, of the bilstm, `bidirectional` are in the name of the functions of eg.models.
function Recurrent:init(given)
  local o = options.check("models.recurrent", given, schema, 4)
  rawset(self, "options", o)
  local cell = o.cell == "lstm" and nn.LSTM or nn.GRU
  self[o.cell] = cell(o.leads, o.hidden, {layers = o.layers, bidirectional = o.bidirectional, dropout = o.dropout,
    recompute = o.recompute})
  local hidden = o.hidden ---@type integer
  local width = hidden * (o.bidirectional and 2 or 1)
  if o.head == "attention" then self.pool = nn.AttentionPool1d(width) end
  self.fc = head.new(o.head == "flatten" and width * o.length or width, o.classes, o)
end

--- x (N, L, leads) -> (N, L, hidden, or twice that in both directions): the outputs at each sample.
function Recurrent:sequence(x) return (self[self.options.cell](x)) end

--- x (N, L, leads) -> what the head sees.
function Recurrent:features(x)
  local o = self.options
  if o.head == "flatten" and x:size(2) ~= o.length then
    error(("the network's flattened head expects records of %d samples, got %d; another length needs another head " ..
      "(\"mean\", \"max\", \"last\", \"attention\") or the option length"):format(o.length, x:size(2)), 2)
  end
  local y, state = self[o.cell](x)
  local features = pools[o.head](self, y, state)
  if module.keeps_nothing(self[o.cell]) and o.head ~= "attention" then
    module.release(y)
    for _, one in ipairs(state) do
      if not rawequal(one.h, features) then module.release(one.h) end
      if one.c then module.release(one.c) end
    end
  end
  return features
end

function Recurrent:forward(x)
  local features = self:features(x)
  local logits = self.fc(features)
  if module.is_plain(self.fc, "Linear") then module.release(features) end
  return logits
end

--- The weights that meet the leads: of the first layer, both directions.
function Recurrent:input_names()
  local names = {self.options.cell .. ".weight_ih_l0"} ---@type string[]
  if self.options.bidirectional then names[2] = names[1] .. "_reverse" end
  return names
end

--- The parts from the input to the head, each a list of module names.
function Recurrent:stages()
  local stages = {{self.options.cell}, {"fc"}}
  if self.pool then table.insert(stages, 2, {"pool"}) end
  return stages
end

return {class = Recurrent}
