-- Runs the Lua code of a Markdown page, made into one chunk by spec/docs_spec.lua.   arg: FILE of the chunk, NAME of the page
--
-- Trainings end after EPOCHS epochs: pages say what they need to learn something, which is not what is tried here.
-- __expect(text, ...) checks what a page says that print shows; __shell(commands) runs a block of shell commands.
local path, name = ...
local file = assert(io.open(path, "rb"))
local text = file:read "a"
file:close()

function __expect(wanted, ...) -- luacheck: ignore 111
  local shown = table.pack(...)
  for i = 1, shown.n do shown[i] = tostring(shown[i]) end
  local got = table.concat(shown, "\t")
  if got ~= wanted then error(("the page says that this prints %q, it prints %q"):format(wanted, got), 2) end
end

function __shell(commands) -- luacheck: ignore 111
  local ok, _, status = os.execute("set -e\n" .. commands)
  if not ok then error(("the shell commands ended with status %d"):format(status), 2) end
end

local EPOCHS = 2
require "ecgraft"
local train = require "ecgraft.train"
local fit = train.fit
function train.fit(net, set, given)
  if type(given) == "table" and math.type(given.epochs) == "integer" and given.epochs > EPOCHS then
    local fewer = {}
    for key, value in pairs(given) do fewer[key] = value end
    fewer.epochs = EPOCHS
    given = fewer
  end
  return fit(net, set, given)
end

local here = arg[0]:match "^(.*/)" or "./"

-- Calls a block of a page with the sets that it reads made beforehand; of a study it reads them as the study would.
function __with_sets(block) -- luacheck: ignore 111
  dofile(here .. "page_sets.lua")
  local result = block()
  if result == nil then return end
  assert(require("ecgraft.study").is(result), "a block that returns something returns a study")
  for _, side in ipairs{result.spec.upstream, result.spec.downstream} do
    for _, each in ipairs(side) do assert(type(each.value) == "table" or each.value()) end
  end
end

assert(load(text, "@" .. name, "t"))()
