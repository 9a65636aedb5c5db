-- Trains the toy net with a checkpoint in arg[1], slowly, and prints the hash of its weights: for specs that kill it on the way.
local eg = require "ecgraft"
local toy = require "spec.support.toy"

eg.set_num_threads(tonumber(arg[2]) or 1)
local net = toy.net(2)
local ok, message = pcall(eg.fit, net, toy.set(90, 1), {
  val = toy.set(40, 2), epochs = 8, batch = 16, seed = 5, schedule = "one_cycle",
  checkpoint = arg[1], checkpoint_seconds = 0, progress = false,
  optimizer = eg.optim.Adam(net:parameters(), {lr = 1e-2}),
  on_epoch = function()
    local stop = require("luv").hrtime() + (tonumber(arg[3]) or 0) * 1e6
    while require("luv").hrtime() < stop do end -- luacheck: ignore
  end,
})
if not ok then
  io.stderr:write(tostring(message), "\n")
  os.exit(type(message) == "table" and message.interrupted and 130 or 1)
end
print(toy.hash(net))
