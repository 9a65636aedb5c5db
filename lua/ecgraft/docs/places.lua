--- Where the public names are: modules, and the classes of values that have methods. A new public module or class: a line here.
local places = {}

--- Public modules: {name in a script, module, class of the annotations where it is not "ecgraft" and the rest of the name}. Those of one
-- line are fields of the first. ORDER PLACES: as one meets them.
places.modules = {
  {"eg", "ecgraft"},
  {"eg.nn", "ecgraft.nn"}, {"eg.nn.init", "ecgraft.nn.initialize"},
  {"eg.optim", "ecgraft.optim"}, {"eg.optim.schedule", "ecgraft.optim.schedule", "ecgraft.schedules"},
  {"eg.models", "ecgraft.models"},
  {"eg.data", "ecgraft.data"}, {"eg.data.filters", "ecgraft.data.filters", "ecgraft.filters"},
  {"eg.data.scaler", "ecgraft.data.scaler", "ecgraft.scalers"},
  {"eg.tasks", "ecgraft.tasks"},
  {"eg.transfer", "ecgraft.transfer"}, {"eg.transfer.measure", "ecgraft.transfer.measure", "ecgraft.measures"},
  {"eg.metrics", "ecgraft.metrics"},
  {"eg.stats", "ecgraft.stats"},
  {"eg.explain", "ecgraft.explain"},
  {"eg.export", "ecgraft.export"},
  {"eg.plot", "ecgraft.plot"},
  {"eg.report", "ecgraft.report"},
}

-- The local variable of a name that a function refers to.
local function upvalue(fn, name)
  local i = 1
  while true do
    local found, value = debug.getupvalue(fn, i)
    if not found then error("docs: " .. name .. " is not where it was", 0) end
    if found == name then return value end
    i = i + 1
  end
end

--- Classes: {name in the documentation, class of the annotations, module whose head describes it, function that returns the table of
-- methods, or nothing where values have fields alone}.
places.classes = {
  {"tensor", "ecgraft.Tensor", "ecgraft.tensor", function() return require("ecgraft.core").tensor_methods end},
  {"net", "ecgraft.Module", "ecgraft.nn.module", function()
    return getmetatable(require("ecgraft.nn").Linear).__index
  end},
  {"optimizer", "ecgraft.Optimizer", "ecgraft.optim", function()
    return upvalue(upvalue(require("ecgraft.optim").Adam, "make"), "Optimizer")
  end},
  {"schedule", "ecgraft.Schedule", "ecgraft.optim.schedule", function()
    return upvalue(require("ecgraft.optim").schedule.is, "Schedule")
  end},
  {"set", "ecgraft.Dataset", "ecgraft.data.dataset", function()
    return upvalue(upvalue(require("ecgraft.data.dataset").is, "Dataset").__index, "methods")
  end},
  {"record", "ecgraft.Record", "ecgraft.data.record", function()
    return upvalue(require("ecgraft.data.record").of_set, "Record")
  end},
  {"scaler", "ecgraft.Scaler", "ecgraft.data.scaler", function()
    return upvalue(require("ecgraft.data.scaler").new, "Scaler")
  end},
  {"history", "ecgraft.History", "ecgraft.train.history", function() return require "ecgraft.train.history" end},
  {"task", "ecgraft.Task", "ecgraft.tasks.task", function() return upvalue(require("ecgraft.tasks").is_task, "Task") end},
  {"strategy", "ecgraft.Strategy", "ecgraft.transfer.strategy", function()
    return upvalue(require("ecgraft.transfer").is_strategy, "Strategy")
  end},
  {"evaluation", "ecgraft.Evaluation", "ecgraft.metrics.evaluate", function()
    return upvalue(require("ecgraft.metrics").evaluate, "Evaluation")
  end},
  {"curve", "ecgraft.Curve", "ecgraft.stats.learning_curve", function()
    return upvalue(require("ecgraft.stats").fit_curve, "Curve")
  end},
  {"svm", "ecgraft.LinearSvm", "ecgraft.linear_svm", function() return upvalue(upvalue(require "ecgraft.linear_svm", "fit"), "Svm") end},
  {"study", "ecgraft.Study", "ecgraft.study", function() return upvalue(require("ecgraft.study").is, "Study") end},
}

--- Functions that only hand on to another one: public name -> the one with the comment and the options.
places.behind = {}

--- Options that such a function fixes: they are not the caller's.
places.fixed = {}

for _, name in ipairs(require("ecgraft.models").names) do
  local build = require("ecgraft.models")[name]
  places.behind["eg.models." .. name], places.fixed["eg.models." .. name] = upvalue(build, "class").init, upvalue(build, "fixed")
end

--- Functions whose options another one checks.
places.options_of = {["set:save"] = function() return require("ecgraft.data.prepared").save end}

--- The names that a value has for whoever uses it, sorted: fields of a module, those that are loaded when first used included; methods of
-- a class. Names that begin with "_" are not among them.
function places.names_of(value)
  local seen, list = {}, {}
  local function add(t)
    for name in pairs(t) do
      if type(name) == "string" and not name:find "^_" and not seen[name] then
        seen[name] = true
        list[#list + 1] = name
      end
    end
  end
  if type(value) == "table" then add(value) end
  local meta = type(value) == "table" and getmetatable(value)
  if type(meta) == "table" and type(rawget(meta, "parts")) == "table" then add(meta.parts) end
  table.sort(list)
  return list
end

return places
