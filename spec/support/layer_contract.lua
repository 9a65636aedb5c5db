--- What every layer must hold to: contract(make, shape_in, shape_out [, options]).
--   make()        builds the layer
--   shape_in, shape_out   of the forward pass; the first dim is the batch
--   options.random        true: training mode is random (dropout): gradients are checked in evaluation mode only
--   options.flexible      false: a batch of 1 or another length is not to be tried
-- In the double build gradients are compared with central differences; in both builds shapes, modes, freezing, the state's way through
-- a file, and the same output for 1, 2 and 3 threads.
local assert = require "luassert"
local eg = require "ecgraft"
local core = require "ecgraft.core"
local nn = eg.nn

local DOUBLE = core.scalar == "float64"

local function same_shape(expected, tensor)
  assert.same(expected, tensor:shape())
end

local function with_batch(shape, n)
  local copy = table.move(shape, 1, #shape, 1, {})
  copy[1] = n
  return copy
end

--- The first output of a layer.
local function output(layer, x) return (layer(x)) end

--- d(sum(w * y)) against central differences, for the input and every parameter.
local function check_gradients(layer, x)
  local y = output(layer, x)
  local weight = eg.randn(y:shape())
  local function value() return (output(layer, x) * weight):sum():item() end
  layer:zero_grad()
  x:zero_grad();
  (output(layer, x) * weight):sum():backward()
  local function compare(name, tensor)
    local gradient = tensor:grad():reshape(tensor:numel()):totable()
    local flat = tensor:detach():reshape(tensor:numel())
    local step = math.max(1, tensor:numel() // 25)
    for i = 1, tensor:numel(), step do
      local old, h = flat[i]:item(), 1e-6
      flat[i] = old + h
      local up = eg.no_grad(value)
      flat[i] = old - h
      local down = eg.no_grad(value)
      flat[i] = old
      local numeric = (up - down) / (2 * h)
      assert(math.abs(numeric - gradient[i]) <= 1e-5 * math.max(1, math.abs(numeric)),
        ("%s[%d]: %g by differences, %g by backward"):format(name, i, numeric, gradient[i]))
    end
  end
  compare("input", x)
  for name, tensor in layer:named_parameters() do compare(name, tensor) end
end

return function(make, shape_in, shape_out, options)
  options = options or {}
  eg.manual_seed(11)
  local layer = make()
  assert.is_true(nn.is_module(layer))
  assert.is_string(tostring(layer))

  for _, mode in ipairs{"train", "eval"} do
    layer[mode](layer)
    same_shape(shape_out, output(layer, eg.randn(shape_in)))
    if options.flexible ~= false then
      same_shape(with_batch(shape_out, 1), output(layer, eg.randn(with_batch(shape_in, 1))))
    end
    if DOUBLE and (mode == "eval" or not options.random) then
      check_gradients(layer, eg.randn(shape_in):requires_grad(true))
    end
  end

  -- The same bits for any number of threads.
  local x, results, threads = eg.randn(shape_in), {}, eg.num_threads()
  layer:eval()
  for n = 1, 3 do
    eg.set_num_threads(n)
    results[n] = output(layer, x):detach()
  end
  eg.set_num_threads(threads)
  assert.is_true(results[1]:equal(results[2]) and results[1]:equal(results[3]))

  -- Frozen parameters get no gradient, and come back.
  if select(2, layer:count()) > 0 then
    layer:freeze()
    assert.equal(0, (layer:count()))
    local y = output(layer, eg.randn(shape_in):requires_grad(true))
    y:sum():backward()
    for _, tensor in layer:named_parameters() do assert.is_nil(tensor:grad()) end
    layer:unfreeze()
    assert.equal(select(2, layer:count()), (layer:count()))
  end

  -- Through a file and back: the same outputs.
  local path = os.tmpname()
  assert(layer:save(path))
  local loaded = assert(nn.load(path))
  os.remove(path)
  assert.is_true(output(layer, x):equal(output(loaded, x)))
end
