-- Trains the toy net with a checkpoint in arg[1] and prints the hash of its weights: for specs that end it on the way. arg[2]: threads;
-- arg[3]: the step at which it says "here" and waits for a signal (0: none).
local core = require "ecgraft.core"
local eg = require "ecgraft"
local toy = require "spec.support.toy"
local uv = require "luv"

eg.set_num_threads(tonumber(arg[2]) or 1)
local pause, step = tonumber(arg[3]) or 0, 0

local function wait_for_signal()
  io.write "here\n"
  io.flush()
  for _ = 1, 6000 do -- a minute
    if core.interrupted() then return end
    uv.sleep(10)
  end
  error "no signal came"
end

local net = toy.net(2)
local ok, message = pcall(eg.fit, net, toy.set(90, 1), {
  val = toy.set(40, 2), epochs = 8, batch = 16, seed = 5, schedule = "one_cycle",
  checkpoint = arg[1], checkpoint_seconds = 0, progress = false,
  optimizer = eg.optim.Adam(net:parameters(), {lr = 1e-2}),
  penalty = function() -- called in each step
    step = step + 1
    if step == pause then wait_for_signal() end
  end,
})
if not ok then
  io.stderr:write(tostring(message), "\n")
  os.exit(type(message) == "table" and message.interrupted and 130 or 1)
end
print(toy.hash(net))
