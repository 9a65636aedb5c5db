--- PTB's own layout, made small, and its copy in the Challenge's layout. The real records of both: real_sets_spec.lua.
require("ecgraft") -- for the methods of tensors
local data = require("ecgraft.data")
local temporary = require("spec.support.temporary")
local writer = require("spec.support.wfdb_writer")

local LENGTH = 1200

--- A record of 12 leads in .dat and 3 in .xyz, 2000 units a mV; value i of signal k is i * k modulo 1000.
local function write(folder, name, lines)
  local leads = {"i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6", "vx", "vy", "vz"}
  local base, header = name:match("[^/]+$"), {}
  header[1] = ("%s 15 1000 %d"):format(base, LENGTH)
  for k, lead in ipairs(leads) do header[k + 1] = ("%s.%s 16 2000 16 0 0 0 0 %s"):format(base, k <= 12 and "dat" or "xyz", lead) end
  for _, line in ipairs(lines) do header[#header + 1] = "# " .. line end
  local function frames(first, last)
    local parts = {}
    for i = 1, LENGTH do
      for k = first, last do parts[#parts + 1] = string.pack("<i2", i * k % 1000) end
    end
    return table.concat(parts)
  end
  temporary.write(folder .. "/" .. name .. ".hea", table.concat(header, "\n") .. "\n")
  temporary.write(folder .. "/" .. name .. ".dat", frames(1, 12))
  temporary.write(folder .. "/" .. name .. ".xyz", frames(13, 15))
end

local function reason(text) return {"age: 60", "sex: male", "", "Diagnose:", "Reason for admission: " .. text} end

local function fill(folder)
  write(folder, "patient001/s0010_re", reason("Myocardial infarction"))
  write(folder, "patient001/s0014lre", reason("Myocardial infarction"))
  write(folder, "patient002/s0015lre", {"age: n/a", "sex: female"})
  write(folder, "patient105/s0303lre", reason("Healthy control"))
  write(folder, "patient120/s0331lre", reason("Dysrhythmia"))
  write(folder, "patient285/s0544_re", reason("n/a"))
end

describe("data.ptb", function()
  it("labels by the reason for admission and keeps patients together", function()
    temporary.folder(function(folder)
      fill(folder)
      local set = assert(data.ptb(folder, {rate = 1000, seconds = 1}))
      assert.same({"MI", "NORM"}, set.classes)
      assert.same({"s0010_re", "s0014lre", "s0303lre", "s0331lre"}, set.records)
      assert.same({{1, 0}, {1, 0}, {0, 1}, {0, 0}}, set.labels:totable())
      assert.same({"patient001", "patient001", "patient105", "patient120"}, set.patients)
      assert.same({60, 60, 60, 60}, set.ages)
      assert.equal("male", set.sexes[1])
      assert.same({"2 records without a reason for admission left out",
        "1 record admitted for another reason than MI or as a control: kept with no label"}, set.notes)
      assert.near(7 * 12 / 2000, set.signals[1][7][12]:item(), 1e-6)
      local fewer = assert(data.ptb(folder, {rate = 1000, seconds = 1, unlabelled = "drop"}))
      assert.same({"s0010_re", "s0014lre", "s0303lre"}, fewer.records)
      assert.matches("1 record admitted .*: left out", tostring(fewer))
    end)
  end)

  it("reads the Frank leads where they are named", function()
    temporary.folder(function(folder)
      fill(folder)
      local set = assert(data.ptb(folder, {rate = 1000, seconds = 1, leads = {"vx", "II", "vz"}}))
      local row = set.signals[2][5]:totable()
      assert.near(5 * 13 / 2000, row[1], 1e-6)
      assert.near(5 * 2 / 2000, row[2], 1e-6)
      assert.near(5 * 15 / 2000, row[3], 1e-6)
    end)
  end)

  it("skips what is damaged, and says so where nothing is left", function()
    temporary.folder(function(folder)
      fill(folder)
      temporary.write(folder .. "/patient001/s0014lre.dat", "cut")
      local set = assert(data.ptb(folder, {rate = 1000, seconds = 1}))
      assert.equal(3, #set)
      assert.equal("s0014lre", set.skipped[1].record)
      assert.matches("s0014lre%.dat: expected at least 28800 bytes", set.skipped[1].reason)
      assert.equal(0, #assert(data.ptb(folder, {rate = 1000, seconds = 1, limit = 1})).skipped)
    end)
    temporary.folder(function(folder)
      write(folder, "patient002/a", reason("n/a"))
      local none, message = data.ptb(folder, {rate = 1000, seconds = 1})
      assert.is_nil(none)
      assert.matches("^data.ptb: .*none of 1 record gives a reason for admission", message)
      none, message = data.ptb(folder .. "/nowhere")
      assert.is_nil(none)
      assert.matches("^data.ptb: .*No such file", message)
    end)
    assert.error_matches(function() data.ptb("x", {classes = {}}) end, "unknown option 'classes'")
  end)

  it("reads the Challenge's copy by its codes", function()
    temporary.folder(function(folder)
      writer.write(folder, "S0001", {dx = "251146004,426783006", rate = 1000, length = 1000})
      writer.write(folder, "S0004", {dx = "164865005", rate = 1000, length = 1000})
      writer.write(folder, "S0009", {dx = "6374002", rate = 1000, length = 1000})
      local set = assert(data.ptb(folder, {seconds = 1}))
      assert.same({"MI", "NORM"}, set.classes)
      assert.same({{0, 1}, {1, 0}, {0, 0}}, set.labels:totable())
      assert.equal("PTB", set.source)
    end)
  end)
end)
