--- How good a net is on a set, and which of two scores is better.
local batches = require "ecgraft.train.batches"
local feeds = require "ecgraft.data.feed"
local evaluating = require "ecgraft.train.evaluating"
local metrics = require "ecgraft.metrics"
local tensor = require "ecgraft.tensor"
local window = require "ecgraft.train.window"

local validation = {}

local BATCH = 64

--- The logits of a net over a set, in evaluation mode and without recording; leaves the net in the mode it was in.
local function logits_of(net, set)
  return evaluating(net, function()
    local out, count = {}, #set.labels
    local function cut(x) return window.middle("fit", x, net.card.crop) end
    local feed <close> = feeds.new(set, nil, BATCH)
    for _ = 1, count, BATCH do out[#out + 1] = net((batches.next(feed, set, net.card.scaler, cut))) end
    return tensor.cat(out)
  end)
end

--- loss, score (nil where the monitor is "loss": then the loss is the score).
function validation.evaluate(net, set, loss, monitor)
  local logits = logits_of(net, set)
  local value = loss(logits, set.labels):item()
  if monitor == "loss" then return value, value end
  if logits:count_nonfinite() > 0 then error("fit: the outputs on the validation set are not finite", 0) end
  local scores = metrics.evaluate(logits:sigmoid(), set.labels, {classes = set.classes})
  local score = scores[monitor]
  if type(score) ~= "number" then
    error(("fit: monitor must be \"loss\" or a metric of eg.metrics.evaluate such as \"macro_auroc\", got %q"):format(monitor), 0)
  end
  return value, score
end

--- Whether a score is better than the best so far (nil: none yet). NaN is never better.
function validation.better(monitor, score, best)
  if score ~= score then return false end
  if not best then return true end
  if monitor == "loss" then return score < best end
  return score > best
end

return validation
