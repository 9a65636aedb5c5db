--- A pretrained state for records with other leads: the first layer's weights are put in the order of the new leads, by name.
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local leads = {}

--- Whether two lists name the same leads in the same order (case does not count).
function leads.same(from, to)
  if #from ~= #to then return false end
  for i, name in ipairs(from) do if not core.wfdb.same_lead(name, to[i]) then return false end end
  return true
end

--- For each of `to`, where it stands among `from`, or #from + 1 where it is not among them.
local function places(from, to)
  local rows = {}
  for i, name in ipairs(to) do
    rows[i] = #from + 1
    for k, other in ipairs(from) do
      if core.wfdb.same_lead(name, other) then rows[i] = k end
    end
  end
  return rows
end

--- Names of the weights that meet the leads: what the net says (net.input_names), else those whose last dimension alone differs, as
-- the two numbers of leads do.
local function inputs(net, state, from, to)
  if net.input_names then return net:input_names() end
  local names = {}
  for name, tensor in net:named_parameters() do
    local here, there = tensor:shape(), state[name] and state[name]:shape()
    if there and #here == #there and here[#here] == #to and there[#there] == #from and #from ~= #to then
      local alike = true
      for i = 1, #here - 1 do alike = alike and here[i] == there[i] end
      if alike then names[#names + 1] = name end
    end
  end
  return names
end

local function check_names(where, place, list)
  if type(list) ~= "table" or #list == 0 then
    error(("transfer.adapt_leads: argument %d (%s) must be a list of leads' names, got %s"):format(place, where, options.show(list)), 3)
  end
end

--- transfer.adapt_leads(net, state, from, to) --> a state for `net`, whose records have the leads `to`, from that of a net like it which
-- was trained on the leads `from` (lists of names). The weights (outputs, ..., leads) of a lead go with its name; one that `from` lacks
-- gets the mean over all of `from`. So a net with fewer leads begins as the pretrained one sees a record whose other leads are 0. The state
-- itself is returned where the leads are the same. Raises where it is not clear which weights meet the leads: a class of one's own says
-- it by a method input_names(), which returns a list of parameters' names.
function leads.adapt(net, state, from, to)
  check_names("from", 3, from)
  check_names("to", 4, to)
  if leads.same(from, to) then return state end
  local names, rows, out = inputs(net, state, from, to), core.tensor(places(from, to)), {}
  if #names == 0 then
    error(("transfer: the pretrained network was trained on the leads %s and this one has %s; which of the weights of %s meet the leads is "
      .. "not clear: give its class a method input_names()"):format(table.concat(from, ", "), table.concat(to, ", "), net._name), 2)
  end
  for name, tensor in pairs(state) do out[name] = tensor end
  for _, name in ipairs(names) do
    local weight = state[name]
    if not weight then error(("transfer: the pretrained network has no '%s'"):format(name), 2) end
    local dim, shape = weight:dim(), weight:shape()
    if shape[dim] ~= #from then
      error(("transfer: '%s' has shape {%s} in the pretrained network, whose last dimension should be its %d leads"):format(name,
        table.concat(shape, ", "), #from), 2)
    end
    local mean = weight:mean(dim):unsqueeze(dim)
    out[name] = core.ops.index_select(core.ops.cat({weight:contiguous(), mean}, dim), rows, dim)
  end
  return out
end

return leads
