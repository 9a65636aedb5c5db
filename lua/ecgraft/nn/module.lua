--- The base of all layers and networks.
--
--   local Mine = nn.module "Mine"
--   function Mine:init(inputs) self.scale = nn.parameter(eg.ones(inputs)) end
--   function Mine:forward(x) return x * self.scale end
--   local layer = Mine(12)
--
-- A field that is set to a module or to a parameter (a leaf tensor that requires grad) is found by parameters(), state() and
-- the rest, in the order in which fields were first set. Other tensors that belong to the state are set by self:buffer(name, t).
local colon = require "ecgraft.colon"
local known_elsewhere = require("ecgraft.pytorch_names").net
local options = require "ecgraft.options"
local is_tensor = require("ecgraft.tensor").is

local Module = {}
local load_schema = {strict = {type = "boolean", default = true}}
local classes = {} -- by name, so that a saved network finds them again

--- Whether a value is a module.
local function is_module(value)
  return type(value) == "table" and rawget(value, "_kinds") ~= nil
end

local function set_field(self, name, value)
  local kinds = rawget(self, "_kinds")
  local kind
  if is_module(value) then kind = "module"
  elseif is_tensor(value) and value:requires_grad() then kind = "parameter" end
  if kind and not kinds[name] then
    kinds[name] = kind
    table.insert(rawget(self, "_fields"), name)
  end
  rawset(self, name, value)
end

local function call(self, ...)
  local hook = rawget(self, "_hook")
  if hook then return hook(self, self:forward(...)) end
  return self:forward(...)
end

local function construct(class, ...)
  local self = setmetatable({_kinds = {}, _fields = {}, _arguments = table.pack(...), training = true}, class)
  self:init(...)
  return self
end

local function class_text(class)
  local names = {}
  local init = rawget(class, "init")
  local info = init and debug.getinfo(init, "u")
  for i = 2, info and info.nparams or 1 do names[#names + 1] = debug.getlocal(init, i) end
  if info and info.isvararg then names[#names + 1] = "..." end
  return ("layer class %s(%s)"):format(class._name, table.concat(names, ", "))
end

--- A new class of modules under a name; define :init(...) and :forward(...) on it, then call it to make one.
---@param name string
---@return ecgraft.ModuleClass
local function new_class(name)
  options.argument("nn.module", 1, "name", name, {type = "string"})
  local class = setmetatable({_name = name, __newindex = set_field, __call = call},
    {__index = Module, __call = construct, __tostring = class_text})
  class.__index = class
  class.__tostring = function(self) return require("ecgraft.nn.describe").table(self) end
  class.__text = function(self, width) return require("ecgraft.nn.describe").table(self, width) end
  class.__table = function(self) return require("ecgraft.nn.describe").table_value(self) end
  classes[name] = class
  return class
end

function Module.init() end

function Module:forward() error(("%s: forward is not defined"):format(self._name), 2) end

--- Registers a tensor that belongs to the state but is not trained. Returns it.
function Module:buffer(name, tensor)
  self._kinds[name] = "buffer"
  table.insert(self._fields, name)
  rawset(self, name, tensor)
  return tensor
end

local function walk(self, prefix, visit)
  visit(prefix, self)
  for _, name in ipairs(self._fields) do
    if self._kinds[name] == "module" and rawget(self, name) then
      walk(rawget(self, name), prefix == "" and tostring(name) or prefix .. "." .. tostring(name), visit)
    end
  end
end

--- An iterator over a list of {name, value} pairs.
local function iterate(list)
  local i = 0
  return function()
    i = i + 1
    if list[i] then return list[i][1], list[i][2] end
  end
end

local function gather(self, wanted)
  local list = {}
  walk(self, "", function(prefix, module)
    for _, name in ipairs(module._fields) do
      local kind, value = module._kinds[name], rawget(module, name)
      if kind ~= "module" and (wanted == "all" or kind == wanted) and value then
        list[#list + 1] = {prefix == "" and name or prefix .. "." .. name, value}
      end
    end
  end)
  return list
end

--- for name, tensor in net:named_parameters(): in the order of definition; names such as "layer1.0.conv1.weight".
function Module:named_parameters() return iterate(gather(self, "parameter")) end

--- for name, tensor in net:named_buffers(): running means and the like.
function Module:named_buffers() return iterate(gather(self, "buffer")) end

--- for name, tensor in net:named_state(): parameters and buffers, in the order of definition.
function Module:named_state() return iterate(gather(self, "all")) end

--- for name, module in net:named_modules(): the net itself under "", then all modules below it.
function Module:named_modules()
  local list = {}
  walk(self, "", function(prefix, module) list[#list + 1] = {prefix, module} end)
  return iterate(list)
end

--- The parameters as a list of tensors, frozen ones included.
function Module:parameters()
  local list = {}
  for _, pair in ipairs(gather(self, "parameter")) do list[#list + 1] = pair[2] end
  return list
end

--- The number of trainable and of all values.
function Module:count()
  local trained, all = 0, 0
  for _, tensor in self:named_parameters() do
    all = all + tensor:numel()
    if tensor:requires_grad() then trained = trained + tensor:numel() end
  end
  return trained, all
end

local function set_training(self, on)
  walk(self, "", function(_, module) rawset(module, "training", on) end)
  return self
end

--- Training mode: dropout drops, batch-norm uses and updates the batch's statistics. Returns the net.
function Module:train() return set_training(self, true) end

--- Evaluation mode. Returns the net.
function Module:eval() return set_training(self, false) end

local function mark(self, where, pattern, require)
  pattern = options.argument(where, 1, "pattern", pattern, {type = "string", default = ""}, 3)
  local count = 0
  for name, tensor in self:named_parameters() do
    if name:find(pattern) then
      tensor:requires_grad(require)
      tensor:zero_grad()
      count = count + 1
    end
  end
  if count == 0 then
    local names = {}
    for name in self:named_parameters() do names[#names + 1] = name end
    error(("%s: the pattern '%s' matches no parameter; there are: %s"):format(where, pattern,
      table.concat(names, ", ", 1, math.min(#names, 12)) .. (#names > 12 and ", ..." or "")), 3)
  end
  return count
end

--- Parameters whose name matches the Lua pattern (default: all) are no longer trained. A batch-norm layer whose weight is
-- frozen keeps its running statistics as well. Returns how many; a pattern that matches nothing is an error.
function Module:freeze(pattern) return mark(self, "freeze", pattern, false) end

--- The reverse of freeze.
function Module:unfreeze(pattern) return mark(self, "unfreeze", pattern, true) end

--- Drops the gradients of all parameters.
function Module:zero_grad()
  for _, tensor in self:named_parameters() do tensor:zero_grad() end
end

--- The state as a table of name -> tensor (parameters and buffers). The tensors share memory with the net: clone() to keep.
function Module:state()
  local state = {}
  for name, tensor in self:named_state() do state[name] = tensor:detach() end
  return state
end

local function list_of(names)
  return table.concat(names, ", ", 1, math.min(#names, 8)) .. (#names > 8 and ", ..." or "")
end

--- Copies a state into the net. options.strict (default true): every name must be there on both sides; otherwise names that
-- are missing on either side are passed over. A shape that differs is always an error, and then nothing is changed.
-- Returns {missing = names, unexpected = names}.
function Module:load_state(state, given)
  options.argument("load_state", 1, "state", state, {type = "table"})
  local o = options.check("load_state", given, load_schema)
  local known, missing, unexpected, copies = {}, {}, {}, {}
  for name, tensor in self:named_state() do
    known[name] = true
    local source = state[name]
    if not source then missing[#missing + 1] = name
    else
      local want, got = table.concat(tensor:shape(), ", "), table.concat(source:shape(), ", ")
      if want ~= got then
        error(("load_state: '%s' has shape {%s}, the network expects {%s}"):format(name, got, want), 2)
      end
      copies[#copies + 1] = {tensor:detach(), source}
    end
  end
  for _, name in ipairs(options.names(state)) do
    if not known[name] then unexpected[#unexpected + 1] = name end
  end
  if o.strict and (#missing > 0 or #unexpected > 0) then
    error(("load_state: the names do not agree; missing: %s; unexpected: %s (strict = false passes over them)"):format(
      #missing > 0 and list_of(missing) or "none", #unexpected > 0 and list_of(unexpected) or "none"), 2)
  end
  for _, copy in ipairs(copies) do copy[1]:copy_(copy[2]) end
  return {missing = missing, unexpected = unexpected}
end

--- Calls fn(module, outputs...) after every forward of this module; what it returns is the result. nil removes it.
function Module:on_forward(fn) rawset(self, "_hook", fn) return self end

--- Whether a layer is of the class of ours with this name and is called as it is: no hook sees its output.
local function is_plain(layer, name)
  return layer ~= nil and layer._name == name and layer.keeps_nothing and not rawget(layer, "_hook") and not rawget(layer, "forward")
end

--- Whether a module and all below it are layers of ours that keep neither what they are given nor what they give, without hooks.
local function keeps_nothing(self)
  if not is_plain(self, self._name) then return false end
  for _, name in ipairs(self._fields) do
    if self._kinds[name] == "module" and not keeps_nothing(rawget(self, name)) then return false end
  end
  return true
end

--- Lets go of a network's intermediate result now instead of when the collector comes round, so that its memory is there for the
-- next. Only for what came from, and went to, layers that keep nothing. What backward needs the tape holds.
local function release(tensor) getmetatable(tensor).__close(tensor) end

--- Writes the net as an HDF5 model file: parameters, how it is built, and its card (class labels, leads, rate, scaler ...).
-- Returns true, or nil and a message.
function Module:save(path) return require("ecgraft.nn.file").save(self, path) end

colon.guard(Module, "net", is_module, {"init"})

--- A network has no method of PyTorch's name: asked for one it says what it is called here. Other names that are not there are nil.
setmetatable(Module, {__index = function(_, name)
  local meant = known_elsewhere[name]
  if meant then error(("a network has no %s; %s"):format(name, meant), 2) end
  return nil
end})

return {class = new_class, is = is_module, classes = classes, is_plain = is_plain, keeps_nothing = keeps_nothing, release = release}
