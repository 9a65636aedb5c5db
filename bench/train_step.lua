--- Milliseconds of one training step (forward, BCE with logits, backward, Adam) and of inference, for the paper's networks, by number
-- of threads; the median of the steps that fit into the given time, and the peak of tensor memory.
--
--   lua5.4 bench/train_step.lua [--networks resnet1d18,lstm] [--threads 1,2] [--batch 32] [--seconds 3] [--csv]
local eg = require("ecgraft")
local nn, optim, models = eg.nn, eg.optim, eg.models

local given = { networks = table.concat(models.names, ","), threads = "1,2", batch = "32", seconds = "3" }
do
  local i = 1
  while arg[i] do
    local name = arg[i]:match("^%-%-(%w+)$")
    if name == "csv" then
      given.csv = true
      i = i + 1
    elseif given[name] and arg[i + 1] then
      given[name] = arg[i + 1]
      i = i + 2
    else
      io.stderr:write("train_step: unknown option or missing value: ", arg[i], "\n")
      os.exit(2)
    end
  end
end

local LENGTH, LEADS, CLASSES = 1000, 12, 5 -- 10 s at 100 Hz
local clock = require("luv").hrtime -- nanoseconds

--- The median duration of fn() in milliseconds, over as many calls as fit into `seconds` but three at least; one more before.
local function median(fn, seconds)
  fn()
  local times, start = {}, clock()
  while #times < 3 or clock() - start < seconds * 1e9 do
    local before = clock()
    fn()
    times[#times + 1] = (clock() - before) * 1e-6
  end
  table.sort(times)
  return times[(#times + 1) // 2]
end

local function measure(name, threads, batch, seconds)
  eg.set_num_threads(threads)
  eg.manual_seed(1)
  local net = models[name] { leads = LEADS, classes = CLASSES }
  local adam = optim.Adam(net:parameters(), { lr = 1e-3 })
  local x, target = eg.randn(batch, LENGTH, LEADS), eg.rand(batch, CLASSES):gt(0.5)
  collectgarbage()
  eg.memory { reset_peak = true }
  net:train()
  local step = median(function()
    adam:zero_grad()
    nn.bce_with_logits(net(x), target):backward()
    adam:step()
  end, seconds)
  local peak = eg.memory().peak / 2 ^ 20
  net:eval()
  local infer = median(function()
    eg.no_grad(function() return net(x) end)
  end, seconds / 3)
  return step, infer, peak
end

local batch, seconds = math.tointeger(tonumber(given.batch)), tonumber(given.seconds)
local row = given.csv and "%s,%d,%d,%.3f,%.3f,%.1f\n" or "%-14s %7d %6d %12.2f %12.2f %10.1f\n"
if given.csv then print("network,threads,batch,step_ms,inference_ms,peak_mb")
else print(("%-14s %7s %6s %12s %12s %10s"):format("network", "threads", "batch", "step ms", "inference ms", "peak MB")) end
for name in given.networks:gmatch("[^,]+") do
  for threads in given.threads:gmatch("%d+") do
    threads = math.tointeger(tonumber(threads))
    io.write(row:format(name, threads, batch, measure(name, threads, batch, seconds)))
    io.flush()
  end
end
