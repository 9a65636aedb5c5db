--- The six networks as PyTorch classes, as their authors write them: function(net, expression, need) -> Python text that defines a class,
-- and its name. `expression(layer, name)` is the Python that makes a layer, `need(helper)` asks for a class of pytorch_layers.
local layers = require "ecgraft.export.pytorch_layers"

local models = {}

local BLOCKS = {
  BasicBlock = [[
class BasicBlock(nn.Module):
    """Two convolutions of kernel 3; the stride is in the first."""

    expansion = 1

    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1 = nn.Conv1d(inputs, width, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm1d(width)
        self.conv2 = nn.Conv1d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm1d(width)
        self.downsample = downsample(inputs, width, stride)

    def forward(self, x):
        side = x if self.downsample is None else self.downsample(x)
        y = self.bn1(self.conv1(x)).relu()
        return (self.bn2(self.conv2(y)) + side).relu()
]],
  Bottleneck = [[
class Bottleneck(nn.Module):
    """Convolutions of kernel 1, 3 (with the stride) and 1, the last to four times the width."""

    expansion = 4

    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = width * self.expansion
        self.conv1 = nn.Conv1d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm1d(width)
        self.conv2 = nn.Conv1d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm1d(width)
        self.conv3 = nn.Conv1d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm1d(outputs)
        self.downsample = downsample(inputs, outputs, stride)

    def forward(self, x):
        side = x if self.downsample is None else self.downsample(x)
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn2(self.conv2(y)).relu()
        return (self.bn3(self.conv3(y)) + side).relu()
]],
}

local RESNET = [[
def downsample(inputs, outputs, stride):
    if stride == 1 and inputs == outputs:
        return None
    return nn.Sequential(nn.Conv1d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm1d(outputs))


$BLOCK

class ResNet1d(nn.Module):
    """A residual network along time: (records, samples, $LEADS leads) to logits (records, $CLASSES)."""

    def __init__(self):
        super().__init__()
        channels = $WIDTH
        self.conv1 = nn.Conv1d($LEADS, channels, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm1d(channels)
        self.pool = nn.MaxPool1d(3, stride=2, padding=1)
        for stage, count in enumerate([$COUNTS]):
            width, blocks = $WIDTH << stage, []
            for i in range(count):
                blocks.append($NAME(channels, width, 2 if i == 0 and stage > 0 else 1))
                channels = width * $NAME.expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.fc1 = nn.Linear(channels, $HIDDEN)
        self.fc2 = $HEAD

    def forward(self, x):
        x = x.transpose(1, 2)  # PyTorch's convolutions want (records, leads, samples)
        x = self.pool(self.bn1(self.conv1(x)).relu())
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        x = self.fc1(x.mean(2)).relu()
        return self.fc2(x)
]]

local function filled(template, values)
  return (template:gsub("%$(%u+)", values))
end

-- An expression of several lines, behind "        self.fc = ".
local function deep(text) return (text:gsub("\n", "\n        ")) end

function models.ResNet1d(net, expression)
  local o, counts = net.options, {}
  for stage = 1, 4 do counts[stage] = tostring(#net["layer" .. stage]) end
  local block = net.layer1[1]._name
  return filled(RESNET, {BLOCK = BLOCKS[block], NAME = block, LEADS = o.leads, CLASSES = o.classes, WIDTH = o.width,
    COUNTS = table.concat(counts, ", "), HIDDEN = o.hidden, HEAD = deep(expression(net.fc2, "fc2"))}), "ResNet1d"
end

local RECURRENT = [[
class RecurrentNet(nn.Module):
    """$TEXT: (records, $LENGTH, $LEADS leads) to logits (records, $CLASSES)."""

    def __init__(self):
        super().__init__()
        self.$CELL = $LAYER
$POOL        self.fc = $HEAD

    def forward(self, x):
        y, $STATE = self.$CELL(x)
$FORWARD
]]

-- What becomes of the outputs y (records, samples, channels), by head: lines of forward, without the LSTM's or GRU's own.
local FORWARD = {
  flatten = "return self.fc(y.flatten(1))", mean = "return self.fc(y.mean(1))", max = "return self.fc(y.amax(1))",
  attention = "return self.fc(self.pool(y))",
  last = "return self.fc(h[-1])  # the state behind the last sample",
  last_both = "return self.fc(torch.cat((h[-2], h[-1]), 1))  # where each direction has seen the whole record",
}

function models.RecurrentNet(net, expression, need)
  local o = net.options
  local pool = ""
  if net.pool then
    need "AttentionPool1d"
    pool = "        self.pool = " .. expression(net.pool, "pool") .. "\n"
  end
  local way = o.head == "last" and o.bidirectional and "last_both" or o.head
  local state = o.head ~= "last" and "_" or o.cell == "lstm" and "(h, _)" or "h"
  return filled(RECURRENT, {TEXT = (o.bidirectional and "A bidirectional " or o.cell == "lstm" and "An " or "A ") .. o.cell:upper(),
    LENGTH = o.head == "flatten" and o.length .. " samples" or "samples", LEADS = o.leads, CLASSES = o.classes, CELL = o.cell,
    LAYER = layers.recurrent("nn." .. o.cell:upper(), net[o.cell]), POOL = pool, HEAD = deep(expression(net.fc, "fc")), STATE = state,
    FORWARD = "        " .. FORWARD[way]}), "RecurrentNet"
end

return models
