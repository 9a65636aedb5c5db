"""The training steps of bench/train_step.lua in PyTorch: the same networks, inputs, loss and optimizer, the same columns as --csv.

    python3 bench/peers/train_step.py --networks resnet1d18,lstm --threads 1,2 --batch 32 --seconds 3
"""
import argparse
import statistics
import time

import torch
from torch import nn

LENGTH, LEADS, CLASSES = 1000, 12, 5


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
    def __init__(self, cell, directions):
        super().__init__()
        self.cell = cell(LEADS, 100, batch_first=True, bidirectional=directions == 2)
        self.fc = nn.Linear(100 * directions * LENGTH, CLASSES)

    def forward(self, x):
        return self.fc(self.cell(x)[0].flatten(1))


NETWORKS = {
    "resnet1d18": lambda: resnet([2, 2, 2, 2], False),
    "resnet1d50": lambda: resnet([3, 4, 6, 3], True),
    "resnet1d101": lambda: resnet([3, 4, 23, 3], True),
    "lstm": lambda: Recurrent(nn.LSTM, 1),
    "bilstm": lambda: Recurrent(nn.LSTM, 2),
    "gru": lambda: Recurrent(nn.GRU, 1),
}


def median(fn, seconds):
    """Milliseconds: the median of as many calls as fit, three at least, after one that is not counted."""
    fn()
    times, start = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        fn()
        times.append((time.perf_counter() - before) * 1e3)
    return statistics.median(times)


def measure(name, threads, batch, seconds):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net = NETWORKS[name]()
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    shape = (batch, LENGTH, LEADS) if isinstance(net, Recurrent) else (batch, LEADS, LENGTH)
    x, target = torch.randn(shape), (torch.rand(batch, CLASSES) > 0.5).float()
    loss = nn.BCEWithLogitsLoss()

    def step():
        adam.zero_grad()
        loss(net(x), target).backward()
        adam.step()

    def infer():
        with torch.inference_mode():
            net(x)

    net.train()
    step_ms = median(step, seconds)
    net.eval()
    return step_ms, median(infer, seconds / 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", default=",".join(NETWORKS))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=3)
    args = parser.parse_args()
    print("network,threads,batch,step_ms,inference_ms")
    for name in args.networks.split(","):
        for threads in args.threads.split(","):
            step_ms, infer_ms = measure(name, int(threads), args.batch, args.seconds)
            print(f"{name},{threads},{args.batch},{step_ms:.3f},{infer_ms:.3f}", flush=True)


if __name__ == "__main__":
    main()
