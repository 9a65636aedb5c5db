--- The page of a report.
local fake_study = require "spec.support.fake_study"
local report = require "ecgraft.report"
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

-- Cells of the table whose label holds `caption`, as rows of texts.
local function table_of(root, caption)
  for _, each in ipairs(xml.find(root, "table")) do
    if (each.attributes["aria-label"] or ""):find(caption, 1, true) then
      local rows = {}
      for i, row in ipairs(xml.find(each, "tr")) do rows[i] = i == 1 and xml.texts(row, "th") or xml.texts(row, "td") end
      return rows
    end
  end
end

local gain, run = report_rows.gain, report_rows.run

describe("report.html", function()
  local root = page_of(fake_study.report())

  it("is well-formed, each picture in it too, and has no script", function()
    assert.equal(16, #xml.find(root, "svg") - #xml.find(root, function(e) return e.name == "svg" and e.parent.name == "svg" end))
    assert.equal(0, #xml.find(root, "script"))
  end)

  it("begins with the verdict and links every section", function()
    local sections = {}
    for i, each in ipairs(xml.find(root, "h2")) do sections[i] = each.attributes.id end
    assert.same({ "verdict", "scores", "gains", "trivial", "classes", "curves", "cost", "data", "repeat" }, sections)
    local links = xml.find(xml.find(root, "nav")[1], "a")
    for i, link in ipairs(links) do assert.equal("#" .. sections[i], link.attributes.href) end
    assert.equal(#sections, #links)
  end)

  it("gives a verdict for each network, set and arm", function()
    assert.equal(2 * 2 * 2, #xml.with_class(root, "verdict"))
  end)

  it("says everywhere that data is synthetic", function()
    assert.matches("synthetic data", xml.texts(root, "title")[1], 1, true)
    assert.matches("hospital A, hospital B were made by a generator", xml.with_class(root, "warning")[1].text, 1, true)
    for _, each in ipairs(xml.with_class(root, "eg-figure")) do assert.matches("SYNTHETIC DATA", each.text, 1, true) end
    local real = fake_study.report()
    real.study.synthetic, real.sets = false, {}
    assert.not_matches("synthetic", page_of(real).text:lower(), 1, true)
  end)

  it("holds the study file, the seeds and the versions", function()
    local text = root.text
    assert.matches('return eg.study{ name = "Two hospitals" }', text, 1, true)
    assert.matches("Seeds: 1, 2, 3, 4, 5, 6", text, 1, true)
    assert.matches("ecgraft: scm", text, 1, true)
    assert.matches("ecgraft study two-hospitals.lua --out runs/two-hospitals", text, 1, true)
  end)

  it("shows means and deviations of the scores that it was given", function()
    local given = { out = "x", study = { name = "s" }, runs = {
      run { seed = 1, scores = { macro_auroc = 0.7 } }, run { seed = 2, scores = { macro_auroc = 0.8 } },
      run { strategy = "finetune", upstream = "A", scores = { macro_auroc = 0.9 } }, run { size = "all", records = 1234 } } }
    local rows = table_of(page_of(given), "by training-set size")
    assert.same({ "set", "network", "records", "scratch", "fine-tuned from A", "seeds" }, rows[1])
    assert.same({ "B", "net", "100", "0.750 ± 0.071", "0.900", "1 to 2" }, rows[2])
    assert.same({ "B", "net", "all", "0.800", "–", "1" }, rows[3])
  end)

  it("shows gains with interval, p values and reading", function()
    local rows = table_of(page_of { out = "x", study = { name = "s" },
      gains = { gain(), gain { size = 50, mean = -0.01, low = -0.03, high = 0.01 } } }, "Gain in test")
    assert.same({ "B", "net", "fine-tuned from A", "50", "−0.010", "[−0.030, +0.010]", "–", "0.030", "0.030", "6",
      "open" }, rows[2])
    assert.same({ "B", "net", "fine-tuned from A", "100", "+0.050", "[+0.020, +0.080]", "–", "0.030", "0.030", "6",
      "better, clear" }, rows[3])
  end)

  it("says of a network that it has learned next to nothing", function()
    local function given(score)
      return { out = "x", study = { name = "s", metric = "macro_auroc" }, runs = { run { scores = { macro_auroc = 0.51 } },
        run { strategy = "finetune", upstream = "A", scores = { macro_auroc = score } } } }
    end
    local note = "net on B has learned next to nothing: its highest mean score is 0.54, and guessing gives 0.50."
    assert.matches(note, page_of(given(0.54)).text, 1, true)
    assert.matches(note, report.text(given(0.54)), 1, true)
    assert.is_nil(page_of(given(0.56)).text:find("next to nothing", 1, true))
  end)

  it("says where the best epoch was the last in most runs, and in how many the table of costs", function()
    local runs = {}
    for seed = 1, 3 do
      runs[seed] = run { seed = seed, epochs = 10 * seed, best_epoch = seed < 3 and 10 * seed or 4 }
      runs[3 + seed] = run { seed = seed, strategy = "finetune", upstream = "A", epochs = 10, best_epoch = seed < 3 and 5 or 10 }
      runs[6 + seed] = run { seed = seed, network = "short", epochs = 1, best_epoch = 1 }
    end
    local given = { out = "x", study = { name = "s" }, runs = runs }
    local root_ = page_of(given)
    local note = "net on B, scratch: in 2 of 3 runs the best epoch was the last: more epochs might help."
    assert.matches(note, root_.text, 1, true)
    assert.matches("Trained long enough? " .. note, report.text(given), 1, true)
    assert.not_matches("fine-tuned from A: in", root_.text, 1, true)
    assert.not_matches("short on B", root_.text, 1, true) -- of one epoch nothing is told
    local rows = table_of(root_, "Cost of training")
    assert.same({ "B", "net", "scratch", "3", "10 to 30", "2 of 3" }, table.move(rows[2], 1, 6, 1, {}))
    assert.same({ "B", "net", "fine-tuned from A", "3", "10", "1 of 3" }, table.move(rows[3], 1, 6, 1, {}))
    assert.same({ "B", "short", "scratch", "3", "1", "–" }, table.move(rows[4], 1, 6, 1, {}))
  end)

  it("spells out short names of classes, and says when it was written", function()
    local given = { out = "x", runs = { run { per_class = { { class = "TAb", auroc = 0.8 } } } },
      study = { name = "s", date = "2026-01-31", class_names = { TAb = "T wave abnormal", LBBB = "left bundle branch block" } },
      sets = { { name = "A", role = "upstream", classes = { "LBBB" } }, { name = "B", role = "downstream", classes = { "TAb", "mine" } } } }
    local root_ = page_of(given)
    local texts = xml.texts(root_, "p")
    local function has(text) for _, each in ipairs(texts) do if each == text then return true end end return false end
    assert.is_true(has "TAb: T wave abnormal.") -- what was tested, before the table by class
    assert.is_true(has "Report written on 2026-01-31")
    assert.matches("LBBB: left bundle branch block; TAb: T wave abnormal.", files_of(given)["tables.md"], 1, true)
    assert.not_matches("2026-01-31", files_of(given)["results.csv"], 1, true)
  end)

  it("sets trivial scores beside the best mean", function()
    local rows = table_of(page_of { out = "x", study = { name = "s" }, runs = { run() },
      baselines = { { downstream = "B", name = "always NORM", score = 0.5 },
        { downstream = "C", name = "always MI", metric = "weighted_f1", score = 0.659 } } }, "Trivial")
    assert.same({ "B", "always NORM", "macro AUROC", "0.500", "0.800", "net, scratch, 100" }, rows[2])
    assert.same({ "C", "always MI", "weighted F1", "0.659", "–", "–" }, rows[3])
  end)

  it("shows measures by class, with NaN left out", function()
    local classes = function(auroc) return { { class = "AF", support = 31, auroc = auroc, f1 = 0.5 } } end
    local root_ = page_of { out = "x", study = { name = "s" },
      runs = { run { per_class = classes(0.9) }, run { seed = 2, per_class = classes(0.8) }, run { seed = 3, per_class = classes(NAN) } } }
    assert.same({ "AF", "31", "0.850 ± 0.071" }, table_of(root_, "AUROC by class")[2])
    assert.same({ "AF", "31", "0.500 ± 0.000" }, table_of(root_, "F1 by class")[2])
  end)

  it("shows calibration before and after scaling, seeds together, and leaves thin bins out", function()
    local function calibration(ece, frequency)
      local bins = { count = { 0, 40, 9 }, score = { 0, 0.5, 0.9 }, frequency = { 0, frequency, 1 } }
      return { temperatures = { 1.5, 2.5 }, before = { ece = ece, brier = 0.2, bins = bins },
        after = { ece = 0.02, brier = 0.1, bins = bins } }
    end
    local given = { out = "x", study = { name = "s" }, runs = { run { calibration = calibration(0.1, 0.25) },
      run { seed = 2, calibration = calibration(0.2, 0.75) }, run { seed = 3 } } }
    local rows = table_of(page_of(given), "Calibration on the test set")
    assert.same({ "B", "net", "scratch", "100", "0.150", "0.020", "0.200", "0.100", "2.00 (1.50 to 2.50)" }, rows[2])
    local figure = files_of(given)["figures/reliability-b-net.svg"]
    local markers = 0
    for _ in figure:gmatch("<circle") do markers = markers + 1 end
    assert.equal(2, markers) -- scratch in the legend and its one bin of more than twenty entries (80), at (0.5, 0.5)
    assert.is_nil(table_of(page_of { out = "x", study = { name = "s" }, runs = { run() } }, "Calibration"))
  end)

  it("shows example records, of the arm that was pretrained where there is one, with what the network saw", function()
    local function example(more)
      local signals, time = {}, {}
      for c = 1, 2 do
        signals[c] = {}
        for i = 1, 200 do signals[c][i], time[i] = math.sin(i / 9 + c), i > 100 and 1 or 0 end
      end
      local row = { network = "net", downstream = "B", size = 100, kind = "missed", record = "r<1>", class = "AF", labels = "AF",
        method = "gradcam", probability = 0.1, threshold = 0.4, rate = 100, lead_names = { "I", "II" }, signals = signals, time = time,
        leads = { 0.5, -0.25 } }
      for name, value in pairs(more or {}) do row[name] = value end
      return row
    end
    local given = { out = "x", study = { name = "s" }, sets = { { name = "B", synthetic = true } },
      runs = { run(), run { strategy = "finetune", upstream = "A" } },
      examples = { example(), example { strategy = "finetune", upstream = "A", record = "r2" } } }
    local files = files_of(given)
    local text = files["report.html"]
    assert.matches("Missed: AF is labelled, but was given a probability of 0.10 (threshold 0.40). Record r2, labelled AF; net, "
      .. "fine-tuned from A, 100 training records. Shade: Grad-CAM over time.", text, 1, true)
    assert.is_nil(text:find("r&lt;1&gt;", 1, true))
    local picture = files["figures/example-b-net-missed.svg"]
    assert.matches("I  +0.50", picture, 1, true)
    assert.matches("II  −0.25", picture, 1, true)
    assert.matches("SYNTHETIC ECG", picture, 1, true)
    assert.matches("eg-ecg-weight", picture, 1, true)
  end)

  it("escapes names, messages and files", function()
    local name = "<script>&\"'"
    local root_ = page_of {
      out = "x", study = { name = name, question = name, file = { path = name, text = name }, notes = { name } },
      runs = { run { network = name, downstream = name, strategy = name, upstream = name,
        history = { { val_score = 0.5 }, { val_score = 0.6 } }, per_class = { { class = name, auroc = 0.5 } } } },
      gains = { gain { network = name, downstream = name, strategy = name, upstream = name } },
      baselines = { { downstream = name, name = name, score = 0.5 } }, failures = { { message = name } },
      sets = { { name = name, classes = { name }, notes = { name } } },
      pretraining = { { network = name, upstream = name } }, verdicts = { { text = name, certainty = name } },
    }
    assert.equal(0, #xml.find(root_, "script"))
    assert.equal(name, xml.texts(root_, "h1")[1])
  end)

  it("reports an empty study, one run, and one with only NaN", function()
    local empty = page_of { out = "x", study = { name = "s", planned = 12 } }
    assert.matches("0 of 12 runs are done", empty.text, 1, true)
    assert.matches("No run has a test score yet", empty.text, 1, true)
    assert.matches("There is no comparison yet", empty.text, 1, true)
    local one = page_of { out = "x", study = { name = "s" }, runs = { run() } }
    assert.equal(1, #xml.with_class(one, "eg-figure"))
    assert.not_matches("not finished", one.text:lower(), 1, true)
    local nothing = page_of { out = "x", study = { name = "s" },
      runs = { run { scores = { macro_auroc = NAN }, history = { { val_score = NAN } } } },
      gains = { gain { mean = NAN, low = NAN, high = NAN, p = NAN } } }
    assert.matches("showed no clear difference", nothing.text, 1, true)
  end)

  it("names runs that failed", function()
    local root_ = page_of { out = "x", study = { name = "s" },
      failures = { { network = "net", downstream = "B", strategy = "scratch", size = 100, seed = 3, message = "a NaN in layer1" } } }
    assert.same({ "B", "net", "scratch", "100", "3", "a NaN in layer1" }, table_of(root_, "failed")[2])
  end)

  it("uses verdicts that it is given as they are", function()
    local root_ = page_of { out = "x", study = { name = "s" }, gains = { gain() },
      verdicts = { { text = "It helped.", certainty = "Certain.", direction = "better" } } }
    local cards = xml.with_class(root_, "verdict")
    assert.equal(1, #cards)
    assert.equal("verdict good", cards[1].attributes.class)
    assert.matches("It helped.%s*Certain.", cards[1].text)
  end)

  it("warns about the paper's protocol", function()
    assert.matches("the epoch was chosen on the test set", page_of { out = "x", study = { name = "s", protocol = "paper" } }.text, 1, true)
  end)

  it("does not depend on the order of the runs", function()
    local given, turned = fake_study.report(), fake_study.report()
    for i = 1, #given.runs do turned.runs[i] = given.runs[#given.runs + 1 - i] end
    for i = 1, #given.gains do turned.gains[i] = given.gains[#given.gains + 1 - i] end
    assert.equal(files_of(given)["report.html"], files_of(turned)["report.html"])
  end)
end)
