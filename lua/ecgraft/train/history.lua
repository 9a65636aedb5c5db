--- What fit returns: a list of rows, one an epoch, from history[1] on. print(history) is a table; history:save(path) writes csv.
-- A row has these fields:
--
--   epoch       its number, from 1
--   train_loss  the mean loss over the records, as they came in the epoch
--   val_loss    the loss on the validation set, nil where the epoch was not validated
--   val_score   the score on the validation set by which the best epoch is chosen: the one that history.monitor names, "macro_auroc" unless
--               fit was asked for another; it is under that name in the table that print shows
--   val_scores  all scores by name, of tasks other than classification
--   lr          the learning rate of the first group at the end of the epoch
--   seconds     what the epoch took
--
-- So the score of the best epoch is history.best_score, or history[history.best_epoch].val_score. The other fields of a history: monitor,
-- records (of the training set), seconds (of all epochs), note (what a report is to say of it).
local colon = require "ecgraft.colon"
local files = require "ecgraft.files"
local table_text = require "ecgraft.table_text"

---@class ecgraft.train.history: ecgraft.History
local history = {}
history.__index = history

-- ORDER COLUMNS: of the csv and of the printed table.
local columns = {"epoch", "train_loss", "val_loss", "val_score", "lr", "seconds"}

function history.new(monitor, records)
  return setmetatable({monitor = monitor, records = records, seconds = 0}, history)
end

--- From plain tables, as a checkpoint holds them.
function history.restore(plain)
  local self = history.new(plain.monitor, plain.records)
  for i, row in ipairs(plain.rows) do self[i] = row end
  self.best_epoch, self.best_score, self.seconds = plain.best_epoch, plain.best_score, plain.seconds
  return self
end

--- Plain tables, as a checkpoint holds them.
function history:plain()
  return {monitor = self.monitor, records = self.records, rows = table.move(self, 1, #self, 1, {}), best_epoch = self.best_epoch,
    best_score = self.best_score, seconds = self.seconds}
end

local function cell(name, value)
  if value == nil then return "" end
  if name == "epoch" then return ("%d"):format(value) end
  return (name == "seconds" and "%.2f" or "%.6g"):format(value)
end

--- The rows as csv text, with a line of column names.
function history:csv()
  local lines = {table.concat(columns, ",")}
  for _, row in ipairs(self) do
    local cells = {}
    for i, name in ipairs(columns) do cells[i] = cell(name, row[name]) end
    lines[#lines + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

--- Writes csv. Returns true, or nil and a message.
function history:save(path) return files.write(path, self:csv()) end

--- The table that print shows, as ecgraft.table_text takes it.
function history:table()
  local value = {columns = {}, rows = {}}
  for i, name in ipairs(columns) do
    value.columns[i] = {title = name == "val_score" and self.monitor or name, align = "right"}
  end
  value.columns[#columns + 1] = {title = ""}
  for i, row in ipairs(self) do
    value.rows[i] = {}
    for j, name in ipairs(columns) do value.rows[i][j] = cell(name, row[name]) end
    value.rows[i][#columns + 1] = row.epoch == self.best_epoch and "best" or ""
  end
  return value
end

history.__table = history.table

function history:__tostring() return (table_text.format(self:table()):gsub("\n$", "")) end

colon.class(history, "history", {"new", "restore"})

return history
