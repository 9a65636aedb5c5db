--- The paper's 1-D residual networks (He et al. 2016, bodies as in torchvision, with k = 3 convolutions along time).
--
-- Stem: Conv1d(leads, 64, 7, stride 2, padding 3), BN, ReLU, MaxPool1d(3, stride 2, padding 1); four stages of widths 64, 128, 256, 512;
-- mean over time; fc1 to 512, ReLU, fc2 to the classes. Parameter names are those of the paper's PyTorch code:
-- conv1, bn1, layer1.0.conv1, layer1.0.bn1, layer2.0.downsample.0, ... fc1, fc2.
local core = require "ecgraft.core"
local options = require "ecgraft.options"
local nn = require "ecgraft.nn"

local function conv(inputs, outputs, kernel, stride)
  return nn.Conv1d(inputs, outputs, kernel, {stride = stride, padding = kernel // 2, bias = false})
end

local function downsample(inputs, outputs, stride)
  if stride == 1 and inputs == outputs then return nil end
  return nn.Sequential{conv(inputs, outputs, 1, stride), nn.BatchNorm1d(outputs)}
end

--- Two k = 3 convolutions; the stride is in the first.
local BasicBlock = nn.module "BasicBlock"
BasicBlock.expansion = 1

function BasicBlock:init(inputs, width, stride)
  self.conv1 = conv(inputs, width, 3, stride)
  self.bn1 = nn.BatchNorm1d(width)
  self.conv2 = conv(width, width, 3, 1)
  self.bn2 = nn.BatchNorm1d(width)
  self.downsample = downsample(inputs, width, stride)
end

function BasicBlock:forward(x)
  local side = self.downsample and self.downsample(x) or x
  local y = self.bn1(self.conv1(x), nil, true)
  return self.bn2(self.conv2(y), side, true)
end

--- 1x1, k = 3 with the stride, 1x1 to four times the width.
local Bottleneck = nn.module "Bottleneck"
Bottleneck.expansion = 4

function Bottleneck:init(inputs, width, stride)
  local outputs = width * Bottleneck.expansion
  self.conv1 = conv(inputs, width, 1, 1)
  self.bn1 = nn.BatchNorm1d(width)
  self.conv2 = conv(width, width, 3, stride)
  self.bn2 = nn.BatchNorm1d(width)
  self.conv3 = conv(width, outputs, 1, 1)
  self.bn3 = nn.BatchNorm1d(outputs)
  self.downsample = downsample(inputs, outputs, stride)
end

function Bottleneck:forward(x)
  local side = self.downsample and self.downsample(x) or x
  local y = self.bn1(self.conv1(x), nil, true)
  y = self.bn2(self.conv2(y), nil, true)
  return self.bn3(self.conv3(y), side, true)
end

local depths = {
  [18] = {block = BasicBlock, blocks = {2, 2, 2, 2}},
  [50] = {block = Bottleneck, blocks = {3, 4, 6, 3}},
  [101] = {block = Bottleneck, blocks = {3, 4, 23, 3}},
}

local ResNet1d = nn.module "ResNet1d"

ResNet1d.head_name = "fc2"

--- {depth = 18 | 50 | 101, leads = 12, classes = 5, width = 64, hidden = 512}; width is the first stage's, hidden the size of fc1.
function ResNet1d:init(given)
  local o = options.check("models.resnet1d", given, {
    depth = {type = "integer", choices = {18, 50, 101}, required = true},
    leads = {type = "integer", min = 1, default = 12},
    classes = {type = "integer", min = 1, default = 5},
    width = {type = "integer", min = 1, default = 64},
    hidden = {type = "integer", min = 1, default = 512},
  }, 4)
  rawset(self, "options", o)
  local plan, channels = depths[o.depth], o.width
  self.conv1 = conv(o.leads, channels, 7, 2)
  self.bn1 = nn.BatchNorm1d(channels)
  for stage, count in ipairs(plan.blocks) do
    local width, blocks = o.width << (stage - 1), {}
    for i = 1, count do
      blocks[i] = plan.block(channels, width, (i == 1 and stage > 1) and 2 or 1)
      channels = width * plan.block.expansion
    end
    self["layer" .. stage] = nn.Sequential(blocks)
  end
  self.fc1 = nn.Linear(channels, o.hidden)
  self.fc2 = nn.Linear(o.hidden, o.classes)
  for _, module in self:named_modules() do
    if module._name == "Conv1d" then nn.init.kaiming_normal(module.weight, {mode = "fan_out"}) end
  end
end

--- x (N, L, leads) -> feature maps (N, about L / 32, channels) of the last stage.
function ResNet1d:maps(x)
  x = self.bn1(self.conv1(x), nil, true)
  x = core.ops.max_pool1d(x, {kernel = 3, stride = 2, padding = 1})
  return self.layer4(self.layer3(self.layer2(self.layer1(x))))
end

--- x (N, L, leads) -> (N, hidden), what the head sees.
function ResNet1d:features(x)
  return self.fc1(core.ops.global_avg_pool1d(self:maps(x))):relu()
end

function ResNet1d:forward(x) return self.fc2(self:features(x)) end

--- The parts from the input to the head, each a list of module names: what gradual and discriminative strategies go by.
function ResNet1d:stages() -- luacheck: ignore self
  return {{"conv1", "bn1"}, {"layer1"}, {"layer2"}, {"layer3"}, {"layer4"}, {"fc1"}, {"fc2"}}
end

return {class = ResNet1d}
