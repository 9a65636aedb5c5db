"""The Python half of scripts/exchange.lua: python scripts/exchange.py FOLDER TOLERANCE. Prints a line "ok TEXT" or "FAILED TEXT" a check."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import safetensors.numpy
import safetensors.torch
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

folder, tolerance = Path(sys.argv[1]), float(sys.argv[2])
torch.set_num_threads(1)  # threads that wait for each other cost more than these networks
one_thread = onnxruntime.SessionOptions()
one_thread.intra_op_num_threads = 1
index = json.loads((folder / "index.json").read_text())
worst = {}


def check(ok, text):
    print("ok" if ok else "FAILED", text, flush=True)


def difference(kind, got, want, absolute=False):
    """The largest difference, and whether it is small enough: of the largest value where that is above 1, unless `absolute`."""
    if got.shape != want.shape:
        return f"shape {got.shape} instead of {want.shape}", False
    most, size = float(np.abs(got - want).max()), float(np.abs(want).max())
    before = worst.get(kind, (0, 0))
    worst[kind] = (max(before[0], most), max(before[1], most / max(1, size)))
    return f"{most:.2g} of {size:.2g}", most <= tolerance * (1 if absolute else max(1, size))


def load(name):
    return np.load(folder / name)


def check_onnx(name, longer):
    path = str(folder / f"{name}.onnx")
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, one_thread, providers=["CPUExecutionProvider"])
    (out,) = session.get_outputs()
    names = {w.name for w in onnx.load(path).graph.initializer}
    texts, fine = [], session.get_inputs()[0].name == "signals" and bool(session.get_modelmeta().custom_metadata_map.get("classes"))
    runs = [("batch 3", "onnx.x", "onnx.y", 3), ("batch 1", "onnx.x", "onnx.y", 1)]
    if longer:
        runs.append(("630 samples", "long.x", "long.y", 3))
    for text, x, y, count in runs:
        got = session.run([out.name], {"signals": load(f"{name}.{x}.npy")[:count]})[0]
        shown, ok = difference("onnxruntime", got, load(f"{name}.{y}.npy")[:count])
        texts.append(f"{text} {shown}")
        fine = fine and ok
    check(fine, f"onnxruntime {name}: {', '.join(texts)}; {len(names)} weights")


def check_pytorch(name, longer):
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    own, theirs = module.read_safetensors(module.WEIGHTS), module.read_weights(module.WEIGHTS)
    same = own.keys() == theirs.keys() and all(torch.equal(own[k], theirs[k].float()) for k in own)
    texts, fine, net = [], same, module.load()
    with torch.no_grad():
        for text, count in [("batch 3", 3), ("batch 1", 1)]:
            x, want = module.scale(load(f"{name}.x.npy")[:count]), load(f"{name}.y.npy")[:count]
            # In single precision PyTorch's own rounding counts as well (2e-5 where 100,000 products are summed), in double only ours.
            for kind, got in [("PyTorch", net.float()(x)), ("PyTorch in double", net.double()(x.double()))]:
                shown, ok = difference(kind, got.numpy(), want, absolute=kind != "PyTorch")
                texts.append(f"{text}{kind.removeprefix('PyTorch')} {shown}")
                fine = fine and ok
    check(fine, f"PyTorch {name}: {', '.join(texts)}")


for each in index["networks"]:
    for test in [check_onnx, check_pytorch]:
        try:
            test(each["name"], each["longer"])
        except Exception as fault:
            check(False, f"{test.__name__} {each['name']}: {type(fault).__name__}: {fault}")
for kind, (most, share) in worst.items():
    print(f"largest difference of {kind}: {most:.2g}; {share:.2g} of the largest logit, or of 1")

# TensorBoard.
events = EventAccumulator(str(folder / "tb"))
events.Reload()
for tag, key in [("loss/train", "train_loss"), ("lr", "lr"), ("seconds", "seconds")]:
    got = [(e.step, e.value) for e in events.Scalars(tag)] if tag in events.Tags()["scalars"] else []
    want = [(row["epoch"], float(np.float32(row[key]))) for row in index["rows"]]
    check(got == want, f"tensorboard {tag}: {len(got)} steps")

# Arrays, both ways.
array = np.arange(24).reshape(2, 3, 4) - 7  # -7 to 16
for dtype in ["float32", "float64", "int16", "int64"]:
    a = np.load(folder / f"ours.{dtype}.npy")
    check(a.dtype == dtype and np.array_equal(a, array), f"NumPy reads our {dtype}")
    a = safetensors.numpy.load_file(folder / f"ours.{dtype}.safetensors")["a"]
    check(a.dtype == dtype and np.array_equal(a, array), f"safetensors reads our {dtype}")
for name in ["f4", "f8", "i2", "i4", "i8"]:
    np.save(folder / f"theirs.{name}.npy", array.astype(name))
np.save(folder / "theirs.big_f4.npy", array.astype(">f4"))
np.save(folder / "theirs.big_i2.npy", array.astype(">i2"))
np.save(folder / "theirs.fortran_f8.npy", np.asfortranarray(array.astype("f8")))
safetensors.numpy.save_file({"a": array.astype("f4"), "b": array.astype("f8")}, folder / "theirs.safetensors")

# A network with PyTorch's own weights, under foreign names.
spec = importlib.util.spec_from_file_location("foreign", folder / "scaler_none.py")
module = importlib.util.module_from_spec(spec)
text = (folder / "scaler_none.py").read_text()
torch.manual_seed(5)
spec.loader.exec_module(module)
block = module.BasicBlock


class Foreign(torch.nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv1 = torch.nn.Conv1d(12, 8, 7, stride=2, padding=3, bias=False)
        self.bn1 = torch.nn.BatchNorm1d(8)
        self.pool = torch.nn.MaxPool1d(3, stride=2, padding=1)
        widths = [8, 8, 16, 32, 64]
        for i in range(4):
            stage = torch.nn.Sequential(block(widths[i], widths[i + 1], 1 if i == 0 else 2), block(widths[i + 1], widths[i + 1], 1))
            setattr(self, f"layer{i + 1}", stage)
        self.fc1, self.head = torch.nn.Linear(64, 16), torch.nn.Linear(16, classes)

    def forward(self, x):
        x = self.pool(self.bn1(self.conv1(x.transpose(1, 2))).relu())
        x = self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean(2)
        return self.head(self.fc1(x).relu())


x = torch.from_numpy(load("scaler_none.x.npy"))
net = Foreign(load("scaler_none.y.npy").shape[1])
with torch.no_grad():
    for _ in range(3):
        net(x)  # moves the batch-norms' statistics
    np.save(folder / "foreign.y.npy", net.eval()(x).numpy())
state = {"module." + name: tensor.contiguous() for name, tensor in net.state_dict().items()}
safetensors.torch.save_file(state, folder / "foreign.safetensors")
