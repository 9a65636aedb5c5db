--- What a training can be asked: the options of eg.fit. transfer.fit takes most of them.
local core = require "ecgraft.core"
local tasks = require "ecgraft.tasks"

local schedules, scalers = {"constant", "cosine", "one_cycle"}, {"set", "lead", "record", "minmax", "none"}
local monitors = {"loss"} -- and those of the tasks
for _, name in ipairs(tasks.names) do monitors[#monitors + 1] = tasks[name].monitor end
local of_class, of_all = core.metrics.names()
for _, name in ipairs(of_class) do monitors[#monitors + 1] = "macro_" .. name end
table.move(of_all, 1, #of_all, #monitors + 1, monitors)

-- ORDER OPTIONS
local fields = {
  -- what
  task = {type = "any", default = "classification", suggest = tasks.names}, -- a name in eg.tasks.names, or a task
  val = {type = "table"},                                       -- the set on which the best epoch is chosen
  epochs = {type = "integer", min = 1, default = 30},           -- times that the whole set is seen
  batch = {type = "integer", min = 1, default = 64},            -- records a step; the last of an epoch may be smaller
  seed = {type = "integer", default = 1},                       -- order of records, dropout, augmentation
  -- how
  optimizer = {type = "any"},                                   -- default Adam, lr 1e-3; or function(parameters) -> optimizer
  schedule = {type = "any", suggest = schedules},               -- "constant", "cosine", "one_cycle", or a value of optim.schedule
  loss = {type = "function"},                                   -- function(logits, labels) -> scalar; default nn.bce_with_logits
  penalty = {type = "function"},                                -- function(net) -> scalar added to the loss, or nil
  clip_norm = {type = "number", min = 0},                       -- the largest common norm of all gradients
  clip_value = {type = "number", min = 0},                      -- the largest entry of each gradient
  scaler = {type = "string|table|boolean", suggest = scalers},  -- "set" (default), "lead", "record", "minmax", "none", or a scaler
  augment = {type = "function"},                                -- function(x, y) -> x, y, in training only
  crop = {type = "integer", min = 1},                           -- samples of each record that the net sees: a random window, in evaluation
                                                                -- the middle one
  -- when to stop, what to keep
  monitor = {type = "string", suggest = monitors},              -- "loss" or a score of the task, whose default it is: "macro_auroc"
  patience = {type = "integer", min = 1},                       -- validations without a better score before it stops
  val_steps = {type = "integer", min = 0, default = 0},         -- least steps between two validations, which come at the end of an epoch;
                                                                -- the last epoch always has one. 0: every epoch
  keep = {type = "string", choices = {"best", "last"}},         -- the net's state at the end; default best where there is val
  -- where
  checkpoint = {type = "string"},                               -- a folder: checkpoint.h5 and history.csv
  resume = {type = "boolean", default = true},                  -- go on from that folder's checkpoint where there is one
  checkpoint_seconds = {type = "number", min = 0, default = 10}, -- least time between two checkpoints
  adapt_threads = {type = "boolean", default = true},           -- use fewer threads while that is faster, as on a busy machine
  -- seen
  progress = {type = "boolean", default = true},                -- a progress line
  label = {type = "string", default = "fit"},                   -- what the line begins with
  before_epoch = {type = "function"},                           -- function(net, epoch, epochs), epochs being how many there are to be
  on_epoch = {type = "function"},                               -- function(row, net); returning false stops the training
  on_step = {type = "function"},                                -- function(seen, total): records seen in training, of all epochs; once
                                                                -- before the first step, then after each
}

return fields
