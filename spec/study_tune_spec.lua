--- The learning rate of each run chosen on validation, and the plan with its estimate.
local core = require "ecgraft.core"
local eg = require "ecgraft"
local estimate = require "ecgraft.study.estimate"
local files = require "ecgraft.files"
local lfs = require "lfs"
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"
local toy = require "spec.support.toy"

local PROGRAM = "spec/support/programs/tune.lua"
local RUN = "/runs/first_down_finetune-up_n12_s1"

local function base(changes)
  local given = {name = "s", upstream = {a = toy.set(40, 1)}, downstream = {b = toy.set(60, 2)},
    networks = {{"gru", hidden = 2, head = "mean"}}, seeds = {1}}
  for key, value in pairs(changes or {}) do given[key] = value end
  return given
end

local function command(folder, workers)
  local status, out, err = process.lua{"bin/ecgraft", "study", PROGRAM, "--out", folder, "--workers", tostring(workers), "--quiet"}
  assert(status == 0, out .. err)
end

describe("a study with tune", function()
  it("takes the rate with the best validation score, says so, and counts the cost", function()
    temporary.folder(function(folder)
      local study = assert(loadfile(PROGRAM))()
      assert.is_true((study:run{out = folder, quiet = true}))
      local result = files.read_json(folder .. RUN .. "/result.json")
      local best, seconds = nil, 0
      for _, each in ipairs(result.tuning.candidates) do
        if each.score and (not best or each.score > best.score) then best = each end
        seconds = seconds + each.seconds
      end
      assert.same({1e-2, 1e-3, 1e30}, {result.tuning.candidates[1].lr, result.tuning.candidates[2].lr, result.tuning.candidates[3].lr})
      assert.equal(best.lr, result.tuning.lr)
      assert.equal(best.score, result.selection.best_score)
      assert(math.abs(seconds - result.selection.seconds) < 1e-9)
      -- weights of 1e30 are no longer numbers: that candidate has no score, and the run goes on
      assert.is_nil(result.tuning.candidates[3].score)
      assert.matches("smaller learning rate", result.tuning.candidates[3].failure)
      assert.equal(files.read(("%s%s/lr-%g/history.csv"):format(folder, RUN, best.lr)), files.read(folder .. RUN .. "/history.csv"))
      assert.matches("Learning rates chosen on validation", files.read(folder .. "/report.html"), 1, true)
      -- the chosen candidate, trained alone, is the same model
      local alone = assert(loadfile(PROGRAM))()
      alone.spec.tune, alone.spec.train.lr = nil, best.lr
      assert.is_true((alone:run{out = folder .. "/alone", quiet = true, report = false}))
      assert.same(files.read_json(folder .. "/alone" .. RUN .. "/result.json").metrics, result.metrics)
    end)
  end)

  it("repeats no candidate that is done, and gives the same numbers with two workers", function()
    temporary.folder(function(folder)
      command(folder .. "/one", 1)
      command(folder .. "/two", 2)
      local csv = files.read(folder .. "/one/results.csv")
      assert.equal(csv, files.read(folder .. "/two/results.csv"))
      -- as if killed when two of three candidates were done: their models are still there then
      local path = folder .. "/one" .. RUN
      local first = files.read_json(path .. "/result.json").tuning.candidates[1]
      os.remove(path .. "/result.json")
      os.remove(path .. "/lr-0.001/candidate.json")
      local before = lfs.attributes(path .. "/lr-0.01/candidate.json", "modification")
      local net = assert(eg.nn.load(path .. "/model.h5"))
      assert(net:save(path .. "/lr-0.01/model.h5"))
      command(folder .. "/one", 1)
      assert.equal(before, lfs.attributes(path .. "/lr-0.01/candidate.json", "modification"))
      assert.same(first, files.read_json(path .. "/result.json").tuning.candidates[1])
      assert.is_true(files.exists(path .. "/lr-0.001/candidate.json"))
    end)
  end)

  it("takes lr, lr / 3 and lr / 10 where no list is given", function()
    assert.same({3e-3, 3e-3 / 3, 3e-3 / 10}, eg.study(base{tune = true, train = {lr = 3e-3}}).spec.tune)
    assert.is_nil(eg.study(base{tune = false}).spec.tune)
  end)

  it("finds fault with rates and with a protocol that has no validation set", function()
    local function fails(changes, pattern) assert.error_matches(function() eg.study(base(changes)) end, pattern) end
    fails({tune = {}}, "study: tune: expected true or at least one learning rate, got none")
    fails({tune = {0}}, "tune%[1%] must be a learning rate above 0, got 0")
    fails({tune = {1e-3, 1e-3}}, "tune: 0.001 comes twice")
    fails({tune = true, protocol = "paper"}, "tune: learning rates are chosen on a validation set, and this protocol has none")
  end)
end)

describe("a plan", function()
  it("counts the records that each run will see, and what that may take", function()
    local study = eg.study(base{sizes = {10, "all"}, tune = {1e-2, 1e-3}, train = {epochs = 3, batch = 4, min_steps = 20},
      pretrain = {epochs = 2, min_steps = 0}})
    local found = study:estimate()
    local seen = {}
    for _, each in ipairs(found.rows) do
      seen[each.run.id] = each.records
      assert(each.seconds > 0)
    end
    local parts = toy.set(60, 2):split(study.spec.split)
    local name = "gru-mean-hidden2"
    local up = #toy.set(40, 1):split(study.spec.split).train
    assert.equal(2 * up, seen["pretrain_" .. name .. "_a"])
    assert.equal(2 * 7 * 10, seen[name .. "_b_scratch_n10_s1"]) -- 10 records are 3 steps: 7 epochs make 20, for each of two rates
    assert.equal(2 * 3 * #parts.train, seen[name .. "_b_finetune-a_nall_s1"])
    assert.equal(100 * 64 * 3 * 4, found.sets)
    assert(found.bytes > found.sets)
    local text = study:plan_text()
    assert.matches("study s %(strict protocol%): 5 runs", text)
    assert.matches("gru%-mean%-hidden2%s+64 x 3%s+2%s+%d+", text)
    assert.matches("records seen in training; about .*B of memory", text)
  end)

  it("is for as many workers as are asked for, each with its share of the threads", function()
    local before = core.num_threads()
    core.set_num_threads(2)
    local study = eg.study(base{sizes = {10}, train = {epochs = 3}, pretrain = {epochs = 2}})
    local one, two, three = study:estimate(), study:estimate{workers = 2}, study:estimate{workers = 3, threads = 2}
    local threads, text = core.num_threads(), study:plan_text{workers = 2}
    core.set_num_threads(before)
    assert.equal(2, threads)
    assert.same({2, 1, 2}, {one.threads, two.threads, three.threads})
    local function workers(found)
      local list = {}
      for i, each in ipairs(found.spans) do list[i] = {each.workers, each.threads} end
      return list
    end
    assert.same({{1, 2}, {2, 1}}, workers(one))
    assert.same({{1, 2}, {2, 1}}, workers(two))
    assert.same({{1, 2}, {3, 2}}, workers(three))
    assert.is_true(math.abs(one.spans[1].seconds - one.seconds) < 1e-9)
    assert.is_true(two.spans[2].seconds < two.seconds and two.spans[2].seconds >= two.seconds / 2)
    assert.matches("times above are with 1 thread on", text, 1, true)
    assert.matches("\nAbout [^,]+ with 1 worker, [^,]+ with 2%.\n$", text)
    assert.error_matches(function() study:plan_text{worker = 2} end, "study:plan_text: unknown option 'worker'")
  end)

  it("lets runs wait for what they need", function()
    local runs = {{id = "a"}, {id = "b", needs = "a"}, {id = "c", needs = "a"}, {id = "d"}}
    local seconds = {10, 3, 3, 4}
    assert.equal(20, estimate.span(runs, seconds, 1))
    assert.equal(13, estimate.span(runs, seconds, 2)) -- d beside a, then b and c
    assert.equal(13, estimate.span(runs, seconds, 5))
  end)

  it("is printed by the command, which computes nothing", function()
    temporary.folder(function(folder)
      local status, out, err = process.lua{"bin/ecgraft", "study", PROGRAM, "--plan", "--out", folder .. "/none"}
      assert(status == 0, out .. err)
      assert.matches("first_down_finetune%-up_n12_s2%s+1%s+108%s", out)
      assert.is_false(files.exists(folder .. "/none"))
    end)
  end)
end)
