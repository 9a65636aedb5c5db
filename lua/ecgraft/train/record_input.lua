--- From a raw record to what a saved model takes: the model's leads by name, its rate, its length, its scaler.
local core = require "ecgraft.core"
local predict = require("ecgraft.train.predict").predict

local record_input = {}

--- The first `samples` of a signal (L, leads), with zeros behind where it is shorter.
local function fit_length(signals, samples)
  local length = signals:size(1)
  if length >= samples then return signals:narrow(1, 1, samples) end
  local padded = core.zeros(samples, signals:size(2))
  padded:narrow(1, 1, length):copy_(signals)
  return padded
end

--- Signals (1, samples, leads) of a record as the model's card wants them; nil and a message where the record cannot give that.
function record_input.input(record, card)
  local chosen, message = record:select(card.leads)
  if not chosen then
    return nil, ("%s: the model needs the leads %s: %s"):format(record.name, table.concat(card.leads, ", "), message)
  end
  chosen, message = chosen:resample(card.rate)
  if not chosen then return nil, message end
  return fit_length(chosen.signals, card.samples):unsqueeze(1)
end

--- The probabilities of a net's classes (a list) for a record; nil and a message where it lacks a lead.
function record_input.of_record(net, card, record)
  local input, message = record_input.input(record, card)
  if not input then return nil, message end
  return predict(net, input):totable()[1]
end

return record_input
