---@meta
-- What eg.study and eg.fit return.


---@class ecgraft.Study
---@field spec table the options, checked
---@field plan table[] the runs
---@field out? string the folder of the last run
local Study = {}

--- Computes what is not done yet, then writes the report. Options: out (default runs/NAME), executor ("local": here, or "slurm"), workers
--- (processes, default 1; local alone), threads (of a run; default the processors shared out, with Slurm its cpus), slurm (what Slurm is
--- told: study/slurm.lua), quiet, report. Started again it goes on where it was.
--- Returns true where every run is done; false and a text where some failed; nil and a message where it cannot begin; raises an
--- interruption (a value with .interrupted) after Ctrl-C.
---@param options? ecgraft.Study.run.Options
---@return boolean?
---@return string? message
function Study:run(options) end

--- The runs as text, with the records that each will see in training, and an estimate of time and memory from a timed step of each
--- network. Loads the sets and trains nothing. Options: workers and threads, as study:run takes them.
---@param options? ecgraft.Study.plan_text.Options
---@return string
function Study:plan_text(options) end

--- The numbers behind plan_text, whose options it takes: {rows = {{run, records, seconds}, ...}, networks, records, seconds (one run after
--- the other), bytes, sets (bytes), threads, spans = {{workers, threads, seconds}, ...}: how long the whole takes with so many workers}.
---@param options? ecgraft.Study.estimate.Options
---@return table
function Study:estimate(options) end

--- Writes report.html, results.csv and tables from the runs that are done. Returns the report's path, or nil and a message.
---@param options? ecgraft.Study.report.Options
---@return string? path
---@return string? message
function Study:report(options) end

--- How far the study is, also while it runs: {total, done, failed, begun, waiting, failures, under_way ({run, epochs, of}, ...), share (of
--- the training that is done), left (seconds of computing, estimated), text}; prints as text.
---@param options? ecgraft.Study.status.Options
---@return ecgraft.Status
function Study:status(options) end

--- How far a study is; readable when printed.
---@class ecgraft.Status
---@field total integer
---@field done integer
---@field failed integer
---@field begun integer
---@field waiting integer
---@field failures table[]
---@field under_way {run: table, epochs: integer, of: integer}[]
---@field share? number of the training that is done
---@field left? number seconds of computing, estimated
---@field text string

--- What eg.fit returns: a list of rows, one an epoch.
---@class ecgraft.History
---@field [integer] ecgraft.Epoch
---@field best_epoch? integer the epoch with the best score
---@field best_score? number its score
---@field monitor string what val_score is: "macro_auroc"
---@field records integer of the training set
---@field seconds number of all epochs
---@field note? string what a report is to say of it
local History = {}

---@class ecgraft.Epoch
---@field epoch integer from 1
---@field train_loss number over the records as they came in the epoch
---@field val_loss? number nil where the epoch was not validated
---@field val_score? number the score that history.monitor names
---@field val_scores? table<string, number> all scores, of tasks other than classification
---@field lr number of the first group
---@field seconds number

--- The rows as csv text, with a line of column names.
---@return string
function History:csv() end

--- Plain tables, as a checkpoint holds them.
---@return table
function History:plain() end

--- The table that print shows, as ecgraft.table_text takes it.
---@return table
function History:table() end

--- Writes csv. Returns true, or nil and a message.
---@param path string
---@return true?
---@return string? message
function History:save(path) end

