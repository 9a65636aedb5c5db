local command = require "spec.support.command"
local examples = require "ecgraft.study.examples"
local eg = require "ecgraft"
local files = require "ecgraft.files"
local lfs = require "lfs"
local process = require "spec.support.process"
local sets = require "ecgraft.study.sets"
local temporary = require "spec.support.temporary"
local toy = require "spec.support.toy"

local ecgraft, more_done = command.run, command.more_done
local PROGRAM = "spec/support/programs/study.lua"

local function run_study(folder, workers, how, signal, after)
  local arguments = {"study", PROGRAM, "--out", folder, "--workers", tostring(workers), "--quiet"}
  if how then table.move({"--", how, folder .. "/begun"}, 1, 3, #arguments + 1, arguments) end
  return ecgraft(arguments, signal, after)
end

local function base(changes)
  local given = {name = "s", upstream = {a = toy.set(40, 1)}, downstream = {b = toy.set(60, 2)}, networks = {"gru"}}
  for key, value in pairs(changes or {}) do given[key] = value end
  return given
end

describe("a study's plan", function()
  it("has a run for each arm, size and seed, and shares pretraining", function()
    local study = eg.study(base{networks = {"gru", {"resnet1d18", width = 4}}, sizes = {10, "all"}, seeds = {1, 2},
      downstream = {b = toy.set(60, 2), a = toy.set(40, 1)}})
    local pretrained, ids = 0, {}
    for _, run in ipairs(study.plan) do
      assert.is_nil(ids[run.id])
      ids[run.id] = true
      if run.kind == "pretrain" then pretrained = pretrained + 1 else assert(not run.needs or ids[run.needs]) end
      assert.is_false(run.upstream == run.downstream)
    end
    assert.equal(2, pretrained)
    -- two networks, two sizes, two seeds; at b scratch and fine-tuned from a, at a (the only upstream) scratch alone
    assert.equal(2 + 2 * 2 * 2 * 3, #study.plan)
    assert.is_true(ids["resnet1d18-width4_b_finetune-a_nall_s2"])
    assert.matches("26 runs, 2 of them pretrainings", tostring(study))
  end)

  it("finds fault with what it is given", function()
    local function fails(changes, pattern) assert.error_matches(function() eg.study(base(changes)) end, pattern) end
    fails({network = {}}, "study: unknown option 'network'; known options: .*networks")
    fails({networks = {"resnet"}}, "networks%[1%]: unknown network \"resnet\"; known: resnet1d18, resnet1d50")
    fails({networks = {"gru", "gru"}}, "the name 'gru' comes twice")
    fails({strategies = {"finetun"}}, "unknown strategy \"finetun\"; known: scratch, finetune")
    fails({sizes = {0}}, "sizes%[1%] must be a whole number of at least 1 or \"all\", got 0")
    fails({seeds = {1, 1}}, "seeds: 1 comes twice")
    fails({upstream = {}}, "upstream has no set")
    fails({upstream = {toy.set(10, 1)}}, "sets are given by name")
    fails({downstream = {b = 3}}, "downstream.b must be a dataset or a function")
    fails({train = {epoch = 3}}, "study: train: unknown option 'epoch'; known options: augment, batch")
    fails({train = {augment = {noize = 1}}}, "study: train: augment: data.augment: unknown option 'noize'; known options: lead_dropout")
    fails({pretrain = {augment = {noise = -1}}}, "study: pretrain: augment: data.augment: option 'noise'")
    fails({train = {crop = 10}, strategies = {"svm_probe"}}, "svm_probe sees whole records: it does not go with train = {crop = 10}")
    fails({protocol = "loose"}, "one of \"strict\", \"paper\", got \"loose\"")
  end)
end)

describe("what is told of a set", function()
  it("has the number of its patients, each counted once", function()
    local set = eg.data.synthetic{records = 60, seconds = 5, seed = 3, repeats = 0.5}
    local seen, count = {}, 0
    for _, patient in ipairs(set.patients) do
      if not seen[patient] then seen[patient], count = true, count + 1 end
    end
    local told = sets.describe("s", set:split{train = 0.5, val = 0.2, test = 0.3})
    assert.same({60, count}, {told.records, told.patients})
    assert.is_true(count < 60)
  end)
end)

describe("a study", function()
  it("runs in this process, reports, and does nothing when run again", function()
    temporary.folder(function(folder)
      local study = assert(loadfile(PROGRAM))()
      assert.is_true((study:run{out = folder, quiet = true}))
      assert.equal("study toy in " .. folder .. ": 26 of 26 runs done, 0 begun, 0 waiting, 0 failed", tostring(study:status()))
      local page = files.read(folder .. "/report.html")
      assert.matches("<svg", page)
      assert.matches("fine%-tun", page)
      local csv = files.read(folder .. "/results.csv")
      local lines = select(2, csv:gsub("\n", ""))
      assert.equal(1 + 24, lines)
      local result = files.read_json(folder .. "/runs/first_down_finetune-up_n12_s1/result.json")
      assert.equal(12, result.selection.train_records)
      assert.is_true(result.transferred > 0.8 and result.transferred < 1)
      local after = result.calibration.after
      assert.equal(#result.thresholds, #result.calibration.temperatures)
      local counted = 0
      for _, count in ipairs(after.bins.count) do counted = counted + count end
      assert.equal(result.test_records * #result.thresholds, counted)
      local kept = examples.read(folder .. "/runs/first_down_finetune-up_n24_s1/examples.h5")
      assert.is_true(#kept >= 1 and #kept <= 3)
      for _, row in ipairs(kept) do
        local right = (row.kind == "found" or row.kind == "missed") == (row.labels:find(row.class, 1, true) ~= nil)
        assert.is_true(right and (row.kind ~= "missed") == (row.probability >= row.threshold), row.kind)
        assert.same({64, 3}, row.signals:shape())
        assert.same({64, 3}, {#row.time, #row.leads})
      end
      assert.is_nil(lfs.attributes(folder .. "/runs/first_down_finetune-up_n12_s1/examples.h5"))
      assert.matches('id="examples"', page)
      local before = lfs.attributes(folder .. "/runs/first_down_scratch_n12_s1/result.json", "modification")
      assert.is_true((study:run{out = folder, quiet = true}))
      assert.equal(before, lfs.attributes(folder .. "/runs/first_down_scratch_n12_s1/result.json", "modification"))
      assert.equal(csv, files.read(folder .. "/results.csv"))
    end)
  end)

  it("gives the same results.csv with one and two workers, and after kill -9 and Ctrl-C on the way", function()
    temporary.folder(function(folder)
      assert.equal(0, (run_study(folder .. "/one", 1)))
      local csv = files.read(folder .. "/one/results.csv")
      assert.is_string(csv)
      local code, _, out = run_study(folder .. "/two", 2)
      assert.equal(0, code)
      assert.equal(folder .. "/two/report.html\n", out)
      assert.is_true(csv == files.read(folder .. "/two/results.csv"))
      local page = files.read(folder .. "/two/report.html")
      assert.matches("ecgraft study " .. PROGRAM .. " --out ", page, 1, true) -- with the script's folder
      assert.matches("Report written on " .. os.date "%Y", page, 1, true)

      local _, signal = run_study(folder .. "/killed", 2, "slow", "sigkill", more_done(folder .. "/killed", 2))
      assert.equal(9, signal)
      assert.equal(130, (run_study(folder .. "/killed", 2, "slow", "sigint", more_done(folder .. "/killed", 3))))
      local _, _, status = ecgraft{"status", folder .. "/killed"}
      local done = tonumber(status:match "(%d+) of 26 runs done")
      assert.is_true(done >= 1 and done < 26)
      assert.equal(0, (run_study(folder .. "/killed", 1)))
      assert.is_true(csv == files.read(folder .. "/killed/results.csv"))
    end)
  end)

  it("goes on past a run that fails, says which, and tries it again next time", function()
    temporary.folder(function(folder)
      local code, _, _, err = run_study(folder, 2, "broken")
      assert.equal(1, code)
      assert.matches("7 of 26 runs failed, and 6 that need them were not run; the first: pretrain_second_up: .*cannot be built", err)
      local status
      code, _, status = ecgraft{"status", folder}
      assert.equal(1, code)
      assert.matches("13 of 26 runs done, 0 begun, 6 waiting, 7 failed\n", status)
      assert.matches("failed: pretrain_second_up: .*cannot be built %(not run because of it: 6%)\n", status)
      assert.matches("not run, because pretrain_second_up failed", files.read(folder .. "/report.html"))
      assert.equal(0, (run_study(folder, 1)))
    end)
  end)

  it("goes on past runs that take their worker along, also while another worker is still starting", function()
    for _, how in ipairs{"crash", "late"} do
      temporary.folder(function(folder)
        local code, _, _, err = run_study(folder, 2, how)
        assert.equal(1, code)
        assert.matches("7 of 26 runs failed, and 6 that need them were not run; the first: pretrain_second_up: the worker process ended",
          err)
        assert.matches("13 of 26 runs done, 0 begun, 6 waiting, 7 failed\n", select(3, ecgraft{"status", folder}))
      end)
    end
  end)

  it("says what is left, by the pace of the runs that are done", function()
    temporary.folder(function(folder)
      local study = assert(loadfile(PROGRAM))()
      local function done(id, seconds)
        assert(files.make_folder(folder .. "/runs/" .. id))
        assert(files.write_json(("%s/runs/%s/result.json"):format(folder, id), {selection = {seconds = seconds}}))
      end
      assert.is_nil(study:status{out = folder}.left)
      done("pretrain_first_up", 8) -- 4 epochs; the other will take as long, and each of the rest has 12 or 24 records in 3 epochs
      done("first_down_scratch_n12_s1", 1)
      local status = study:status{out = folder}
      local function near(expected, got) assert.is_true(math.abs(got - expected) < 1e-9 * expected, expected .. " ~= " .. got) end
      -- first from scratch: 2 more of 12 records at 1 s, 3 of 24 at 2 s; fine-tuned at the network's pace; the second at that of all
      local pace = 9 / (4 * 1000 + 3 * 12)
      near(2 + 6 + 3 * 36 * (1 + 2) * pace + 4000 * pace + 3 * 36 * 3 * 2 * pace, status.left)
      assert.matches("\n  43%% of the training done; about %d+ s of computing left, one run after the other, by the runs that are done$",
        tostring(status))
    end)
  end)

  it("counts its work by the records that its sets have", function()
    temporary.folder(function(folder)
      local study = eg.study(base{networks = {{"gru", hidden = 2, head = "mean"}}, sizes = {10, "all"}, seeds = {1}, resamples = 100,
        strategies = {"finetune"}, train = {epochs = 2}, pretrain = {epochs = 3}, split = {train = 0.5, val = 0.2, test = 0.3}})
      assert.is_true(study:run{out = folder, quiet = true, report = false})
      local function trained(id) return files.read_json(("%s/runs/%s/result.json"):format(folder, id)).selection.train_records end
      local name = "gru-mean-hidden2"
      assert.same({["pretrain_" .. name .. "_a"] = 3 * trained("pretrain_" .. name .. "_a"), [name .. "_b_finetune-a_n10_s1"] = 2 * 10,
        [name .. "_b_finetune-a_nall_s1"] = 2 * trained(name .. "_b_finetune-a_nall_s1")}, files.read_json(folder .. "/study.json").costs)
    end)
  end)

  it("does not mix with another in one folder", function()
    temporary.folder(function(folder)
      local study = assert(loadfile(PROGRAM))()
      study.plan = {study.plan[1]}
      study:run{out = folder, quiet = true, report = false}
      local other = assert(loadfile(PROGRAM))()
      local ok, message = other:run{out = folder, quiet = true}
      assert.is_nil(ok)
      assert.matches("holds another study", message)
    end)
  end)

  it("refuses parts that share a signal or a patient, and a test record that was pretrained on", function()
    local function fails(changes, pattern)
      temporary.folder(function(folder)
        local study = eg.study(base(changes))
        local _, message = study:run{out = folder, quiet = true}
        assert.matches(pattern, message)
      end)
    end
    local set, cheap = toy.set(60, 2), {networks = {{"gru", hidden = 2, head = "mean"}}, sizes = {10}, seeds = {1}, train = {epochs = 1}}
    local function rows(first, last)
      local list = {}
      for i = first, last do list[#list + 1] = i end
      return set:subset(list)
    end
    local function changes(more)
      local all = {}
      for key, value in pairs(cheap) do all[key] = value end
      for key, value in pairs(more) do all[key] = value end
      return all
    end
    fails(changes{strategies = {"scratch"}, downstream = {b = {train = rows(1, 30), val = rows(31, 40), test = rows(40, 60)}}},
      "record toy0040 of b.val and record toy0040 of b.test have the same signal")
    fails(changes{strategies = {"scratch"}, downstream = {b = {train = rows(1, 35), val = rows(37, 42), test = rows(36, 36)}}},
      "have the same patient, p0035%-2")
    local all_of_it = {train = set, val = toy.set(20, 5), test = toy.set(20, 6)}
    fails(changes{strategies = {"finetune"}, upstream = {a = all_of_it}}, "of a.train and record .* of b.test have the same signal")
    local chosen_by_it = {train = toy.set(20, 5), val = set, test = toy.set(20, 6)}
    fails(changes{strategies = {"finetune"}, upstream = {a = chosen_by_it}}, "of a.val and record .* of b.test have the same signal")
  end)

  it("trains on windows and augmented, upstream and downstream, and finds the card in the model", function()
    temporary.folder(function(folder)
      local samples = {}
      local network = {name = "own", build = function(shape)
        samples[#samples + 1] = shape.length
        return eg.models.gru{leads = shape.leads, length = shape.length, classes = shape.classes, hidden = 2, head = "flatten"}
      end}
      local function run(name, train)
        local out = folder .. "/" .. name
        assert.is_true(eg.study(base{networks = {network}, sizes = {20}, seeds = {1}, train = train, pretrain = {epochs = 1},
          resamples = 100}):run{out = out, quiet = true})
        local net = assert(eg.nn.load(out .. "/runs/own_b_finetune-a_n20_s1/model.h5"))
        return net.card.crop, files.read(out .. "/results.csv")
      end
      local crop, windows = run("windows", {epochs = 2, crop = 16})
      assert.equal(16, crop)
      for _, length in ipairs(samples) do assert.equal(16, length) end
      local _, augmented = run("augmented", {epochs = 2, crop = 16, augment = {noise = 0.5}})
      assert.is_false(windows == augmented)
    end)
  end)

  it("finds what is wrong with its sets before the first run", function()
    local function fails(changes, pattern)
      temporary.folder(function(folder)
        local given = base{networks = {{"gru", hidden = 2, head = "mean"}}, seeds = {1}, train = {epochs = 1}}
        for key, value in pairs(changes) do given[key] = value end
        local ok, message = eg.study(given):run{out = folder .. "/out", quiet = true}
        assert.is_nil(ok)
        assert.matches(pattern, message)
        assert.is_false(files.exists(folder .. "/out")) -- so that the script, mended, is not another study
      end)
    end
    fails({train = {crop = 10000}}, "crop = 10000 is more than the %d+ samples of a record of '[ab]'")
    fails({sizes = {10, 5000}}, "size 5000 is more than the %d+ training records of 'b'")
    fails({downstream = {b = function() return nil, "no such folder" end}}, "the set 'b' could not be loaded: no such folder")
    fails({downstream = {b = function() error("read_record: bad", 0) end}}, "the set 'b'.*: read_record: bad")
    local interruption = {interrupted = true}
    local stopped = eg.study(base{downstream = {b = function() error(interruption, 0) end}})
    local ok, raised = pcall(stopped.run, stopped, {out = os.tmpname() .. ".d", quiet = true})
    assert.is_false(ok)
    assert.equal(interruption, raised)
  end)
end)

describe("a study's worker", function()
  it("is this process started again, the interpreter's options included; a prompt is none", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/s.lua", [[
        local program, words = require("ecgraft.study.worker").command()
        print(program and table.concat(words, "|") or words)]])
      local function says(...) return select(2, process.lua{cwd = folder, ...}) end
      assert.equal("s.lua|a|b\n", says("s.lua", "a", "b"))
      assert.equal("-W|-e|x = 1|s.lua|a\n", says("-W", "-e", "x = 1", "s.lua", "a"))
      assert.matches("the study must be in a script", says("-e", "dofile 's.lua'"))
      assert.matches("the study must be in a script", says("-e", "arg = nil dofile 's.lua'"))
    end)
  end)
end)

describe("the command", function()
  it("tells wrong usage from failure", function()
    local code, _, _, err = ecgraft{"stdy"}
    assert.equal(2, code)
    assert.matches("unknown command 'stdy'", err)
    code = ecgraft{"study"}
    assert.equal(2, code)
    code, _, _, err = ecgraft{"study", "/nowhere.lua"}
    assert.equal(1, code)
    assert.matches("nowhere.lua", err)
    temporary.folder(function(folder)
      local plain, other = folder .. "/plain.lua", folder .. "/other.lua"
      assert(files.write(plain, "local function f() return 1 end\nio.stderr:write('RAN', f())"))
      code, _, _, err = ecgraft{"study", plain}
      assert.equal(1, code)
      assert.matches("plain.lua was not run: it returns no study. The script of a study ends in 'return eg.study{...}'; another script "
        .. "is run with: lua5", err, 1, true)
      assert.not_matches("RAN", err)
      assert(files.write(other, "io.stderr:write('RAN\\n') return {1}"))
      code, _, _, err = ecgraft{"study", other}
      assert.equal(1, code)
      assert.matches("RAN\n.*other.lua was run and returned a table", err)
    end)
    code, _, _, err = ecgraft{"status", "/nowhere"}
    assert.equal(1, code)
    assert.matches("is not the folder of a study", err)
    code, _, _, err = ecgraft{"study", PROGRAM, "--out", os.tmpname() .. ".d", "--resume"}
    assert.equal(1, code)
    assert.matches("holds no study yet", err)
  end)

  it("prints its version and help", function()
    local code, _, out = ecgraft{"--version"}
    assert.equal(0, code)
    assert.matches("^ecgraft %d+%.%d+%.%d+\n$", out)
    code, _, out = ecgraft{"predict", "--help"}
    assert.equal(0, code)
    assert.matches("model", out)
  end)
end)
