--- Every example runs, in its small form, and prints and writes what it says.
local files = require "spec.support.files"
local lfs = require "lfs"
local process = require "spec.support.process"
local real_data = require "spec.support.real_data"
local temporary = require "spec.support.temporary"
local xml = require "spec.support.xml"

local function example(name) return ("%s/examples/%s"):format(process.root, name) end

--- Runs an example with --smoke in `folder`; returns what it printed. A failure shows the end of both outputs.
local function run(name, folder, ...)
  local command = {example(name), ...}
  command[#command + 1] = "--smoke"
  command.cwd = folder
  local status, out, err = process.lua(command)
  assert(status == 0, ("%s: status %s\n%s\n%s"):format(name, tostring(status), out:sub(-2000), err:sub(-2000)))
  return out
end

--- In a new folder; fn(out, folder) sees what the example printed and left.
local function example_in_folder(name, fn)
  temporary.folder(function(folder) fn(run(name, folder), folder) end)
end

local function exists(path) return lfs.attributes(path, "mode") == "file" end

-- The share behind a word, as in "mean 0.013".
local function number_after(text, pattern) return tonumber((assert(text:match(pattern .. "%s*([%-+]?%d+%.?%d*)"), text))) end

describe("The example", function()
  it("01_tensors shows tensors, views and seeded noise", function()
    example_in_folder("01_tensors.lua", function(out)
      assert.matches("[tensor {2, 3}]", out, 1, true)
      assert.matches("{2, 5}\n[tensor {2}]", out, 1, true)
      assert.matches("{{0, 0, 3},\n {0, 0, 6}}", out, 1, true)
      assert(math.abs(number_after(out, "noise: mean")) < 0.05)
      assert(math.abs(number_after(out, "deviation") - 1) < 0.05)
    end)
  end)

  it("02_regression finds the line", function()
    example_in_folder("02_regression.lua", function(out)
      assert(number_after(out, "step 150: loss") < number_after(out, "step  50: loss"))
      assert(math.abs(number_after(out, "\ny =") - 3) < 0.1)
      assert(math.abs(number_after(out, "x %+") + 1) < 0.1)
    end)
  end)

  it("03_own_layer finds the layer's parameters by name, and freezes one", function()
    example_in_folder("03_own_layer.lua", function(out)
      assert.matches("3%.down%.weight%s+gradient's norm %d+%.%d+", out)
      assert.matches("231 of 1575 values are trained", out)
    end)
  end)

  it("04_look_at_an_ecg draws a synthetic ECG, and a file's", function()
    temporary.folder(function(folder)
      local record = process.root .. "/spec/fixtures/wfdb/format16.hea"
      local status, out, err = process.lua{example "04_look_at_an_ecg.lua", record, cwd = folder}
      assert(status == 0, out .. err)
      assert.matches("20 records of %d+ patients, 10 s at 100 Hz, 12 leads, in mV", out)
      assert.matches("format16: ", out, 1, true)
      for _, name in ipairs{"ecg.svg", "record.svg"} do assert.equal("svg", xml.parse(files.read(folder .. "/" .. name)).name) end
      assert.matches("SYNTHETIC ECG", files.read(folder .. "/ecg.svg"), 1, true)
      assert.not_matches("SYNTHETIC ECG", files.read(folder .. "/record.svg"), 1, true)
    end)
  end)

  it("05_train trains, and 06_predict uses its model", function()
    example_in_folder("05_train.lua", function(out, folder)
      assert.matches("\n +2 [^\n]+", out) -- the second epoch's row
      assert.matches("\nmacro +", out)
      assert.matches("\nPAC +%d+ ", out)
      assert.is_true(exists(folder .. "/model.h5"))
      local predicted = run("06_predict.lua", folder)
      assert.matches("model.h5: 500 samples at 100 Hz, classes NORM, AF, ", predicted, 1, true)
      local _, lines = predicted:gsub("synthetic%-B%-%d+: %a+, probability [01]%.%d%d\n", "")
      assert.equal(5, lines)
    end)
  end)

  it("06_predict says that there is no model", function()
    temporary.folder(function(folder)
      local status, out = process.lua{example "06_predict.lua", cwd = folder}
      assert.equal(1, status)
      assert.matches("^model.h5: No such file", out)
    end)
  end)

  it("07_transfer trains by several strategies, beside scratch", function()
    example_in_folder("07_transfer.lua", function(out)
      for _, each in ipairs{{"scratch", 0}, {"finetune", 99}, {"lp_ft", 99}, {"discriminative", 99}} do
        local share, score = out:match(each[1] .. "%s+(%d+) %% of the weights from hospital A, test macro AUROC with 40 records: ([%d.]+)")
        assert.equal(each[2], tonumber(share))
        assert(tonumber(score) > 0 and tonumber(score) < 1)
      end
    end)
  end)

  it("08_study answers with a report", function()
    temporary.folder(function(folder)
      local status, out, err = process.lua{process.root .. "/bin/ecgraft", "study", example "08_study.lua", "--workers", "2", "--quiet",
        "--", "--smoke", cwd = folder}
      assert(status == 0, out .. err)
      assert.equal("runs/hospitals-smoke/report.html\n", out)
      local report = xml.parse(files.read(folder .. "/runs/hospitals-smoke/report.html"), {void = {"meta", "br", "hr", "img", "link"}})
      assert.equal("html", report.name)
      local page = files.read(folder .. "/runs/hospitals-smoke/report.html")
      for _, text in ipairs{"Synthetic data.", "Verdict", "resnet1d18-narrow", "fine-tuned from hospital-A", "<svg"} do
        assert.matches(text, page, 1, true)
      end
      -- Two networks, two arms, two sizes, two seeds: a row each, below the names of the columns.
      local _, rows = files.read(folder .. "/runs/hospitals-smoke/results.csv"):gsub("\n", "")
      assert.equal(1 + 16, rows)
    end)
  end)

  it("09_ptbxl_to_cpsc goes the whole way on real records", function()
    local ptbxl, absent = real_data.folder "ptbxl"
    local cpsc, also_absent = real_data.folder "cpsc2018"
    if not ptbxl or not cpsc then return pending(absent or also_absent) end
    temporary.folder(function(folder)
      local out = run("09_ptbxl_to_cpsc.lua", folder, ptbxl, cpsc)
      assert.matches("PTB-XL: 7837 records of ", out, 1, true)
      assert.matches("CPSC2018: 200 records of 200 patients, ", out, 1, true)
      assert.matches("\n| 1 | %d%.%d%d%d | %d%.%d%d%d | %d%.%d%d%d | %d%.%d%d%d | [+-]%d%.%d%d%d |\n", out)
      -- Started again it takes what is there.
      local again = run("09_ptbxl_to_cpsc.lua", folder, ptbxl, cpsc)
      assert.equal(out:match "| seed |.*", again:match "| seed |.*")
    end)
  end)

  it("09_ptbxl_to_cpsc goes the same way on synthetic ones, and says so", function()
    temporary.folder(function(folder)
      local data = require("ecgraft").data
      local xl = data.synthetic{records = 150, classes = {"NORM", "MI", "STD", "LVH", "LBBB"}}
      assert(data.write_layout(xl, folder .. "/xl", {layout = "ptbxl"}))
      local cpsc = data.synthetic{records = 80, rate = 500, repeats = 0}
      assert(data.write_layout(cpsc, folder .. "/cpsc", {layout = "challenge"}))
      local out = run("09_ptbxl_to_cpsc.lua", folder, folder .. "/xl", folder .. "/cpsc")
      assert.matches("synthetic ECGs in the layout of PTB-XL: 150 records of ", out, 1, true)
      assert.matches("synthetic ECGs in the layout of CPSC2018: 80 records of 80 patients, ", out, 1, true)
      assert.matches("\n| 1 | %d%.%d%d%d | %d%.%d%d%d | %d%.%d%d%d | %d%.%d%d%d | [+-]%d%.%d%d%d |\n", out)
    end)
  end)

  it("09_ptbxl_to_cpsc says what it needs", function()
    temporary.folder(function(folder)
      local status, out = process.lua{example "09_ptbxl_to_cpsc.lua", cwd = folder}
      assert.equal(2, status)
      assert.matches("^usage: ", out)
    end)
  end)

  it("10_train, in C, is built by the public headers, and its loss falls", function()
    local core = package.searchpath("ecgraft.core", package.cpath)
    local program = core:gsub("ecgraft/core%.so$", "example_10_train")
    if not exists(program) then return pending(program .. " is not built (ECGRAFT_EXAMPLES)") end
    local status, out, err = process.run{program:sub(1, 1) == "/" and program or process.root .. "/" .. program, "100"}
    assert(status == 0, out .. err)
    assert(number_after(out, "step  100: loss") < 0.2 * number_after(out, "step    1: loss"))
    assert(tonumber(out:match "(%d+) %% of 64 records") >= 95)
    -- Nothing but public headers.
    for header in files.read "examples/10_train.c":gmatch '#include "([^"]+)"' do
      assert(exists("csrc/include/" .. header), header .. " is no public header")
    end
  end)

  -- The table of examples/11: with one seed, whose AUROC is the mean and lies within its interval.
  local function check_rhythms(out, positive)
    for i, row in ipairs{"SB | Georgia", "STach | Georgia", "AF | CPSC2018", "AF | both"} do
      local count, auroc, mean, low, high = out:match("\n| " .. row .. " | (%d+ of %d+) | ([%d.]+) | ([%d.]+) | ([%d.]+) to ([%d.]+) |\n")
      assert.equal(positive[i], count)
      assert.equal(auroc, mean)
      assert(0 <= tonumber(low) and tonumber(low) <= tonumber(mean) and tonumber(mean) <= tonumber(high) and tonumber(high) <= 1, out)
    end
  end

  it("11_synthetic_to_real asks two real sets", function()
    local georgia, absent = real_data.folder "georgia"
    local cpsc, also_absent = real_data.folder "cpsc2018"
    if not georgia or not cpsc then return pending(absent or also_absent) end
    temporary.folder(function(folder)
      local out = run("11_synthetic_to_real.lua", folder, georgia, cpsc)
      assert.matches("^Georgia: 49 records of 49 patients, ", out)
      check_rhythms(out, {"9 of 49", "5 of 49", "33 of 200", "34 of 249"})
      assert.equal(out, run("11_synthetic_to_real.lua", folder, georgia, cpsc)) -- from the checkpoint of a training that is done
    end)
  end)

  it("11_synthetic_to_real asks synthetic ones in their place, and says so", function()
    temporary.folder(function(folder)
      local data, counts = require("ecgraft").data, {}
      for layout, hospital in pairs{georgia = "B", cpsc = "A"} do
        local set = data.synthetic{records = 60, hospital = hospital, rate = 500, repeats = 0, seed = 2}
        assert(data.write_layout(set, folder .. "/" .. layout, {layout = "challenge"}))
        for k, class in ipairs(set.classes) do counts[layout .. class] = set:counts()[k] end
      end
      local out = run("11_synthetic_to_real.lua", folder, folder .. "/georgia", folder .. "/cpsc")
      assert.matches("^synthetic ECGs in the layout of Georgia: 60 records of ", out)
      check_rhythms(out, {counts.georgiaSB .. " of 60", counts.georgiaSTach .. " of 60", counts.cpscAF .. " of 60",
        counts.georgiaAF + counts.cpscAF .. " of 120"})
    end)
  end)

  it("11_synthetic_to_real says what it needs", function()
    temporary.folder(function(folder)
      local status, out = process.lua{example "11_synthetic_to_real.lua", cwd = folder}
      assert.equal(2, status)
      assert.matches("^usage: ", out)
    end)
  end)

  it("22_notebook is a script and a notebook", function()
    temporary.folder(function(folder)
      local out = run("22_notebook.lua", folder)
      assert.matches("240 records of %d+ patients", out)
      assert.matches("\nepoch +train_loss ", out)
      assert.matches("\nmacro +", out)
      local text = files.read(example "22_notebook.lua")
      temporary.write(folder .. "/look.lua", text)
      local status, page, err = process.lua{process.root .. "/bin/ecgraft", "notebook", "look.lua", cwd = folder}
      assert(status == 0, page .. err)
      local tree = xml.parse(files.read(folder .. "/look.html"), {void = {"meta", "hr"}})
      for _, words in ipairs{"From a record to a trained network", "SYNTHETIC ECG", "validation loss", "macro", "A picture of one's own"} do
        assert.matches(words, tree.text, 1, true)
      end
    end)
  end)

  it("has a number, and a test here or in examples_more_spec.lua", function()
    local tests = files.read "spec/examples_spec.lua" .. files.read "spec/examples_more_spec.lua"
    local count = 0
    for name in lfs.dir "examples" do
      if not name:find "^%." and exists("examples/" .. name) then -- folders of examples have a spec of their own
        local stem = assert(name:match "^(%d%d_[%w_]+)%.", name .. " has no number")
        assert(tests:find('it("' .. stem, 1, true), "no test runs examples/" .. name)
        count = count + 1
      end
    end
    assert(count >= 22, count)
  end)
end)
