--- The paper's 1-D residual networks (He et al. 2016, bodies as in torchvision, with k = 3 convolutions along time).
--
-- Stem: Conv1d(leads, 64, 7, stride 2, padding 3), BN, ReLU, MaxPool1d(3, stride 2, padding 1); four stages of widths 64, 128, 256, 512;
-- mean over time; fc1 to 512, ReLU, fc2 to the classes. Parameter names are those of the paper's PyTorch code:
-- conv1, bn1, layer1.0.conv1, layer1.0.bn1, layer2.0.downsample.0, ... fc1, fc2.
local core = require "ecgraft.core"
local head = require "ecgraft.models.head"
local options = require "ecgraft.options"
local module = require "ecgraft.nn.module"
local nn = require "ecgraft.nn"
local conv_norm = require("ecgraft.nn.folding").conv_norm

local function conv(inputs, outputs, kernel, stride)
  return nn.Conv1d(inputs, outputs, kernel, {stride = stride, padding = kernel // 2, bias = false})
end

local function downsample(inputs, outputs, stride)
  if stride == 1 and inputs == outputs then return nil end
  return nn.Sequential{conv(inputs, outputs, 1, stride), nn.BatchNorm1d(outputs)}
end

--- Two k = 3 convolutions; the stride is in the first.
local BasicBlock = nn.module "BasicBlock"
BasicBlock.expansion, BasicBlock.keeps_nothing = 1, true

function BasicBlock:init(inputs, width, stride)
  self.conv1 = conv(inputs, width, 3, stride)
  self.bn1 = nn.BatchNorm1d(width)
  self.conv2 = conv(width, width, 3, 1)
  self.bn2 = nn.BatchNorm1d(width)
  self.downsample = downsample(inputs, width, stride)
end

function BasicBlock:forward(x)
  local side = self.downsample and self.downsample(x) or x
  local y = conv_norm(self.conv1, self.bn1, x, nil, true)
  local out = conv_norm(self.conv2, self.bn2, y, side, true)
  if module.keeps_nothing(self) then
    module.release(y)
    if not rawequal(side, x) then module.release(side) end
  end
  return out
end

--- 1x1, k = 3 with the stride, 1x1 to four times the width.
local Bottleneck = nn.module "Bottleneck"
Bottleneck.expansion, Bottleneck.keeps_nothing = 4, true

---@param inputs integer
---@param width integer
---@param stride integer
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
  local y = conv_norm(self.conv1, self.bn1, x, nil, true)
  local z = conv_norm(self.conv2, self.bn2, y, nil, true)
  local alone = module.keeps_nothing(self)
  if alone then module.release(y) end
  local out = conv_norm(self.conv3, self.bn3, z, side, true)
  if alone then
    module.release(z)
    if not rawequal(side, x) then module.release(side) end
  end
  return out
end

local depths = {
  [18] = {block = BasicBlock, blocks = {2, 2, 2, 2}},
  [50] = {block = Bottleneck, blocks = {3, 4, 6, 3}},
  [101] = {block = Bottleneck, blocks = {3, 4, 23, 3}},
}

local ResNet1d = nn.module "ResNet1d"

ResNet1d.head_name = "fc2"
ResNet1d.map_stride = 32 -- samples between the centres of the maps' steps, the first at the record's first sample

local schema = head.schema_with{
  depth = {type = "integer", choices = {18, 50, 101}, required = true},
  leads = {type = "integer", min = 1, default = 12},   -- of the signals
  classes = {type = "integer", min = 1, default = 5},  -- a logit each
  width = {type = "integer", min = 1, default = 64},   -- channels of the first stage
  hidden = {type = "integer", min = 1, default = 512}, -- units of fc1
}

--- A residual network for signals, (N, L, leads) -> logits (N, classes): He et al. 2016 with convolutions over time, as Nguyen & Do use it.
-- Any length. `depth` (18, 50 or 101) is in the name of the functions of eg.models: models.resnet1d18{leads = 12, classes = 5, width = 64}.
function ResNet1d:init(given)
  local o = options.check("models.resnet1d", given, schema, 4)
  rawset(self, "options", o)
  local plan, channels = depths[o.depth], o.width ---@type table, integer
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
  self.fc2 = head.new(o.hidden, o.classes, o)
  for _, each in self:named_modules() do
    if each._name == "Conv1d" then nn.init.kaiming_normal(each.weight, {mode = "fan_out"}) end
  end
end

--- The blocks of a stage, one after the other, letting go of what lies between them, and of x where it is `free`. Returns the result
-- and whether that is free: nobody else has it.
local function run_blocks(stage, x, free)
  if not module.is_plain(stage, "Sequential") then return stage(x), false end
  for i = 1, #stage do
    local y, alone = stage[i](x), module.keeps_nothing(stage[i])
    if free and alone and not rawequal(x, y) then module.release(x) end
    x, free = y, alone
  end
  return x, free
end

local function run_stages(self, x)
  local stem = conv_norm(self.conv1, self.bn1, x, nil, true)
  local y, free = core.ops.max_pool1d(stem, {kernel = 3, stride = 2, padding = 1}), true
  if module.keeps_nothing(self.conv1) and module.keeps_nothing(self.bn1) then module.release(stem) end
  for stage = 1, 4 do y, free = run_blocks(self["layer" .. stage], y, free) end
  return y, free
end

--- x (N, L, leads) -> feature maps (N, about L / 32, channels) of the last stage.
function ResNet1d:maps(x) return (run_stages(self, x)) end

--- x (N, L, leads) -> (N, about L / 32, hidden): what the head would see at each place, of which features(x) sees the mean over time.
function ResNet1d:sequence(x) return self.fc1(self:maps(x)):relu() end

-- Maps -> (N, hidden); `free` maps are let go of.
local function pooled(self, maps, free)
  local mean, alone = core.ops.global_avg_pool1d(maps), module.is_plain(self.fc1, "Linear")
  if free then module.release(maps) end
  local hidden = self.fc1(mean)
  local out = hidden:relu()
  if alone then
    module.release(mean)
    module.release(hidden)
  end
  return out
end

--- x (N, L, leads) -> (N, hidden), what the head sees.
function ResNet1d:features(x) return pooled(self, run_stages(self, x)) end

--- Feature maps as of maps(x) -> logits (N, classes).
function ResNet1d:classify(maps) return self.fc2(pooled(self, maps, false)) end

function ResNet1d:forward(x)
  local features = self:features(x)
  local logits = self.fc2(features)
  if module.is_plain(self.fc2, "Linear") then module.release(features) end
  return logits
end

--- The weights that meet the leads.
function ResNet1d.input_names() return {"conv1.weight"} end

--- The parts from the input to the head, each a list of module names: what gradual and discriminative strategies go by.
function ResNet1d.stages()
  return {{"conv1", "bn1"}, {"layer1"}, {"layer2"}, {"layer3"}, {"layer4"}, {"fc1"}, {"fc2"}}
end

return {class = ResNet1d, blocks = {BasicBlock = BasicBlock, Bottleneck = Bottleneck}}
