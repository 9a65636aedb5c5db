--- A training run on disk: everything that is needed to go on to the same bits. One HDF5 file, replaced as a whole.
-- Datasets: model/NAME, best/NAME (the state of the best epoch so far), optimizer/NAME; the rest is JSON in attributes.
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local history = require "ecgraft.train.history"
local options = require "ecgraft.options"

local checkpoint = {}

local function add_state(list, prefix, state)
  for _, name in ipairs(options.names(state)) do list[#list + 1] = {name = prefix .. name, tensor = state[name]} end
end

--- Writes `run`: {net, best (state or nil), optimizer, schedule, history, epoch (finished), step (of the epoch after it), loss_sum,
-- waited (epochs without a better score), key}. Returns true, or nil and a message.
function checkpoint.save(path, run)
  local list = {}
  add_state(list, "model/", run.net:state())
  if run.best then add_state(list, "best/", run.best) end
  local optimizer = run.optimizer:state()
  add_state(list, "optimizer/", optimizer.tensors)
  return core.store.save(path, list, {
    ecgraft_kind = "checkpoint", ecgraft_version = core.version, key = run.key,
    progress = files.to_json{epoch = run.epoch, step = run.step, loss_sum = run.loss_sum, waited = run.waited},
    history = files.to_json(run.history:plain()),
    optimizer = files.to_json(optimizer.plain),
    schedule = files.to_json(run.schedule and run.schedule:state() or {}),
  })
end

local function part(tensors, prefix)
  local state = {}
  for name, tensor in pairs(tensors) do
    if name:sub(1, #prefix) == prefix then state[name:sub(#prefix + 1)] = tensor end
  end
  return state
end

--- Brings `run` back to where the file was written. Returns true; false where there is no file; nil and a message where it cannot be
-- read or belongs to another run.
function checkpoint.load(path, run)
  if not files.exists(path) then return false end
  local tensors, attributes = core.store.load(path)
  if not tensors then return nil, attributes end
  if attributes.ecgraft_kind ~= "checkpoint" then return nil, path .. " is not a checkpoint" end
  if attributes.key ~= run.key then
    return nil, ("%s belongs to another training run: it was written with %s, this one has %s; use another folder or resume = false")
      :format(path, tostring(attributes.key), run.key)
  end
  local told = {} ---@type table<string, table>
  for _, name in ipairs{"progress", "history", "optimizer", "schedule"} do
    local value, message = files.from_json(attributes[name])
    if type(value) ~= "table" then
      return nil, ("%s is damaged: its attribute '%s': %s"):format(path, name, message or "expected a table")
    end
    told[name] = value
  end
  run.net:load_state(part(tensors, "model/"))
  local best = part(tensors, "best/")
  run.best = next(best) and best or nil
  run.optimizer:load_state{tensors = part(tensors, "optimizer/"), plain = told.optimizer}
  if run.schedule then run.schedule:load_state(told.schedule) end
  run.history = history.restore(told.history)
  local progress = told.progress
  run.epoch, run.step, run.loss_sum, run.waited = progress.epoch, progress.step, progress.loss_sum, progress.waited
  return true
end

return checkpoint
