--- What a study's folder says: which runs are done, failed or begun. A run is done when its result.json is there, since that is
-- written last; a failure is noted in failed.txt and forgotten when the run is tried again.
local files = require "ecgraft.files"

local folder = {}

function folder.of(out, id) return out .. "/runs/" .. id end

--- "done", "failed", "begun" or "waiting".
function folder.state(out, run)
  local path = folder.of(out, run.id)
  if files.exists(path .. "/result.json") then return "done" end
  if files.exists(path .. "/failed.txt") then return "failed" end
  return files.exists(path .. "/config.json") and "begun" or "waiting"
end

--- The result of a finished run, or nil and a message.
function folder.result(out, run) return files.read_json(folder.of(out, run.id) .. "/result.json") end

function folder.note_failure(out, run, message)
  local path = folder.of(out, run.id)
  files.make_folder(path)
  files.write(path .. "/failed.txt", message .. "\n")
end

function folder.failure(out, run)
  local text = files.read(folder.of(out, run.id) .. "/failed.txt")
  return text and (text:gsub("%s+$", ""))
end

function folder.forget_failure(out, run) os.remove(folder.of(out, run.id) .. "/failed.txt") end

--- Why a run that needs another is not made: its name, where that has failed; else nil.
function folder.blocked_by(out, run)
  return run.needs and folder.state(out, {id = run.needs}) == "failed" and run.needs or nil
end

--- Counts by state, the failed runs with their messages and how many wait for each in vain, {run, message, blocks}, and the states by id.
function folder.survey(out, runs)
  local counts, failures, states = {done = 0, failed = 0, begun = 0, waiting = 0}, {}, {}
  local failed = {}
  for _, run in ipairs(runs) do
    local state = folder.state(out, run)
    states[run.id] = state
    counts[state] = counts[state] + 1
    if state == "failed" then
      failed[run.id] = {run = run, message = folder.failure(out, run), blocks = 0}
      failures[#failures + 1] = failed[run.id]
    end
  end
  for _, run in ipairs(runs) do
    local cause = failed[run.needs]
    if cause and states[run.id] ~= "done" then cause.blocks = cause.blocks + 1 end
  end
  return counts, failures, states
end

return folder
