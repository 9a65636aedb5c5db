--- Parts of a set that share nothing: what is learnt from one is tested on another only where no patient and no signal is in both.
local dataset = require "ecgraft.data.dataset"
local options = require "ecgraft.options"

local check_parts = {}

--- The positions of the first value of `list` that is in `other` as well, in both; nil where there is none.
local function first_shared(list, other)
  local seen = {}
  for i, value in ipairs(list) do seen[value] = seen[value] or i end
  for i, value in ipairs(other) do
    if seen[value] then return seen[value], i end
  end
end

--- Why two sets should not be trained and tested on, as a sentence; nil where nothing speaks against it. Sets of different origin may call
-- different patients by the same name: by_patient says whether names are compared.
function check_parts.shared(name, set, other_name, other, by_patient)
  local i, j = first_shared(set.hashes, other.hashes)
  local what = "the same signal"
  if not i and by_patient then
    i, j = first_shared(set.patients, other.patients)
    what = i and "the same patient, " .. set.patients[i]
  end
  if i then
    return ("record %s of %s and record %s of %s have %s: the test would not be one"):format(set.records[i], name, other.records[j],
      other_name, what)
  end
end

--- The first reason of that kind among the sets parts[name], for the names of a list, in its order; nil where there is none.
function check_parts.first_fault(parts, names, by_patient)
  for a = 1, #names - 1 do
    for b = a + 1, #names do
      local message = check_parts.shared(names[a], parts[names[a]], names[b], parts[names[b]], by_patient)
      if message then return message end
    end
  end
end

local schema = {by = {type = "string", default = "patient", choices = {"patient", "record"}}}

--- data.check_parts({train = set, val = set, test = set} [, {by = "patient"}]) --> the parts, where no patient and no signal is in two of
-- them; else an error that names the two records. Any names and number of parts. by = "record": signals are compared and patients not, as
-- for sets from different places, whose names for patients mean nothing to each other. Signals are equal where all their samples are.
function check_parts.check(parts, given)
  options.argument("data.check_parts", 1, "parts", parts, {type = "table"})
  local o = options.check("data.check_parts", given, schema)
  if #parts > 0 then error("data.check_parts: parts are given by name, as in {train = set, test = other}", 2) end
  local names = options.names(parts)
  for _, name in ipairs(names) do
    if not dataset.is(parts[name]) then
      error(("data.check_parts: %s must be a dataset, got %s"):format(name, options.show(parts[name])), 2)
    end
  end
  local message = check_parts.first_fault(parts, names, o.by == "patient")
  if message then error("data.check_parts: " .. message, 2) end
  return parts
end

return check_parts
