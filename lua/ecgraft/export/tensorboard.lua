--- Trainings for TensorBoard: while they run, or from the histories of a study.
--
--   eg.fit(net, train, {val = val, on_epoch = eg.export.tensorboard "runs/tb/first"})
--   tensorboard --logdir runs/tb
--
-- Tags: loss/train, loss/val, score/val (what fit monitors; of tasks with several scores also score/NAME), lr, seconds. A step is an epoch.
local core = require "ecgraft.core"
local csv = require "ecgraft.data.csv"
local events = require "ecgraft.export.events"
local files = require "ecgraft.files"
local lfs = require "lfs"
local options = require "ecgraft.options"
local uv = require "luv"

local tensorboard = {}

-- ORDER COLUMNS: as train/history.lua.
local TAGS = {{"train_loss", "loss/train"}, {"val_loss", "loss/val"}, {"val_score", "score/val"}, {"lr", "lr"}, {"seconds", "seconds"}}

local function values_of(row)
  local values = {}
  for _, each in ipairs(TAGS) do
    if row[each[1]] then values[#values + 1] = {each[2], row[each[1]]} end
  end
  for _, name in ipairs(options.names(row.val_scores or {})) do values[#values + 1] = {"score/" .. name, row.val_scores[name]} end
  return values
end

local opened = 0

-- A name that no other writer to the folder has; TensorBoard reads all files of a folder in the order of their names.
local function new_path(folder, time)
  opened = opened + 1
  return ("%s/events.out.tfevents.%010d.ecgraft.%d.%d"):format(folder, time // 1, uv.os_getpid(), opened)
end

local function now()
  local seconds, micro = uv.gettimeofday()
  return seconds + micro / 1e6
end

local function append(path, text)
  local file, message = io.open(path, "ab")
  local ok = file
  if file then
    ok, message = file:write(text)
    local closed, failure = file:close()
    if ok and not closed then ok, message = nil, failure end
  end
  if not ok then error(("export.tensorboard: cannot write '%s': %s"):format(path, message), 0) end
end

local SECOND = "export.tensorboard: the function for '%s' is that of one training and has written epoch %d, then came epoch %d: two "
  .. "trainings would be one curve. Make a function for each, by eg.export.tensorboard with a folder of its own (for one that goes on from "
  .. "its checkpoint, with the same folder)"

--- A function for fit's option on_epoch that adds each epoch to an event file in `folder`. nil and a message where the folder cannot be
-- made. A training that goes on from its checkpoint is one curve with what was there before. It is for one training: an epoch that does not
-- come after the last one raises.
function tensorboard.on_epoch(folder)
  options.argument("export.tensorboard", 1, "folder", folder, {type = "string"})
  local ok, message = files.make_folder(folder)
  if not ok then return nil, message end
  local path, last
  return function(row)
    if last and row.epoch <= last then error(SECOND:format(folder, last, row.epoch), 0) end
    local time, text = now(), ""
    if not path then
      path = new_path(folder, time)
      text = events.head(time)
    end
    append(path, text .. events.scalars(time, row.epoch, values_of(row)))
    last = row.epoch
  end
end

--- The bytes of an event file for a history.csv, or nil and a message. Times end with when the file was written.
local function converted(path)
  local rows, message = csv.read(path, {"epoch"})
  if not rows then return nil, message end
  local list, left = {}, 0
  for i, row in ipairs(rows) do
    local numbers = {epoch = math.tointeger(tonumber(row.epoch))}
    for _, each in ipairs(TAGS) do numbers[each[1]] = tonumber(row[each[1]] or "") end
    if not numbers.epoch then return nil, ("%s: row %d: expected an epoch, got %s"):format(path, i, options.show(row.epoch)) end
    list[i], left = numbers, left + (numbers.seconds or 0)
  end
  local time = lfs.attributes(path, "modification") - left
  local parts = {events.head(time)}
  for i, row in ipairs(list) do
    time = time + (row.seconds or 0)
    parts[i + 1] = events.scalars(time, row.epoch, values_of(row))
  end
  return table.concat(parts)
end

local function folders_in(path)
  local names, message = files.names(path)
  if not names then return nil, message end
  local list = {}
  for _, name in ipairs(names) do
    if files.exists(("%s/%s/history.csv"):format(path, name)) then list[#list + 1] = name end
  end
  return list
end

--- Writes the histories below `from` as event files below `out`: of the folder of a study one folder a run, of the folder of one training
-- `out` itself. Done again, the same files are replaced. Returns how many, or nil and a message.
function tensorboard.histories(from, out)
  options.argument("export.tensorboard_histories", 1, "folder", from, {type = "string"})
  options.argument("export.tensorboard_histories", 2, "out", out, {type = "string"})
  local list = {}
  if files.exists(from .. "/history.csv") then list[1] = {from, out}
  else
    local runs = files.exists(from .. "/runs") and from .. "/runs" or from
    if lfs.attributes(runs, "mode") ~= "directory" then return nil, ("cannot read %s: it is not there, or no folder"):format(from) end
    local names, message = folders_in(runs)
    if not names then return nil, message end
    for i, name in ipairs(names) do list[i] = {runs .. "/" .. name, out .. "/" .. name} end
  end
  if #list == 0 then return nil, from .. ": no history.csv here, in runs/*/ or in the folders below" end
  for _, pair in ipairs(list) do
    local bytes, message = converted(pair[1] .. "/history.csv")
    if not bytes then return nil, message end
    local ok
    ok, message = files.make_folder(pair[2])
    if ok then ok, message = core.store.write_file(pair[2] .. "/events.out.tfevents.0000000000.ecgraft", bytes) end
    if not ok then return nil, message end
  end
  return #list
end

return tensorboard
