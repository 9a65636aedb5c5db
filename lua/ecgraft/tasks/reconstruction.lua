--- Reconstruction of a signal of which parts are hidden, or noise is laid over it: needs no labels.
--
--   tasks.reconstruction{mask = 0.5, block = 0.2, noise = 0}
--     mask   share of a record that is hidden (set to 0, the mean), in all leads at the same time: leads tell of each other
--     block  length of a hidden piece, in seconds
--     noise  deviation of the normal noise that is added to all samples, in units of the scaled signal
--
-- The loss is the mean squared error of the hidden samples; where none is hidden (mask = 0), of all. What is hidden is drawn anew in
-- each step, but is the same in each epoch for validation records. The signal is made from net:sequence(x) by a small decoder that is
-- thrown away: a linear layer at each sample where the network keeps them all (the recurrent ones), else two convolutions along time
-- whose channels become samples (Shi et al. 2016). The net's own head is not trained.
--
-- Scores: masked_mse, which is the loss, and r2 = 1 - masked_mse / mean square of the samples that count.
local core = require "ecgraft.core"
local feed = require "ecgraft.data.feed"
local nn = require "ecgraft.nn"
local options = require "ecgraft.options"
local recording = require "ecgraft.recording"
local task = require "ecgraft.tasks.task"
local tensor = require "ecgraft.tensor"

local fields = {
  mask = {type = "number", min = 0, max = 0.95, default = 0.5},
  block = {type = "number", min = 1e-3, max = 60, default = 0.2},
  noise = {type = "number", min = 0, default = 0},
}

local WIDTH = 64 -- channels of the decoder, or fewer where the network has fewer

local Decoder = nn.module "SequenceDecoder"

--- (N, steps, channels) -> (N, length, leads), steps <= length.
function Decoder:init(channels, leads, length, steps)
  local factor, first = math.ceil(length / steps), 1
  rawset(self, "length", length)
  if factor == 1 then
    self.out = nn.Linear(channels, leads)
    return
  end
  for i = 2, math.floor(math.sqrt(factor)) do if factor % i == 0 then first = i end end
  local width = math.min(WIDTH, channels)
  rawset(self, "width", width)
  rawset(self, "leads", leads)
  self.up = nn.Conv1d(channels, first * width, 3, {padding = 1, bias = false})
  self.norm = nn.BatchNorm1d(width)
  self.out = nn.Conv1d(width, factor // first * leads, 3, {padding = 1})
end

function Decoder:forward(x)
  if self.up then
    x = self.norm(self.up(x):reshape(#x, -1, self.width), nil, true)
    x = self.out(x):reshape(#x, -1, self.leads)
    return x:size(2) == self.length and x or x:narrow(2, 1, self.length)
  end
  return self.out(x)
end

local Reconstructing = nn.module "Reconstructing"

function Reconstructing:init(net, decoder) self.net, self.decoder = net, decoder end

function Reconstructing:forward(x) return self.decoder(self.net:sequence(x)) end

--- The shape {1, steps, channels} of what a net makes of a record of zeros.
local function sequence_shape(net, length, leads)
  if type(net.sequence) ~= "function" then
    error(("tasks.reconstruction: the network %s has no sequence(x) (records, time, channels); those of eg.models have"):format(
      net._name), 0)
  end
  local training = net.training
  net:eval()
  local shape = recording.off(function() return net:sequence(core.zeros(1, length, leads)):shape() end)
  if training then net:train() end
  return shape
end

--- (n, L, 1): 1 where a sample is hidden. Pieces of `block` samples; their grid is shifted at random.
local function draw_mask(n, length, block, share)
  local pieces = math.ceil(length / block) + 1
  local hidden = math.max(1, math.floor(share * pieces + 0.5))
  local drawn = core.rand(n, pieces)
  local limit = drawn:sort(2):narrow(2, hidden, 1)
  local chosen = drawn:le(limit):unsqueeze(3):expand(n, pieces, block):reshape(n, pieces * block)
  return chosen:narrow(2, math.floor(core.rand(1):item() * block) + 1, length):unsqueeze(3)
end

---@param outputs ecgraft.Tensor
---@param y {signals: ecgraft.Tensor, mask: ecgraft.Tensor}
local function loss(outputs, y)
  return ((outputs - y.signals):square() * y.mask):sum() / math.max(1, y.mask:sum():item() * y.signals:size(3))
end

--- Of each record: squared error, sum of squares, and number of the samples that count.
---@param outputs ecgraft.Tensor
---@param y {signals: ecgraft.Tensor, mask: ecgraft.Tensor}
local function reduce(outputs, y)
  local error_sum = ((outputs - y.signals):square() * y.mask):sum(3):sum(2)
  local square_sum = (y.signals:square() * y.mask):sum(3):sum(2)
  return tensor.stack({error_sum, square_sum, y.mask:sum(3):sum(2) * y.signals:size(3)}, 2)
end

local function score(sums)
  local total = sums:sum(1):totable()
  local mse = total[1] / math.max(1, total[3])
  return mse, {masked_mse = mse, r2 = 1 - total[1] / total[2]}
end

local function make(given)
  local o = options.check("tasks.reconstruction", given, fields, 3)
  if o.mask == 0 and o.noise == 0 then
    error("tasks.reconstruction: with mask = 0 and noise = 0 there is nothing to reconstruct", 3)
  end
  return task.new{
    name = options.variant_name("reconstruction", fields, o), monitor = "masked_mse", variant = make,
    text = ("reconstruction, %g %% hidden in pieces of %g s, noise %g"):format(100 * o.mask, o.block, o.noise),
    lower = function(name) return name == "masked_mse" end,
    begin = function(net, set, _, crop)
      local _, length, leads = table.unpack(feed.shape(set))
      length = crop or length
      local shape = sequence_shape(net, length, leads)
      local block = math.min(length, math.max(1, math.floor(o.block * set.rate + 0.5)))
      return {
        network = Reconstructing(net, Decoder(shape[3], leads, length, shape[2])), loss = loss, reduce = reduce, score = score,
        prepare = function(each) return each end,
        inputs = function(x)
          local n = #x
          local mask = o.mask > 0 and draw_mask(n, length, block, o.mask) or core.ones(n, length, 1)
          local given_x = o.noise > 0 and x + core.randn(n, length, leads) * o.noise or x
          if o.mask > 0 then given_x = given_x * (1 - mask) end
          return given_x, {signals = x, mask = mask}
        end,
        card = {task = {name = "reconstruction"}},
      }
    end,
  }
end

return make()
