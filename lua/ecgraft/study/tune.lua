--- The learning rate chosen on validation: one training for each candidate in a folder of its own, and the one with the best score.
--
-- A candidate is done when its candidate.json is there, so that a killed run repeats none; the chosen net is always read back from its
-- file, so that the numbers are those of an undisturbed run.
local files = require "ecgraft.files"
local nn = require "ecgraft.nn"

local tune = {}

--- lr, lr / 3 and lr / 10.
function tune.default_rates(lr) return {lr, lr / 3, lr / 10} end

local function folder_of(folder, lr) return ("%s/lr-%.6g"):format(folder, lr) end

local function raised(ok, message)
  if not ok then error(message, 0) end
end

--- What a rate that is too high does: the loss or the weights stop being numbers. Anything else that goes wrong is the run's failure.
local function diverged(message)
  return type(message) == "string" and message:find("a smaller learning rate", 1, true) ~= nil
end

local function candidate(folder, lr, fit, i)
  local path = folder_of(folder, lr)
  local done = path .. "/candidate.json"
  if files.exists(done) then
    local found, message = files.read_json(done)
    raised(found, message)
    return found
  end
  raised(files.make_folder(path))
  local result
  local ok, net, history, share = pcall(fit, lr, path, i)
  if ok then
    raised(net:save(path .. "/model.h5"))
    local score = history.best_score
    result = {lr = lr, score = score and score == score and score or nil, best_epoch = history.best_epoch, epochs = #history,
      seconds = history.seconds, records = history.records, share = share}
  elseif diverged(net) then
    result = {lr = lr, epochs = 0, seconds = 0, failure = net:match("[^\n]*")}
  else
    error(net, 0)
  end
  raised(files.write_json(done, result))
  os.remove(path .. "/checkpoint.h5")
  return result
end

--- Trains with each of `rates` by fit(lr, folder, its number) --> net, history, share (of the values that came from upstream), and returns
-- the net with the best validation score, its selection (best_epoch, best_score, epochs; seconds of all candidates), and {lr, share,
-- candidates}. The first of equals is taken.
function tune.choose(rates, folder, fit)
  local candidates, best, seconds = {}, nil, 0
  for i, lr in ipairs(rates) do
    local each = candidate(folder, lr, fit, i)
    candidates[i], seconds = each, seconds + each.seconds
    if each.score and (not best or each.score > best.score) then best = each end
  end
  if not best then
    error(("no learning rate gave a validation score; the first, %g: %s"):format(rates[1], candidates[1].failure or "not a number"), 0)
  end
  local path = folder_of(folder, best.lr)
  local net, message = nn.load(path .. "/model.h5")
  raised(net, message)
  local history
  history, message = files.read(path .. "/history.csv")
  raised(history, message)
  raised(files.write(folder .. "/history.csv", history))
  return net, {best_epoch = best.best_epoch, best_score = best.score, epochs = best.epochs, seconds = seconds,
    train_records = best.records}, {lr = best.lr, share = best.share, candidates = candidates}
end

--- Removes the candidates' models once the run is done; their scores and histories stay.
function tune.clean(rates, folder)
  for _, lr in ipairs(rates) do os.remove(folder_of(folder, lr) .. "/model.h5") end
end

return tune
