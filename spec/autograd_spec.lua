local eg = require "ecgraft"
local core = require "ecgraft.core"

local function leaf(values) return eg.tensor(values):requires_grad(true) end

describe("backward", function()
  it("gives the gradient of each leaf and adds to what is there", function()
    local x, w = leaf{1, 2, 3}, leaf{4, 5, 6}
    local y = (x * w):sum()
    y:backward()
    assert.same({4, 5, 6}, x:grad():totable())
    assert.same({1, 2, 3}, w:grad():totable());
    (x * x):sum():backward()
    assert.same({6, 9, 12}, x:grad():totable())
    x:zero_grad()
    assert.is_nil(x:grad())
  end)

  it("reduces over what was stretched", function()
    local x, b = leaf{{1, 2}, {3, 4}}, leaf{10, 20};
    (x + b):sum():backward()
    assert.same({2, 2}, b:grad():totable())
    assert.same({{1, 1}, {1, 1}}, x:grad():totable())
  end)

  it("goes through views and a tensor that is used several times", function()
    local x = leaf{{1, 2, 3}, {4, 5, 6}}
    local y = x:t():reshape(6):narrow(1, 2, 3) -- 4, 2, 5
    local z = (y * y):sum() + x[1]:sum() + x:select(2, 3):mean()
    z:backward()
    assert.same({{1, 5, 1.5}, {8, 10, 0.5}}, x:grad():totable())
  end)

  it("takes a gradient to begin with", function()
    local x = leaf{1, 2}
    local y = x * 3
    y:backward(eg.tensor{1, 10})
    assert.same({3, 30}, x:grad():totable())
    assert.error_matches(function() (x * 3):backward() end, "expected one element")
    assert.error_matches(function() (x * 3):backward(eg.tensor{1}) end, "gradient has shape {1}, the tensor {2}")
  end)

  it("lets go of the graph unless asked to keep it", function()
    local x = leaf{2}
    local y = (x * x):sum()
    y:backward{keep_graph = true}
    y:backward()
    assert.same({8}, x:grad():totable())
    assert.error_matches(function() y:backward() end, "let go by an earlier backward")
    local z = y + 1
    assert.error_matches(function() z:backward() end, "let go by an earlier backward")
  end)

  it("says when there is nothing to go back through", function()
    assert.error_matches(function() eg.ones(1):backward() end, "nothing was recorded")
    local x = leaf{1}
    local y = eg.no_grad(function() return x * 2 end)
    assert.is_false(y:requires_grad())
    assert.error_matches(function() y:backward() end, "nothing was recorded")
    assert.error_matches(function() (x * 2):requires_grad(true) end, "only a leaf can be marked, this is the result of mul")
  end)

  it("finds that a value it needs was overwritten", function()
    local x, y = leaf{1, 2}, eg.tensor{3, 4}
    local z = (x * y):sum()
    y:fill_(0)
    assert.error_matches(function() z:backward() end, "mul.* changed in place after it was used")
  end)

  it("leaves recording as it was when a function fails inside no_grad", function()
    assert.is_false(pcall(eg.no_grad, function() error "x" end))
    assert.is_true(core.is_recording())
    assert.is_true(eg.no_grad(function() return eg.enable_grad(core.is_recording) end))
    local co = coroutine.wrap(function() eg.no_grad(function() coroutine.yield() end) end)
    co()
    co()
    assert.is_true(core.is_recording())
  end)

  it("does not need a stack as deep as the graph", function()
    local x = leaf{1}
    local y = x
    for _ = 1, 50000 do y = y + 0 end
    y:backward()
    assert.same({1}, x:grad():totable())
    y = x
    for _ = 1, 50000 do y = y + 0 end
    y = nil -- luacheck: ignore
    collectgarbage()
    collectgarbage()
  end)

  it("never shares a leaf's gradient with another's", function()
    local a, b = leaf{1, 1}, leaf{2, 2};
    (a + b):sum():backward()
    a:grad():mul_(100)
    assert.same({1, 1}, b:grad():totable())
  end)

  it("stops at detach and goes through clone", function()
    local x = leaf{3}
    local y = x:detach() * x + x:clone()
    y:backward()
    assert.same({4}, x:grad():totable())
  end)
end)
