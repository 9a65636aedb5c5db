--- What builds and tests: the suite's account of what happened (a suite that overlooks a failure is worse than none), ./run, the
-- launcher, and that the version is said once.
local files = require("spec.support.files")
local lfs = require("lfs")

local LUA = require("luv").exepath()
local work

local function write(name, text)
  local path = work .. "/" .. name
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

--- The output of a shell command and its exit status.
local function shell(command)
  local pipe = assert(io.popen("(" .. command .. ") 2>&1 </dev/null"))
  local output = pipe:read("a")
  local _, _, status = pipe:close()
  return output, status
end

local function last_line(text)
  return text:match("([^\n]*)\n*$")
end

local function suite(...)
  local output, status = shell(LUA .. " scripts/suite.lua " .. table.concat({ ... }, " "))
  return last_line(output), status, output
end

describe("scripts/suite.lua", function()
  setup(function()
    work = os.tmpname()
    os.remove(work)
    assert(lfs.mkdir(work))
  end)
  teardown(function()
    os.execute("rm -rf '" .. work .. "'")
  end)

  local GOOD = 'describe("x", function() it("a", function() assert.equal(1, 1) end) it("b", function() end) end)\n'

  it("counts what passed", function()
    local line, status = suite(write("good_spec.lua", GOOD))
    assert.equal("2 passed, 0 failed", line)
    assert.equal(0, status)
  end)

  it("counts what failed and shows it in full", function()
    local line, status, output = suite(write("bad_spec.lua",
      'it("a", function() end) it("b", function() assert.equal("north", "south") end) it("c", function() error("boom") end)'))
    assert.equal("1 passed, 2 failed", line)
    assert.equal(1, status)
    assert.truthy(output:find("north", 1, true) and output:find("boom", 1, true))
    assert.truthy(output:find("bad_spec.lua", 1, true))
  end)

  it("counts what was skipped, and says why", function()
    local line, status, output = suite(write("skipped_spec.lua", 'it("a", function() end) it("b", function() pending("no data") end)'))
    assert.equal("1 passed, 0 failed, 1 skipped", line)
    assert.equal(0, status)
    assert.truthy(output:find("skipped b: .*no data"))
  end)

  it("takes a spec that does not load, crashes, exits early or has no tests for a failure", function()
    for name, text in pairs {
      syntax = "it(", raises = 'error("at load")', exits = GOOD .. "os.exit(0)", none = "local x = 1; return x",
      killed = GOOD .. 'it("dies", function() os.execute("kill -9 $PPID") end)',
    } do
      local line, status = suite(write(name .. "_spec.lua", text))
      assert.equal(("%s: 0 passed, 1 failed"):format(name), ("%s: %s"):format(name, line:gsub("^2 passed", "0 passed")))
      assert.equal(1, status, name)
    end
  end)

  it("counts a C test by its summary, and a crash as a failure", function()
    local function c_test(name, script)
      local path = write(name, "#!/bin/sh\n" .. script)
      os.execute("chmod +x '" .. path .. "'")
      return path
    end
    local good = c_test("test_good", 'echo "passed  a"; echo "3 passed, 0 failed"\n')
    local line, status = suite(good)
    assert.same({ "3 passed, 0 failed", 0 }, { line, status })
    line, status = suite(good, c_test("test_bad", 'echo "1 passed, 2 failed, 1 skipped"; exit 1\n'))
    assert.same({ "4 passed, 2 failed, 1 skipped", 1 }, { line, status })
    line, status = suite(good, c_test("test_crash", 'echo "passed  a"; kill -SEGV $$\n'))
    assert.same({ "3 passed, 1 failed", 1 }, { line, status })
    line, status = suite(good, c_test("test_late", 'echo "2 passed, 0 failed"; exit 23\n')) -- a leak found at the end
    assert.same({ "5 passed, 1 failed", 1 }, { line, status })
    line, status = suite(good, work .. "/test_absent")
    assert.same({ "3 passed, 1 failed", 1 }, { line, status })
  end)

  it("stops what takes too long", function()
    if select(2, shell("command -v timeout")) ~= 0 then pending("timeout is not installed") end
    local line, status, output = suite("--limit 1", write("endless_spec.lua", 'it("a", function() while true do end end)'))
    assert.same({ "0 passed, 1 failed", 1 }, { line, status })
    assert.truthy(output:find("more than 1 seconds", 1, true))
  end)

  it("refuses unknown options and an empty run", function()
    local _, status = suite("--nonsense 1")
    assert.equal(2, status)
    _, status = suite("--only nothing_is_called_that")
    assert.equal(1, status)
  end)
end)

describe("./run", function()
  it("says how it is used", function()
    local output, status = shell("./run")
    assert.equal(0, status)
    for _, verb in ipairs { "build", "test", "study", "lint", "asan", "gradients" } do
      assert.truthy(output:find("\n  " .. verb .. " ", 1, true), verb)
    end
  end)

  it("refuses a verb that is not there", function()
    local output, status = shell("./run nonsense")
    assert.equal(2, status)
    assert.truthy(output:find("there is no verb 'nonsense'", 1, true))
  end)
end)

describe("the command ecgraft", function()
  local version = files.read("VERSION"):match("^%s*(.-)%s*$")
  local launcher = lfs.currentdir() .. "/bin/ecgraft"

  it("says the version that VERSION holds, from any folder and through a link", function()
    assert.equal(version, require("ecgraft.core").version)
    local link = os.tmpname()
    os.remove(link)
    assert(lfs.link(launcher, link, true))
    for _, command in ipairs { launcher, link } do
      local output, status = shell(("cd / && LUA_PATH=';;' LUA_CPATH='%s' %s %s --version"):format(
        package.searchpath("ecgraft.core", package.cpath):gsub("ecgraft/core%.so$", "?.so"):gsub("^%.", lfs.currentdir()) .. ";;",
        LUA, command))
      assert.equal(0, status, output)
      assert.truthy(output:find(version, 1, true), output)
    end
    os.remove(link)
  end)

  it("says so where the core is not built", function()
    local output, status = shell(("cd / && LUA_CPATH='/nowhere/?.so' %s %s --version"):format(LUA, launcher))
    if lfs.attributes("build/ecgraft/core.so") then
      assert.equal(0, status, output) -- the checkout's own
    else
      assert.equal(1, status)
      assert.truthy(output:find("is not in LUA_CPATH", 1, true))
    end
  end)
end)
