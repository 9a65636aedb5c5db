--- Fuzzes maps of names (ecgraft import --names), as .csv and as .json, and what a folder of .npy files says of its network.
local eg = require "ecgraft"
local rename = require "ecgraft.models.rename"

local function text_of(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

local tensors = {["module.conv1.weight"] = 1, ["module.fc.bias"] = 2, head = 3}

-- A map is refused with a reason, or its names are refused with one, or it renames: never more tensors than there were.
local function use(path)
  local rules, message = rename.read(path)
  if not rules then
    assert(type(message) == "string" and message:find(path, 1, true))
    return false
  end
  local ok, out = pcall(rename.tensors, "fuzz", tensors, rules)
  if not ok then
    assert(type(out) == "string" and out:find "^fuzz: names: ", out)
    return false
  end
  local count = 0
  for name, value in pairs(out) do
    assert(type(name) == "string" and math.type(value) == "integer")
    count = count + 1
  end
  assert(count <= 3)
  return true
end

return {
  file = "map.csv", most = 1 << 12,
  words = {"^", "%.", "%1", "(", ")", "[", "]", ",", "\"", "\n", "\r\n", "module", "fc", "head", "{", "}", ":", "null", "\"class\":",
    "\"arguments\":", "\"Linear\"", "\"n\":", "\"a1\":"},
  seeds = {
    "^module%.,\nhead,fc2.weight\n", "from,to\r\n^(module)%.fc,%1.out\r\nhead,\r\n", '{"head": "fc.weight", "^module%.": ""}',
    '[["^module%.", ""], ["head", "x"]]',
    '{"architecture": {"class": "Linear", "arguments": {"n": 2, "a1": 2, "a2": 1}}, "card": {"classes": ["A"]}, "model": "x"}',
  },
  read = function(path)
    local taken = use(path)
    local text, folder = text_of(path), path:match "^(.*)/[^/]*$" or "."
    write(folder .. "/map.json", text)
    taken = use(folder .. "/map.json") or taken
    os.rename(folder .. "/map.json", folder .. "/network.json")
    local net, message = eg.models.from_weights(folder)
    assert(net == nil and type(message) == "string") -- there are no .npy files
    return taken or nil, message
  end,
}
