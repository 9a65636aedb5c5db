--- ECGraft: deep learning on 12-lead ECGs, and the study of whether transfer learning helps.
--
-- `require "ecgraft"` loads the core and the tensors; the other parts (nn, optim, data, models, ...) when first used.

require "ecgraft.short_spin" -- before the core

local core = require "ecgraft.core"
local named = require "ecgraft.named"
local tensor = require "ecgraft.tensor"
local options = require "ecgraft.options"
local recording = require "ecgraft.recording"

local eg = {
  _VERSION = core.version,
  version = core.version,
  cat = tensor.cat, stack = tensor.stack, is_tensor = tensor.is,
}

-- From C: tensor{...}, zeros, ones, full, arange, linspace, eye, rand, randn, uniform, randperm, manual_seed, set_num_threads ...
for _, name in ipairs{"tensor", "zeros", "ones", "full", "arange", "linspace", "eye", "rand", "randn", "uniform", "randperm",
    "manual_seed", "rng_state", "set_rng_state", "random_stream", "set_num_threads", "num_threads"} do
  eg[name] = core[name]
end

local function with_recording(on, where, fn, ...)
  local meta = getmetatable(fn)
  if type(fn) ~= "function" and not (type(meta) == "table" and meta.__call) then
    error(("%s: argument 1 must be a function or a network, got %s"):format(where, options.show(fn)), 3)
  end
  return recording.with(on, fn, ...)
end

--- Calls fn(...) without recording: results have no history. Returns what fn returns.
function eg.no_grad(fn, ...) return with_recording(false, "no_grad", fn, ...) end

--- Calls fn(...) with recording on, also inside no_grad.
function eg.enable_grad(fn, ...) return with_recording(true, "enable_grad", fn, ...) end

local function mebibytes(bytes) return ("%.1f MiB"):format(bytes / 2 ^ 20) end

local memory_text = {__tostring = function(info)
  return ("tensor memory: %s in use, %s at the peak, %s kept for reuse; %d blocks; %d allocations, %d of them asked of the system")
    :format(mebibytes(info.live), mebibytes(info.peak), mebibytes(info.cached), info.blocks, info.calls, info.asked)
end}

local memory_schema = {
  reset_peak = {type = "boolean"}, -- a new peak begins
  trim = {type = "boolean"},       -- what is kept for reuse goes back to the system
}

--- Tensor memory: {live, peak, cached} in bytes, {blocks, calls, asked} counts, readable when printed. {reset_peak = true} begins a new
-- peak (what a training step takes: reset, step, print), {trim = true} gives what is kept for reuse back to the system first.
function eg.memory(given)
  local o = options.check("memory", given, memory_schema)
  if o.trim then core.memory_trim() end
  local info = core.memory()
  if o.reset_peak then core.memory_reset_peak() end
  return setmetatable(info, memory_text)
end

-- Parts that are loaded when first used: eg.NAME is a module, or one field of a module. ORDER PARTS: by name.
local parts = {
  data = "ecgraft.data", explain = "ecgraft.explain", export = "ecgraft.export", linear_svm = "ecgraft.linear_svm",
  metrics = "ecgraft.metrics", models = "ecgraft.models", nn = "ecgraft.nn", optim = "ecgraft.optim", plot = "ecgraft.plot",
  report = "ecgraft.report",
  stats = "ecgraft.stats", tasks = "ecgraft.tasks", transfer = "ecgraft.transfer",
}
local functions = {
  display = {"ecgraft.display", "show"}, fit = {"ecgraft.train", "fit"}, predict = {"ecgraft.train", "predict"},
  features = {"ecgraft.train", "features"}, save = {"ecgraft.arrays", "save"},
  load = {"ecgraft.arrays", "load"}, study = {"ecgraft.study", "new"},
}

-- The names that are not there yet, for whoever lists them (docs, the prompt): name -> {module [, field]}.
local later = {}
for name, module in pairs(parts) do later[name] = {module} end
for name, each in pairs(functions) do later[name] = each end
for name in pairs(core.ops) do later[name] = {"ecgraft.core", "ops", name} end

setmetatable(eg, {parts = later, __index = function(_, name)
  local value
  if parts[name] then
    value = require(parts[name])
    if type(value) == "table" then named.module(value, "eg." .. name) end
  elseif functions[name] then value = require(functions[name][1])[functions[name][2]]
  elseif core.ops[name] then value = core.ops[name] -- every op is a function as well: eg.relu(x)
  else return nil end
  rawset(eg, name, value)
  return value
end})

return named.module(eg, "ecgraft " .. core.version, "eg")
