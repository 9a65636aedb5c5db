--- Runs the test suite: the C tests of a build folder, then every spec in a process of its own, so that a crash costs one
-- file and not the run. Prints a line for each, the whole output of what failed, and last "N passed, N failed" (", N skipped").
-- The exit status is 1 where something failed.
--
--   lua5.4 scripts/suite.lua [options] [FILE...]
--     --build DIR        the build folder (build)
--     --only PATTERN     only files whose path matches one of these Lua patterns; may be repeated
--     --mentions TEXT    beside those of --only, the specs that contain this text; may be repeated
--     --except PATTERN   without files whose path matches; may be repeated
--     --helper FILE      a busted helper, run before each spec
--     --run-lua COMMAND  the interpreter for specs, a shell command (that which runs this)
--     --limit SECONDS    for one file, where the command `timeout` is there (900)

local lfs = require("lfs")

local interpreter = 0
while arg[interpreter - 1] do interpreter = interpreter - 1 end
local options = { build = "build", only = {}, mentions = {}, except = {}, ["run-lua"] = arg[interpreter], limit = "900" }
local files = {}

do
  local i = 1
  while arg[i] do
    local name = arg[i]:match("^%-%-(.+)$")
    if not name then
      files[#files + 1] = arg[i]
      i = i + 1
    else
      local value = arg[i + 1]
      local known = { build = 1, only = 1, mentions = 1, except = 1, helper = 1, ["run-lua"] = 1, limit = 1 }
      if not known[name] or not value then
        io.stderr:write(("suite: unknown option or missing value: %s\n"):format(arg[i]))
        os.exit(2)
      end
      if type(options[name]) == "table" then table.insert(options[name], value) else options[name] = value end
      i = i + 2
    end
  end
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function matches(path, patterns)
  for _, pattern in ipairs(patterns) do
    if path:find(pattern) then return true end
  end
  return false
end

local function mentions(path)
  if #options.mentions == 0 then return false end
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  for _, mentioned in ipairs(options.mentions) do
    if text:find(mentioned, 1, true) then return true end
  end
  return false
end

local function wanted(path)
  local all = #options.only + #options.mentions == 0
  return (all or matches(path, options.only) or mentions(path)) and not matches(path, options.except)
end

--- Files below a folder whose path matches, sorted.
local function find(folder, pattern, found)
  found = found or {}
  if lfs.attributes(folder, "mode") == "directory" then
    for name in lfs.dir(folder) do
      local path = folder .. "/" .. name
      if name ~= "." and name ~= ".." then
        if lfs.attributes(path, "mode") == "directory" then find(path, pattern, found)
        elseif path:find(pattern) then found[#found + 1] = path end
      end
    end
  end
  table.sort(found)
  return found
end

local has_timeout = os.execute("command -v timeout >/dev/null 2>&1")

--- Runs a command; its output, whether it ended well, and how it ended, in words.
local function run(command)
  if has_timeout then command = ("timeout -k 10 %s %s"):format(options.limit, command) end
  local pipe = assert(io.popen(command .. " 2>&1 </dev/null"))
  local output = pipe:read("a")
  local ok, kind, code = pipe:close()
  local how = ("ended with %s %s"):format(kind == "signal" and "signal" or "status", code)
  if has_timeout and (code == 124 or code == 137) then
    how = ("took more than %s seconds, or was killed"):format(options.limit)
  end
  return output, ok, how
end

local total = { passed = 0, failed = 0, skipped = 0 }
local failures = {}

--- Books one file's result and prints its line, after its output where it failed.
local function book(name, started, passed, failed, skipped, output, why)
  total.passed, total.failed, total.skipped = total.passed + passed, total.failed + failed, total.skipped + skipped
  local result = ("%d passed"):format(passed)
  if failed > 0 then result = result .. (", %d FAILED"):format(failed) end
  if skipped > 0 then result = result .. (", %d skipped"):format(skipped) end
  io.write(("%s  (%d s)\n"):format(result, os.time() - started))
  if failed > 0 then
    failures[#failures + 1] = name .. (why and ": " .. why or "")
    io.write(output:gsub("\n*$", "\n"), why and name .. ": " .. why .. "\n" or "", "\n")
  elseif skipped > 0 then
    for line in output:gmatch("[^\n]+") do
      if line:find("^skipped ") then io.write("    ", line, "\n") end
    end
    for block in (output .. "\n"):gmatch("%f[%a]Pending %->[^\n]*\n(.-)\n\n") do -- name and reason, up to an empty line
      io.write("    skipped ", (block:gsub("\n", ": ")), "\n")
    end
  end
  io.flush()
end

local function announce(name)
  io.write(("%-52s "):format(name))
  io.flush()
  return os.time()
end

local function run_c(path)
  local name = path:match("[^/]+$")
  local started = announce(name)
  local output, ok, how = run(quote(path))
  local passed, failed, rest = output:match("(%d+) passed, (%d+) failed([^\n]*)\n*$")
  if not passed then
    book(name, started, 0, 1, 0, output, how .. " before its summary")
    return
  end
  passed, failed = tonumber(passed), tonumber(failed)
  local why
  if not ok and failed == 0 then failed, why = 1, how .. " after its last test" end
  book(name, started, passed, failed, tonumber(rest:match("(%d+) skipped") or 0), output, why)
end

local function run_spec(path)
  local started = announce(path)
  local command = ("env %s LUA_PATH=%%s LUA_CPATH=%%s %%s spec/support/busted.lua %%s%%s"):format(
    "-u LUA_PATH_5_4 -u LUA_CPATH_5_4 -u LUA_PATH_5_5 -u LUA_CPATH_5_5"):format(
    quote("./lua/?.lua;./lua/?/init.lua;" .. (os.getenv("LUA_PATH") or ";")),
    quote(options.build .. "/?.so;" .. (os.getenv("LUA_CPATH") or ";")), options["run-lua"],
    options.helper and "--helper=" .. quote(options.helper) .. " " or "", quote("--output=plainTerminal") .. " " .. quote(path))
  local output, ok, how = run(command)
  local passed, failed, errors, pending
  for a, b, c, d in output:gmatch("(%d+) success%a* / (%d+) failure%a* / (%d+) error%a* / (%d+) pending") do
    passed, failed, errors, pending = tonumber(a), tonumber(b), tonumber(c), tonumber(d) -- the last such line counts
  end
  local why
  if not passed then
    passed, failed, pending, why = 0, 1, 0, how .. " before its summary"
  else
    failed = failed + errors
    if not ok and failed == 0 then failed, why = 1, how .. " after its last test" end
    if passed + failed + pending == 0 then failed, why = 1, "has no tests" end
  end
  book(path, started, passed, failed, pending, output, why)
end

local c_tests, specs = {}, {}
if #files > 0 then
  for _, path in ipairs(files) do
    table.insert(path:find("_spec%.lua$") and specs or c_tests, path)
  end
else
  for _, source in ipairs(find("spec/c", "/test_[%w_]+%.c$")) do
    if wanted(source) then c_tests[#c_tests + 1] = options.build .. "/" .. source:match("([^/]+)%.c$") end
  end
  for _, path in ipairs(find("spec", "_spec%.lua$")) do
    if wanted(path) then specs[#specs + 1] = path end
  end
end

for _, path in ipairs(c_tests) do run_c(path) end
for _, path in ipairs(specs) do run_spec(path) end

if #failures > 0 then
  io.write("\nfailed:\n")
  for _, name in ipairs(failures) do io.write("  ", name, "\n") end
end
if total.passed + total.failed == 0 then
  io.stderr:write("suite: there was nothing to run\n")
  total.failed = 1
end
io.write(("%d passed, %d failed%s\n"):format(total.passed, total.failed,
  total.skipped > 0 and (", %d skipped"):format(total.skipped) or ""))
os.exit(total.failed == 0 and 0 or 1)
