--- Layers that are made of layers.
--   nn.Sequential{a, b, ...}   one after the other; children are named "0", "1" ... as in PyTorch's files; net[1] is the first, #net
--                              how many
--   nn.Residual(body [, shortcut [, {relu = true}]])   relu(body(x) + shortcut(x)); without shortcut x itself is added
--
-- Batch-norm takes a residual and a ReLU into its own pass, and goes into the convolution before it where nothing is trained or recorded,
-- so both containers hand them over where one follows the other.
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"
local folding = require "ecgraft.nn.folding"
local core = require "ecgraft.core"

local Sequential = module.class "Sequential"
local Residual = module.class "Residual"
Sequential.keeps_nothing, Residual.keeps_nothing = true, true

local is = module.is_plain
local known = {relu = {type = "boolean", default = true}}

function Sequential:init(layers)
  options.argument("nn.Sequential", 1, "layers", layers, {type = "table"}, 3)
  for i, layer in ipairs(layers) do
    if not module.is(layer) then
      error(("nn.Sequential: entry %d must be a module, got %s"):format(i, options.show(layer)), 3)
    end
    self[tostring(i - 1)] = layer
  end
  rawset(self, "layers", #layers)
end

--- The number of layers, and the i-th of them (from 1, or from -1 at the end).
function Sequential:layer(i) return rawget(self, tostring(i < 0 and self.layers + i or i - 1)) end

Sequential.__len = function(self) return self.layers end
Sequential.__index = function(self, key)
  if math.type(key) == "integer" then return Sequential.layer(self, key) end
  return Sequential[key]
end

--- The last layer may be given a residual and a ReLU to take into its pass; only Residual asks for that.
function Sequential:forward(x, residual, relu)
  local i, n = 1, self.layers
  while i <= n do
    local layer = self:layer(i)
    local conv = is(layer, "Conv1d") and is(self:layer(i + 1), "BatchNorm1d") and layer
    if conv then
      i = i + 1
      layer = self:layer(i)
    end
    local norm = conv or is(layer, "BatchNorm1d")
    local side, rectify = nil, nil
    if residual and i == n then
      side, rectify = residual, relu
    elseif norm and is(self:layer(i + 1), "ReLU") then
      rectify = true
      i = i + 1
    end
    if conv then x = folding.conv_norm(conv, layer, x, side, rectify)
    elseif norm or side then x = layer(x, side, rectify)
    else x = layer(x) end
    i = i + 1
  end
  return x
end

function Residual:init(body, shortcut, given)
  if not module.is(body) or (shortcut ~= nil and not module.is(shortcut)) then
    error("nn.Residual: expected a module and, optionally, a module for the shortcut", 3)
  end
  rawset(self, "relu", options.check("nn.Residual", given, known, 3).relu)
  self.body = body
  self.shortcut = shortcut
end

function Residual:forward(x)
  local side = self.shortcut and self.shortcut(x) or x
  local body = self.body
  if is(body, "Sequential") and is(body:layer(-1), "BatchNorm1d") then return body(x, side, self.relu) end
  local y = body(x) + side
  return self.relu and core.ops.relu(y) or y
end

return {Sequential = Sequential, Residual = Residual}
