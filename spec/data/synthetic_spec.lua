-- The synthetic set as scripts see it; its physics and its labels are checked in spec/c/test_synth.c.
local core = require "ecgraft.core"
local data = require "ecgraft.data"

-- The largest difference between two tensors of one shape.
local function difference(a, b)
  return (a - b):abs():max():item()
end

local function column(set, name)
  for k, class in ipairs(set.classes) do if class == name then return k end end
end

describe("data.synthetic", function()
  it("makes a labelled set with the defaults of the reference", function()
    local set = data.synthetic()
    assert.equal(1000, #set)
    assert.same({1000, 1000, 12}, set.signals:shape())
    assert.same({1000, 9}, set.labels:shape())
    assert.same({"NORM", "AF", "IAVB", "LBBB", "RBBB", "PAC", "VEB", "STD", "STE"}, set.classes)
    assert.same({"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"}, set.leads)
    assert.equal(100, set.rate)
    assert.equal("mV", set.units)
    assert.equal("synthetic-A-000001", set.records[1])
    assert.truthy(set.source:find("^synthetic"))
    assert.truthy(tostring(set):find("synthetic", 1, true))
    for k, count in ipairs((set:counts())) do assert.is_true(count > 20, set.classes[k]) end
  end)

  it("gives hospital B other people, classes and signals", function()
    local a, b = data.synthetic{records = 200}, data.synthetic{records = 200, hospital = "B"}
    assert.same({"NORM", "AF", "IAVB", "SB", "LAD", "STach", "TAb", "TInv", "LQT", "PAC"}, b.classes)
    local seen = {}
    for _, patient in ipairs(a.patients) do seen[patient] = true end
    for _, patient in ipairs(b.patients) do assert.is_nil(seen[patient]) end
    local _, spread_a = core.signal.moments(a.signals)
    local _, spread_b = core.signal.moments(b.signals)
    assert.is_true(spread_a > .1 and spread_a < .5)
    assert.is_true(spread_b > .1 and spread_b < .5)
    assert.is_true(difference(a.signals, b.signals) > .5)
  end)

  it("labels records by their findings, whatever the order of the classes", function()
    local classes = {"LQT", "VEB", "NORM", "MI", "LVH"}
    local set = data.synthetic{records = 150, classes = classes, several = .5}
    assert.same(classes, set.classes)
    local rows, two = set.labels:totable(), 0
    for i, truth in ipairs(set.truth) do
      local has, sum = {}, 0
      for _, finding in ipairs(truth.findings) do has[finding == "PVC" and "VEB" or finding] = true end
      for k, class in ipairs(classes) do
        assert.equal(has[class] and 1 or 0, rows[i][k])
        sum = sum + rows[i][k]
      end
      assert.is_true(sum >= 1)
      two = two + (sum >= 2 and 1 or 0)
    end
    assert.is_true(two > 10)
  end)

  it("says what is true of each record", function()
    local set = data.synthetic{records = 120, classes = {"NORM", "AF", "SB", "PVC", "IAVB"}, several = false, seed = 4}
    local af, ventricular = 0, 0
    for i, truth in ipairs(set.truth) do
      assert.equal(1, #truth.findings)
      local finding = truth.findings[1]
      assert.equal(#truth.beats, #truth.beat_types)
      for b = 1, #truth.beats do
        assert.is_true(truth.beats[b] >= 0 and truth.beats[b] < 10)
        assert.is_true(b == 1 or truth.beats[b] > truth.beats[b - 1])
      end
      assert.is_true(truth.qrs > 60 and truth.qrs < 120)
      assert.is_true(truth.qt > truth.qrs + 100)
      assert.is_true(truth.axis > -30 and truth.axis < 100)
      if finding == "AF" then
        assert.is_nil(truth.pr)
        af = af + 1
      else
        assert.equal(finding == "IAVB", truth.pr > 200)
        assert.equal(finding == "SB", truth.heart_rate < 60)
      end
      assert.equal(finding == "PVC", truth.beat_types:find("V", 1, true) ~= nil)
      ventricular = ventricular + (finding == "PVC" and 1 or 0)
      assert.equal(1, set.labels[i]:sum():item())
    end
    assert.is_true(af > 3)
    assert.is_true(ventricular > 3)
  end)

  it("repeats: the same seed, any size, any number of threads", function()
    local threads = core.num_threads()
    local whole = data.synthetic{records = 40, seed = 9}
    for n = 1, 3 do
      core.set_num_threads(n)
      local part = data.synthetic{records = 25, seed = 9}
      assert.equal(0, difference(part.signals, whole.signals:narrow(1, 1, 25)))
      assert.same(whole.truth[25], part.truth[25])
      assert.equal(whole.patients[25], part.patients[25])
    end
    core.set_num_threads(threads)
    assert.is_true(difference(whole.signals, data.synthetic{records = 40, seed = 10}.signals) > .5)
  end)

  it("gives patients an age and a sex, and infarctions a region", function()
    local set, of, males, regions = data.synthetic{records = 200, classes = {"NORM", "MI", "STE", "STD"}}, {}, 0, {}
    for i, patient in ipairs(set.patients) do
      local age, sex, truth = set.ages[i], set.sexes[i], set.truth[i]
      assert.is_true(math.type(age) == "integer" and age >= 18 and age <= 89)
      assert.is_true(sex == "male" or sex == "female")
      of[patient] = of[patient] or {age, sex}
      assert.same(of[patient], {age, sex})
      males = males + (sex == "male" and 1 or 0)
      local elevated = false
      for _, finding in ipairs(truth.findings) do elevated = elevated or finding == "MI" or finding == "STE" end
      assert.equal(elevated, truth.region ~= nil)
      if elevated then regions[truth.region] = true end
      assert.is_nil(truth.age)
    end
    assert.is_true(males > 60 and males < 140)
    assert.same({anterior = true, inferior = true, lateral = true}, regions)
  end)

  it("gives some patients several records, so that a split by patient means something", function()
    local set = data.synthetic{records = 300}
    assert.is_true(set:patient_count() < 290)
    assert.is_true(set:patient_count() > 200)
    assert.equal(300, data.synthetic{records = 300, repeats = 0}:patient_count())
    local parts, part_of = set:split{train = .7, test = .3}, {}
    for name, part in pairs(parts) do
      for _, patient in ipairs(part.patients) do
        assert.is_true(part_of[patient] == nil or part_of[patient] == name)
        part_of[patient] = name
      end
    end
    assert.equal(#parts.train, #parts.train.truth)
  end)

  it("keeps Einthoven's law, at any rate and length", function()
    local set = data.synthetic{records = 5, rate = 257, seconds = 7.5, noise = 3}
    assert.same({5, 1928, 12}, set.signals:shape())
    local lead = function(name) return set.signals:select(3, name) end
    local one, two = lead(1), lead(2)
    assert.is_true(difference(lead(3), two - one) < 1e-6)
    assert.is_true(difference(lead(4), (one + two) * -.5) < 1e-6)
    assert.is_true(difference(lead(5), one - two * .5) < 1e-6)
    assert.is_true(difference(lead(6), two - one * .5) < 1e-6)
  end)

  it("adds noise in the measure asked for, to the same hearts", function()
    local quiet = data.synthetic{records = 20, noise = 0}
    local usual, loud = data.synthetic{records = 20}, data.synthetic{records = 20, noise = 10}
    local function added(set)
      local _, deviation = core.signal.moments(set.signals - quiet.signals)
      return deviation
    end
    assert.is_true(added(usual) > .02)
    assert.is_true(math.abs(added(loud) / added(usual) - 10) < .01)
    local clean = data.synthetic{records = 20, clean = true}
    assert.same(quiet.truth, clean.truth)
    assert.is_true(difference(quiet.signals, clean.signals) > .01)
  end)

  it("takes weights for classes", function()
    local set = data.synthetic{records = 400, classes = {"AF", "LBBB"}, several = false,
      prevalence = {AF = 3, LBBB = 1, NORM = 4}, repeats = 0}
    local counts, none = set:counts()
    assert.is_true(math.abs(counts[1] / 400 - 3 / 8) < .1)
    assert.is_true(math.abs(counts[2] / 400 - 1 / 8) < .07)
    assert.is_true(math.abs(none / 400 - 4 / 8) < .1) -- normal, and NORM is no class here
    local all = data.synthetic{records = 50, classes = {"VEB"}, prevalence = {VEB = 1, NORM = 0}}
    assert.equal(50, (all:counts())[1])
  end)

  it("takes a hospital of one's own", function()
    local like = {name = "C", like = "B", gain = 4, gain_spread = 0, classes = {"NORM", "LVH"}, prevalence = {LVH = 1, NORM = 1}}
    local set = data.synthetic{records = 60, hospital = like, noise = 0}
    assert.same({"NORM", "LVH"}, set.classes)
    assert.equal("synthetic-C-000001", set.records[1])
    assert.is_true(math.abs((set:counts())[2] - 30) < 16)
    like.gain = 2
    local half = data.synthetic{records = 60, hospital = like, noise = 0}
    assert.is_true(difference(set.signals, half.signals * 2) < 1e-4)
    like.name = "D"
    local others = data.synthetic{records = 60, hospital = like, noise = 0}
    assert.is_true(difference(half.signals, others.signals) > .5)
  end)

  it("shows a finding that is no class of the hospital when asked", function()
    local set = data.synthetic{records = 200, classes = {"NORM", "MI", "STE"}}
    local rows, mi, ste = set.labels:totable(), column(set, "MI"), column(set, "STE")
    local infarctions = 0
    for _, row in ipairs(rows) do
      infarctions = infarctions + row[mi]
      assert.is_true(row[mi] <= row[ste]) -- an infarction elevates ST
    end
    assert.is_true(infarctions > 10)
  end)

  local wrong = {
    {{record = 1}, "unknown option 'record'; known options: classes, clean"},
    {{records = 0}, "'records' must be at least 1, got 0"},
    {{records = 1.5}, "'records' must be integer, got 1.5"},
    {{rate = 20}, "'rate' must be at least 50, got 20"},
    {{seconds = 4}, "'seconds' must be at least 5, got 4"},
    {{noise = -1}, "'noise' must be at least 0"},
    {{several = 2}, "'several' must be true, false or a share from 0 to 1, got 2"},
    {{classes = {"AFib"}}, 'unknown class "AFib"; known classes: NORM, SB'},
    {{classes = {}}, "classes must be a list of one name or more"},
    {{classes = {"PVC", "VEB"}}, "class PVC is given twice"},
    {{hospital = "C"}, 'hospital must be "A", "B" or a table, got "C"'},
    {{hospital = {gain = 2}}, "'name' is required"},
    {{hospital = {name = "A"}}, 'neither A nor B, got "A"'},
    {{hospital = {name = "../x"}}, "must be letters, digits"},
    {{hospital = {name = "C", gian = 2}}, "unknown option 'gian'"},
    {{hospital = {name = "C", bandwidth = 1}}, "'bandwidth' must be at least 10"},
    {{prevalence = {LVH = 1}}, "prevalence names LVH, which is not among the classes"},
    {{prevalence = {AF = "much"}}, 'prevalence of AF must be a number of 0 or more, got "much"'},
    {{prevalence = {AF = 0 / 0}}, "prevalence of AF must be"},
    {{classes = {"NORM"}, prevalence = {NORM = 0}}, "prevalence must be above 0 for one class or more"},
  }
  for _, case in ipairs(wrong) do
    it("refuses what makes no sense: " .. case[2], function()
      local ok, message = pcall(data.synthetic, case[1])
      assert.is_false(ok)
      assert.truthy(message:find("data.synthetic", 1, true), message)
      assert.truthy(message:find(case[2], 1, true), message)
    end)
  end

  it("blames the line that called it", function()
    for _, case in ipairs(wrong) do
      local _, message = pcall(function() return (data.synthetic(case[1])) end)
      assert.truthy(message:find("synthetic_spec.lua:", 1, true), message)
    end
  end)
end)

describe("core.synth", function()
  it("knows which findings go together", function()
    assert.is_true(core.synth.compatible("AF", "LBBB"))
    assert.is_false(core.synth.compatible("AF", "IAVB"))
    assert.has_error(function() core.synth.compatible("AF", "x") end)
  end)

  it("refuses a hospital that lacks a field", function()
    local hospital = core.synth.hospital "A"
    hospital.gain = nil
    assert.has_error(function()
      core.synth.generate{hospital = hospital, classes = {"AF"}}
    end, "synth: expected gain from 0.01 to 100, got nan")
  end)
end)
