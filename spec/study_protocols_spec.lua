--- The paper's protocol, choice by choice (Nguyen & Do 2025), and two protocols side by side.
local eg = require "ecgraft"
local files = require "ecgraft.files"
local sets = require "ecgraft.study.sets"
local temporary = require "spec.support.temporary"
local toy = require "spec.support.toy"
local train = require "ecgraft.train"

local function study(changes)
  local given = {name = "p", upstream = {a = toy.set(40, 1)}, downstream = {b = toy.set(90, 2)}, sizes = {12}, seeds = {1}, resamples = 100,
    networks = {{"gru", hidden = 2, head = "mean"}}, protocol = "paper", train = {epochs = 3, batch = 8}}
  for key, value in pairs(changes or {}) do given[key] = value end
  return eg.study(given)
end

--- Runs a study in a folder and returns what each call of fit was given: {set, options}.
local function fits_of(value, folder)
  local calls, fit = {}, train.fit
  train.fit = function(net, set, o)
    calls[#calls + 1] = {set = set, options = o}
    return fit(net, set, o)
  end
  local ok, done, message = pcall(value.run, value, {out = folder, quiet = true})
  train.fit = fit
  assert(ok, done)
  assert(done, message)
  return calls
end

describe("the paper's protocol", function()
  it("trains with Adam, lr 0.01, batch 256, 100 epochs, the same for scratch and fine-tuning", function()
    local spec = study{train = {}}.spec
    assert.same({"adam", 0.01, 256, 100, "minmax", "constant"}, {spec.train.optimizer, spec.train.lr, spec.train.batch, spec.train.epochs,
      spec.train.scaler, spec.train.schedule})
    assert.same(spec.train, spec.pretrain)
    assert.equal("weighted_f1", spec.metric)
    assert.is_nil(spec.tune)
  end)

  it("splits 67 / 33 at random by record with seed 1, without a validation set", function()
    local value = study()
    local parts, same = sets.loader(value.spec)("b"), toy.set(90, 2):split{train = 0.67, test = 0.33, by = "record", seed = 1}
    assert.is_nil(parts.val)
    assert.same(same.train.records, parts.train.records)
    assert.same(same.test.records, parts.test.records)
    assert(math.abs(#parts.train - 0.67 * 90) <= 1)
    local seen, shared = {}, 0
    for _, patient in ipairs(parts.train.patients) do seen[patient] = true end
    for _, patient in ipairs(parts.test.patients) do if seen[patient] then shared = shared + 1 end end
    assert(shared > 0) -- the flaw is kept: a patient may be on both sides
  end)

  it("takes the first n records, scales by min and max, and chooses the epoch on the test set", function()
    temporary.folder(function(folder)
      local value = study()
      local parts = sets.loader(value.spec)("b")
      local calls = fits_of(value, folder)
      assert.equal(3, #calls)
      for i = 2, 3 do
        assert.same(table.move(parts.train.records, 1, 12, 1, {}), calls[i].set.records)
        assert.same(parts.test.records, calls[i].options.val.records)
        assert.equal("minmax", calls[i].options.scaler)
        assert.equal("weighted_f1", calls[i].options.monitor)
      end
      -- the score of the run is the best of all epochs on the test set, at 0.5
      local path = folder .. "/runs/gru-mean-hidden2_b_scratch_n12_s1"
      local result = files.read_json(path .. "/result.json")
      assert.equal(result.selection.best_score, result.metrics.weighted_f1)
      for _, threshold in ipairs(result.thresholds) do assert.equal(0.5, threshold) end
      assert.equal("minmax", eg.nn.load(path .. "/model.h5").card.scaler.kind)
    end)
  end)

  it("is not what strict does", function()
    temporary.folder(function(folder)
      local calls = fits_of(study{protocol = "strict"}, folder)
      local parts = sets.loader(study{protocol = "strict"}.spec)("b")
      assert.same(parts.val.records, calls[2].options.val.records)
      assert.not_same(table.move(parts.train.records, 1, 12, 1, {}), calls[2].set.records)
    end)
  end)
end)

describe("two protocols", function()
  it("stand side by side in the report of the one that is told of the other", function()
    temporary.folder(function(folder)
      local paper = study{metric = "macro_auroc"}
      assert.is_true((paper:run{out = folder .. "/paper", quiet = true}))
      local strict = study{protocol = "strict", compare_with = folder .. "/paper"}
      assert.is_true((strict:run{out = folder .. "/strict", quiet = true}))
      local page = files.read(folder .. "/strict/report.html")
      assert.matches("The two protocols side by side", page, 1, true)
      assert.matches("Over 2 cells the scores of the paper protocol are on average", page, 1, true)
      local function score(which, arm)
        return files.read_json(("%s/%s/runs/gru-mean-hidden2_b_%s_n12_s1/result.json"):format(folder, which, arm)).metrics.macro_auroc
      end
      local row = ("| b | gru-mean-hidden2 | scratch | 12 | %.3f | %.3f |"):format(score("strict", "scratch"), score("paper", "scratch"))
      assert.matches(row, files.read(folder .. "/strict/tables.md"), 1, true)
      assert.not_matches("side by side", files.read(folder .. "/paper/report.html"), 1, true)
    end)
  end)

  it("say so where the other is not there", function()
    temporary.folder(function(folder)
      assert.is_true((study{compare_with = folder .. "/none"}:run{out = folder .. "/here", quiet = true}))
      assert.matches("compare_with: .* is not the folder of a study", files.read(folder .. "/here/report.html"))
    end)
  end)
end)
