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

--- Counts by state, and the failed runs with their messages.
function folder.survey(out, runs)
  local counts, failures = {done = 0, failed = 0, begun = 0, waiting = 0}, {}
  for _, run in ipairs(runs) do
    local state = folder.state(out, run)
    counts[state] = counts[state] + 1
    if state == "failed" then failures[#failures + 1] = {run = run, message = folder.failure(out, run)} end
  end
  return counts, failures
end

return folder
