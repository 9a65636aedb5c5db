--- How good a net is on a set, by its task.
local batches = require "ecgraft.train.batches"
local feeds = require "ecgraft.data.feed"
local evaluating = require "ecgraft.train.evaluating"
local tensor = require "ecgraft.tensor"

local validation = {}

local BATCH = 64

--- What the job keeps of a network's outputs over a set, in evaluation mode and without recording: two tensors with a row for each record,
-- the second nil where the job keeps one. Leaves the network in the mode it was in.
local function outputs_of(job, set, targets, scaler, seed, cut)
  return evaluating(job.network, function()
    local kept, wanted, count = {}, {}, feeds.shape(set)[1]
    local feed <close> = feeds.new(set, nil, BATCH)
    for first = 1, count, BATCH do
      batches.stream(seed, 0, first) -- what a job draws is the same in every epoch
      local x = batches.next(feed, set, scaler, cut)
      local y = targets and targets:narrow(1, first, #x)
      if job.inputs then x, y = job.inputs(x, y) end
      local outputs = job.network(x)
      if job.reduce then outputs, y = job.reduce(outputs, y) end
      kept[#kept + 1], wanted[#wanted + 1] = outputs, y
    end
    return tensor.cat(kept), #wanted > 0 and tensor.cat(wanted) or nil
  end)
end

--- loss, score and all scores of a job's network on a prepared set and its targets. The score is that of the name `monitor`, the loss where
-- that is "loss". cut, where given, is a function from a batch to the windows of it that the network sees.
function validation.evaluate(job, set, targets, monitor, scaler, seed, cut)
  local kept, wanted = outputs_of(job, set, targets, scaler, seed, cut)
  local loss, scores = job.score(kept, wanted, monitor)
  if monitor == "loss" then return loss, loss, scores end
  local score = scores[monitor]
  if type(score) ~= "number" then
    error(("fit: monitor must be \"loss\" or a score of the task such as %q, got %q"):format(job.monitor, monitor), 0)
  end
  return loss, score, scores
end

return validation
