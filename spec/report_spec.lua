local fake_study = require "spec.support.fake_study"
local lfs = require "lfs"
local report = require "ecgraft.report"
local verdict = require "ecgraft.report.verdict"
local report_rows = require "spec.support.report_rows"
local xml = require "spec.support.xml"

local NAN = 0 / 0

local function files_of(given)
  local files = {}
  for _, file in ipairs(report.build(given)) do files[file.name] = file.text end
  return files
end

local function page_of(given)
  return xml.parse(files_of(given)["report.html"], { void = { "meta" } })
end

local gain, run = report_rows.gain, report_rows.run

describe("report.verdict", function()
  it("reads a gain by interval and adjusted p value", function()
    assert.same({ "better", "clear" }, { verdict.classify(gain()) })
    assert.same({ "better", "likely" }, { verdict.classify(gain { p_holm = 0.2 }) })
    assert.same({ "worse", "clear" }, { verdict.classify(gain { mean = -0.05, low = -0.08, high = -0.02 }) })
    assert.same({ "open", "open" }, { verdict.classify(gain { low = -0.01 }) })
    assert.same({ "open", "open" }, { verdict.classify { mean = 1 } })
    assert.same({ "better", "likely" }, { verdict.classify { low = 0.1, high = 0.2 } })
  end)

  it("knows what a sign-flip test can reach", function()
    assert.equal(0.03125, verdict.smallest_p(6))
    assert.equal(0.25, verdict.smallest_p(3))
    assert.equal(6, verdict.seeds_needed(1))
    assert.equal(9, verdict.seeds_needed(8)) -- 8 x 2 / 2^9 = 0.03
  end)

  local function words(gains)
    local cards = xml.with_class(page_of { out = "x", study = { name = "s", metric_label = "macro AUROC" }, gains = gains }, "verdict")
    return (cards[1].text:gsub("%s+", " "))
  end

  it("says better, worse and no difference with sizes and the largest effect", function()
    assert.matches("On B, net (fine-tuned from A) was better than from scratch at 50 and 100 training records (most at 50: "
      .. "+0.090 macro AUROC, 95% interval +0.050 to +0.130) and showed no clear difference at all training records. "
      .. "Clear: interval and test over seeds agree.",
      words { gain(), gain { size = "all", low = -0.01 }, gain { size = 50, mean = 0.09, low = 0.05, high = 0.13 } }, 1, true)
    assert.matches("was worse than from scratch at 100 training records (−0.050 macro AUROC, 95% interval −0.080 to −0.020).",
      words { gain { mean = -0.05, low = -0.08, high = -0.02 } }, 1, true)
    assert.matches("at every size, 50 to all training records", words { gain { size = 50 }, gain(), gain { size = "all" } }, 1, true)
  end)

  it("says when seeds are too few for a test", function()
    assert.matches("3 seeds are too few to test it", words { gain { n_seeds = 3, p = 0.25, p_holm = 0.25 } }, 1, true)
    assert.matches("One seed alone: the intervals leave zero out over test records, and say nothing of other seeds.",
      words { gain { n_seeds = 1, p = 1, p_holm = 1 } }, 1, true)
    assert.matches("the test over seeds does not confirm it", words { gain { p_holm = 0.2 } }, 1, true)
    assert.matches("3 seeds are too few to test it among 2 comparisons",
      words { gain { n_seeds = 3, p_holm = 0.25 }, gain { size = 50, n_seeds = 3, p_holm = 0.25 } }, 1, true)
    assert.matches("Clear at 1 of 2 sizes", words { gain(), gain { size = 50, p_holm = 0.2 } }, 1, true)
  end)

  it("sums up by arm where there are many verdicts, and folds those away", function()
    local gains = {}
    for i = 1, 13 do
      gains[2 * i - 1] = gain { network = "net" .. i }
      gains[2 * i] = gain { network = "net" .. i, size = "all", low = i == 1 and -0.2 or -0.01, high = i == 1 and -0.1 or 0.1 }
    end
    local root = page_of { out = "x", study = { name = "s" }, gains = gains }
    assert.matches("Fine-tuned from A: at the smallest training sets better than scratch in 13 of 13 cases and worse in 0, at the largest "
      .. "better in 0 and worse in 1.", root.text, 1, true)
    assert.equal(13, #xml.with_class(xml.find(root, "details")[1], "verdict"))
    local alone = {}
    for i = 1, 13 do alone[i] = gains[2 * i - 1] end
    assert.matches("Fine-tuned from A: better than scratch in 13 of 13 cases and worse in 0.",
      page_of { out = "x", study = { name = "s" }, gains = alone }.text, 1, true)
  end)

  it("counts over all comparisons", function()
    assert.equal("Of 3 comparisons of transfer with training from scratch, 1 favoured transfer, 1 favoured scratch and 1 left it open; "
      .. "1 of the 2 decided ones is confirmed by the test over seeds.",
      verdict.headline { gain(), gain { low = -0.2, high = -0.1, p_holm = 0.5 }, gain { low = -1 } })
    local function tail(...) return (verdict.headline({ ... }):match "; (.*)$") end
    assert.equal("the decided one is confirmed by the test over seeds.", tail(gain()))
    assert.equal("the decided one is not confirmed by the test over seeds.", tail(gain { p_holm = 0.5 }))
    assert.equal("none of the 2 decided ones are confirmed by the test over seeds.", tail(gain { p_holm = 0.5 }, gain { p_holm = 0.5 }))
  end)
end)

describe("results.csv", function()
  it("has a row for each run, every score a column, numbers that read back", function()
    local text = report.results_csv {
      run { scores = { macro_auroc = 0.1 + 0.2, macro_f1 = NAN }, seconds = 1.5, epochs = 3 },
      run { network = 'a "b", c', strategy = "finetune", upstream = "A", size = "all", records = 77, scores = { zeta = 1 } },
    }
    local lines = {}
    for line in text:gmatch("[^\n]+") do lines[#lines + 1] = line end
    assert.equal("network,upstream,task,downstream,strategy,size,records,seed,macro_auroc,macro_f1,zeta,val_score,epochs,best_epoch,"
      .. "transferred", lines[1])
    assert.equal("net,,,B,,100,,1,0.30000000000000004,,,,3,,", lines[2])
    assert.equal('"a ""b"", c",A,,B,finetune,all,77,1,,,1,,,,', lines[3])
    assert.equal(3, #lines)
  end)

  it("is only a header for no runs", function()
    assert.matches("^network,[^\n]*\n$", report.results_csv {})
  end)
end)

describe("report.text", function()
  it("says verdict, scores and gains for a terminal", function()
    local text = report.text { out = "x", study = { name = "s", synthetic = true, planned = 3 }, runs = { run() }, gains = { gain() } }
    assert.matches("^Synthetic data", text)
    assert.matches("1 of 3 runs are done", text, 1, true)
    assert.matches("net (fine-tuned from A) was better than from scratch", text, 1, true)
    assert.matches("B    net          100    0.800", text, 1, true)
    assert.matches("%+0.050  %[%+0.020, %+0.080%]", text)
    assert.matches("There is no comparison yet", report.text { out = "x", study = { name = "s" } }, 1, true)
  end)
end)

describe("report.markdown and report.latex", function()
  local value = {
    caption = "a_b & c", columns = { { title = "x|y" }, { title = "n", align = "right" } },
    rows = { { "50% #1", "0.8 ± 0.1" }, { "[a]", { text = "-0.5", strong = true }, rule = true } }, note = "p < 0.05",
  }

  it("writes GitHub's tables", function()
    assert.equal(table.concat({
      "**a\\_b & c**", "", "| x\\|y | n |", "| --- | ---: |", "| 50% #1 | 0.8 ± 0.1 |", "| [a] | **-0.5** |", "", "p \\< 0.05", "",
    }, "\n"), report.markdown(value))
  end)

  it("writes LaTeX with special characters escaped", function()
    local text = report.latex(value, "tab:x_1")
    for _, part in ipairs { "\\caption{a\\_b \\& c}", "\\label{tab:x-1}", "\\begin{tabular}{lr}", "50\\% \\#1 & 0.8 $\\pm$ 0.1 \\\\",
      "{[a]} & \\textbf{$-$0.5} \\\\", "p \\textless{} 0.05" } do
      assert.matches(part, text, 1, true)
    end
    local _, rules = text:gsub("\\midrule", "")
    assert.equal(2, rules)
    assert.equal("\\textbackslash{}\\{\\}\\$\\textasciicircum{}\\textasciitilde{}", require("ecgraft.report.latex").escape("\\{}$^~"))
  end)
end)

describe("report.write", function()
  local folder
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
  end)
  after_each(function() os.execute("rm -rf '" .. folder .. "'") end)

  it("writes page, csv, tables and figures, and again over them", function()
    local given = fake_study.report {
      networks = { "lstm" }, downstream = { "hospital B" }, sizes = { 50, "all" }, seeds = { 1, 2 }, epochs = 3,
    }
    given.out = folder .. "/deep/study"
    assert.equal(given.out .. "/report.html", report.write(given))
    assert.equal(given.out .. "/report.html", report.write(given))
    local names = {}
    for name in lfs.dir(given.out) do if name:sub(1, 1) ~= "." then names[#names + 1] = name end end
    table.sort(names)
    assert.same({ "figures", "report.html", "results.csv", "tables", "tables.md", "tables.tex", "times.csv" }, names)
    local figures = {}
    for name in lfs.dir(given.out .. "/figures") do if name:sub(1, 1) ~= "." then figures[#figures + 1] = name end end
    table.sort(figures)
    assert.same({ "curves-hospital-b-lstm-50.svg", "curves-hospital-b-lstm-all.svg", "gains-hospital-b.svg",
      "score-hospital-b-lstm.svg" }, figures)
    for _, name in ipairs(figures) do
      local file = assert(io.open(given.out .. "/figures/" .. name))
      xml.parse(file:read("a"))
      file:close()
    end
  end)

  it("draws one training-set size as rows with a dot for each seed, all networks of a set in one figure", function()
    local given = fake_study.report { downstream = { "hospital B" }, sizes = { 100 }, seeds = { 1, 2, 3, 4 } }
    local files = files_of(given)
    assert.is_nil(files["figures/score-hospital-b-lstm.svg"])
    local root = xml.parse(files["figures/score-hospital-b.svg"])
    assert.equal(2 * 3 * 4 + 2, #xml.find(root, "circle")) -- two networks, three arms, four seeds; the means of scratch are circles too
    local texts = table.concat(xml.texts(root, "text"), "\n")
    for _, part in ipairs { "resnet1d18, 100 records", "lstm, 100 records", "fine-tuned", "pretrained on hospital A", "macro AUROC" } do
      assert.matches(part, texts, 1, true)
    end
    local page = page_of(given).text
    assert.matches("With one training-set size there is no curve", page, 1, true)
    assert.not_matches("the line joins the means", page, 1, true)
    assert.matches("the line joins the means", page_of(fake_study.report()).text, 1, true)
  end)

  it("names the upstream set once in a figure where there is one, in each arm where there are several", function()
    local function score_figure(more)
      local runs = {}
      for _, size in ipairs { 50, 100 } do
        for _, each in ipairs { run {}, run { strategy = "finetune", upstream = "A from B" }, more } do
          local row = { size = size }
          for name, value in pairs(each) do if name ~= "size" then row[name] = value end end
          runs[#runs + 1] = row
        end
      end
      return xml.parse(files_of({ out = "x", study = { name = "s" }, runs = runs })["figures/score-b-net.svg"])
    end
    local function texts_of(root) return "\n" .. table.concat(xml.texts(root, "text"), "\n") .. "\n" end
    local one = texts_of(score_figure(run { strategy = "l2_sp", upstream = "A from B" }))
    for _, part in ipairs { "\nfine-tuned\n", "\nL2-SP\n", "pretrained on A from B\n" } do assert.matches(part, one, 1, true) end
    local several = texts_of(score_figure(run { strategy = "finetune", upstream = "C" }))
    for _, part in ipairs { "\nfine-tuned from A from B\n", "\nfine-tuned from C\n" } do assert.matches(part, several, 1, true) end
    assert.not_matches("pretrained on", several, 1, true)
  end)

  it("keeps the room of a figure's axes whatever its legend needs", function()
    local function heights(count)
      local runs = {}
      for _, size in ipairs { 50, 100 } do
        runs[#runs + 1] = run { size = size }
        for i = 1, count do runs[#runs + 1] = run { size = size, strategy = "a_strategy_of_ones_own_" .. i, upstream = "A" } end
      end
      local root = xml.parse(files_of({ out = "x", study = { name = "s" }, runs = runs })["figures/score-b-net.svg"])
      local inner = xml.find(root, function(e) return e.name == "svg" and e.parent ~= nil and e.parent.name == "svg" end)[1]
      return tonumber(root.attributes.height), tonumber(inner.attributes.height)
    end
    local few_height, few_box = heights(1)
    local many_height, many_box = heights(8)
    assert.is_true(many_height > few_height + 50)
    assert.near(few_box, many_box, 0.1)
  end)

  it("takes figures of an earlier report away, and no other file", function()
    local function write(sizes)
      local given = fake_study.report { networks = { "lstm" }, downstream = { "hospital B" }, sizes = sizes, seeds = { 1 }, epochs = 3 }
      given.out = folder .. "/again"
      assert(report.write(given))
    end
    local function there(name) return lfs.attributes(folder .. "/again/figures/" .. name, "mode") ~= nil end
    write { 50 }
    assert.is_true(there "score-hospital-b.svg")
    for _, name in ipairs { "score-mine.txt", "mine.svg" } do assert(io.open(folder .. "/again/figures/" .. name, "w")):close() end
    write { 50, 100 }
    assert.is_false(there "score-hospital-b.svg")
    assert.is_true(there "score-hospital-b-lstm.svg" and there "score-mine.txt" and there "mine.svg")
    local all = fake_study.report()
    all.out, all.figures = folder .. "/again", false
    assert(report.write(all))
    assert.is_true(there "score-hospital-b-lstm.svg") -- none were asked for: none are touched
    all.figures = nil
    assert(report.write(all))
    assert.is_true(there "score-hospital-b-resnet1d18.svg")
    assert(report.write { out = all.out, study = { name = "s" } })
    local left = {}
    for name in lfs.dir(all.out .. "/figures") do if name:find "%w" then left[#left + 1] = name end end
    table.sort(left)
    assert.same({ "mine.svg", "score-mine.txt" }, left) -- every kind of figure is known
  end)

  it("writes the numbers behind the tables, one file a table, in full precision", function()
    local files = files_of { out = "x", study = { name = "s", metric = "macro_auroc" }, gains = { gain { mean = 0.1 + 0.2 } },
      runs = { run { strategy = "scratch", upstream = "none" }, run { strategy = "scratch", upstream = "none", seed = 2,
        scores = { macro_auroc = 0.7 } } } }
    assert.equal("network,upstream,downstream,strategy,size,mean,low,high,records_low,records_high,p,p_holm,n_seeds\n"
      .. "net,A,B,finetune,100,0.30000000000000004,0.02,0.08,,,0.03,0.03,6\n", files["tables/gains.csv"])
    local scores = files["tables/scores.csv"]
    assert.matches("^network,upstream,downstream,strategy,size,metric,mean,deviation,seeds\n"
      .. "net,none,B,scratch,100,macro_auroc,0.75,", scores)
    assert.is_true(math.abs(tonumber(scores:match ",([%d.]+),2\n$") - math.sqrt(0.005)) < 1e-12)
    assert.is_nil(files["tables/saved.csv"]) -- nothing to say, no file
    local full = files_of(fake_study.report())
    for _, name in ipairs { "scores", "gains", "baselines", "pretraining" } do
      if full["tables/" .. name .. ".csv"] then
        local columns
        for line in full["tables/" .. name .. ".csv"]:gmatch "[^\n]+" do
          local _, commas = line:gsub('"[^"]*"', ""):gsub(",", "")
          columns = columns or commas
          assert.equal(columns, commas)
        end
      end
    end
  end)

  it("keeps figures of names that are alike apart", function()
    local names = {}
    local given = { out = "x", study = { name = "s" }, runs = {
      run { network = "a/b" }, run { network = "a/b", size = 200 }, run { network = "a b" }, run { network = "a b", size = 200 } } }
    for _, file in ipairs(report.build(given)) do
      assert.is_nil(names[file.name])
      names[file.name] = true
      assert.not_matches("%.%.", file.name)
    end
    assert.is_true(names["figures/score-b-a-b.svg"] and names["figures/score-b-a-b-2.svg"])
  end)

  it("returns nil and a message where it cannot write", function()
    local file = assert(io.open(folder, "w"))
    file:close()
    local path, message = report.write { out = folder, study = { name = "s" } }
    assert.is_nil(path)
    assert.matches("report.write: cannot make the folder", message)
  end)

  it("says which row is wrong and how", function()
    local function fails(given, message)
      given.out, given.study = given.out or "x", given.study or { name = "s" }
      assert.error_matches(function() report.write(given) end, message)
    end
    fails({ study = {} }, "report.write: study: option 'name' is required")
    fails({ runs = { run { network = 3 } } }, "runs%[1%]: option 'network' must be string, got 3")
    fails({ runs = { run(), run { size = "most" } } }, 'runs%[2%]: size must be a number of records or "all", got "most"')
    fails({ runs = { run { scores = { f1 = "x" } } } }, 'runs%[1%]: scores.f1 must be a number, got "x"')
    fails({ runs = { run { history = { 3 } } } }, "runs%[1%]: history%[1%] must be a table, got 3")
    fails({ runs = { run { per_class = { {} } } } }, "per_class%[1%] must be a table with a string 'class'")
    fails({ runs = { run { speed = 1 } } }, "runs%[1%]: unknown option 'speed'; known options: best_epoch")
    fails({ gains = { gain { mean = "x" } } }, 'gains%[1%]: mean must be a number, got "x"')
    fails({ verdicts = { { text = "t", direction = "up" } } }, "verdicts%[1%]: option 'direction' must be one of")
    fails({ figure = true }, "report.write: unknown option 'figure'")
    assert.error_matches(function() report.write { study = { name = "s" } } end, "option 'out' is required")
  end)
end)
