--- How far a study is while its runs are at work: what workers tell, what the queue makes of it, what files say.
local eg = require "ecgraft"
local begun = require "ecgraft.study.begun"
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local interruption = require "ecgraft.interruption"
local line = require "ecgraft.study.line"
local queue = require "ecgraft.study.queue"
local sets = require "ecgraft.study.sets"
local temporary = require "spec.support.temporary"
local toy = require "spec.support.toy"
local worker = require "ecgraft.study.worker"

local function near(expected, got) assert.is_true(math.abs(got - expected) < 1e-6 * math.max(1, expected), expected .. " ~= " .. got) end

local function in_folder(fn)
  temporary.folder(function(folder)
    assert(files.make_folder(folder .. "/runs"))
    assert(files.make_folder(folder .. "/sets"))
    fn(folder)
  end)
end

local function study_of(changes)
  local given = {name = "s", upstream = {a = toy.set(40, 1)}, downstream = {b = toy.set(60, 2)},
    networks = {{"gru", hidden = 2, head = "mean"}}, seeds = {1}, sizes = {10, 20}, train = {epochs = 4, batch = 5},
    pretrain = {epochs = 2, batch = 10}}
  for key, value in pairs(changes or {}) do given[key] = value end
  return eg.study(given)
end

local SCRATCH = "gru-mean-hidden2_b_scratch_n%d_s1"

local function run_of(study, id)
  for _, run in ipairs(study.plan) do if run.id == id then return run end end
end

describe("a run at work", function()
  it("tells how far it is, and which part of that it did itself", function()
    in_folder(function(folder)
      local study = study_of()
      local load, told = sets.loader(study.spec), {}
      local run = run_of(study, SCRATCH:format(10))
      local ok, message = worker.compute(run, study, folder, load, function(...) told[#told + 1] = {...} end)
      assert(ok, message)
      assert.same({0, 0}, told[1])
      assert.same({1, 1}, told[#told])
    end)
  end)

  it("begins where an interrupted one stopped", function()
    in_folder(function(folder)
      local study = study_of{train = {epochs = 4, batch = 5}}
      local load, told, steps = sets.loader(study.spec), {}, 0
      local run = run_of(study, SCRATCH:format(10))
      local real = core.interrupted
      core.interrupted = function() -- luacheck: ignore
        steps = steps + 1
        return steps == 7 -- asked after each of 2 steps of an epoch, and at its end: in the middle of the third
      end
      local ok, message = worker.compute(run, study, folder, load, function(...) told[#told + 1] = {...} end)
      core.interrupted = real -- luacheck: ignore
      assert.is_false(ok)
      assert.is_true(interruption.is(message))
      assert.same({0.625, 0.625}, told[#told])
      near(0.5, begun.share(folder, run, 4))
      local _, epochs = queue.costs(study.plan, study.spec)
      local todo = queue.new(study.plan, study.spec, folder)
      near(todo.all - 20, todo.left) -- two epochs of ten records
      assert.matches("begun: " .. run.id .. ": 2 of 4 epochs", tostring(study:status{out = folder}), 1, true)
      assert.equal(4, epochs[run.id])
      told = {}
      assert(worker.compute(run, study, folder, load, function(...) told[#told + 1] = {...} end))
      assert.same({0.625, 0}, told[1])
      assert.same({1, 0.375}, told[#told])
    end)
  end)

  it("counts each learning rate that is tried", function()
    in_folder(function(folder)
      local study = study_of{tune = {1e-2, 1e-3}, train = {epochs = 4, batch = 5, patience = 1, lr = 1e-2}}
      local run, load, told = run_of(study, SCRATCH:format(20)), sets.loader(study.spec), nil
      assert(worker.compute(run, study, folder, load, function(...) told = {...} end))
      assert.is_true(told[1] > 0.5 and told[1] <= 1)
      assert.is_true(told[2] <= told[1])
      os.remove(folder .. "/runs/" .. run.id .. "/result.json")
      os.remove(folder .. "/runs/" .. run.id .. "/lr-0.001/candidate.json")
      os.remove(folder .. "/runs/" .. run.id .. "/lr-0.001/history.csv")
      near(0.5, begun.share(folder, run, 8))
    end)
  end)
end)

describe("the queue of a study", function()
  it("moves within runs, and tells work from what was not needed", function()
    in_folder(function(folder)
      local study = study_of{strategies = {"scratch"}, upstream = {}, sizes = {10, 20, 30}}
      local todo = queue.new(study.plan, study.spec, folder)
      assert.equal(4 * 60, todo.left)
      local first = todo:take() -- of 10 records
      todo:at(first, 0.25, 0) -- a quarter was done by an earlier start
      near(240 - 10, todo.left)
      near(10, todo.skipped)
      todo:at(first, 0.5, 0.25)
      near(240 - 20, todo.left)
      near(10, todo.skipped)
      todo:done(first) -- ended by patience: half of it was not needed
      near(240 - 40, todo.left)
      near(10 + 20, todo.skipped)
      near(1 / 3, todo:needed_share())
      local second = todo:take()
      todo:at(second, 0, 0)
      todo:at(second, 0.5, 0.5)
      near(200 - 40, todo.left)
      todo:give_back(second) -- Ctrl-C; another start of it may have less
      assert.equal(second, todo:take())
      todo:at(second, 0.25, 0)
      near(200 - 20, todo.left)
      todo:failed(second, "the worker process ended")
      near(120, todo.left)
      local third = todo:take()
      todo:done(third) -- told nothing, as with Slurm: all of it counts as work
      near(0, todo.left)
      near(30 - 20 + 60, todo.skipped)
    end)
  end)

  it("is shown as a line whose percentage and time left move within runs", function()
    in_folder(function(folder)
      local study = study_of{strategies = {"scratch"}, upstream = {}, sizes = {100}, train = {epochs = 10}}
      local todo = queue.new(study.plan, study.spec, folder)
      local shown, seconds = line.new(study, todo, true), 0
      shown.shown.clock = function() return seconds end
      shown.shown.began, shown.shown.mark_time = 0, 0
      local run = todo:take()
      todo:at(run, 0.2, 0)
      shown:show()
      seconds = 10
      todo:at(run, 0.4, 0.2)
      shown:show()
      local text = shown.shown:text()
      assert.matches("40%", text, 1, true)
      assert.matches("400/1,000  20 /s  30 s left", (text:gsub(" records", " ")), 1, true)
    end)
  end)

  it("keeps the counts of a folder's first start, when all sets were loaded", function()
    in_folder(function(folder)
      local study = study_of()
      local costs, epochs = queue.costs(study.plan, study.spec)
      local run = study.plan[1]
      costs[run.id] = costs[run.id] + 7
      assert(files.write_json(folder .. "/study.json", {costs = costs, epochs = epochs}))
      assert.same(costs, (queue.known_costs(study.plan, study.spec, folder)))
    end)
  end)

  it("takes no counts from a folder of other runs", function()
    in_folder(function(folder)
      local study = study_of()
      assert(files.write_json(folder .. "/study.json", {costs = {x = 7}, epochs = {x = 1}}))
      assert.same(queue.costs(study.plan, study.spec), (queue.known_costs(study.plan, study.spec, folder)))
      assert.matches(("0 of %d runs done"):format(#study.plan), tostring(study:status{out = folder}))
    end)
  end)
end)
