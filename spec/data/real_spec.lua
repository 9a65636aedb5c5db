--- Real ECGs: counts, labels, and every signal as wfdb-python reads it (spec/fixtures/generate_wfdb.py).
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local files = require("spec.support.files")
local json = require("dkjson")
local real_data = require("spec.support.real_data")

local hashes = json.decode(files.read("spec/fixtures/wfdb/real.json"))

--- Runs fn with the folder of a set, or marks the test as pending.
local function with(name, fn)
  return function()
    local folder, reason = real_data.folder(name)
    if not folder then return pending(reason) end
    fn(folder)
  end
end

local function counts_of(set)
  local counts, list = set:counts(), {}
  for k, name in ipairs(set.classes) do list[name] = counts[k] end
  return list
end

describe("real records", function()
  for _, name in ipairs{"georgia", "cpsc2018", "ptb", "ptb-challenge", "ptbxl"} do
    it("are read as wfdb-python reads them: " .. name, with(name, function(folder)
      local sums, counts = {}, {}
      for _, path in ipairs(files.find(folder, "%.hea$")) do
        local group = name .. path:sub(#folder + 1):match("^(.*)/[^/]+$")
        local record = assert(data.read_record(path))
        sums[group] = (sums[group] or 0) + core.signal.hashes(record.signals)[1]
        counts[group] = (counts[group] or 0) + 1
      end
      local checked = 0
      for group, wanted in pairs(hashes) do
        if group:match("^[^/]+") == name then
          checked = checked + 1
          assert.equal(wanted.records, counts[group], group)
          assert.equal(wanted.sum, ("%016x"):format(sums[group]), group)
        end
      end
      assert.is_true(checked > 0)
    end))
  end
end)

describe("data.ptbxl on the real set", function()
  it("finds 7837 of 8000 records with a superclass", with("ptbxl", function(folder)
    local set = assert(data.ptbxl(folder))
    assert.equal(7837, #set)
    assert.same({7837, 1000, 12}, set.signals:shape())
    assert.same({NORM = 3547, MI = 1969, STTC = 1934, HYP = 909, CD = 1799}, counts_of(set))
    assert.same({}, set.skipped)
    local mean, deviation = core.signal.moments(set.signals)
    assert.near(0, mean, .002)
    assert.near(.23, deviation, .01)
    local parts = set:split()
    local seen = {}
    for _, name in ipairs{"train", "val", "test"} do
      for _, patient in ipairs(parts[name].patients) do
        assert.is_true(seen[patient] == nil or seen[patient] == name)
        seen[patient] = name
      end
    end
  end))

  it("finds all 71 statements and both rates", with("ptbxl", function(folder)
    local all = assert(data.ptbxl(folder, {labels = "all", folds = {10}}))
    assert.equal(71, #all.classes)
    assert.equal(800, #all)
    local high = assert(data.ptbxl(folder, {rate = 500, unlabelled = "keep"}))
    assert.equal(30, #high)
    assert.equal(7970, #high.skipped)
  end))
end)

describe("the Challenge's sets", function()
  it("are whole: Georgia", with("georgia", function(folder)
    local set = assert(data.georgia(folder, {strict = true}))
    assert.equal(49, #set)
    assert.same({NORM = 12, AF = 1, IAVB = 1, SB = 9, LAD = 0, STach = 5, TAb = 1, TInv = 0, LQT = 4, PAC = 2}, counts_of(set))
  end))

  it("are whole: CPSC2018", with("cpsc2018", function(folder)
    local set = assert(data.cpsc2018(folder, {strict = true}))
    assert.equal(200, #set)
    assert.same({NORM = 35, AF = 33, IAVB = 18, LBBB = 8, RBBB = 47, PAC = 24, VEB = 16, STD = 24, STE = 7}, counts_of(set))
    local longer = assert(data.cpsc2018(folder, {seconds = 12}))
    assert.is_true(#longer < 200)
    assert.equal(200, #longer + #longer.skipped)
    assert.equal(200, #assert(data.cpsc2018(folder, {seconds = 12, short = "pad"})))
  end))

  it("are whole: PTB", with("ptb-challenge", function(folder)
    assert.equal(6, #assert(data.challenge{path = folder, strict = true}))
  end))
end)

describe("the quality of real records", function()
  -- Measured: 48 of 49 and 194 of 200 without fault, laws kept to the rounding of the files, 1 or 2 uV.
  for name, wanted in pairs{georgia = {good = 47, swap = 0}, cpsc2018 = {good = 190, swap = 8}} do
    it("is good for the most part, and limb leads agree: " .. name, with(name, function(folder)
      local q = assert(data[name](folder, {rate = 500})):quality()
      assert(q.counts.good >= wanted.good and q.counts.swap <= wanted.swap, tostring(q))
      for _, record in ipairs(q.records) do assert.is_true(record.violation < .003) end
    end))
  end
end)
