--- What the prompt has before anything is typed: eg, its parts under their own names, and plot, each made when it is first asked for; and
-- behind them Lua's globals.
local variables = {}

local PARTS = {"data", "explain", "metrics", "models", "nn", "optim", "stats", "tasks", "transfer"} -- of eg, by their own names

--- The table, for option `behind` of session.new.
function variables.new()
  local eg = require "ecgraft"
  local makers = {eg = function() return eg end, plot = function() return require("ecgraft.repl.plot").callable(eg.plot) end}
  for _, name in ipairs(PARTS) do makers[name] = function() return eg[name] end end
  return setmetatable({}, {parts = makers, __index = function(self, name)
    if not makers[name] then return _G[name] end
    local value = makers[name]()
    rawset(self, name, value)
    return value
  end})
end

return variables
