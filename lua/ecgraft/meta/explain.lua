---@meta ecgraft.explain
-- require "ecgraft.explain".

---@class ecgraft.explain
local explain = {}

--- Where a network looks in a record.
---@class ecgraft.Explanation
---@field class string
---@field place integer
---@field logit number
---@field probability number
---@field method string
---@field time number[] a weight for each sample, 0 to 1
---@field leads number[] the change of the logit that each lead makes

--- Why the net gives a class its probability for one record.
---   net      with card.scaler and card.classes where eg.fit trained it or nn.load read it
---   record   {signals = tensor (L, leads) in mV}, or that tensor; leads, rate and length as the net was trained on; a net that sees
---            windows sees the middle one, and weights outside it are 0
--- Options
---   class    a name or a place; default: the class with the highest probability
---   method   over time: "gradcam", "gradient", or "auto" (default): the first where the net has maps(x) and classify(maps)
---   scaler   default the net's own
--- Returns {class, place, logit, probability, method,
---   time   = a list of L weights from 0 to 1, the largest 1 (all 0 where nothing speaks for the class),
---   leads  = a list with the change of the logit that each lead makes: with it minus with it held at its mean}.
--- The network's mode, parameters and gradients stay as they are.
---@param net ecgraft.Module
---@param record ecgraft.Record|ecgraft.Tensor
---@param options? ecgraft.explain.record.Options
---@return ecgraft.Explanation
function explain.record(net, record, options) end

--- A note for each lead, "+0.42", as plot.ecg writes it behind the lead's name. names: the leads' names, default the net's order.
---@param seen ecgraft.Explanation
---@param names? string[]
---@return table<integer|string, string>
function explain.notes(seen, names) end

return explain
