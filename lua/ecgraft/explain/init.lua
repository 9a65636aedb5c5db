--- What a network saw: which moments of an ECG and which leads made it give the probability of a class.
--
--   local seen = eg.explain.record(net, set:record(7), {class = "AF"})
--   seen.probability; seen.time[t] (0 to 1, one for each sample); seen.leads[l] (change of the logit); seen.method
--   eg.plot.save("seen.svg", eg.plot.ecg(set:record(7), {time_weights = seen.time, lead_notes = eg.explain.notes(seen)}))
--
-- Time: Grad-CAM for networks with feature maps, the gradient for others. Leads: by leaving each out. Both describe the network, not
-- the heart: a network that is wrong looks somewhere too. docs/explain.md says how to read them.
local gradcam = require "ecgraft.explain.gradcam"
local gradient = require "ecgraft.explain.gradient"
local leads = require "ecgraft.explain.leads"
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"
local takes = require "ecgraft.train.takes"
local tensor = require "ecgraft.tensor"
local window = require "ecgraft.train.window"

local explain = {}

local schema = {
  class = {type = "string|integer"},
  method = {type = "string", choices = {"auto", "gradcam", "gradient"}, default = "auto"},
  scaler = {type = "table"},
}

-- Signals (1, L, leads) of a record or of a tensor (L, leads), scaled and cut as the net wants them: as eg.predict gives them to it.
local function input_of(where, net, record, scaler)
  local card = net.card or {}
  if card.task then
    error(("%s: the network was trained on the task %s: its outputs are no probabilities of classes"):format(where, card.task.name), 3)
  end
  local signals = record
  if type(record) == "table" then signals = record.signals end
  if not tensor.is(signals) or signals:dim() ~= 2 then
    error(("%s: expected a record with signals (samples, leads) or such a tensor, got %s"):format(where, options.show(record)), 3)
  end
  local alone = {signals = signals:unsqueeze(1), leads = type(record) == "table" and record.leads or nil}
  takes(where, net, alone, "the record", 3, card.crop)
  local x = window.middle(where, signals:contiguous():unsqueeze(1), card.crop)
  scaler = scaler or card.scaler
  local scaled = type(record) == "table" and record.units and record.units[1] == "scaled"
  return scaler and not scaled and scaler:apply(x) or x
end

-- Weights of a window in the middle as weights of the record, 0 outside it.
local function over_record(weights, length)
  local before = (length - #weights) // 2
  if before == 0 and #weights == length then return weights end
  local whole = {}
  for t = 1, length do whole[t] = weights[t - before] or 0 end
  return whole
end

local function place_of(where, net, class, probabilities)
  local names = net.card and net.card.classes or {}
  local count = #probabilities
  if class == nil then
    local best = 1
    for k = 2, count do if probabilities[k] > probabilities[best] then best = k end end
    return best, names[best] or tostring(best)
  end
  for k, name in ipairs(names) do if name == class then return k, name end end
  if math.type(class) == "integer" and class >= 1 and class <= count then return class, names[class] or tostring(class) end
  error(("%s: option 'class' must be one of %s, or 1 to %d, got %s"):format(where, #names > 0 and table.concat(names, ", ") or "none",
    count, options.show(class)), 3)
end

--- Why the net gives a class its probability for one record.
--   net      with card.scaler and card.classes where eg.fit trained it or nn.load read it
--   record   {signals = tensor (L, leads) in mV}, or that tensor; leads, rate and length as the net was trained on; a net that sees
--            windows sees the middle one, and weights outside it are 0
-- Options
--   class    a name or a place; default: the class with the highest probability
--   method   over time: "gradcam", "gradient", or "auto" (default): the first where the net has maps(x) and classify(maps)
--   scaler   default the net's own
-- Returns {class, place, logit, probability, method,
--   time   = a list of L weights from 0 to 1, the largest 1 (all 0 where nothing speaks for the class),
--   leads  = a list with the change of the logit that each lead makes: with it minus with it held at its mean}.
-- The network's mode, parameters and gradients stay as they are.
function explain.record(net, record, given)
  local where = "explain.record"
  local o = options.check(where, given, schema)
  local x = input_of(where, net, record, o.scaler)
  local logits = leads.logits(net, x)
  local probabilities = logits[1]:sigmoid():totable()
  local place, name = place_of(where, net, o.class, probabilities)
  local has_maps = type(net.maps) == "function" and type(net.classify) == "function"
  if o.method == "gradcam" and not has_maps then
    error(("%s: %s has no feature maps (maps(x) and classify(maps)); method \"gradient\" works for every network"):format(where,
      net._name or "the net"), 2)
  end
  local method = o.method
  if method == "auto" then method = has_maps and "gradcam" or "gradient" end
  return {
    class = name, place = place, probability = probabilities[place], logit = logits[1][place]:item(), method = method,
    time = over_record((method == "gradcam" and gradcam.weights or gradient.weights)(net, x, place),
      (type(record) == "table" and record.signals or record):size(1)),
    leads = leads.changes(logits:select(2, place):totable()),
  }
end

--- A note for each lead, "+0.42", as plot.ecg writes it behind the lead's name. names: the leads' names, default the net's order.
function explain.notes(seen, names)
  local notes = {}
  for l, change in ipairs(seen.leads) do notes[names and names[l] or l] = number_text.minus(number_text.signed(change, 2)) end
  return notes
end

return explain
