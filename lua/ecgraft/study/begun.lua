--- How far a run is that has begun and is not done, by the files in its folder: history.csv has a line for each epoch of the last
-- checkpoint, which is written every ten seconds or so. It may be at work now, or have been interrupted.
local files = require "ecgraft.files"
local folder = require "ecgraft.study.folder"

local begun = {}

--- The epochs that a history.csv tells of, and the seconds they took.
local function history(path)
  local text = files.exists(path) and files.read(path)
  local epochs, seconds = 0, 0 ---@type integer, number
  for last in (text or ""):gmatch "\n[^\n]*,([^,\n]+)" do
    epochs, seconds = epochs + 1, seconds + (tonumber(last) or 0)
  end
  return epochs, seconds
end

--- Epochs that are done of `epochs` (those of all the run's trainings; nil where nobody knows) and the seconds they took; 0, 0 of a run
-- that has not begun. A training of another learning rate that is done counts whole, however many epochs it needed.
function begun.epochs(out, run, epochs)
  local path = folder.of(out, run.id)
  local config = epochs and files.exists(path .. "/config.json") and files.read_json(path .. "/config.json")
  if not config then return 0, 0 end
  local rates = config.tune or {}
  if #rates == 0 then
    local done, seconds = history(path .. "/history.csv")
    return math.min(done, epochs), seconds
  end
  local done, seconds = 0, 0 ---@type number, number
  for _, lr in ipairs(rates) do
    local each = ("%s/lr-%.6g"):format(path, lr)
    local candidate = files.exists(each .. "/candidate.json") and files.read_json(each .. "/candidate.json")
    local some, spent = history(each .. "/history.csv")
    done = done + (candidate and epochs // #rates or some)
    seconds = seconds + (candidate and candidate.seconds or spent)
  end
  return math.min(done, epochs), seconds
end

--- The share of its training that is done, from 0 to 1.
function begun.share(out, run, epochs)
  return epochs and epochs > 0 and begun.epochs(out, run, epochs) / epochs or 0
end

return begun
