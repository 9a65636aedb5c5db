--- What the short names of classes stand for, as the readers and the generator use them.
local codes = require "ecgraft.data.challenge_codes"

-- PTB-XL's superclasses; of these CD is something else in the Challenge's list.
local superclasses = {STTC = "ST or T wave change", CD = "conduction disturbance", HYP = "hypertrophy"}

local by_short = {NORM = "normal"}
for _, row in ipairs(codes) do by_short[row[2]] = by_short[row[2]] or row[3] end

--- A list of classes of one set -> {short name = long name} of those that are known.
return function(classes)
  local names, of_ptbxl = {}, false
  for _, class in ipairs(classes) do of_ptbxl = of_ptbxl or class == "STTC" or class == "HYP" end
  for _, class in ipairs(classes) do names[class] = of_ptbxl and superclasses[class] or by_short[class] end
  return names
end
