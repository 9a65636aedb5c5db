--- Sets of records: what they hold, subsets, splits, folds and nested samples.
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local eg = require("ecgraft")
local small_set = require("spec.support.small_set")

local function as_set(list)
  local set = {}
  for _, each in ipairs(list) do set[each] = true end
  return set
end

local function disjoint(a, b)
  local inside = as_set(a)
  for _, each in ipairs(b) do if inside[each] then return false end end
  return true
end

local function prevalence(set)
  local counts = set:counts()
  for k = 1, #counts do counts[k] = counts[k] / #set end
  return counts
end

describe("a Dataset", function()
  it("has records, labels and what is known of them", function()
    local set = small_set(30)
    assert.equal(30, #set)
    assert.same({30, 8, 2}, set.signals:shape())
    assert.same({30, 3}, set.labels:shape())
    assert.equal("mV", set.units)
    assert.equal(26, set:patient_count())
    assert.is_true(data.is_dataset(set))
    assert.is_false(data.is_dataset({}))
    assert.is_nil(set.nothing_of_that_name)
  end)

  it("says what it is", function()
    local set = small_set(30, {skipped = {{record = "x1", reason = "x1.dat: too short"}}, notes = {"3 samples filled"}})
    local text, counts, none = tostring(set), set:counts()
    assert.matches("^made for a spec: 30 records of 26 patients, 0.08 s at 100 Hz, 2 leads, in mV\n", text)
    assert.matches(("\n  A    %%s+%d  %%s*%.1f %%%%\n"):format(counts[1], 100 * counts[1] / 30), text)
    assert.matches(("\n  none %%s+%d "):format(none), text)
    assert.matches("\n  skipped 1 record:\n    x1: x1.dat: too short\n  note: 3 samples filled$", text)
  end)

  it("is told what is known of its records", function()
    local set = data.synthetic{records = 4, seconds = 5, seed = 1}
    local ids = set.records
    local told = set:with_truth{[ids[3]] = {heart_rate = 71, qt = 390}, [ids[1]] = {pr = 160}, elsewhere = {pr = 1}}
    assert.same({{pr = 160}, {}, {heart_rate = 71, qt = 390}, {}}, told.truth)
    assert.is_number(set.truth[1].heart_rate) -- the set that was asked stays
    assert.same({{heart_rate = 71, qt = 390}, {pr = 160}}, told:subset{3, 1}.truth)
    assert.is_true(told.signals:equal(set.signals))
    assert.same(ids, told.records)
    assert.error_matches(function() set:with_truth{[ids[1]] = 3} end, "what is known of record .* must be a table, got 3")
    assert.error_matches(function() set:with_truth{x = {pr = 1}} end, "none of the 4 records is among the ids that were given")
  end)

  it("hands out its records one by one", function()
    local set = small_set(30, {source = "synthetic, for a spec"})
    local part = set:subset{30, 17}
    local record = part:record(2)
    assert.equal("r0017", record.name)
    assert.is_true(record.signals:equal(set.signals[17]))
    assert.same({"I", "II"}, record.leads)
    assert.same({"mV", "mV"}, record.units)
    local expected = {}
    for k, name in ipairs(set.classes) do if set.labels[17][k]:item() == 1 then expected[#expected + 1] = name end end
    assert.same(expected, record.labels)
    assert.matches("^r0017: 0.08 s at 100 Hz, leads I, II; .*C", tostring(record))
    assert.matches("SYNTHETIC ECG", require("ecgraft.plot").ecg(record))
    assert.error_matches(function() part:record(3) end, "set:record: record 3 of 2")
    assert.error_matches(function() part:record(0) end, "set:record: argument 1 %(i%) must be integer >= 1, got 0")
  end)

  it("is checked when it is made", function()
    local function fails(fields, pattern)
      assert.error_matches(function() small_set(6, fields) end, pattern)
    end
    fails({labels = core.zeros(5, 3)}, "labels must have shape %(6, 3%).* got {5, 3}")
    fails({signals = core.zeros(6, 8, 3)}, "signals must have shape %(N, L, 2%).* got {6, 8, 3}")
    fails({patients = {"a"}}, "patients must have an entry for each of 6 records, got 1")
    fails({records = {"a", "b", "c", "d", "e", "a"}}, 'records: "a" occurs twice')
    fails({classes = {"A", "B", "B"}}, 'classes: "B" occurs twice')
    fails({clases = {}}, "unknown option 'clases'")
  end)

  it("gives subsets, of subsets too", function()
    local set = small_set(20, {fold = core.random.permutation(20, 1)})
    local part = set:subset{5, 2, 11, 12, 13}
    assert.same({"r0005", "r0002", "r0011", "r0012", "r0013"}, part.records)
    assert.is_true(part.signals[1]:equal(set.signals[5]))
    assert.is_true(part.labels[2]:equal(set.labels[2]))
    assert.equal(set.fold[11], part.fold[3])
    local inner = set:subset{5, 2, 11, 12, 13}:subset{3, 4} -- whose parent's signals were never made
    assert.is_true(inner.signals:equal(set.signals:narrow(1, 11, 2)))
    assert.same(set.classes, inner.classes)
    for _, rows in ipairs{{0}, {21}, {1, 1}, {1.5}, {"a"}, {}} do
      assert.error_matches(function() set:subset(rows) end, "set:subset: ")
    end
  end)

  it("is filtered by what is known of a record", function()
    local set = small_set(40, {fold = core.random.permutation(40, 1)})
    local part = set:filter(function(r) return r.fold <= 10 and not r.labels.A end)
    assert.is_true(#part > 0 and #part < 10)
    for i = 1, #part do
      assert.is_true(part.fold[i] <= 10)
      assert.equal(0, part.labels[i][1]:item())
    end
    assert.error_matches(function() set:filter(function() return false end) end, "none of 40 records is left")
  end)
end)

for _, by in ipairs{"patient", "record"} do
  describe("set:split by " .. by, function()
    local set = small_set(600)

    it("gives every record to one part, in the shares asked for", function()
      local parts = set:split{train = .6, val = .15, test = .25, by = by, seed = 3}
      assert.equal(600, #parts.train + #parts.val + #parts.test)
      assert.is_true(disjoint(parts.train.records, parts.val.records))
      assert.is_true(disjoint(parts.train.records, parts.test.records))
      assert.is_true(disjoint(parts.val.records, parts.test.records))
      for name, share in pairs{train = .6, val = .15, test = .25} do
        assert.near(share * 600, #parts[name], 3)
      end
      for k, whole in ipairs(prevalence(set)) do
        for _, name in ipairs{"train", "val", "test"} do
          assert.near(whole * #parts[name], parts[name]:counts()[k], 2.5)
        end
      end
    end)

    it("depends on the seed and on nothing else", function()
      local a, b, c = set:split{by = by, seed = 5}, set:split{by = by, seed = 5}, set:split{by = by, seed = 6}
      assert.same(a.train.records, b.train.records)
      assert.are_not.same(a.train.records, c.train.records)
    end)

    it("makes folds in which every record is tested once", function()
      local seen, folds = {}, set:folds{k = 5, by = by}
      assert.equal(5, #folds)
      for _, fold in ipairs(folds) do
        assert.equal(600, #fold.train + #fold.test)
        assert.is_true(disjoint(fold.train.records, fold.test.records))
        assert.near(120, #fold.test, 3)
        for _, record in ipairs(fold.test.records) do
          assert.is_nil(seen[record])
          seen[record] = true
        end
      end
    end)
  end)
end

describe("set:split", function()
  it("keeps patients apart", function()
    for seed = 1, 5 do
      local parts = small_set(300):split{seed = seed}
      assert.is_true(disjoint(parts.train.patients, parts.test.patients))
      assert.is_true(disjoint(parts.train.patients, parts.val.patients))
      assert.is_true(disjoint(parts.val.patients, parts.test.patients))
    end
    local by_record = small_set(300):split{by = "record"}
    assert.is_false(disjoint(by_record.train.patients, by_record.test.patients))
  end)

  it("keeps records with the same signal together, whoever they are said to be", function()
    for seed = 1, 5 do
      local set = small_set(60)
      local signals = set.signals:clone()
      for i = 31, 60 do signals[i] = signals[i - 30] end
      local parts = set:with_signals(signals):split{train = .5, test = .5, seed = seed}
      assert.is_true(disjoint(parts.train.hashes, parts.test.hashes))
      assert.is_true(disjoint(parts.train.patients, parts.test.patients))
    end
  end)

  it("makes only the parts asked for", function()
    local parts = small_set(50):split{train = .8, test = .2}
    assert.is_nil(parts.val)
    assert.equal(50, #parts.train + #parts.test)
  end)

  it("keeps to the folds that the set has, where lists of them are given", function()
    local fold = {}
    for i = 1, 60 do fold[i] = math.min((i + 2) // 6 + 1, 10) end -- rows 6 and 7 of small_set are one patient's, 12 and 13 ...
    local set = small_set(60, {fold = fold})
    local parts = set:split{train = {1, 2, 3, 4, 5, 6, 7, 8}, val = {9}, test = {10}}
    assert.same({45, 6, 9}, {#parts.train, #parts.val, #parts.test})
    assert.same(table.move(set.records, 46, 51, 1, {}), parts.val.records)
    assert.same({10, 10, 10}, table.move(parts.test.fold, 7, 9, 1, {}))
    local some = set:split{train = {2, 1}, test = {4}}
    assert.same(table.move(set.records, 1, 9, 1, {}), some.train.records)
    assert.is_nil(some.val)

    assert.error_matches(function() small_set(9):split{train = {1}, test = {2}} end, "set:split: the set has no folds of its own")
    assert.error_matches(function() set:split{train = {1}, test = .2} end, "all be shares or all be lists of folds, got 0.2 as test")
    assert.error_matches(function() set:split{train = {1}, test = {}} end, "got a table of 0 entries as test")
    assert.error_matches(function() set:split{train = {1, 2}, test = {2}} end, "fold 2 is named twice")
    assert.error_matches(function() set:split{train = {1, 2}, test = {11}} end, "no record is in fold 11")
    local torn = table.move(fold, 1, 60, 1, {})
    torn[6] = 1 -- and row 7 in fold 2
    set = small_set(60, {fold = torn})
    assert.error_matches(function() set:split{train = {1}, test = {2}} end,
      "set:split: record r0007 of test and record r0006 of train have the same patient, p0006")
    assert.equal(4, #set:split{train = {1}, test = {2}, by = "record"}.train)
  end)

  it("can do without strata", function()
    local parts = small_set(200):split{stratified = false}
    assert.near(140, #parts.train, 3)
  end)

  it("says what is wrong", function()
    local set = small_set(3)
    assert.error_matches(function() set:split{train = .5, test = .4} end, "must add up to 1, got 0.9")
    assert.error_matches(function() set:split{train = 1.5} end, "option 'train' must be at most 1, got 1.5")
    assert.error_matches(function() set:split{by = "hospital"} end, 'must be one of "patient", "record"')
    assert.error_matches(function() set:split{train = .98, val = .01, test = .01} end, "no record is left for")
    assert.error_matches(function() set:folds{k = 4} end, "3 records of 3 patients are too few for k = 4")
    assert.error_matches(function() set:folds{k = 1} end, "option 'k' must be at least 2, got 1")
  end)
end)

describe("data.check_parts", function()
  local set = small_set(40)

  it("gives back parts that share nothing", function()
    local parts = set:split()
    assert.equal(parts, data.check_parts(parts))
    for _, fold in ipairs(set:folds{k = 3}) do data.check_parts(fold) end
    data.check_parts{}
  end)

  it("names the patient or the records that two parts share", function()
    local parts = {train = set:subset{1, 2, 6}, val = set:subset{3, 4}, test = set:subset{5, 7}} -- rows 6 and 7 are one patient's
    assert.error_matches(function() data.check_parts(parts) end,
      "^data.check_parts: record r0007 of test and record r0006 of train have the same patient, p0006: the test")
    data.check_parts(parts, {by = "record"})
    assert.error_matches(function() data.check_parts{train = set, again = set:subset{5}} end,
      "record r0005 of again and record r0005 of train have the same signal")
    -- The same signal under another name and patient.
    local copy = small_set(3, {signals = set.signals:narrow(1, 11, 3), records = {"x", "y", "z"}, patients = {"a", "b", "c"}})
    for _, by in ipairs{"patient", "record"} do
      assert.error_matches(function() data.check_parts({mine = set, theirs = copy}, {by = by}) end,
        "record r0011 of mine and record x of theirs have the same signal")
    end
  end)

  it("says what is wrong", function()
    assert.error_matches(function() data.check_parts() end, "argument 1 %(parts%) must be table, got nil")
    assert.error_matches(function() data.check_parts{set, set} end, "given by name, as in {train = set, test = other}")
    assert.error_matches(function() data.check_parts{train = {1}} end, "train must be a dataset, got a table of 1 entries")
    assert.error_matches(function() data.check_parts({train = set}, {by = "hospital"}) end, "by")
  end)
end)

describe("set:take", function()
  local set = small_set(500)

  it("is nested: less is contained in more", function()
    for _, stratified in ipairs{true, false} do
      local before = {}
      for _, n in ipairs{10, 50, 51, 200, 500} do
        local part = set:take(n, {seed = 4, stratified = stratified})
        assert.equal(n, #part)
        local inside = as_set(part.records)
        for _, record in ipairs(before) do assert.is_true(inside[record]) end
        before = part.records
      end
    end
  end)

  it("has the set's share of each class at every size", function()
    for _, n in ipairs{50, 100, 250} do
      local counts = set:take(n, {seed = 2}):counts()
      for k, share in ipairs(prevalence(set)) do assert.near(share * n, counts[k], math.max(3, .06 * n)) end
    end
    assert.is_true(set:take(20, {seed = 9}):counts()[3] >= 1) -- the rare class is there early
  end)

  it("depends on the seed", function()
    assert.same(set:take(40, {seed = 1}).records, set:take(40).records)
    assert.are_not.same(set:take(40, {seed = 1}).records, set:take(40, {seed = 2}).records)
  end)

  it("takes a patient's records one after the other", function()
    local part = set:take(250, {by = "patient"})
    local of, cut = {}, 0
    for _, patient in ipairs(set.patients) do of[patient] = (of[patient] or 0) + 1 end
    for _, patient in ipairs(part.patients) do of[patient] = of[patient] - 1 end
    for _, patient in ipairs(part.patients) do if of[patient] > 0 then cut = cut + 1 end end
    assert.is_true(cut <= 1)
  end)

  it("says what is wrong", function()
    assert.equal(set, set:take("all"))
    for _, n in ipairs{0, 501, 1.5, "some"} do
      assert.error_matches(function() set:take(n) end, "expected a number of records from 1 to 500 or \"all\"")
    end
  end)
end)

describe("a scaler", function()
  it("learns one mean and one deviation from the training set", function()
    local set = small_set(50)
    local scaler = data.scaler.fit(set)
    local mean, deviation = core.signal.moments(set.signals)
    assert.equal(mean, scaler.mean)
    assert.equal(deviation, scaler.deviation)
    local scaled = scaler:apply(set)
    local m, d = core.signal.moments(scaled.signals)
    assert.near(0, m, 1e-6)
    assert.near(1, d, 1e-6)
    assert.equal("scaled", scaled.units)
    assert.equal(scaler, scaled.scaler)
    assert.equal(scaler, scaled:subset{1, 2}.scaler)
    assert.same(set.records, scaled.records)
    assert.equal("mV", set.units)
    assert.error_matches(function() scaler:apply(scaled) end, "the set is scaled already, by scaler %(set%)")
  end)

  it("is what it was after a round through a table", function()
    local scaler = data.scaler.new{kind = "set", mean = 0, deviation = .228}
    local again = data.scaler.new(scaler:state())
    local x = core.randn(5, 3)
    assert.is_true(scaler:apply(x):equal(again:apply(x)))
    assert.near(x[1][1]:item() / .228, scaler:apply(x)[1][1]:item(), 1e-5)
  end)

  it("learns one mean and one deviation for each lead", function()
    local signals = core.randn(50, 40, 3) * core.tensor{1, 3, 0}:reshape(1, 1, 3) + core.tensor{0, -2, 5}:reshape(1, 1, 3)
    signals[1][1]:fill_(0 / 0)
    local set = small_set(50, {signals = signals, leads = {"I", "II", "III"}})
    local scaler = data.scaler.fit(set, {kind = "lead"})
    for k = 1, 3 do
      local mean, deviation = core.signal.moments(signals:narrow(3, k, 1))
      assert.equal(mean, scaler.mean[k])
      assert.equal(k < 3 and deviation or 1, scaler.deviation[k]) -- the third has one value throughout
    end
    local scaled = scaler:apply(set)
    local means, deviations = core.signal.moments_by_lead(scaled.signals)
    for k = 1, 3 do
      assert.near(0, means[k], 1e-6)
      assert.near(k < 3 and 1 or 0, deviations[k], 1e-6)
    end
    assert.is_true(data.scaler.new(scaler:state()):apply(signals[2]):equal(scaled.signals[2]))
    assert.matches("^scaler %(lead%): means .*; deviations .* 1$", tostring(scaler))
    assert.error_matches(function() scaler:apply(core.zeros(4, 2)) end, "the scaler knows 3 leads, the signals have 2")
  end)

  it("may scale each record by itself", function()
    local x = core.randn(4, 30, 2)
    assert.is_true(data.scaler.new{kind = "minmax"}:apply(x):equal((core.signal.minmax(x))))
    assert.is_true(data.scaler.new{kind = "record"}:apply(x):equal(core.signal.standardise(x)))
  end)

  it("says what is wrong", function()
    assert.error_matches(function() data.scaler.new{mean = 1} end, 'kind "set" needs a mean and a deviation above 0, got 1 and nil')
    assert.error_matches(function() data.scaler.new{kind = "minmax", mean = 1} end, "takes no mean")
    assert.error_matches(function() data.scaler.new{kind = "lead", mean = {1, 2}, deviation = {1}} end, "lists with a mean and a deviation")
    assert.error_matches(function() data.scaler.new{kind = "lead", mean = {1}, deviation = {0}} end, "above 0 for each lead")
    assert.error_matches(function() data.scaler.new{kind = "lead", mean = {0 / 0}, deviation = {1}} end, "above 0 for each lead")
    assert.error_matches(function() data.scaler.new{kind = "set", mean = {1}, deviation = {1}} end, "needs a mean and a deviation above 0")
    assert.error_matches(function() data.scaler.fit({}) end, "expected a Dataset, got a table of 0 entries")
    local flat = small_set(3, {signals = core.zeros(3, 8, 2)})
    assert.error_matches(function() data.scaler.fit(flat) end, "3 records have no signal to learn from")
    assert.error_matches(function() data.scaler.fit(flat, {kind = "lead"}) end, "3 records have no signal to learn from")
  end)

  it("gives sets of fewer leads, by name", function()
    local set = eg.data.synthetic{records = 5, rate = 50, seconds = 5, seed = 1}
    local two = set:select{"v1", "II"}
    assert.same({"V1", "II"}, two.leads)
    assert.same({5, 250, 2}, two:shape())
    assert.equal(0, (two.signals:select(3, 1) - set.signals:select(3, 7)):abs():max():item())
    assert.equal(0, (two.signals:select(3, 2) - set.signals:select(3, 2)):abs():max():item())
    assert.same(set.records, two.records)
    assert.same({"V1", "II"}, two:record(2).leads)
    assert.error_matches(function() set:select{"II", "V9"} end, 'set:select: the set has no lead "V9"; its leads are I, II, III')
    assert.error_matches(function() set:select{} end, "expected names of leads")
    local scaled = eg.data.scaler.fit(set):apply(set)
    assert.error_matches(function() scaled:select{"II"} end, "take its leads before that")
  end)
end)
