-- What choosing the epoch on the test set pretends: one training, its test score at the epoch that is best on the test set and at the one
-- that is best on a validation set. The paper's protocol from scratch: lua5.4 examples/real/optimism.lua [--smoke | LEARNING_RATE (1e-2)]
local eg = require "ecgraft"
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or ""
local smoke, rate = ... == "--smoke", tonumber((...)) or 1e-2
local parts = dofile(here .. "sets.lua").superclasses(smoke)
if not smoke then parts = parts() end

local function weighted_f1(net, set) return eg.metrics.evaluate(eg.predict(net, set), set.labels, {classes = set.classes}).weighted_f1 end

local all, count = 0, 0 ---@type number, integer
for _, size in ipairs(smoke and {8} or {50, 200, 1000}) do
  local rows = {}
  for i = 1, size do rows[i] = i end
  for seed = 1, smoke and 1 or 2 do
    eg.manual_seed(seed)
    local net = eg.models.resnet1d18{classes = #parts.train.classes, width = smoke and 2 or 64, hidden = smoke and 4 or 512}
    local best, honest, highest = 0, 0, -1 ---@type number, number, number
    local steps = math.ceil(size / 32)
    eg.fit(net, parts.train:subset(rows), {epochs = smoke and 2 or math.max(4, math.ceil(120 / steps)), batch = 32, seed = seed,
      scaler = "minmax", progress = false, optimizer = eg.optim.Adam(net:parameters(), {lr = rate}),
      on_epoch = function()
        local validation, test = weighted_f1(net, parts.val), weighted_f1(net, parts.test)
        best = math.max(best, test)
        if validation > highest then highest, honest = validation, test end
        net:train()
      end})
    all, count = all + best - honest, count + 1
    print(("%d records, seed %d: chosen on the test set %.3f, on validation %.3f, optimism %+.3f"):format(size, seed, best, honest,
      best - honest))
  end
end
print(("mean optimism in weighted F1: %+.3f"):format(all / count))
