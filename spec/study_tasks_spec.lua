-- Studies that pretrain by several tasks, and strategies that solve for their head.
local eg = require "ecgraft"
local files = require "ecgraft.files"
local plan = require "ecgraft.study.plan"
local queue = require "ecgraft.study.queue"
local temporary = require "spec.support.temporary"

local sets = {}

--- A hospital's records, made once.
local function hospital(name, records)
  return function()
    sets[name] = sets[name] or eg.data.synthetic{records = records, hospital = name, seconds = 5, seed = 1}
    return sets[name]
  end
end

local function study(changes)
  local given = {
    name = "tasks",
    upstream = {large = {set = hospital("A", 70), task = {"classification", "intervals", eg.tasks.reconstruction{mask = 0.3}},
      pretrain = {epochs = 3}}},
    downstream = {ours = hospital("B", 90)}, networks = {{"resnet1d18", width = 2, hidden = 8}},
    strategies = {"scratch", "finetune", "svm_probe"}, sizes = {30}, seeds = {1, 2}, resamples = 100,
    split = {train = 0.5, val = 0.25, test = 0.25}, train = {epochs = 2, batch = 16, lr = 3e-3},
  }
  for key, value in pairs(changes or {}) do given[key] = value end
  return eg.study(given)
end

local NET = "resnet1d18-hidden8-width2"

--- fn() while a queue gives out `most` runs and no more, as if it were stopped then. Returns what fn returned.
local function taking(most, fn)
  local take, taken = queue.take, 0
  queue.take = function(self)
    taken = taken + 1
    return taken <= most and take(self) or nil
  end
  local result = table.pack(pcall(fn))
  queue.take = take
  assert(result[1], result[2])
  return table.unpack(result, 2, result.n)
end

describe("a study with several tasks upstream", function()
  it("is estimated with what each task trains", function()
    local value = study()
    local before = value.spec
    local found, values = value:estimate(), {}
    for _, each in ipairs(found.networks) do values[each.name .. " " .. each.shape.classes] = each.parameters end
    assert.equal(before, value.spec)
    local classes = #hospital("A", 70)().classes
    local plain = values[NET .. " " .. classes]
    assert(values[NET .. ", reconstruction-mask0.3 " .. classes] > plain)
    local outputs = #eg.tasks.intervals.begin(eg.models.resnet1d18{classes = 2, width = 2, hidden = 8}, hospital("A", 70)()).card.classes
    assert.equal(plain - 9 * (classes - outputs), values[NET .. ", intervals " .. classes]) -- the head: 8 weights and a bias an output
  end)

  it("pretrains by each, names them in its results, and goes on where it was", function()
    temporary.folder(function(folder)
      local first = study()
      assert.equal("pretrain_" .. NET .. "_large-intervals", first.plan[2].id)
      taking(5, function() return first:run{out = folder .. "/a", quiet = true, report = false} end)
      assert.equal(5, first:status{out = folder .. "/a"}.done)
      assert.is_true((study():run{out = folder .. "/a", quiet = true}))
      assert.is_true((study():run{out = folder .. "/b", quiet = true}))
      local csv = files.read(folder .. "/a/results.csv")
      assert.equal(csv, files.read(folder .. "/b/results.csv"))
      assert.matches("^network,upstream,task,downstream,strategy", csv)
      assert.equal(1 + 2 + 2 * 3 * 2, select(2, csv:gsub("\n", "")))
      assert.matches(NET .. ",large-intervals,intervals,ours,svm_probe,30,30,2,", csv, 1, true)
      assert.matches(NET .. ",large-reconstruction-mask0.3,reconstruction-mask0.3,ours,finetune,30,30,1,", csv, 1, true)
      assert.matches(NET .. ",large,classification,ours,finetune,30,30,1,", csv, 1, true)
      assert.matches(NET .. ",none,none,ours,scratch,30,30,1,", csv, 1, true)

      local function result(id) return files.read_json(("%s/a/runs/%s/result.json"):format(folder, id)) end
      local intervals = result("pretrain_" .. NET .. "_large-intervals")
      assert.equal("r2", intervals.metric)
      assert.equal(intervals.score, intervals.selection.scores.r2)
      assert.equal(3, intervals.selection.epochs)
      assert.is_number(intervals.selection.scores.heart_rate_mae)
      assert.is_number(intervals.transferability[1].logme)
      assert.is_nil(intervals.transferability[1].leep)
      assert.is_number(result("pretrain_" .. NET .. "_large").transferability[1].leep)
      -- one description of the set, which three tasks share
      assert.is_true(files.exists(folder .. "/a/sets/large.json"))
      assert.is_false(files.exists(folder .. "/a/sets/large-intervals.json"))
      local page = files.read(folder .. "/a/report.html")
      assert.matches("large-reconstruction-mask0.3", page, 1, true)
      assert.matches("(masked MSE)", page, 1, true)
      -- all values but the head's come from upstream, by whatever task
      local share = result(NET .. "_ours_finetune-large_n30_s1").transferred
      assert.equal(share, result(NET .. "_ours_finetune-large-intervals_n30_s1").transferred)
      assert.equal(share, result(NET .. "_ours_finetune-large-reconstruction-mask0.3_n30_s1").transferred)
    end)
  end)

  it("solves for the head of the svm_probe, whose file predicts what was scored", function()
    temporary.folder(function(folder)
      local value = study{upstream = {large = hospital("A", 70)}, strategies = {"scratch", "svm_probe"}, seeds = {1}, tune = {1e-2, 1e-3}}
      assert.is_true((value:run{out = folder, quiet = true}))
      local path = folder .. "/runs/" .. NET .. "_ours_svm_probe-large_n30_s1"
      local result = files.read_json(path .. "/result.json")
      assert.equal(1, result.selection.epochs)
      assert.is_nil(result.tuning) -- it has no learning rate
      assert.is_false(files.exists(path .. "/lr-0.01"))
      assert.matches("^epoch,train_loss.-\n1,", files.read(path .. "/history.csv"))
      local parts = hospital("B", 90)():split(value.spec.split)
      local scores = eg.metrics.evaluate(eg.predict(assert(eg.nn.load(path .. "/model.h5")), parts.test), parts.test.labels)
      assert(math.abs(scores.macro_auroc - result.metrics.macro_auroc) < 1e-9)
    end)
  end)

  it("says in the report that a support vector machine has not converged", function()
    temporary.folder(function(folder)
      local hasty = eg.transfer.svm_probe{C = 1e9, loss = "hinge"}
      local value = study{upstream = {large = hospital("A", 70)}, strategies = {"scratch", hasty}, seeds = {1}}
      assert.is_true((value:run{out = folder, quiet = true}))
      assert.matches("ours, svm_probe-C1e+09-hinge: the support vector machine has not converged (1 run)",
        files.read(folder .. "/report.html"), 1, true)
    end)
  end)

  it("is planned with the options of each upstream set", function()
    local value = study{upstream = {large = hospital("A", 70), small = {set = hospital("A", 70), task = "reconstruction",
      pretrain = {epochs = 7, lr = 1e-2}}}, strategies = {"finetune", "svm_probe"}}
    local epochs = {}
    for _, run in ipairs(value.plan) do epochs[run.id] = plan.options(value.spec, run).epochs end
    assert.equal(2, epochs["pretrain_" .. NET .. "_large"])
    assert.equal(7, epochs["pretrain_" .. NET .. "_small-reconstruction"])
    local records = {}
    for _, each in ipairs(value:estimate().rows) do records[each.run.id] = each.records end
    assert.equal(60, records[NET .. "_ours_finetune-large_n30_s1"])
    assert.equal(30, records[NET .. "_ours_svm_probe-large_n30_s1"])
    -- the name of a set decides what is transferred to itself, whatever the task
    local same = study{upstream = {ours = {set = hospital("A", 70), task = {"intervals", "reconstruction"}}},
      downstream = {ours = hospital("A", 70)}, strategies = {"scratch", "finetune"}}
    assert.equal(2, #same.plan)
  end)

  it("holds to what a folder was begun with", function()
    temporary.folder(function(folder)
      local function claim(epochs)
        local value = study{upstream = {large = {set = hospital("A", 70), pretrain = {epochs = epochs}}}}
        return select(2, taking(0, function() return value:run{out = folder, quiet = true, report = false} end))
      end
      assert.is_nil(claim(2))
      assert.is_nil(claim(2))
      assert.matches("holds another study", claim(3))
    end)
  end)

  it("finds fault with what it is given", function()
    local function fails(changes, pattern) assert.error_matches(function() study(changes) end, pattern) end
    local set = hospital("A", 70)
    fails({upstream = {a = {set = set, task = "regression"}}}, "study: upstream.a: unknown task \"regression\"; known: classification")
    fails({upstream = {a = {set = set, task = {}}}}, "upstream.a: task: expected at least one, got none")
    fails({upstream = {a = {set = set, tasks = "intervals"}}}, "upstream.a: unknown option 'tasks'; known options: pretrain, set, task")
    fails({upstream = {a = {task = "intervals"}}}, "upstream.a: option 'set' is required")
    fails({upstream = {a = {set = set, pretrain = {epoch = 3}}}}, "upstream.a: pretrain: unknown option 'epoch'")
    fails({upstream = {a = {set = set, task = {"intervals", "intervals"}}}}, "the name 'a%-intervals' comes twice")
    fails({upstream = {a = {set = set, task = "intervals"}, ["a-intervals"] = set}}, "the name 'a%-intervals' comes twice")
    fails({protocol = "paper"}, "the strategy svm_probe chooses on a validation set, and this protocol has none")
  end)
end)
