--- kill -9 of a study at random moments: continued each time, it ends with the results.csv of one that nothing disturbed.
local command = require "spec.support.command"
local files = require "ecgraft.files"
local folder_of = require "ecgraft.study.folder"
local temporary = require "spec.support.temporary"
local uv = require "luv"

local PROGRAM = "spec/support/programs/kills.lua"
local KILLS = 10

--- Runs the study on one thread, and kills it after so many seconds. Returns exit code and signal.
local function run(folder, workers, seconds)
  local began = uv.hrtime()
  return command.run({"study", PROGRAM, "--out", folder, "--quiet", "--threads", "1", "--workers", tostring(workers)},
    seconds and "sigkill", function() return (uv.hrtime() - began) / 1e9 >= seconds end)
end

local function seconds_of(fn)
  local began = uv.hrtime()
  fn()
  return (uv.hrtime() - began) / 1e9
end

--- How many runs have a checkpoint and no result.
local function half_way(folder)
  local count = 0
  for _, each in ipairs(assert(loadfile(PROGRAM))().plan) do
    local path = folder_of.of(folder, each.id)
    if files.exists(path .. "/checkpoint.h5") and not files.exists(path .. "/result.json") then count = count + 1 end
  end
  return count
end

describe("kill -9 at ten random moments", function()
  for workers = 1, 2 do
    it(("changes nothing with %d worker%s"):format(workers, workers == 1 and "" or "s"), function()
      temporary.folder(function(folder)
        local all = seconds_of(function() assert.equal(0, (run(folder .. "/undisturbed", workers))) end)
        local csv = files.read(folder .. "/undisturbed/results.csv")
        local kills, round, resumed = 0, 1, 0
        local out = folder .. "/killed1"
        while kills < KILLS do
          local code, signal = run(out, workers, math.random() * all / 3)
          if signal == 9 then
            kills = kills + 1
            resumed = resumed + half_way(out)
          else -- it was through before: the same again in a new folder
            assert.equal(0, code)
            assert.is_true(csv == files.read(out .. "/results.csv"))
            round = round + 1
            out = folder .. "/killed" .. round
          end
        end
        assert.equal(0, (run(out, workers)))
        assert.is_true(csv == files.read(out .. "/results.csv"))
        assert.is_true(resumed > 0, "no kill hit a run between its first checkpoint and its end")
      end)
    end)
  end

  it("ends with the same numbers for one and two workers", function()
    temporary.folder(function(folder)
      assert.equal(0, (run(folder .. "/1", 1)))
      assert.equal(0, (run(folder .. "/2", 2)))
      assert.is_true(files.read(folder .. "/1/results.csv") == files.read(folder .. "/2/results.csv"))
    end)
  end)
end)
