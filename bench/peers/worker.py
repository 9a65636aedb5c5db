"""PyTorch's side of bench/peers/compare.lua: the same networks, inputs, loss and optimizer, the same commands as worker.lua."""
import statistics
import sys
import time

import torch
from torch import nn

LEADS, CLASSES = 12, 5


def conv(inputs, outputs, kernel, stride=1):
    return nn.Conv1d(inputs, outputs, kernel, stride, kernel // 2, bias=False)


class Block(nn.Module):
    """Basic (two k = 3) or bottleneck (1x1, k = 3, 1x1 to four times the width) residual block."""

    def __init__(self, inputs, width, stride, bottleneck):
        super().__init__()
        outputs = 4 * width if bottleneck else width
        if bottleneck:
            convs = [conv(inputs, width, 1), conv(width, width, 3, stride), conv(width, outputs, 1)]
        else:
            convs = [conv(inputs, width, 3, stride), conv(width, outputs, 3)]
        parts = []
        for i, each in enumerate(convs):
            parts += [each, nn.BatchNorm1d(each.out_channels)] + ([nn.ReLU(True)] if i + 1 < len(convs) else [])
        self.body = nn.Sequential(*parts)
        self.side = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.side = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm1d(outputs))

    def forward(self, x):
        return torch.relu(self.body(x) + self.side(x))


def resnet(blocks, bottleneck):
    layers = [conv(LEADS, 64, 7, 2), nn.BatchNorm1d(64), nn.ReLU(True), nn.MaxPool1d(3, 2, 1)]
    channels = 64
    for stage, count in enumerate(blocks):
        width = 64 << stage
        for i in range(count):
            layers.append(Block(channels, width, 2 if stage > 0 and i == 0 else 1, bottleneck))
            channels = 4 * width if bottleneck else width
    layers += [nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(channels, 512), nn.ReLU(True), nn.Linear(512, CLASSES)]
    return nn.Sequential(*layers)


class Recurrent(nn.Module):
    def __init__(self, cell, directions, length):
        super().__init__()
        self.cell = cell(LEADS, 100, batch_first=True, bidirectional=directions == 2)
        self.fc = nn.Linear(100 * directions * length, CLASSES)

    def forward(self, x):
        return self.fc(self.cell(x)[0].flatten(1))


NETWORKS = {
    "resnet1d18": lambda length: resnet([2, 2, 2, 2], False),
    "resnet1d50": lambda length: resnet([3, 4, 6, 3], True),
    "resnet1d101": lambda length: resnet([3, 4, 23, 3], True),
    "lstm": lambda length: Recurrent(nn.LSTM, 1, length),
    "bilstm": lambda length: Recurrent(nn.LSTM, 2, length),
    "gru": lambda length: Recurrent(nn.GRU, 1, length),
}


class Worker:
    def build(self, name, threads, batch, length, mode):
        threads, batch, length = int(threads), int(batch), int(length)
        torch.set_num_threads(threads)
        torch.manual_seed(1)
        net = NETWORKS[name](length)
        shape = (batch, length, LEADS) if isinstance(net, Recurrent) else (batch, LEADS, length)
        x, target = torch.randn(shape), (torch.rand(batch, CLASSES) > 0.5).float()
        if mode == "train":
            adam, loss = torch.optim.Adam(net.parameters(), lr=1e-3), nn.BCEWithLogitsLoss()
            net.train()

            def step():
                adam.zero_grad()
                loss(net(x), target).backward()
                adam.step()
        else:
            net.eval()

            def step():
                with torch.inference_mode():
                    net(x)
        self.step = step
        step()
        step()
        return "ready"

    def run(self, seconds):
        times, start = [], time.perf_counter()
        while not times or time.perf_counter() - start < float(seconds):
            before = time.perf_counter()
            self.step()
            times.append((time.perf_counter() - before) * 1e3)
        return f"{statistics.median(times):.4f}"

    def memory(self):
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return f"{int(line.split()[1]) / 1024:.1f}"

    def version(self):
        return torch.__version__


worker = Worker()
for line in sys.stdin:
    words = line.split()
    print(getattr(worker, words[0])(*words[1:]), flush=True)
