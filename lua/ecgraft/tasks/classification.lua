--- The classes of a set, from its labels: what a network is for in the end. The net's own head is trained.
local metrics = require "ecgraft.metrics"
local nn = require "ecgraft.nn"
local task = require "ecgraft.tasks.task"

local function names_of(set) return set.classes and " (" .. table.concat(set.classes, ", ") .. ")" or "" end

--- The usual loss of a set's classes; raises where the network gives another number of outputs.
local function loss_of(set)
  return function(logits, labels)
    local got, expected = table.concat(logits:shape(), ", "), table.concat(labels:shape(), ", ")
    if got ~= expected then
      error(("fit: the network gives outputs of shape {%s}; expected {%s}: records and classes of the set%s"):format(got, expected,
        names_of(set)), 0)
    end
    return nn.bce_with_logits(logits, labels)
  end
end

--- A set and its labels; raises where its classes are not those of the training set.
local function prepare(set, train)
  if names_of(set) ~= names_of(train) then
    error(("fit: val has other classes%s than the training set%s"):format(names_of(set), names_of(train)), 0)
  end
  return set, set.labels
end

return task.new{
  name = "classification", text = "the set's classes", monitor = "macro_auroc",
  begin = function(net, set, loss)
    loss = loss or loss_of(set)
    return {
      network = net, loss = loss, card = {classes = set.classes},
      prepare = function(each) return prepare(each, set) end,
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
