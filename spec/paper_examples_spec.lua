--- Studies as files, the paper's programme and those on real records: the runs they plan, and their small form from beginning to end.
local files = require "ecgraft.files"
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"

local function counts(name)
  local study = assert(loadfile("examples/paper/" .. name))()
  local count = {pretrain = 0, scratch = 0, finetune = 0}
  for _, run in ipairs(study.plan) do
    local kind = run.kind == "pretrain" and "pretrain" or run.strategy
    count[kind] = count[kind] + 1
  end
  return count, study
end

describe("examples/paper", function()
  it("plans 18 pretrainings, 30 trainings from scratch and 72 fine-tunings in the paper's protocol", function()
    local count, study = counts "programme.lua"
    assert.same({pretrain = 18, scratch = 30, finetune = 72}, count)
    assert.same({"paper", 100, 256, 0.01}, {study.spec.protocol, study.spec.train.epochs, study.spec.train.batch, study.spec.train.lr})
  end)

  it("plans the sizes 2,000 to 12,000 from Georgia to PTB-XL, in both protocols", function()
    local count, study = counts "sizes.lua"
    assert.same({pretrain = 1, scratch = 6, finetune = 6}, count)
    assert.same({2000, 4000, 6000, 8000, 10000, 12000}, study.spec.sizes)
    assert.same({"georgia", "ptbxl"}, {study.plan[1].upstream, study.plan[2].downstream})
    local strict, other = counts "sizes_strict.lua"
    assert.same({pretrain = 1, scratch = 36, finetune = 36}, strict)
    assert.same({"strict", "runs/paper-sizes", 3}, {other.spec.protocol, other.spec.compare_with, #other.spec.tune})
  end)

  it("runs to the end in its small form, on synthetic sets", function()
    temporary.folder(function(folder)
      local status, out, err = process.lua{process.root .. "/bin/ecgraft", "study", process.root .. "/examples/paper/programme.lua",
        "--quiet", "--threads", "1", "--", "--smoke", cwd = folder}
      assert(status == 0, out .. err)
      local _, rows = files.read(folder .. "/runs/paper-smoke/results.csv"):gsub("\n", "")
      assert.equal(1 + 30 + 72, rows)
      local page = files.read(folder .. "/runs/paper-smoke/report.html")
      for _, text in ipairs{"Synthetic data.", "resnet1d101", "bilstm", "fine-tuned from cpsc2018", "Could it be told before?"} do
        assert.matches(text, page, 1, true)
      end
    end)
  end)
end)

describe("examples/real", function()
  local function small(name, folder, ...)
    local status, out, err = process.lua{process.root .. "/bin/ecgraft", "study", process.root .. "/examples/real/" .. name, "--quiet",
      "--threads", "1", "--", "--smoke", ..., cwd = folder}
    assert(status == 0, out .. err)
  end

  it("runs to the end in its small form, the strict protocol beside the paper's", function()
    temporary.folder(function(folder)
      for name, rows in pairs{transfer = {2 * 2 * 2, 2 * 2 * 6}, sizes = {2 * 3, 2 * 3}} do
        small(name .. ".lua", folder, "--paper")
        small(name .. ".lua", folder)
        for i, suffix in ipairs{"-paper-smoke", "-smoke"} do
          local _, lines = files.read(("%s/runs/real-%s%s/results.csv"):format(folder, name, suffix)):gsub("\n", "")
          assert.equal(1 + rows[i], lines, name .. suffix)
        end
        assert.matches("The two protocols", files.read(("%s/runs/real-%s-smoke/report.html"):format(folder, name)), 1, true)
      end
    end)
  end)

  it("says what choosing the epoch on the test set pretends, which is never below 0", function()
    temporary.folder(function(folder)
      local status, out, err = process.lua{process.root .. "/examples/real/optimism.lua", "--smoke", cwd = folder}
      assert(status == 0, out .. err)
      local test, validation, more = out:match
        "8 records, seed 1: chosen on the test set ([%d.]+), on validation ([%d.]+), optimism ([%+%-][%d.]+)"
      assert.is_true(tonumber(more) >= 0 and math.abs(test - validation - more) < 0.0011)
      assert.matches("mean optimism in weighted F1: %+", out)
    end)
  end)
end)
