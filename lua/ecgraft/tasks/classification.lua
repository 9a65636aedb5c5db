--- The classes of a set, from its labels: what a network is for in the end. The net's own head is trained.
local metrics = require "ecgraft.metrics"
local nn = require "ecgraft.nn"
local task = require "ecgraft.tasks.task"

--- The usual loss of a set's classes; raises where the network gives another number of outputs.
local function loss_of(set)
  return function(logits, labels)
    if logits:dim() ~= 2 or logits:size(2) ~= #set.classes then
      error(("fit: the set has %d classes (%s), the network gives outputs of shape {%s} for %d records; expected {%d, %d}"):format(
        #set.classes, table.concat(set.classes, ", "), table.concat(logits:shape(), ", "), #labels, #labels, #set.classes), 0)
    end
    return nn.bce_with_logits(logits, labels)
  end
end

return task.new{
  name = "classification", text = "the set's classes", monitor = "macro_auroc",
  begin = function(net, set, loss)
    loss = loss or loss_of(set)
    return {
      network = net, loss = loss, card = {classes = set.classes},
      prepare = function(each) return each, each.labels end,
      score = function(logits, labels, monitor)
        local value = loss(logits, labels):item()
        if monitor == "loss" then return value, {} end
        if logits:count_nonfinite() > 0 then error("fit: the outputs on the validation set are not finite", 0) end
        return value, metrics.evaluate(logits:sigmoid(), labels, {classes = set.classes})
      end,
    }
  end,
  values = function(_, logits) return logits:sigmoid() end,
}
