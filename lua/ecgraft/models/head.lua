--- The last layer of a network: linear, or with one hidden layer.
local nn = require "ecgraft.nn"

local head = {}

--- Options that every network with such a head takes:
--   mlp          units of a hidden layer; 0, the default: none, the head is linear
--   mlp_dropout  behind the hidden layer's ReLU (0)
head.fields = {
  mlp = {type = "integer", min = 0, default = 0},
  mlp_dropout = {type = "number", min = 0, max = 1, default = 0},
}

--- Adds those options to a schema and returns it.
function head.schema_with(schema)
  for name, field in pairs(head.fields) do schema[name] = field end
  return schema
end

--- A head from `inputs` features to `classes` logits, by options {mlp =, mlp_dropout =}.
function head.new(inputs, classes, o)
  local layer ---@type ecgraft.Module
  if o.mlp == 0 then
    layer = nn.Linear(inputs, classes)
  else
    layer = nn.Sequential{nn.Linear(inputs, o.mlp), nn.ReLU(), nn.Dropout(o.mlp_dropout), nn.Linear(o.mlp, classes)}
    rawset(layer, "inputs", inputs)
    rawset(layer, "outputs", classes)
  end
  return layer
end

return head
