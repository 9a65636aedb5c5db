--- The layers of eg.nn as PyTorch: class -> {make = function(layer, expression) -> Python that makes it, needs = name of a class in the
-- list below}. Where PyTorch's layer wants channels before time, a small class around it keeps ECGraft's order, so that any network of such
-- layers is a plain nn.Sequential of them, with the same names of parameters. A new layer of the library: a line here.
local layers = {}

local function python(value)
  if type(value) == "boolean" then return value and "True" or "False" end
  return math.type(value) == "integer" and tostring(value) or ("%.17g"):format(value):gsub("^(%-?%d+)$", "%1.0")
end

--- A number as short as it reads back the same.
local function number(value)
  if math.type(value) == "integer" then return tostring(value) end
  for digits = 1, 17 do
    local text = ("%%.%dg"):format(digits):format(value)
    if tonumber(text) == value then return (text:gsub("^(%-?%d+)$", "%1.0")) end
  end
  return python(value)
end

layers.number = number

--- "name(1, 2, stride=2)" of a list of texts and of {name, value, default} triples; what is as by default is left out.
local function call(name, positional, named)
  local parts = table.move(positional, 1, #positional, 1, {})
  for i, value in ipairs(parts) do parts[i] = type(value) == "string" and value or number(value) end
  for _, each in ipairs(named or {}) do
    if each[2] ~= each[3] then parts[#parts + 1] = each[1] .. "=" .. (type(each[2]) == "boolean" and python(each[2]) or number(each[2])) end
  end
  return name .. "(" .. table.concat(parts, ", ") .. ")"
end

layers.call = call

local classes = {}
layers.classes = classes -- class -> {make =, needs =}

--- A convolution; `name` is what it is called: "Conv1d" (channels last) or "nn.Conv1d".
function layers.conv(name, layer)
  return call(name, {layer.inputs, layer.outputs, layer.kernel}, {{"stride", layer.stride, 1}, {"padding", layer.padding, 0},
    {"dilation", layer.dilation, 1}, {"groups", layer.groups, 1}, {"bias", layer.bias ~= nil, true}})
end

function layers.batch_norm(name, layer)
  return call(name, {layer.channels}, {{"eps", layer.eps, 1e-5}, {"momentum", layer.momentum, 0.1}})
end

--- An LSTM or a GRU; batch_first, as every tensor here has records first.
function layers.recurrent(name, layer)
  local made = call(name, {layer.inputs, layer.hidden}, {{"num_layers", layer.layers, 1}, {"bidirectional", layer.bidirectional, false},
    {"dropout", layer.dropout, 0}})
  return made:sub(1, -2) .. ", batch_first=True)"
end

classes.Conv1d = {needs = "Conv1d", make = function(layer) return layers.conv("Conv1d", layer) end}
classes.BatchNorm1d = {needs = "BatchNorm1d", make = function(layer) return layers.batch_norm("BatchNorm1d", layer) end}
classes.LSTM = {needs = "LSTM", make = function(layer) return layers.recurrent("LSTM", layer) end}
classes.GRU = {needs = "GRU", make = function(layer) return layers.recurrent("GRU", layer) end}

classes.Linear = {make = function(layer)
  return call("nn.Linear", {layer.inputs, layer.outputs}, {{"bias", layer.bias ~= nil, true}})
end}

classes.MaxPool1d = {needs = "MaxPool1d", make = function(layer)
  local o = layer.options
  return call("MaxPool1d", {o.kernel}, {{"stride", o.stride, o.kernel}, {"padding", o.padding, 0}})
end}
classes.AvgPool1d = {needs = "AvgPool1d", make = function(layer)
  local o = layer.options
  return call("AvgPool1d", {o.kernel}, {{"stride", o.stride, o.kernel}, {"padding", o.padding, 0},
    {"count_include_pad", o.count_padding, true}})
end}

for _, name in ipairs{"GlobalAvgPool1d", "GlobalMaxPool1d"} do
  classes[name] = {needs = name, make = function() return name .. "()" end}
end

classes.AttentionPool1d = {needs = "AttentionPool1d", make = function(layer) return call("AttentionPool1d", {layer.key.inputs}) end}

for _, name in ipairs{"ReLU", "Tanh", "Sigmoid", "GELU", "SiLU", "Softplus", "Flatten", "Identity"} do
  classes[name] = {make = function() return ("nn.%s()"):format(name) end}
end

classes.LeakyReLU = {make = function(layer) return call("nn.LeakyReLU", {layer.slope}) end}
classes.ELU = {make = function(layer) return call("nn.ELU", {layer.slope}) end}
classes.Dropout = {make = function(layer) return call("nn.Dropout", {layer.p}) end}
-- Dims count from 0 there.
classes.Softmax = {make = function(layer) return call("nn.Softmax", {}, {{"dim", layer.dim < 0 and layer.dim or layer.dim - 1}}) end}

local function indented(text) return (text:gsub("\n", "\n    ")) end

--- "Name(\n    a,\n    b,\n)", or on one line where that is short.
function layers.block(name, parts)
  local line = ("%s(%s)"):format(name, table.concat(parts, ", "))
  if #line <= 90 and not line:find "\n" then return line end
  local rows = {}
  for i, part in ipairs(parts) do rows[i] = indented("\n" .. part .. ",") end
  return ("%s(%s\n)"):format(name, table.concat(rows))
end

classes.Sequential = {make = function(layer, expression, name)
  local parts = {}
  for i = 1, #layer do parts[i] = expression(layer[i], (name == "" and "" or name .. ".") .. (i - 1)) end
  return layers.block("nn.Sequential", parts)
end}

classes.Residual = {needs = "Residual", make = function(layer, expression, name)
  local prefix = name == "" and "" or name .. "."
  local parts = {expression(layer.body, prefix .. "body")}
  if layer.shortcut then parts[2] = expression(layer.shortcut, prefix .. "shortcut") end
  if not layer.relu then parts[#parts + 1] = "relu=False" end
  return layers.block("Residual", parts)
end}

--- The classes that a script may need, in the order in which they are written. ORDER HELPERS.
layers.helpers = {}

local function helper(name, text) layers.helpers[#layers.helpers + 1] = {name = name, text = text} end

for _, each in ipairs{{"Conv1d", "A convolution along time"}, {"MaxPool1d", "The maximum over windows of time"},
    {"AvgPool1d", "The mean over windows of time"}} do
  helper(each[1], ([[
class NAME(nn.NAME):
    """TEXT: (records, time, channels), channels last."""

    def forward(self, x):
        return super().forward(x.transpose(1, 2)).transpose(1, 2)
]]):gsub("NAME", each[1]):gsub("TEXT", each[2]))
end

helper("BatchNorm1d", [[
class BatchNorm1d(nn.BatchNorm1d):
    """Batch normalisation of (records, channels) or (records, time, channels), channels last."""

    def forward(self, x):
        if x.dim() == 2:
            return super().forward(x)
        return super().forward(x.transpose(1, 2)).transpose(1, 2)
]])

for _, name in ipairs{"LSTM", "GRU"} do
  helper(name, ([[
class NAME(nn.NAME):
    """Its outputs at each sample, without the states."""

    def forward(self, x):
        return super().forward(x)[0]
]]):gsub("NAME", name))
end

helper("GlobalAvgPool1d", [[
class GlobalAvgPool1d(nn.Module):
    """The mean over time: (records, time, channels) to (records, channels)."""

    def forward(self, x):
        return x.mean(1)
]])

helper("GlobalMaxPool1d", [[
class GlobalMaxPool1d(nn.Module):
    """The maximum over time: (records, time, channels) to (records, channels)."""

    def forward(self, x):
        return x.amax(1)
]])

helper("AttentionPool1d", [[
class AttentionPool1d(nn.Module):
    """The mean over time, weighted by additive attention: (records, time, channels) to (records, channels)."""

    def __init__(self, channels):
        super().__init__()
        self.key = nn.Linear(channels, channels)
        self.query = nn.Linear(channels, 1, bias=False)

    def forward(self, x):
        weight = self.query(torch.tanh(self.key(x))).softmax(1)
        return (x * weight).sum(1)
]])

helper("Residual", [[
class Residual(nn.Module):
    """relu(body(x) + shortcut(x)); without a shortcut x itself is added."""

    def __init__(self, body, shortcut=None, relu=True):
        super().__init__()
        self.body, self.shortcut, self.relu = body, shortcut, relu

    def forward(self, x):
        y = self.body(x) + (x if self.shortcut is None else self.shortcut(x))
        return y.relu() if self.relu else y
]])

return layers
