--- Real sets through their readers, one line each: how many records, and every signal, label, age and sex as wfdb-python, scipy and h5py
-- read them (spec/fixtures/generate_sets.py). What is compared are digests: nothing about a patient is in this repository.
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local digest = require("spec.support.digest")
local files = require("spec.support.files")
local json = require("dkjson")
local real_data = require("spec.support.real_data")

local wanted = json.decode(files.read("spec/fixtures/sets/real.json"))

--- Runs fn with the folder of a set, or marks the test as pending.
local function with(name, fn)
  return function()
    local folder, reason = real_data.folder(name)
    if not folder then return pending(reason) end
    fn(folder)
  end
end

local function number(age) return age and ("%g"):format(age) or "-" end

local function joined(names) return #names > 0 and table.concat(names, "+") or "-" end

--- "record age sex classes", and what else is known.
local function person(set, i, more)
  local classes = {}
  for k, value in ipairs(set.label_rows[i]) do
    if value == 1 then classes[#classes + 1] = set.classes[k] end
  end
  local words = {set.records[i], number(set.ages[i]), set.sexes[i] or "-", joined(classes)}
  for _, list in ipairs(more) do words[#words + 1] = tostring(set[list][i]) end
  return table.concat(words, " ")
end

--- Compares a set with what `name` of the fixture says. given: more = names of lists behind the classes, sorted = whether lines are.
local function compare(name, set, given)
  given = given or {}
  local signals, people = {}, {}
  for i, hash in ipairs(set.hashes) do
    signals[i] = ("%s %016x"):format(set.records[i], hash)
    people[i] = person(set, i, given.more or {})
  end
  if given.sorted then
    table.sort(signals)
    table.sort(people)
  end
  assert.equal(wanted[name].records, #set)
  assert.equal(wanted[name].signals, digest(signals), "signals of " .. name)
  assert.equal(wanted[name].people, digest(people), "labels, ages and sexes of " .. name)
end

-- Each archive, how many records its README says it holds, and its line.
local lines = {
  ["ptbxl, every record"] = {"ptbxl", 8000, function(dir) return data.ptbxl(dir, {unlabelled = "keep", strict = true}) end},
  ["ptbxl, 500 Hz"] = {"ptbxl", 30, function(dir) return data.ptbxl(dir, {rate = 500, unlabelled = "keep"}) end},
  cpsc2018 = {"cpsc2018", 200, function(dir) return data.cpsc2018(dir) end},
  ["cpsc2018 as first published"] = {"cpsc2018-original", 6, function(dir) return data.cpsc2018(dir) end},
  georgia = {"georgia", 49, function(dir) return data.georgia(dir) end},
  ptb = {"ptb", 1, function(dir) return data.ptb(dir) end},
  ["ptb in the Challenge's layout"] = {"ptb-challenge", 6, function(dir) return data.ptb(dir) end},
  code15 = {"code15", 10, function(dir) return data.code(dir) end},
}

describe("each archive of real ECGs", function()
  for name, line in pairs(lines) do
    it("loads by one line, whole: " .. name, with(line[1], function(folder)
      local set = assert(line[3](folder))
      assert.equal(line[2], #set)
      assert.same({line[2], 10 * set.rate, 12}, set.signals:shape())
      assert.equal("mV", set.units)
      assert.equal(0, set.signals:count_nonfinite())
    end))
  end

  it("has PTB-XL's folds, 800 records each", with("ptbxl", function(folder)
    local count = {}
    local set = assert(data.ptbxl(folder, {unlabelled = "keep"}))
    for _, fold in ipairs(set.fold) do count[fold] = (count[fold] or 0) + 1 end
    assert.same({800, 800, 800, 800, 800, 800, 800, 800, 800, 800}, count)
    -- No patient and no signal is in two of the parts that studies make of them.
    local parts = set:split{train = {1, 2, 3, 4, 5, 6, 7, 8}, val = {9}, test = {10}}
    assert.same({6400, 800, 800}, {#parts.train, #parts.val, #parts.test})
  end))
end)

describe("what wfdb-python reads", function()
  for _, name in ipairs{"georgia", "cpsc2018", "ptb", "ptb-challenge"} do
    it("is what headers of real records say of age, sex and diagnoses: " .. name, with(name, function(folder)
      local people = {}
      local paths = files.find(folder, "%.hea$")
      table.sort(paths)
      for i, path in ipairs(paths) do
        local record = assert(data.read_record(path))
        people[i] = ("%s %s %s %s"):format(path:match("([^/]+)%.hea$"), number(record.age), record.sex or "-", joined(record.codes or {}))
      end
      assert.equal(wanted[name].headers, digest(people))
    end))
  end

  it("is what data.georgia gives", with("georgia", function(folder)
    compare("georgia", assert(data.georgia(folder, {rate = 500, strict = true})))
  end))

  it("is what data.cpsc2018 gives", with("cpsc2018", function(folder)
    compare("cpsc2018", assert(data.cpsc2018(folder, {rate = 500, strict = true})))
  end))

  it("is what data.ptb gives, in both layouts", with("ptb", function(folder)
    compare("ptb", assert(data.ptb(folder, {rate = 1000, strict = true})))
    compare("ptb-challenge", assert(data.ptb(assert(real_data.folder("ptb-challenge")), {rate = 1000, strict = true})))
  end))

  it("is what data.ptbxl gives, with the csv's labels, ages, sexes, folds and patients", with("ptbxl", function(folder)
    compare("ptbxl", assert(data.ptbxl(folder, {strict = true})), {more = {"fold", "patients"}})
  end))
end)

describe("what scipy.io.loadmat reads", function()
  it("is in the MAT files of CPSC2018 as first published, and what data.cpsc2018 gives", with("cpsc2018-original", function(folder)
    local set = assert(data.cpsc2018(folder, {rate = 500, seconds = 6, strict = true}))
    compare("cpsc2018-original", set)
    local whole = {}
    for i, id in ipairs(set.records) do
      local ecg = assert(core.mat.load(("%s/%s.mat"):format(folder, id)))["ECG.data"]
      whole[i] = ("%s %016x"):format(id, core.signal.hashes(ecg:transpose(1, 2))[1])
    end
    assert.equal(wanted["cpsc2018-original"].stored, digest(whole))
  end))
end)

describe("what h5py reads", function()
  it("is in CODE-15 %'s file, and what data.code gives, with the csv's labels, ages, sexes and patients", with("code15", function(folder)
    compare("code15", assert(data.code(folder, {rate = 400, strict = true})), {more = {"patients"}, sorted = true})
    local file <close> = assert(core.store.open(folder .. "/exams_part0.hdf5"))
    local ids, stored = assert(file:values("exam_id")), {}
    for i, hash in ipairs(core.signal.hashes(assert(file:read("tracings")))) do stored[i] = ("%d %016x"):format(ids[i], hash) end
    assert.equal(wanted.code15.stored, digest(stored))
  end))
end)
