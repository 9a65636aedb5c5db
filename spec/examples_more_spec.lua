--- The examples from 12 on, in their small form: that they run, and that what they print and write is what they say.
local eg = require "ecgraft"
local files = require "spec.support.files"
local lfs = require "lfs"
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"
local xml = require "spec.support.xml"

local function example(name) return ("%s/examples/%s"):format(process.root, name) end

--- Runs an example with --smoke, behind other arguments, in `folder`; returns what it printed.
local function run(name, folder, ...)
  local command = {example(name), ...}
  command[#command + 1] = "--smoke"
  command.cwd = folder
  local status, out, err = process.lua(command)
  assert(status == 0, ("%s: status %s\n%s\n%s"):format(name, tostring(status), out:sub(-2000), err:sub(-2000)))
  return out
end

local function in_folder(name, fn)
  temporary.folder(function(folder) fn(run(name, folder), folder) end)
end

local function is_share(text) return tonumber(text) >= 0 and tonumber(text) <= 1 end

describe("The example", function()
  it("12_viewer makes a page of a folder's records, and passes over a damaged one", function()
    in_folder("12_viewer.lua", function(out, folder)
      assert.equal("viewer.html: 4 of 4 records\n", out)
      local page = files.read(folder .. "/viewer.html")
      assert.equal(4, select(2, page:gsub('<svg class="eg%-ecg"', "")))
      assert.matches("<h2>synthetic-A-000001</h2>", page, 1, true)
      assert.equal("html", xml.parse(page, {void = {"meta"}}).name)
      local data = files.read(folder .. "/viewer-records/synthetic-A-000002.hea"):gsub("^%S+ %d+", "broken 99999999")
      assert(require("ecgraft.files").write(folder .. "/viewer-records/synthetic-A-000002.hea", data))
      local again = run("12_viewer.lua", folder, folder .. "/viewer-records", "other.html")
      assert.matches("synthetic%-A%-000002", again)
      assert.matches("other.html: 3 of 4 records", again, 1, true)
    end)
  end)

  it("13_own_strategy runs a study with a strategy of one's own, whose stem stays", function()
    in_folder("13_own_strategy.lua", function(out, folder)
      assert.matches("strategy thaw: the stem as pretrained", out, 1, true)
      local function stem(id)
        return assert(eg.nn.load(("%s/runs/own-strategy/runs/%s/model.h5"):format(folder, id))):state()
      end
      local before = stem "pretrain_resnet1d18-hidden4-width2_large"
      local after = stem "resnet1d18-hidden4-width2_ours_thaw-large_n20_s1"
      local tuned = stem "resnet1d18-hidden4-width2_ours_finetune-large_n20_s1"
      local function moved(state, name) return (state[name] - before[name]):abs():max():item() end
      assert.equal(0, moved(after, "conv1.weight"))
      assert.is_true(moved(tuned, "conv1.weight") > 0)
      assert.is_true(moved(after, "layer1.0.conv1.weight") > 0)
    end)
  end)

  it("14_own_data reads a recorder's own files", function()
    in_folder("14_own_data.lua", function(out, folder)
      assert.matches("the ward's recorder: 30 records of 30 patients, 10 s at 100 Hz, 2 leads, in mV", out, 1, true)
      local set = assert(eg.data.open(folder .. "/ward.h5"))
      assert.same({15}, (set:counts()))
      assert.same({"II", "V1"}, set.leads)
      -- millivolts: the generator's own signal, through whole microvolts and a resampling
      local largest = set.signals:abs():max():item()
      assert.is_true(largest > 0.3 and largest < 10, tostring(largest))
      assert.equal("svg", xml.parse(files.read(folder .. "/ward.svg")).name)
    end)
  end)

  it("15_af_detector gives a probability for each record of a folder", function()
    in_folder("15_af_detector.lua", function(out, folder)
      assert.matches("validation: AUROC [01]%.%d+, threshold [01]%.%d%d", out)
      local seen = 0
      for probability in out:gmatch "%.hea  ([%d.]+)  " do
        assert.is_true(is_share(probability))
        seen = seen + 1
      end
      assert.equal(6, seen)
      assert.matches("000001.hea", run("15_af_detector.lua", folder, "af-records"))
    end)
  end)

  it("16_shared_model takes what fits of a network with other leads and classes", function()
    in_folder("16_shared_model.lua", function(out)
      local copied, values = out:match "(%d+) of (%d+) values come from shared.h5"
      assert.equal(2 * 4 + 2, values - copied) -- all but the head: two classes on four units
      assert.is_true(is_share(out:match "scratch  test macro AUROC ([%d.]+)") and is_share(out:match "shared   test macro AUROC ([%d.]+)"))
    end)
  end)

  it("17_sizes reports scores against size", function()
    temporary.folder(function(folder)
      local status, out, err = process.lua{process.root .. "/bin/ecgraft", "study", example "17_sizes.lua", "--quiet", "--", "--smoke",
        cwd = folder}
      assert(status == 0, out .. err)
      local _, rows = files.read(folder .. "/runs/sizes/results.csv"):gsub("\n", "")
      assert.equal(1 + 3 * 2 * 2, rows) -- sizes, seeds, arms
    end)
  end)

  it("18_saliency shades what the network saw", function()
    in_folder("18_saliency.lua", function(out, folder)
      assert.matches("probability of PVC [01]%.%d%d, by gradcam", out)
      assert.equal(12, select(2, out:gsub("the logit changes by", "")))
      assert.equal("svg", xml.parse(files.read(folder .. "/saliency.svg")).name)
    end)
  end)

  it("19_missing_leads compares two networks on fewer leads", function()
    in_folder("19_missing_leads.lua", function(out)
      local rows = 0
      for first, second in out:gmatch "\n[%w, ]+  +([01]%.%d+)  +([01]%.%d+)" do
        assert.is_true(is_share(first) and is_share(second))
        rows = rows + 1
      end
      assert.equal(4, rows)
    end)
  end)

  it("20_single_lead goes from twelve leads to one", function()
    in_folder("20_single_lead.lua", function(out, folder)
      for _, name in ipairs{"scratch", "fine%-tuned"} do
        local macro, af = out:match(name .. " +test macro AUROC ([%d.]+), AF ([%d.]+)")
        assert.is_true(is_share(macro) and is_share(af))
      end
      assert.equal("svg", xml.parse(files.read(folder .. "/watch.svg")).name)
    end)
  end)

  it("21_streaming prepares once, trains from the file, and goes on", function()
    in_folder("21_streaming.lua", function(out, folder)
      assert.matches("40 records", out, 1, true)
      assert.matches("the sources are as they were:\ttrue", out, 1, true)
      assert.matches("records 3 and 1:\t2 x 1000 x 12", out, 1, true)
      assert.equal("file", lfs.attributes(folder .. "/streaming-ward.h5", "mode"))
      assert.equal(out, run("21_streaming.lua", folder)) -- nothing is read or trained again
    end)
  end)

  it("23_figures draws curves and gains from a study's results", function()
    temporary.folder(function(folder)
      local lines = {"network,upstream,strategy,size,records,seed,macro_auroc"}
      for _, network in ipairs{"cnn", "rnn"} do
        for _, size in ipairs{50, 100, "all"} do
          local records = size == "all" and 300 or size
          for seed = 1, 3 do
            local score = 0.5 + records / 1000 + seed / 100
            lines[#lines + 1] = ("%s,none,scratch,%s,%d,%d,%g"):format(network, size, records, seed, score)
            lines[#lines + 1] = ("%s,big,finetune,%s,%d,%d,%g"):format(network, size, records, seed, score + 0.1 + seed / 1000)
          end
        end
      end
      temporary.write(folder .. "/results.csv", table.concat(lines, "\n") .. "\n")
      assert.equal("written: results.svg, 4 pictures of results.csv\n", run("23_figures.lua", folder, "results.csv"))
      local root = xml.parse(files.read(folder .. "/results.svg"))
      local texts = table.concat(xml.texts(root, "text"), "\n")
      assert.equal(6, select(2, texts:gsub("%d+ records\n", "")))
      assert.equal(2, select(2, texts:gsub("300 records\n", ""))) -- "all"
      assert.matches("finetune from big", texts, 1, true)
      assert.matches("+0.102 [", texts, 1, true)
    end)
  end)
end)

describe("The examples", function()
  it("are short, and each is named in its own first lines with how to run it", function()
    for name in lfs.dir(process.root .. "/examples") do
      if name:find "%.lua$" then
        local text = files.read(example(name))
        local _, lines = text:gsub("\n", "")
        local longest = name:find "^09" and 110 or name:find "^11" and 75 or 60 -- whole protocols on real records
        assert.is_true(lines <= longest, ("%s has %d lines"):format(name, lines))
        assert.matches("examples/" .. name, text:sub(1, 700), 1, true)
      end
    end
  end)
end)
