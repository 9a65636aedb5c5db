--- Synthetic ECGs in the layout of a published set, so that its reader and whatever is built on it can be tried with no download.
local core = require "ecgraft.core"
local dataset = require "ecgraft.data.dataset"
local layouts = require "ecgraft.data.layouts"
local options = require "ecgraft.options"
local place = require "ecgraft.data.layouts.place"

local write_layout = {}

local WHERE = "data.write_layout"

local schema = {layout = {type = "string", required = true, choices = layouts.names}}

-- Only what the generator made is written: what it says of each record becomes its labels.
local function check_set(set)
  if not dataset.is(set) then error(("%s: argument 1 must be a set, got %s"):format(WHERE, options.show(set)), 3) end
  local made = set.truth ~= nil and set.source:find("^synthetic") ~= nil
  for _, truth in ipairs(set.truth or {}) do made = made and type(truth.findings) == "table" and #truth.findings > 0 end
  if not made then error(("%s: the set must be one of data.synthetic, got %s"):format(WHERE, set.source), 3) end
  if set.units ~= "mV" then error(("%s: the set must be in mV, got '%s'"):format(WHERE, set.units), 3) end
  for k, lead in ipairs(core.wfdb.standard_leads) do
    if set.leads[k] ~= lead or #set.leads ~= 12 then
      error(("%s: the set must have the leads %s, got %s"):format(WHERE, table.concat(core.wfdb.standard_leads, ", "),
        table.concat(set.leads, ", ")), 3)
    end
  end
end

local function check_fit(set, layout)
  local known = false
  for _, rate in ipairs(layout.rates) do known = known or rate == set.rate end
  if not known then
    error(("%s: layout '%s' has %s samples a second, the set has %g: make it with rate = %d"):format(WHERE, layout.name,
      table.concat(layout.rates, " or "), set.rate, layout.rates[1]), 3)
  end
  local length = set.signals:size(2)
  if length > (layout.longest or length) then
    error(("%s: layout '%s' holds %d samples in a record at most, the set has %d: make it with fewer seconds"):format(WHERE, layout.name,
      layout.longest, length), 3)
  end
end

-- Patients as numbers from 1, in the order in which they come.
local function patient_numbers(set)
  local numbers, number_of, count = {}, {}, 0
  for i, patient in ipairs(set.patients) do
    if not number_of[patient] then
      count = count + 1
      number_of[patient] = count
    end
    numbers[i] = number_of[patient]
  end
  return numbers
end

--- data.write_layout(set, folder, {layout = "ptbxl" | "challenge" | "ptb" | "code"}): writes a set of data.synthetic as the publisher
-- would, with labels from set.truth, ages, sexes and patients, and says in it that it is synthetic. The set must have a rate of the
-- layout: 100 or 500 (ptbxl), 500 (challenge), 1000 (ptb), 400 (code). The folder is replaced as a whole or not at all, and must be new,
-- empty, or an earlier set written by this function. true, or nil and a message.
function write_layout.write(set, folder, given)
  check_set(set)
  options.argument(WHERE, 2, "folder", folder, {type = "string"})
  local layout = layouts.of(options.check(WHERE, given, schema).layout)
  check_fit(set, layout)
  local about = ("made by a generator, from no patient (ECGraft %s, %s)"):format(core.version, set.source)
  local job = {set = set, patient = patient_numbers(set), about = about, says = function(i) return set.records[i] .. ", " .. about end}
  local ok, message = place.replace(folder, function(new)
    job.folder = new
    local written, failure = layout.write(job)
    if not written then return nil, failure end
    return place.mark(new, layout.name, {"Records: " .. #set, "Source: " .. about, "Read by: " .. layout.reader})
  end)
  if not ok then return nil, ("%s: %s"):format(WHERE, message) end
  return true
end

return write_layout
