--- Our side of bench/peers/compare.lua: networks as they come, timed on demand. Commands on standard input, an answer a line:
--
--   build NETWORK THREADS BATCH LENGTH train|infer   a network, its input and one step of it, run twice --> "ready"
--   run SECONDS       as many steps as fit, one at least --> the median milliseconds of a step
--   memory            --> the largest resident size of this process so far, MiB
local eg = require("ecgraft")
local nn, optim, models = eg.nn, eg.optim, eg.models
local clock = require("luv").hrtime -- nanoseconds

local LEADS, CLASSES = 12, 5
local commands, step = {}, nil

function commands.build(name, threads, batch, length, mode)
  threads, batch, length = math.tointeger(threads), math.tointeger(batch), math.tointeger(length)
  eg.set_num_threads(threads)
  eg.manual_seed(1)
  local recurrent = not name:find("^resnet")
  local net = models[name] { leads = LEADS, classes = CLASSES, length = recurrent and length or nil }
  local x, target = eg.randn(batch, length, LEADS), eg.rand(batch, CLASSES):gt(0.5)
  if mode == "train" then
    local adam = optim.Adam(net:parameters(), { lr = 1e-3 })
    net:train()
    step = function()
      adam:zero_grad()
      nn.bce_with_logits(net(x), target):backward()
      adam:step()
    end
  else
    net:eval()
    step = function() eg.no_grad(net, x) end
  end
  step()
  step()
  collectgarbage()
  return "ready"
end

function commands.run(seconds)
  local times, start = {}, clock()
  repeat
    local before = clock()
    step()
    times[#times + 1] = (clock() - before) * 1e-6
  until clock() - start >= tonumber(seconds) * 1e9
  table.sort(times)
  return ("%.4f"):format(times[(#times + 1) // 2])
end

function commands.memory()
  for line in io.lines("/proc/self/status") do
    local kilobytes = line:match("^VmHWM:%s+(%d+) kB")
    if kilobytes then return ("%.1f"):format(kilobytes / 1024) end
  end
end

for line in io.lines() do
  local words = {}
  for word in line:gmatch("%S+") do words[#words + 1] = word end
  print(commands[words[1]](table.unpack(words, 2)))
  io.stdout:flush()
end
