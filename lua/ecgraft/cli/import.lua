--- ecgraft import WEIGHTS -o MODEL: weights of another program, as a model file.
local replace = require "ecgraft.cli.replace"

local command = {
  name = "import", summary = "Make a model file from weights of PyTorch or another program.",
  more = [[
WEIGHTS is a .safetensors file (safetensors.torch.save_file(net.state_dict(), ...)), an .h5 file with an array for each name, or a folder
of NAME.npy files. What 'ecgraft export' wrote says itself which network it is; of others --model or --like says so.

A map of names is a .csv file with lines FROM,TO or a .json file {"FROM": "TO"}. A FROM that begins with ^ or has a % in it is a Lua
pattern, others are whole names; an empty TO leaves the tensor out. Lines are applied one after the other:
  ^module%.,
  ^backbone%.,
  classifier.weight,fc2.weight
  classifier.bias,fc2.bias]],
  examples = {
    "ecgraft import weights.safetensors --model resnet1d18 --leads 12 --classes 5 -o model.h5",
    "ecgraft import weights.safetensors --model gru --classes NORM,MI,STTC,CD,HYP --option head=mean --names map.csv -o model.h5",
    "ecgraft import weights.safetensors --like other.h5 -o model.h5",
    "ecgraft import exported.safetensors -o model.h5",
  },
}

function command.configure(parser)
  parser:argument("weights", "A .safetensors or .h5 file, or a folder of .npy files.")
  parser:option("-o --out", "The model file to write (.h5)."):argname "FILE"
  replace.configure(parser)
  parser:mutex(
    parser:option("--model", "The network: resnet1d18, resnet1d50, resnet1d101, lstm, bilstm or gru."):argname "NAME",
    parser:option("--like", "A model file with the same network, whose classes, leads, rate and scaler are taken too."):argname "FILE")
  parser:option("--leads", "How many leads, or their names: I,II,V1."):argname "N|NAMES"
  parser:option("--classes", "How many classes, or their names: NORM,AF."):argname "N|NAMES"
  parser:option("--option", "An option of the network, as width=32 or head=mean; may be repeated."):argname "KEY=VALUE":count "*"
  parser:option("--names", "A map from the file's names to the network's (.csv or .json)."):argname "FILE"
  parser:flag("--partial", "Take what fits by name; the rest keeps its initial values.")
  parser:option("--card", "JSON with what else the model is to say: classes, leads, rate, units, samples, scaler."):argname "FILE"
end

--- "12" as a number; "I,II" as a list of names and their number; nil where not given. nil, message where it is neither.
local function counted(option, text)
  if not text then return {} end
  local number = math.tointeger(tonumber(text))
  if number then return {count = number} end
  local names, seen = {}, {}
  for name in (text .. ","):gmatch "%s*([^,]-)%s*," do
    if name == "" or seen[name] then return nil, ("--%s: expected a number or different names, got '%s'"):format(option, text) end
    names[#names + 1], seen[name] = name, true
  end
  return {count = #names, names = names}
end

local words = {["true"] = true, ["false"] = false}

local function options_of(a, leads, classes)
  local given = {leads = leads.count, classes = classes.count}
  for _, each in ipairs(a.option) do
    local key, value = each:match "^([%w_]+)=(.+)$"
    if not key then return nil, ("--option: expected KEY=VALUE, got '%s'"):format(each) end
    if words[value] ~= nil then value = words[value] else value = math.tointeger(tonumber(value)) or tonumber(value) or value end
    given[key] = value
  end
  return given
end

local card_fields = {
  classes = {type = "table"}, leads = {type = "table"}, rate = {type = "number"}, units = {type = "string"}, samples = {type = "integer"},
  crop = {type = "integer"}, source = {type = "string"}, scaler = {type = "table"}, task = {type = "table"},
}

local function read_card(path)
  local files = require "ecgraft.files"
  local value, message = files.read_json(path)
  if not value then return nil, message end
  local ok, card = pcall(function()
    local fields = require("ecgraft.options").check(path, value, card_fields)
    if fields.scaler then fields.scaler = require("ecgraft.data.scaler").new(fields.scaler) end
    return fields
  end)
  if not ok then return nil, (tostring(card):gsub("^[^\n:]*%.lua:%d+: ", "")) end
  return card
end

--- The network that is to be filled, with its card; nil, message, true where the usage is wrong.
local function network(a, leads, classes)
  if a.like then return require("ecgraft.nn").load(a.like) end
  local models = require "ecgraft.models"
  if not a.model then
    local net, message = models.from_weights(a.weights)
    if net or not (message or ""):find "does not say how" then return net, message end
    return nil, a.weights .. " does not say which network it is of: give --model (and --leads, --classes) or --like", true
  end
  local known = {}
  for _, name in ipairs(models.names) do known[name] = true end
  if not known[a.model] then
    return nil, ("--model: expected one of %s, got '%s'"):format(table.concat(models.names, ", "), a.model), true
  end
  local given, message = options_of(a, leads, classes)
  if not given then return nil, message, true end
  require("ecgraft.core").manual_seed(1) -- what --partial leaves is the same each time
  local net = models[a.model](given)
  rawset(net, "card", {})
  return net:eval()
end

local function check_count(what, list, expected)
  if list and #list ~= expected then
    return nil, ("the card names %d %s, the network has %d"):format(#list, what, expected)
  end
  return true
end

--- What the options and --card say, put into the net's card. true, or nil and a message.
local function complete_card(net, a, leads, classes)
  local card = net.card or {}
  if a.card then
    local more, message = read_card(a.card)
    if not more then return nil, message end
    for key, value in pairs(more) do card[key] = value end
  end
  card.leads, card.classes = leads.names or card.leads, classes.names or card.classes
  if card.rate and not card.units then card.units = "mV" end
  rawset(net, "card", card)
  local own = net.options or {}
  local ok, message = check_count("leads", card.leads, own.leads or card.leads and #card.leads)
  if ok then ok, message = check_count("classes", card.classes, own.classes or card.classes and #card.classes) end
  if ok and card.scaler and card.scaler.kind == "lead" then
    ok, message = check_count("leads in its scaler", card.scaler.mean, own.leads or #card.scaler.mean)
  end
  return ok, message
end

--- Why the model could not predict a raw record, or "".
local function lacking(card)
  local missing = {}
  for _, name in ipairs{"classes", "leads", "rate", "samples"} do
    if not card[name] then missing[#missing + 1] = name end
  end
  return #missing > 0 and ("; without %s, which 'ecgraft predict' needs: see --card"):format(table.concat(missing, ", ")) or ""
end

local function report(net, a, found)
  local describe = require "ecgraft.nn.describe"
  print(("%s: %s, %s values%s"):format(a.out, net.model_name or net._name, describe.with_commas(select(2, net:count())), lacking(net.card)))
  if found and #found.missing + #found.unexpected > 0 then
    local list = require("ecgraft.models.rename").list
    print(("kept as %s (%d): %s"):format(a.like and "in " .. a.like or "the network begins", #found.missing, list(found.missing)))
    print(("not used of %s (%d): %s"):format(a.weights, #found.unexpected, list(found.unexpected)))
  end
end

function command.run(a)
  local cli = require "ecgraft.cli"
  local fail, wrong_usage = cli.fail, cli.wrong_usage
  if not a.out then return wrong_usage "-o: say which model file to write" end
  if not a.out:find "%.h5$" then return wrong_usage("-o: the model file must end in .h5, got " .. a.out) end
  if not a.model and (a.leads and a.leads:find "^%d+$" or a.classes and a.classes:find "^%d+$" or #a.option > 0) then
    return wrong_usage "--leads N, --classes N and --option are for --model"
  end
  if not a.model and not a.like and (a.names or a.partial) then return wrong_usage "--names and --partial are for --model and --like" end
  local leads, message = counted("leads", a.leads)
  if not leads then return wrong_usage(message) end
  local classes
  classes, message = counted("classes", a.classes)
  if not classes then return wrong_usage(message) end
  local refusal = replace.refusal(a, a.out)
  if refusal then return fail(refusal) end
  local rename, names = require "ecgraft.models.rename", nil
  if a.names then
    names, message = rename.read(a.names)
    if not names then return fail(message) end
  end
  local net, usage
  net, message, usage = network(a, leads, classes)
  if not net then return (usage and wrong_usage or fail)(message) end
  local found
  if a.model or a.like then
    local loaded
    loaded, found = require("ecgraft.models").load_weights(net, a.weights, {names = names, strict = not a.partial})
    if not loaded then return fail(found) end
  end
  local ok
  ok, message = complete_card(net, a, leads, classes)
  if not ok then return fail(message) end
  ok, message = net:save(a.out)
  if not ok then return fail(message) end
  report(net, a, found)
  return 0
end

return command
