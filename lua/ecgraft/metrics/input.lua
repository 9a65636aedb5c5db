--- What the functions of ecgraft.metrics are given, checked and prepared: scores, labels, class names, thresholds.
local blame = require "ecgraft.stats.blame"
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local input = {}

--- Options that every function of prepared scores takes; merge into a schema with input.schema{...}.
local common = {
  classes = {type = "table"},
  thresholds = {type = "number|table|tensor", default = 0.5},
}

--- A schema with the common options and those of `more`.
function input.schema(more)
  local schema = {}
  for name, field in pairs(common) do schema[name] = field end
  for name, field in pairs(more or {}) do schema[name] = field end
  return schema
end

--- Names of the classes: `given`, checked to be `count` different strings, or "1", "2", ...
function input.classes(where, given, count, level)
  level = (level or 2) + 1
  local names, seen = {}, {}
  for k = 1, given and #given or count do
    local name = given and given[k] or tostring(k)
    if type(name) ~= "string" then
      error(("%s: classes must be a list of strings, got %s as number %d"):format(where, options.show(name), k), level)
    elseif seen[name] then
      error(("%s: classes must differ, got %s twice"):format(where, options.show(name)), level)
    end
    names[k], seen[name] = name, k
  end
  if #names ~= count then
    error(("%s: expected the names of %d classes, got %d"):format(where, count, #names), level)
  end
  return names, seen
end

local function check_threshold(where, value, name, level)
  if type(value) ~= "number" or value ~= value then
    error(("%s: the threshold of class %s must be a number, got %s"):format(where, name, options.show(value)), level + 1)
  end
  return value + 0.0
end

--- A threshold for each class from a number for all, a list, a tensor (K), or a table by class name.
function input.thresholds(where, given, classes, level)
  level = (level or 2) + 1
  local list = {}
  if type(given) == "userdata" then given = given:totable() end
  if type(given) == "number" then
    for k, name in ipairs(classes) do list[k] = check_threshold(where, given, name, level) end
    return list
  elseif type(given) ~= "table" then
    error(("%s: thresholds must be a number, a list of %d, or a table by class name, got %s"):format(where, #classes,
      options.show(given)), level)
  end
  local named = #given == 0 and next(given) ~= nil
  if not named and #given ~= #classes then
    error(("%s: expected %d thresholds, one a class, got %d"):format(where, #classes, #given), level)
  end
  for k, name in ipairs(classes) do
    list[k] = check_threshold(where, given[named and name or k], name, level)
  end
  if named then
    local known = {}
    for _, name in ipairs(classes) do known[name] = true end
    for _, name in ipairs(options.names(given)) do
      if not known[name] then
        error(("%s: there is a threshold for '%s', which is no class; classes: %s"):format(where, name,
          table.concat(classes, ", ")), level)
      end
    end
  end
  return list
end

--- From the arguments of `where`: prepared scores, class names, their places by name, thresholds (a list). Errors about an entry
-- name its record and class.
function input.prepare(where, scores, labels, checked, level)
  level = (level or 2) + 1
  options.argument(where, 1, "scores", scores, {type = "tensor"}, level)
  local count = scores:dim() == 2 and scores:size(2) or 1
  local classes, places = input.classes(where, checked.classes, count, level)
  local thresholds = checked.thresholds and input.thresholds(where, checked.thresholds, classes, level)
  local scored = blame(level, core.metrics.prepare, where, scores, labels, classes)
  return scored, classes, places, thresholds
end

return input
