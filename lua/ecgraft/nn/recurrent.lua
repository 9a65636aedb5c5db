--- Recurrent layers: nn.LSTM(inputs, hidden, {layers = 1, bidirectional = false, dropout = 0, recompute = false}), nn.GRU(inputs, hidden,
-- {...}) likewise. x (N, L, inputs) -> y (N, L, hidden), or 2 * hidden where bidirectional: forward first.
-- net(x [, state]) --> y, state; a state is a list, one entry a layer and direction: {h = (N, hidden), c = (N, hidden) for the LSTM}.
-- Hochreiter & Schmidhuber 1997, Cho et al. 2014; equations, gate order (i f g o; r z n) and parameter names as in PyTorch.
-- recompute = true computes the gates again in backward: a third of the memory for some time.
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"
local initialize = require "ecgraft.nn.initialize"

local known = {
  layers = {type = "integer", min = 1, max = 1000, default = 1},
  bidirectional = {type = "boolean", default = false},        -- also from the last sample to the first
  dropout = {type = "number", min = 0, max = 1, default = 0}, -- between layers
  recompute = {type = "boolean", default = false},            -- computes the gates again in backward
}

local function suffixes(self)
  local list = {}
  for layer = 0, self.layers - 1 do
    for _, direction in ipairs(self.bidirectional and {"", "_reverse"} or {""}) do
      list[#list + 1] = {layer = layer, name = "_l" .. layer .. direction, reverse = direction ~= ""}
    end
  end
  return list
end

local function recurrent(name, op, gates)
  local Recurrent = module.class(name)
  Recurrent.keeps_nothing = true

  function Recurrent:init(inputs, hidden, given)
    self.inputs = options.argument("nn." .. name, 1, "inputs", inputs, {type = "integer", min = 1}, 3)
    self.hidden = options.argument("nn." .. name, 2, "hidden", hidden, {type = "integer", min = 1}, 3)
    local o = options.check("nn." .. name, given, known, 3)
    self.layers, self.bidirectional, self.dropout, self.recompute = o.layers, o.bidirectional, o.dropout, o.recompute
    local directions = o.bidirectional and 2 or 1
    for _, part in ipairs(suffixes(self)) do
      local width = part.layer == 0 and inputs or hidden * directions
      for _, field in ipairs{{"weight_ih", width}, {"weight_hh", hidden}, {"bias_ih"}, {"bias_hh"}} do
        local shape = {gates * hidden, field[2]}
        self[field[1] .. part.name] = initialize.default(core.zeros(shape), hidden):requires_grad(true)
      end
    end
  end

  local function parameters(self, part)
    return self["weight_ih" .. part.name], self["weight_hh" .. part.name], self["bias_ih" .. part.name], self["bias_hh" .. part.name]
  end

  -- What the two directions of a layer begin with, as one tensor (2, N, hidden); nil where neither is given.
  local function joined(self, x, states, field)
    local parts, given = {}, (states[1] and states[1][field]) or (states[2] and states[2][field])
    for i = 1, given and 2 or 0 do
      parts[i] = states[i] and states[i][field] or core.zeros(x:size(1), self.hidden)
    end
    return given and core.ops.stack(parts, 1)
  end

  ---@return ecgraft.Tensor y
  ---@return {h: ecgraft.Tensor, c?: ecgraft.Tensor}[] states
  local function run_one(self, x, part, state)
    local w_ih, w_hh, b_ih, b_hh = parameters(self, part)
    local inputs, count = {w_ih, w_hh, b_ih, b_hh, state and state.h, state and state.c}, gates == 4 and 6 or 5 -- the GRU has no c
    inputs[count + 1] = {reverse = part.reverse, recompute = self.recompute}
    local y, cell = core.ops[op](x, table.unpack(inputs, 1, count + 1))
    return y, {{h = y:select(2, part.reverse and 1 or -1), c = cell}}
  end

  -- Both directions in one call.
  ---@return ecgraft.Tensor y
  ---@return {h: ecgraft.Tensor, c?: ecgraft.Tensor}[] states
  local function run_both(self, x, forward, backward, states)
    local inputs, count = {parameters(self, forward)}, gates == 4 and 6 or 5
    inputs[5] = joined(self, x, states, "h")
    if gates == 4 then inputs[6] = joined(self, x, states, "c") end
    inputs[count + 1], inputs[count + 2], inputs[count + 3], inputs[count + 4] = parameters(self, backward)
    inputs[count + 5] = {recompute = self.recompute}
    local y, cell = core.ops[op](x, table.unpack(inputs, 1, count + 5))
    local out = {}
    for i = 1, 2 do
      local at_end = y:select(2, i == 1 and -1 or 1)
      out[i] = {h = at_end:narrow(2, (i - 1) * self.hidden + 1, self.hidden), c = cell and cell:select(1, i)}
      module.release(at_end)
    end
    if cell then module.release(cell) end
    return y, out
  end

  -- The layer whose parts begin at `first`.
  local function run_layer(self, x, parts, first, state)
    if not self.bidirectional then return run_one(self, x, parts[first], state and state[first]) end
    return run_both(self, x, parts[first], parts[first + 1], {state and state[first], state and state[first + 1]})
  end

  function Recurrent:forward(x, state)
    local parts, out = suffixes(self), {}
    local per_layer = self.bidirectional and 2 or 1
    for first = 1, #parts, per_layer do
      local y, states = run_layer(self, x, parts, first, state)
      x = y
      table.move(states, 1, per_layer, first, out)
      if self.dropout > 0 and self.training and first + per_layer <= #parts then
        x = core.ops.dropout(x, {p = self.dropout, training = true})
      end
    end
    return x, out
  end

  return Recurrent
end

return {LSTM = recurrent("LSTM", "lstm", 4), GRU = recurrent("GRU", "gru", 3)}
