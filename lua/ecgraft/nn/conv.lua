--- nn.Conv1d(inputs, outputs, kernel, {stride = 1, padding = 0, dilation = 1, groups = 1, bias = true})
-- x (N, L, inputs) -> (N, (L + 2 padding - dilation (kernel - 1) - 1) / stride + 1, outputs).
-- padding = "same" keeps the length (stride 1, odd kernel span). The weight is (outputs, kernel, inputs / groups).
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"
local initialize = require "ecgraft.nn.initialize"

local Conv1d = module.class "Conv1d"
Conv1d.keeps_nothing = true

local known = {
  stride = {type = "integer", min = 1, default = 1},         -- samples from one output to the next
  padding = {type = "integer|string", min = 0, default = 0}, -- zeros at each end; "same" keeps the length
  dilation = {type = "integer", min = 1, default = 1},       -- samples from one tap to the next
  groups = {type = "integer", min = 1, default = 1},         -- channels are cut into so many separate convolutions
  bias = {type = "boolean", default = true},                 -- whether a constant is added to each output
}

local function same_padding(o, kernel)
  local span = o.dilation * (kernel - 1)
  if o.padding ~= "same" then
    error(("nn.Conv1d: option 'padding' must be an integer or \"same\", got %q"):format(o.padding), 4)
  elseif o.stride ~= 1 or span % 2 ~= 0 then
    error("nn.Conv1d: padding = \"same\" needs stride 1 and an odd kernel span", 4)
  end
  return span // 2
end

function Conv1d:init(inputs, outputs, kernel, given)
  self.inputs = options.argument("nn.Conv1d", 1, "inputs", inputs, {type = "integer", min = 1}, 3)
  self.outputs = options.argument("nn.Conv1d", 2, "outputs", outputs, {type = "integer", min = 1}, 3)
  self.kernel = options.argument("nn.Conv1d", 3, "kernel", kernel, {type = "integer", min = 1}, 3)
  local o = options.check("nn.Conv1d", given, known, 3)
  if type(o.padding) == "string" then o.padding = same_padding(o, kernel) end
  if inputs % o.groups ~= 0 or outputs % o.groups ~= 0 then
    error(("nn.Conv1d: groups %d must divide %d inputs and %d outputs"):format(o.groups, inputs, outputs), 3)
  end
  self.stride, self.padding, self.dilation, self.groups = o.stride, o.padding, o.dilation, o.groups
  self.options = {stride = o.stride, padding = o.padding, dilation = o.dilation, groups = o.groups}
  local fan_in = kernel * inputs // o.groups
  self.weight = initialize.default(core.zeros(outputs, kernel, inputs // o.groups), fan_in):requires_grad(true)
  if o.bias then self.bias = initialize.default(core.zeros(outputs), fan_in):requires_grad(true) end
end

function Conv1d:forward(x) return core.ops.conv1d(x, self.weight, self.bias, self.options) end

return {Conv1d = Conv1d}
