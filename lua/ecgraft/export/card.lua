--- What goes with an exported network: its card (classes, leads, rate, units, samples, crop, scaler) in plain values, and as text.
local core = require "ecgraft.core"
local files = require "ecgraft.files"

local card = {}

-- ORDER CARD: as it is written.
local order = {"classes", "leads", "rate", "units", "samples", "crop", "source", "task", "scaler"}

--- The card of a net as plain tables; {} where it was never trained.
function card.plain(net)
  local out = {}
  for _, name in ipairs(order) do out[name] = net.card and net.card[name] end
  if out.scaler then out.scaler = out.scaler:state() end
  return out
end

--- The card as a list of {key, text}: numbers and names as they are, lists and tables as JSON.
function card.texts(net)
  local values, out = card.plain(net), {{"model", net.model_name or net._name}, {"ecgraft_version", core.version}}
  for _, name in ipairs(order) do
    local value = values[name]
    if type(value) == "table" then value = files.to_json(value) end
    if value ~= nil then out[#out + 1] = {name, tostring(value)} end
  end
  return out
end

local function text_of(number) return ("%.10g"):format(number) end

--- What the network wants to be given, for people: "(records, 1000 samples, 12 leads), in mV, at 100 Hz".
function card.input_text(net, samples, leads)
  local c = net.card or {}
  local parts = {("(records, %s, %s leads)"):format(samples and text_of(samples) .. " samples" or "samples", leads and text_of(leads)
    or "its")}
  if c.units then parts[#parts + 1] = "in " .. c.units end
  if c.rate then parts[#parts + 1] = ("at %s Hz"):format(text_of(c.rate)) end
  return table.concat(parts, ", ")
end

--- The number of leads that a network takes: of its options, of its card, or of the first layer that says so; nil where none does.
function card.leads(net)
  if net.options and net.options.leads then return net.options.leads end
  if net.card and net.card.leads then return #net.card.leads end
  for _, layer in net:named_modules() do
    if layer._name == "Flatten" then return nil end -- behind it channels are leads times samples
    local n = layer.inputs or layer.channels
    if math.type(n) == "integer" then return n end
    if layer._name == "AttentionPool1d" then return layer.key.inputs end
  end
end

--- The number of samples that the network sees of each record, as far as its options and its card say.
function card.samples(net)
  if net.options and net.options.length and net.options.head == "flatten" then return net.options.length end
  return net.card and (net.card.crop or net.card.samples)
end

return card
