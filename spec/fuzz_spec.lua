--- Every reader of files against some damaged ones (`make fuzz` tries more of them, and under sanitizers), and what the fuzzers promise.
local files = require "spec.support.files"
local lfs = require "lfs"
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"

local build = package.searchpath("ecgraft.core", package.cpath):gsub("ecgraft/core%.so$", "")
if build:sub(1, 1) ~= "/" then build = process.root .. "/" .. build end

-- Those of readers in Lua are built where liblua is.
local function program(name)
  local path = build .. "fuzz_" .. name
  return lfs.attributes(path, "mode") == "file" and path or nil
end

-- Rounds by name; those that read whole sets are slow.
local rounds = {header = 3000, signal = 1000, mat = 1000, npy = 1000, safetensors = 1000, store = 150, csv = 300, annotations = 1000,
  segments = 500, prepared = 100, tables = 150, names = 500}

local function run(name, ...)
  local code, out, err = process.run{program(name), ...}
  return code, out .. err
end

describe("damaged files are read or refused:", function()
  local names = {}
  for _, path in ipairs(files.find("spec/fuzz", "%.%w+$")) do
    local name = path:match("/fuzz_(%w+)%.c$") or path:match("/(%w+)%.lua$")
    if name and name ~= "lua" then names[#names + 1] = name end
  end
  table.sort(names)

  it("each kind is among them", function()
    local known = {}
    for name in pairs(rounds) do known[#known + 1] = name end
    table.sort(known)
    assert.same(known, names)
  end)

  for _, name in ipairs(names) do
    it(name, function()
      if not program(name) then return pending("not built: liblua was not found") end
      local code, output = run(name, "rounds", ("%d"):format(rounds[name]))
      assert.equal(0, code, output)
      assert.matches(("fuzz_%s: %d rounds in .* no fault found"):format(name, rounds[name]), output)
    end)
  end
end)

describe("a fuzzer", function()
  it("says how it is used", function()
    for _, given in ipairs{{}, {"rounds"}, {"rounds", "x"}, {"seconds", "-1"}, {"turns", "5"}} do
      local code, output = run("npy", table.unpack(given))
      assert.equal(2, code)
      assert.matches("usage: fuzz_npy seconds S %[SEED%] | rounds N %[SEED%] | read FILE", output)
    end
  end)

  it("does the same again with the same seed", function()
    local function counts(seed) return (select(2, run("npy", "rounds", "300", seed)):gsub("in %d+ s", "")) end
    assert.equal(counts("7"), counts("7"))
    assert.not_equal(counts("7"), counts("8"))
  end)

  it("reads single files", function()
    local code, output = run("npy", "read", "spec/fixtures/store/f4.npy", "README.md")
    assert.equal(0, code)
    assert.matches("f4%.npy: was read\n", output)
    assert.matches("README%.md: .*it does not begin with \\x93NUMPY\n", output)
  end)

  -- A reader of one's own in place of that of CSV.
  local function with_reader(body, fn)
    if not program "csv" then return pending("not built: liblua was not found") end
    temporary.folder(function(folder)
      temporary.write(folder .. "/spec/fuzz/csv.lua", ("return {file = 't', words = {'xyz'}, seeds = {'abc'}, " ..
        "read = function(path, text) %s return true end}"):format(body))
      local code, out, err = process.run{program "csv", "rounds", "500", cwd = folder}
      local kept = (out .. err):match("the input is (%S+)")
      local input = kept and files.read(kept)
      if kept then os.remove(kept) end
      fn(code, out .. err, input)
    end)
  end

  it("keeps the input of a fault, and says which it was", function()
    with_reader("if text:find 'xyz' then error('attempt to do so') end", function(code, output, input)
      assert.equal(1, code)
      assert.matches("csv.lua:1: attempt to do so\nstack traceback:", output)
      assert.matches("fuzz_csv: fault in round %d+ of seed 1; the input is .*fuzz_csv%.fault%-1%-%d+\n$", output)
      assert.matches("xyz", input)
    end)
  end)

  it("takes for a fault what is no refusal, what names no file, and what takes too much", function()
    for body, pattern in pairs{
      ["if text:find 'xyz' then return 5 end"] = "the reader returns number, nil",
      ["if text:find 'xyz' then return nil end"] = "the reader returns nil, nil",
      ["if text:find 'xyz' then return nil, path .. ': no' end"] = "^fuzz_csv: %d+ rounds in .*, [1-9]%d* refused",
      ["if text:find 'xyz' then return nil, 'no' end"] = "the message does not name the file: no",
      ["if text:find 'xyz' then text = text:rep(5000000) end"] = "bytes of Lua's for %d+ bytes",
      ["kept = (kept or '') .. ('a'):rep(100000)"] = "left behind: %d+ bytes of Lua's",
    } do
      with_reader(body, function(_, output) assert.matches(pattern, output) end)
    end
  end)
end)
