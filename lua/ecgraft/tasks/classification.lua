--- The classes of a set, from its labels: what a network is for in the end. The net's own head is trained.
local metrics = require "ecgraft.metrics"
local nn = require "ecgraft.nn"
local task = require "ecgraft.tasks.task"

return task.new{
  name = "classification", text = "the set's classes", monitor = "macro_auroc",
  begin = function(net, set, loss)
    loss = loss or nn.bce_with_logits
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
