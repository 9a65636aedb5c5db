--- Studies computed by Slurm: a real one, on this machine alone (spec/support/slurm), where it is installed and may be started.
local command = require "spec.support.command"
local files = require "ecgraft.files"
local folder_of = require "ecgraft.study.folder"
local process = require "spec.support.process"
local slurm = require "ecgraft.study.slurm"
local temporary = require "spec.support.temporary"
local uv = require "luv"

local PROGRAM = "spec/support/programs/study.lua"

--- ecgraft study with the executor slurm; options: {"cpus=1", ...}.
local function by_slurm(folder, how, options, signal, after)
  local arguments = {"study", PROGRAM, "--out", folder, "--quiet", "--executor", "slurm"}
  for _, each in ipairs(options or {}) do table.move({"--slurm", each}, 1, 2, #arguments + 1, arguments) end
  if how then table.move({"--", how}, 1, 2, #arguments + 1, arguments) end
  return command.run(arguments, signal, after)
end

local function here(folder, how) return command.run{"study", PROGRAM, "--out", folder, "--quiet", "--workers", "2", "--", how} end

local function csv(folder) return files.read(folder .. "/results.csv") end

describe("the executor slurm", function()
  it("says what is missing where Slurm is not there", function()
    temporary.folder(function(folder)
      local code, _, err = process.lua{process.root .. "/bin/ecgraft", "study", PROGRAM, "--out", folder, "--executor", "slurm",
        env = {PATH = folder}}
      assert.equal(1, code)
      assert.matches("the executor 'slurm' needs Slurm's programs, and sbatch cannot be started %(ENOENT", err)
    end)
  end)

  it("finds fault with what it is told", function()
    local study = assert(loadfile(PROGRAM))()
    local function fails(options, pattern) assert.error_matches(function() study:run(options) end, pattern) end
    fails({executor = "pbs"}, "option 'executor' must be one of \"local\", \"slurm\", got \"pbs\"")
    fails({slurm = {cpus = 1}}, "slurm = {...} goes with executor = \"slurm\", which is \"local\"")
    fails({executor = "slurm", slurm = {cpu = 1}}, "study:run: slurm: unknown option 'cpu'; known options: account, array, at_once, cpus")
    fails({executor = "slurm", slurm = {cpus = 0}}, "option 'cpus' must be at least 1")
    fails({executor = "slurm", workers = 2}, "takes no workers")
    fails({executor = "slurm", slurm = {extra = {"qos=long"}}}, "slurm.extra%[1%] must be an option of sbatch, .*got \"qos=long\"")
    local code, _, _, err = command.run{"study", PROGRAM, "--executor", "slurm", "--slurm", "cpu=1"}
    assert.equal(2, code)
    assert.matches("%-%-slurm: expected KEY=VALUE with a key of account, .*, got 'cpu=1'", err)
  end)
end)

describe("with a real Slurm", function()
  local missing = select(2, process.run{"spec/support/slurm", "missing"}):match "[^\n]+"
  if missing then
    pending("not here: " .. missing)
    return
  end

  local place, before
  setup(function()
    place, before = os.tmpname(), os.getenv "SLURM_CONF"
    os.remove(place)
    local code, _, err = process.run{"spec/support/slurm", "start", place}
    assert.equal(0, code, err)
    uv.os_setenv("SLURM_CONF", place .. "/slurm.conf")
  end)
  teardown(function()
    process.run{"spec/support/slurm", "stop", place}
    if before then uv.os_setenv("SLURM_CONF", before) else uv.os_unsetenv "SLURM_CONF" end
    os.execute("rm -rf '" .. place .. "'")
  end)

  --- The numbers of the jobs that Slurm knows, finished ones too, as a sorted text; and of those that are not over.
  local function jobs(...)
    local _, out = process.run{"squeue", "--noheader", "--format=%F", ...}
    local seen, list = {}, {}
    for job in out:gmatch "%d+" do
      if not seen[job] then table.insert(list, job) end
      seen[job] = true
    end
    table.sort(list)
    return table.concat(list, " ")
  end

  it("a study with pretrainings, one of which fails, gives what it gives here; the next start does the rest", function()
    temporary.folder(function(folder)
      assert.equal(1, (here(folder .. "/here", "broken")))
      local code, _, _, err = by_slurm(folder .. "/slurm", "broken")
      assert.equal(1, code)
      assert.matches("7 of 26 runs failed, and 6 that need them were not run; the first: pretrain_second_up: .*cannot be built", err)
      assert.is_true(csv(folder .. "/here") == csv(folder .. "/slurm"))
      assert.equal("", jobs())
      local _, _, status = command.run{"status", folder .. "/slurm"}
      assert.matches("13 of 26 runs done, 0 begun, 6 waiting, 7 failed\n", status)

      assert.equal(0, (here(folder .. "/here")))
      assert.equal(0, (by_slurm(folder .. "/slurm", nil, {"array=4", "at_once=1", "time=10", "partition=main", "extra=--nice=10"})))
      assert.is_true(csv(folder .. "/here") == csv(folder .. "/slurm"))
      assert.is_false(files.exists(folder .. "/slurm/slurm")) -- nothing to look up any more
    end)
  end)

  it("Ctrl-C cancels the jobs, with a checkpoint of each run at work; a killed leader leaves them to the next", function()
    temporary.folder(function(folder)
      assert.equal(0, (here(folder .. "/here")))
      local out = folder .. "/slurm"
      local code, _, _, err = by_slurm(out, "slow", nil, "sigint", command.more_done(out, 4))
      assert.equal(130, code)
      assert.matches("interrupted after %d+ of 26 runs", err)
      assert.equal("", jobs())
      local study = assert(loadfile(PROGRAM))()
      for _, run in ipairs(study.plan) do
        assert.is_not.equal("failed", folder_of.state(out, run))
        if folder_of.state(out, run) == "begun" then assert.is_true(files.exists(folder_of.of(out, run.id) .. "/checkpoint.h5")) end
      end

      local _, signal = by_slurm(out, "slow", nil, "sigkill", command.more_done(out, 4))
      assert.equal(9, signal)
      assert.is_not.equal("", jobs())
      local known = jobs "--states=all"
      assert.equal(0, (by_slurm(out, "slow")))
      assert.equal(known, jobs "--states=all") -- nothing was submitted again
      assert.is_true(csv(folder .. "/here") == csv(out))
    end)
  end)

  it("reports runs that Slurm ends and jobs that die, and the rest goes on", function()
    temporary.folder(function(folder)
      local code, _, _, err = by_slurm(folder, "hurt", {"time=1"})
      assert.equal(1, code)
      assert.matches("2 of 26 runs failed, and 12 that need them were not run; the first: ", err)
      local failures = {}
      for i, id in ipairs{"pretrain_first_up", "pretrain_second_up"} do failures[i] = folder_of.failure(folder, {id = id}) end
      assert.matches("^its Slurm job %d+_1 reached its time limit %(TIMEOUT%) before the run was done", failures[1])
      assert.matches("^its Slurm job %d+_2 ended %(FAILED%) before the run was done", failures[2])
      assert.matches("12 of 26 runs done, 0 begun, 12 waiting, 2 failed\n", (select(3, command.run{"status", folder})))
      assert.equal("", jobs())
    end)
  end)

  it("passes on why Slurm refuses", function()
    temporary.folder(function(folder)
      local code, _, _, err = by_slurm(folder, nil, {"partition=nowhere"})
      assert.equal(1, code)
      assert.matches("sbatch failed: .*invalid partition", err)
    end)
  end)

  it("has its defaults in the reach of Slurm's own", function()
    local _, out = process.run{"scontrol", "show", "config"}
    assert.is_true(slurm.options.array.default < tonumber(out:match "MaxArraySize%s*=%s*(%d+)"))
  end)
end)
