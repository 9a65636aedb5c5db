--- What the short names of classes stand for, as the readers and the generator use them.
local codes = require "ecgraft.data.challenge_codes"

-- Of the generator and of PTB-XL's superclasses, or in other words than the Challenge's.
local own = {
  NORM = "normal", STTC = "ST or T wave change", CD = "conduction disturbance", HYP = "hypertrophy",
}

local by_short = {}
for _, row in ipairs(codes) do by_short[row[2]] = by_short[row[2]] or row[3] end
for short, name in pairs(own) do by_short[short] = name end

--- A list of classes -> {short name = long name} of those that are known.
return function(classes)
  local names = {}
  for _, class in ipairs(classes) do names[class] = by_short[class] end
  return names
end
