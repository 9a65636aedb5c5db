--- CPSC2018 as first published: small folders, whole and damaged. The real records: real_sets_spec.lua.
require("ecgraft") -- for the methods of tensors
local data = require("ecgraft.data")
local files = require("spec.support.files")
local json = require("dkjson")
local real_data = require("spec.support.real_data")
local temporary = require("spec.support.temporary")

local HEAD = "Recording,First_label,Second_label,Third_label\n"

local function write(folder, reference)
  temporary.write(folder .. "/REFERENCE.csv", HEAD .. reference)
  for _, name in ipairs{"A1", "A2"} do -- a struct ECG of 12 leads and 40 samples: 0.08 s
    temporary.write(("%s/%s.mat"):format(folder, name), files.read("spec/fixtures/sets/struct_packed.mat"))
  end
end

local SHORT = {rate = 500, seconds = .08}

describe("data.cpsc2018 on the first publication", function()
  it("labels by REFERENCE.csv", function()
    temporary.folder(function(folder)
      write(folder, "A1,5,,\nA2,1,9,3\nA3,2,,\n")
      local set = assert(data.cpsc2018(folder .. "/", SHORT))
      assert.same({"A1", "A2"}, set.records)
      assert.same({"NORM", "AF", "IAVB", "LBBB", "RBBB", "PAC", "VEB", "STD", "STE"}, set.classes)
      assert.same({{0, 0, 0, 0, 1, 0, 0, 0, 0}, {1, 0, 1, 0, 0, 0, 0, 0, 1}}, set.labels:totable())
      assert.same({51, 51}, set.ages)
      assert.same({"female", "female"}, set.sexes)
      assert.equal("A3", set.skipped[1].record)
      assert.matches("A3.mat: No such file", set.skipped[1].reason)
      local expected = json.decode(files.read("spec/fixtures/sets/mat.json"))["ECG.data"].values
      assert.near(expected[40 * 6 + 3], set.signals[1][3][7]:item(), 1e-6) -- lead V1, the third sample
      local few = assert(data.cpsc2018(folder, {rate = 500, seconds = .08, leads = {"V1"}, limit = 1}))
      assert.same({1, 40, 1}, few.signals:shape())
      assert.near(expected[40 * 6 + 3], few.signals[1][3][1]:item(), 1e-6)
    end)
  end)

  it("says what is wrong", function()
    temporary.folder(function(folder)
      local function fails(reference, pattern, given)
        write(folder, reference)
        local none, message = data.cpsc2018(folder, given or SHORT)
        assert.is_nil(none)
        assert.matches(pattern, message)
      end
      fails("A1,10,,\n", 'recording A1: First_label: expected a number from 1 to 9, got "10"')
      fails("A1,5,x,\n", 'Second_label: expected a number from 1 to 9, got "x"')
      fails("../A1,5,,\n", "expected a file's name as Recording")
      fails("A1,5,,\nA1,5,,\n", "recording A1 is there twice")
      fails("A1,5,,\n", "A1.mat: expected at least 10 s, got 0.08 s", {})
      fails("A1,5,,\nA3,5,,\n", "A3.mat: No such file", {rate = 500, seconds = .08, strict = true})
      fails("A1,5,,\n", "has no lead X; its leads are I, II", {leads = {"X"}})
      write(folder, "A1,5,,\nA2,5,,\n")
      temporary.write(folder .. "/A2.mat", files.read("spec/fixtures/sets/numbers.mat"))
      assert.matches("A2.mat: expected ECG.data of shape %(12, L%), got none", assert(data.cpsc2018(folder, SHORT)).skipped[1].reason)
    end)
  end)

  it("has the signals of the Challenge's copy, which is rounded to 1 uV", function()
    local folder, reason = real_data.folder("cpsc2018-original")
    local copy = folder and real_data.folder("cpsc2018")
    if not copy then return pending(reason) end
    local original, other = assert(data.cpsc2018(folder)), assert(data.cpsc2018(copy))
    local shared = 0
    for i, id in ipairs(other.records) do
      for k, name in ipairs(original.records) do
        if id == name then
          shared = shared + 1
          assert.is_true((other.signals[i] - original.signals[k]):abs():max():item() < .002)
          assert.same(original.labels[k]:totable(), other.labels[i]:totable())
        end
      end
    end
    if shared == 0 then pending("no record is in both archives") end
  end)
end)
