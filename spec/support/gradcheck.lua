--- Gradients of an op against central differences, in the double build.
--
-- A case is a table:
--   op        the op's name
--   inputs    a list, one entry an input: a shape {2, 3}; or {shape =, low =, high =}; or {values = nested table}; false: left out
--   options   the op's options, or nil
--   fixed     {[2] = true}: inputs that have no gradient (positions, conditions, weights)
--   low, high range of the inputs' random entries, default -1 and 1
--   avoid     {0, 1}: entries stay away from these numbers (kinks)
--   distinct  true: all entries of an input lie apart (max, sort)
--   list      true: the op takes a list of tensors (cat)
--   plain     true: inputs are only given contiguous
-- d(sum(w y)) with random w is compared for every entry of every input, with each input given as it is, as a transposed view and as
-- a part of a larger tensor; gradients of two passes must add up; and each input must get the same gradient when it alone wants one.
local assert = require "luassert"
local eg = require "ecgraft"
local core = require "ecgraft.core"

local gradcheck = {}

local STEP, TOLERANCE = 1e-6, 2e-6

local function numel(shape)
  local n = 1
  for _, size in ipairs(shape) do n = n * size end
  return n
end

local function values_of(case, input, shape)
  local low, high = input.low or case.low or -1, input.high or case.high or 1
  if case.distinct then
    local n = numel(shape)
    return (eg.randperm(n) * ((high - low) / (n + 1)) + low):reshape(shape)
  end
  local x = eg.uniform(shape, low, high)
  for _, kink in ipairs(case.avoid or {}) do
    local near = (x - kink):abs():lt(1e-2)
    x = eg.where(near, x + 0.05, x)
  end
  return x
end

--- The ways in which an input may lie in memory: each makes, from contiguous values, a base and the input as a view of it.
local layouts = {
  {name = "contiguous", fits = function() return true end, base = function(x) return x end, view = function(base) return base end},
  {name = "transposed", fits = function(shape) return #shape >= 2 end,
    base = function(x) return x:transpose(1, x:dim()):clone() end,
    view = function(base) return base:transpose(1, base:dim()) end},
  {name = "part of more", fits = function(shape) return #shape >= 1 end,
    base = function(x)
      local before, after = x:shape(), x:shape()
      before[#before], after[#after] = 2, 1
      return eg.cat({eg.ones(before), x, eg.ones(after)}, x:dim())
    end,
    view = function(base) return base:narrow(base:dim(), 3, base:size(base:dim()) - 3) end},
}

--- The layouts in which a case can be tried.
function gradcheck.layouts(case)
  local names = {}
  for _, layout in ipairs(layouts) do
    local fits = layout.name == "contiguous"
    for _, input in ipairs(case.inputs) do
      if input and not case.plain then
        fits = fits or layout.fits(input.values and eg.tensor(input.values):shape() or input.shape or input)
      end
    end
    if fits then names[#names + 1] = layout.name end
  end
  return names
end

local function find_layout(name)
  for _, layout in ipairs(layouts) do if layout.name == name then return layout end end
end

-- Bases (leaves or constants) and the layout each is seen through.
local function make_inputs(case, layout_name)
  local wanted, bases, seen = find_layout(layout_name), {}, {}
  for i, input in ipairs(case.inputs) do
    if input then
      local x = input.values and eg.tensor(input.values) or values_of(case, input, input.shape or input)
      seen[i] = wanted.fits(x:shape()) and wanted or layouts[1]
      bases[i] = seen[i].base(x)
    end
  end
  return bases, seen
end

local function call(case, bases, seen)
  local arguments, count = {}, #case.inputs
  for i = 1, count do arguments[i] = bases[i] and seen[i].view(bases[i]) end
  eg.manual_seed(case.seed or 7) -- a random op draws the same each time
  if case.list then return (core.ops[case.op](arguments, case.options)) end
  arguments[count + 1] = case.options
  return (core.ops[case.op](table.unpack(arguments, 1, count + 1)))
end

local function flat(x) return x:detach():reshape(-1) end

local function differences(case, bases, seen, weight, i)
  local numeric = {}
  if bases[i]:numel() == 0 then return numeric end
  local entries = flat(bases[i])
  local function value() return (call(case, bases, seen) * weight):sum():item() end
  for k = 1, entries:numel() do
    local old = entries[k]:item()
    entries[k] = old + STEP
    local up = eg.no_grad(value)
    entries[k] = old - STEP
    local down = eg.no_grad(value)
    entries[k] = old
    numeric[k] = (up - down) / (2 * STEP)
  end
  return numeric
end

local function compare(what, base, numeric, times)
  local gradient = base:grad()
  assert(gradient, what .. " has no gradient")
  assert.same(base:shape(), gradient:shape())
  if base:numel() == 0 then return end
  local analytic = flat(gradient):totable()
  for k, expected in ipairs(numeric) do
    local difference = math.abs(analytic[k] - times * expected)
    assert(difference <= TOLERANCE * times * math.max(1, math.abs(expected)),
      ("%s[%d]: %.9g by differences, %.9g by backward"):format(what, k, times * expected, analytic[k]))
  end
end

local function is_free(case, bases, i) return bases[i] and not (case.fixed and case.fixed[i]) end

local function want(case, bases, only)
  local free = 0
  for i in ipairs(case.inputs) do
    if is_free(case, bases, i) then
      free = free + 1
      bases[i]:zero_grad()
      bases[i]:requires_grad(not only or i == only)
    end
  end
  return free
end

--- Checks a case in one layout; raises where a gradient is wrong.
function gradcheck.check(case, layout_name)
  eg.manual_seed(case.seed or 5)
  local bases, seen = make_inputs(case, layout_name)
  local free = want(case, bases)
  local y = call(case, bases, seen)
  eg.manual_seed(99)
  local weight = eg.uniform(y:shape(), 0.5, 1.5)
  local numeric = {}
  y:backward(weight)
  for i in ipairs(case.inputs) do
    if is_free(case, bases, i) then
      numeric[i] = differences(case, bases, seen, weight, i)
      compare("input " .. i, bases[i], numeric[i], 1)
    end
  end
  call(case, bases, seen):backward(weight)
  for i in pairs(numeric) do compare("input " .. i .. ", two passes", bases[i], numeric[i], 2) end
  if free < 2 then return end
  for i in pairs(numeric) do
    want(case, bases, i)
    call(case, bases, seen):backward(weight)
    compare("input " .. i .. ", alone", bases[i], numeric[i], 1)
  end
end

--- All cases of spec/support/op_cases, in order of file and entry.
function gradcheck.cases()
  local lfs = require "lfs"
  local names, all = {}, {}
  for name in lfs.dir "spec/support/op_cases" do
    if name:match "%.lua$" then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    for _, case in ipairs(dofile("spec/support/op_cases/" .. name)) do all[#all + 1] = case end
  end
  return all
end

local function text(value)
  if type(value) ~= "table" then return tostring(value) end
  local parts, keys = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do
    parts[#parts + 1] = (math.type(key) and "" or key .. " = ") .. text(value[key])
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

--- A case in one line.
function gradcheck.describe(case)
  local inputs = {}
  for i, input in ipairs(case.inputs) do
    inputs[i] = not input and "-" or text(input.values and eg.tensor(input.values):shape() or input.shape or input)
  end
  return ("%s %s%s"):format(case.op, table.concat(inputs, " "), case.options and " " .. text(case.options) or "")
end

return gradcheck
