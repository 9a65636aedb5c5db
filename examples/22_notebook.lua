-- %% [markdown]
-- # From a record to a trained network
--
-- A notebook: `ecgraft notebook examples/22_notebook.lua` writes 22_notebook.html beside it. It is a plain script too:
-- `lua5.4 examples/22_notebook.lua`.
--
-- A *cell* begins with a line `-- %%`. What it prints stands below it, and so does the value of its last expression: a record as a page of
-- ECG paper, a training as its curves, a set as a table. `eg.display` shows a value in between.
--
-- | here | what it shows |
-- |---|---|
-- | `set` | classes and their counts |
-- | `set:record(1)` | the 12-lead page |
-- | `history` | loss and score by epoch |

-- %% Data
local eg = require "ecgraft"
local set = eg.data.synthetic{records = 240, classes = {"NORM", "AF", "LBBB", "VEB"}, seconds = 5, seed = 1}
local parts = set:split{train = 0.6, val = 0.2, test = 0.2, by = "patient", seed = 1}
eg.display(set)

-- %% A record
print(("%d records to train on, %d to choose the epoch by, %d to test"):format(#parts.train, #parts.val, #parts.test))
parts.test:record(1)

-- %% [markdown]
-- ## Training
-- Variables of a cell are there in the next ones, `local` or not. Run again with nothing changed, a notebook is shown from its cache.

-- %% Training
eg.manual_seed(1)
local net = eg.models.resnet1d18{classes = #set.classes, width = 4, hidden = 16}
local adam = eg.optim.Adam(net:parameters(), {lr = 5e-3})
local history = eg.fit(net, parts.train, {val = parts.val, epochs = 6, batch = 16, optimizer = adam})
eg.display(history)

-- %% Was it worth it?
local scores = eg.predict(net, parts.test)
eg.display(eg.metrics.evaluate(scores, parts.test.labels, {classes = set.classes}))

-- %%
local epochs, losses = {}, {}
for i, row in ipairs(history) do epochs[i], losses[i] = row.epoch, row.train_loss end
eg.display(eg.plot.lines{series = {{name = "training", x = epochs, y = losses}}, x = {label = "epoch", integer = true},
  y = {label = "loss"}, title = "A picture of one's own", height = 260})
