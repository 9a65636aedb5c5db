--- What eg.export writes against the tools it is for: onnx's checker, onnxruntime, PyTorch, safetensors, NumPy, TensorBoard.
--
--   lua5.4 scripts/exchange.lua BUILD [--size full | small]
--   PYTHON names the interpreter that has onnx, onnxruntime, torch, safetensors, tensorboard and numpy (python3).
--
-- Networks are trained for some steps, so that their batch-norms have statistics, and written with their logits. scripts/exchange.py
-- compares, and writes weights and arrays of its own, which are read here. Prints the largest difference of each, and last "N passed,
-- N failed".
package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = arg[1] .. "/?.so;" .. package.cpath
local eg = require "ecgraft"
local models, nn = eg.models, eg.nn

local TOLERANCE = 1e-5 -- of logits, times the largest of them where that is above 1: single precision, summed in another order

local size = arg[2] == "--size" and arg[3] or #arg == 1 and "full"
if size ~= "full" and size ~= "small" then
  io.stderr:write("usage: scripts/exchange.lua BUILD [--size full | small]\n")
  os.exit(2)
end
local python = os.getenv "PYTHON" or "python3"
if not os.execute(python .. " -c 'import onnx, onnxruntime, torch, safetensors, tensorboard' 2>/dev/null") then
  io.stderr:write("check-exchange: ", python, " lacks onnx, onnxruntime, torch, safetensors or tensorboard; ",
    "PYTHON=... names an interpreter that has them\n")
  os.exit(1)
end

local folder = os.tmpname()
os.remove(folder)
assert(require("ecgraft.files").make_folder(folder))

local passed, failed = 0, 0

local function say(ok, ...)
  if ok then passed = passed + 1 else failed = failed + 1 end
  print((ok and "" or "FAILED ") .. (...):format(select(2, ...)))
end

local set = eg.data.synthetic{records = 24, seconds = 5, seed = 1}
local classes = #set.classes
local index = {networks = {}}

--- Trains a net a little and writes it in every form, with its logits for three records. given: {scaler =, onnx = options, longer = true}.
local function write(name, net, given)
  given = given or {}
  eg.fit(net, set, {epochs = given.epochs or 1, batch = 8, progress = false, scaler = given.scaler,
    crop = given.crop, on_epoch = given.on_epoch})
  local base = ("%s/%s"):format(folder, name)
  local x = set.signals:narrow(1, 1, 3):clone()
  local y = eg.predict(net, x, {activation = "none"})
  assert(eg.export.onnx(net, base .. ".onnx", given.onnx))
  assert(eg.export.pytorch(net, base .. ".py"))
  assert(eg.save(base .. ".x.npy", x))
  local outside = given.onnx and given.onnx.scaler == "outside" or given.scaler == "record" or given.scaler == "minmax"
  if given.onnx and given.onnx.scaler == "inside" then outside = false end
  assert(eg.save(base .. ".onnx.x.npy", outside and net.card.scaler and net.card.scaler:apply(x) or x))
  assert(eg.save(base .. ".y.npy", y))
  assert(eg.save(base .. ".onnx.y.npy", given.onnx and given.onnx.sigmoid and y:sigmoid() or y))
  if given.crop then -- the graph takes what the network sees
    assert(eg.save(base .. ".onnx.x.npy", x:narrow(2, (x:size(2) - given.crop) // 2 + 1, given.crop):contiguous()))
  end
  local longer = not name:find "flatten" and not name:find "_fixed" and not given.crop
  if longer then -- the same file takes any length
    local long = eg.cat({x, x:narrow(2, 1, 130)}, 2)
    assert(eg.save(base .. ".long.x.npy", outside and net.card.scaler and net.card.scaler:apply(long) or long))
    local scores = eg.predict(net, long, {activation = "none"})
    assert(eg.save(base .. ".long.y.npy", given.onnx and given.onnx.sigmoid and scores:sigmoid() or scores))
  end
  index.networks[#index.networks + 1] = {name = name, longer = longer}
end

local function sized(given, small)
  if size == "small" then for key, value in pairs(small) do given[key] = value end end
  given.classes = classes
  return given
end

local tensorboard = assert(eg.export.tensorboard(folder .. "/tb"))
local rows = {}

eg.manual_seed(11)
for _, name in ipairs{"resnet1d18", "resnet1d50", "resnet1d101"} do
  local log = name == "resnet1d18" and function(row, each)
    rows[#rows + 1] = row
    tensorboard(row, each)
  end
  write(name, models[name](sized({}, {width = 8, hidden = 16})), {epochs = 8, on_epoch = log or nil})
end
for _, name in ipairs{"lstm", "bilstm", "gru"} do
  for _, head in ipairs{"flatten", "mean", "max", "last", "attention"} do
    write(name .. "_" .. head, models[name](sized({length = 500, head = head}, {hidden = 12, layers = 2})))
  end
end
-- Scalers of every kind, inside and outside, probabilities, a hidden layer in the head.
for _, scaler in ipairs{"lead", "record", "minmax", "none"} do
  local net = models.resnet1d18{classes = classes, width = 4, hidden = 8, mlp = 6, mlp_dropout = 0.2}
  write("scaler_" .. scaler, net, {scaler = scaler})
  if scaler ~= "none" then write("scaler_inside_" .. scaler, net, {scaler = scaler, onnx = {scaler = "inside"}}) end
end
write("sigmoid", models.gru{classes = classes, hidden = 8, head = "mean"}, {onnx = {sigmoid = true, scaler = "outside"}})
write("crop", models.lstm{classes = classes, hidden = 8, head = "max"}, {crop = 301, scaler = "lead"})
-- Every layer there is, in networks of one's own.
write("layers", nn.Sequential{
  nn.Conv1d(12, 8, 7, {stride = 2, padding = 3, bias = false}), nn.BatchNorm1d(8, {eps = 1e-3}), nn.LeakyReLU(0.02),
  nn.MaxPool1d(3, {stride = 2, padding = 1}),
  nn.Residual(nn.Sequential{nn.Conv1d(8, 8, 3, {padding = "same", dilation = 2, groups = 2}), nn.BatchNorm1d(8), nn.GELU()},
    nn.Conv1d(8, 8, 1)),
  nn.Residual(nn.Sequential{nn.Linear(8, 8), nn.SiLU()}, nil, {relu = false}),
  nn.Residual(nn.LSTM(8, 4, {bidirectional = true}), nn.Conv1d(8, 8, 5, {padding = 2})),
  nn.AvgPool1d(4, {padding = 2, count_padding = false}), nn.Dropout(0.1), nn.LSTM(8, 6, {bidirectional = true, layers = 2, dropout = 0.1}),
  nn.GRU(12, 5, {layers = 2, bidirectional = true}), nn.ELU(0.7), nn.Linear(10, 16), nn.Softmax(2), nn.AvgPool1d(2), nn.Softplus(),
  nn.AttentionPool1d(16), nn.Linear(16, classes, {bias = false}), nn.BatchNorm1d(classes), nn.Identity()})
write("layers_fixed", nn.Sequential{nn.Conv1d(12, 4, 5, {stride = 5}), nn.Sigmoid(), nn.AvgPool1d(4, {stride = 2, padding = 1}), nn.Tanh(),
  nn.ReLU(), nn.Flatten(), nn.Linear(200, 20), nn.GELU(), nn.Softmax(-1), nn.Linear(20, classes)})
write("layers_max", nn.Sequential{nn.LSTM(12, 6), nn.Conv1d(6, 7, 4, {stride = 3}), nn.GlobalMaxPool1d(), nn.Linear(7, classes)})
write("layers_mean", nn.Sequential{nn.BatchNorm1d(12), nn.Residual(nn.Conv1d(12, 12, 3, {padding = "same"})), nn.GlobalAvgPool1d(),
  nn.Linear(12, classes)})

-- Arrays.
local array = eg.arange(24):reshape(2, 3, 4) - 8 -- 1 to 24 less 8
for _, dtype in ipairs{"float32", "float64", "int16", "int64"} do
  assert(eg.save(("%s/ours.%s.npy"):format(folder, dtype), array, {dtype = dtype}))
  assert(eg.save(("%s/ours.%s.safetensors"):format(folder, dtype), {a = array}, {dtype = dtype}))
end

index.rows = rows
assert(require("ecgraft.files").write_json(folder .. "/index.json", index))
local pipe = assert(io.popen(("%s scripts/exchange.py %s %g"):format(python, folder, TOLERANCE)))
for line in pipe:lines() do
  local ok, text = line:match "^(%w+) (.*)$"
  if ok == "ok" or ok == "FAILED" then say(ok == "ok", "%s", text) else print(line) end
end
if not pipe:close() then say(false, "scripts/exchange.py ended with a fault") end

-- What Python wrote.
for _, name in ipairs{"f4", "f8", "i2", "i4", "i8", "big_f4", "big_i2", "fortran_f8"} do
  local path = ("%s/theirs.%s.npy"):format(folder, name)
  local back, message = eg.load(path)
  say(back and back:equal(array), "NumPy's %s read: %s", name, message or "the same values")
end
local theirs, message = eg.load(folder .. "/theirs.safetensors")
say(theirs and theirs.a:equal(array) and theirs.b:equal(array), "safetensors' float32 and float64 read: %s", message or "the same values")
do
  local net = models.resnet1d18{leads = 12, classes = classes, width = 8, hidden = 16}
  local ok, failure = models.load_safetensors(net, folder .. "/foreign.safetensors", {names = {{"^module%.", ""}, {"^head%.", "fc2."}}})
  local difference = ok and (net:eval()(set.signals:narrow(1, 1, 3)) - eg.load(folder .. "/foreign.y.npy")):abs():max():item()
  say(ok and difference < TOLERANCE, "PyTorch's own state dict read by a map of names: %s",
    ok and ("largest difference %.2g"):format(difference) or failure)
end

os.execute("rm -rf '" .. folder .. "'")
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and 0 or 1)
