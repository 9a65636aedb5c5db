--- plot.history: the learning curves of one training, loss above and scores below, by epoch.
local axes = require "ecgraft.plot.axes"
local figure = require "ecgraft.plot.figure"
local lines = require "ecgraft.plot.lines"
local measure_label = require "ecgraft.measure_label"
local options = require "ecgraft.options"
local references = require "ecgraft.plot.references"
local scale = require "ecgraft.plot.scale"
local series = require "ecgraft.plot.series"

local history = {}

-- Columns of a history that are no curve.
local no_curve = { epoch = true, seconds = true, lr = true, step = true }

-- What a curve is called: val_score by what it is a score of, where that is known.
local function words(name, monitor)
  if name == "val_score" and monitor then return "validation " .. measure_label(monitor) end
  return (name:gsub("_", " "):gsub("^val ", "validation "):gsub("^train ", "training "))
end

-- Names of the numeric columns of all rows, sorted, in two lists: losses and the rest.
local function columns(where, rows, level)
  local seen = {}
  for i, row in ipairs(rows) do
    if type(row) ~= "table" then
      error(("%s: row %d must be a table, got %s"):format(where, i, options.show(row)), level + 1)
    end
    for name, value in pairs(row) do
      if type(name) == "string" and type(value) == "number" and not no_curve[name] then seen[name] = true end
    end
  end
  local losses, scores = {}, {}
  for _, name in ipairs(options.names(seen)) do
    local list = name:find("loss$") and losses or scores
    list[#list + 1] = name
  end
  return losses, scores
end

local function curves(rows, names)
  local monitor = type(rows.monitor) == "string" and rows.monitor or nil
  local list = {}
  for k, name in ipairs(names) do
    local x, y = {}, {}
    for i, row in ipairs(rows) do
      x[i] = type(row.epoch) == "number" and row.epoch or i
      y[i] = type(row[name]) == "number" and row[name] or 0 / 0
    end
    list[k] = { name = words(name, monitor), x = x, y = y }
  end
  return list
end

local function draw_panel(canvas, room, list, x_label, y_label, best, log)
  list = series.check("plot.history", list, 3)
  local x_axis = scale.check("plot.history: x", { label = x_label, integer = true }, 3)
  local y_axis = scale.check("plot.history: y", { label = y_label, scale = log and "log" or "linear" }, 3)
  local x_data, y_data = series.extent("plot.history", list, x_axis, y_axis, 3)
  local many = #list > 0 and #list[1].x > 40
  figure.legend(canvas, room, lines.legend(list, true, not many))
  local box = axes.draw(canvas, room, x_axis, y_axis, x_data, y_data)
  if best then references.draw(canvas, box, { { x = best, label = "best epoch " .. best } }, lines.ink(box, list, true)) end
  lines.draw(canvas, box, list, { interval = "band", markers = not many, join = true })
  if not x_data[1] then figure.empty(canvas, box, "no data") end
end

local schema = figure.schema(560, nil)
schema.best_epoch = { type = "integer" }
schema.log_loss = { type = "boolean", default = false }

--- Learning curves as an SVG string.
--   history  {{epoch =, train_loss =, val_loss =, val_score = ...}, ...}, as eg.fit returns it; a field best_epoch is marked, and monitor
--            ("macro_auroc") says what val_score is.
--            Columns whose names end in "loss" stand in the upper panel, all others (but epoch, step, seconds, lr) in the lower one.
--   options  title, subtitle, desc, width (560), height (520, or 320 for one panel), best_epoch, log_loss (a log axis for losses)
function history.history(rows, given)
  local where = "plot.history"
  if type(rows) ~= "table" then
    error(("%s: argument 1 (history) must be a list of rows, got %s"):format(where, options.show(rows)), 2)
  end
  local o = options.check(where, given, schema)
  local losses, scores = columns(where, rows, 2)
  local both = #losses > 0 and #scores > 0
  o.height = o.height or (both and 520 or 320)
  local best = o.best_epoch or math.tointeger(rows.best_epoch)
  -- Where the only scores are those by which the best epoch is chosen, the axis has their name.
  local one = #scores == 1 and scores[1] == "val_score" and type(rows.monitor) == "string"
  local y_label = one and measure_label(rows.monitor) or "score"
  local canvas, room = figure.new(o, ("Learning curves over %d epochs."):format(#rows))
  if both then
    local middle = (room.top + room.bottom) / 2
    draw_panel(canvas, { left = room.left, right = room.right, top = room.top, bottom = middle - 6 }, curves(rows, losses),
      "", "loss", best, o.log_loss)
    draw_panel(canvas, { left = room.left, right = room.right, top = middle + 2, bottom = room.bottom }, curves(rows, scores),
      "epoch", y_label, best, false)
  elseif #losses > 0 then
    draw_panel(canvas, room, curves(rows, losses), "epoch", "loss", best, o.log_loss)
  else
    draw_panel(canvas, room, curves(rows, scores), "epoch", y_label, best, false)
  end
  return canvas:finish()
end

return history
