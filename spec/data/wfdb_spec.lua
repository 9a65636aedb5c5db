--- Records read from the fixtures that wfdb-python read (spec/fixtures/generate_wfdb.py), and records that are wrong.
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local files = require("spec.support.files")
local json = require("dkjson")
local temporary = require("spec.support.temporary")

local FOLDER = "spec/fixtures/wfdb/"

-- Nine digits in the fixture, float32 here: half a unit in the last place of each.
local TOLERANCE = core.scalar == "float64" and 1e-8 or 6e-8

local function compare(tensor, expected)
  local rows = tensor:totable()
  assert.equal(#expected, #rows)
  for i, row in ipairs(expected) do
    for k, wanted in ipairs(row) do
      local got = rows[i][k]
      if wanted == "NaN" then
        assert(got ~= got, ("sample %d of signal %d: expected NaN, got %g"):format(i, k, got))
      elseif got ~= got or math.abs(got - wanted) > TOLERANCE * math.abs(wanted) then
        error(("sample %d of signal %d: expected %.9g, got %.9g"):format(i, k, wanted, got))
      end
    end
  end
end

describe("a WFDB record", function()
  local expected = json.decode(files.read(FOLDER .. "records.json"))
  local names = {}
  for name in pairs(expected) do names[#names + 1] = name end
  table.sort(names)

  for _, name in ipairs(names) do
    it("is read as wfdb-python reads it: " .. name, function()
      local wanted = expected[name]
      local record = assert(data.read_record(FOLDER .. name))
      assert.equal(wanted.rate, record.rate)
      assert.same(wanted.comments, record.comments)
      for i, lead in ipairs(record.leads) do
        assert.equal(wanted.names[i] == json.null and "" or wanted.names[i] or "", lead)
        assert.equal("mV", record.units[i])
      end
      compare(record.signals, wanted.values)
    end)
  end

  local compressed = json.decode(files.read(FOLDER .. "flac.json"))
  local compressed_names = {}
  for name in pairs(compressed) do compressed_names[#compressed_names + 1] = name end
  table.sort(compressed_names)

  for _, name in ipairs(compressed_names) do
    it("is read as wfdb-python reads it, from FLAC: " .. name, function()
      local wanted = compressed[name]
      local record, message = data.read_record(FOLDER .. name)
      if not record and message:find("this build of ECGraft cannot read: install libflac-dev", 1, true) then
        return pending("this build has no FLAC")
      end
      assert(record, message)
      assert.equal(wanted.rate, record.rate)
      for i, lead in ipairs(record.leads) do
        assert.equal(wanted.names[i] == json.null and "" or wanted.names[i] or "", lead)
      end
      if wanted.hash then
        assert.same({wanted.length, #record.leads}, record.signals:shape())
        assert.equal(wanted.hash, ("%016x"):format(core.signal.hashes(record.signals)[1]))
      else
        compare(record.signals, wanted.values)
      end
    end)
  end

  it("counts missing samples, by mark and by skew", function()
    assert.equal(2 + 5 + 5, assert(data.read_record(FOLDER .. "skew")).missing)
    assert.equal(1, assert(data.read_record(FOLDER .. "format16")).missing)
  end)

  it("tells what its header says", function()
    local h = assert(core.wfdb.header(FOLDER .. "mixed.hea"))
    assert.equal("mixed", h.name)
    assert.equal(257.5, h.rate)
    assert.equal(257.5, h.counter_rate)
    assert.equal(50, h.length)
    assert.equal("12:30:05", h.time)
    assert.equal("01/02/2003", h.date)
    assert.equal(3, #h.signals)
    assert.same({file = "mixed_a.dat", format = 16, samples_per_frame = 1, skew = 0, offset = 10, gain = 1000, baseline = 12,
      units = "uV", resolution = 16, zero = 0, initial = 0, checksum = 0, block_size = 0, name = "I"}, h.signals[1])
    assert.equal(3, h.signals[2].baseline) -- the ADC's zero, where no baseline is given
    assert.equal("lead two", h.signals[2].name)
    assert.same({"a comment", "Age: 61"}, h.comments)
  end)

  it("knows the patient and the diagnoses of the Challenge", function()
    local record = assert(data.read_record(FOLDER .. "challenge.mat"))
    assert.equal(47, record.age)
    assert.equal("male", record.sex)
    assert.same({"426783006", "713427006"}, record.codes)
    assert.equal("05-May-2020", record.date)
    assert.equal(8, record:lead("v2"))
    assert.is_nil(record:lead("V7"))
    assert.matches("^challenge: 0.12 s at 500 Hz", tostring(record))
  end)

  it("gives its leads in another order, by name", function()
    local record = assert(data.read_record(FOLDER .. "challenge"))
    local some = assert(record:select{"V6", "avf"})
    assert.same({"V6", "avf"}, some.leads)
    local all, two = record.signals:totable(), some.signals:totable()
    for i = 1, #all do
      assert.equal(all[i][12], two[i][1])
      assert.equal(all[i][6], two[i][2])
    end
    local none, message = record:select{"V7"}
    assert.is_nil(none)
    assert.matches("has no lead V7; its leads are I, II, III", message)
  end)

  it("changes its rate", function()
    local record = assert(data.read_record(FOLDER .. "challenge"))
    local slower = assert(record:resample(100))
    assert.equal(100, slower.rate)
    assert.same({12, 12}, slower.signals:shape())
    assert.is_true(slower.signals:equal(core.signal.resample(record.signals, 500, 100)))
  end)

  it("is drawn on ECG paper", function()
    temporary.folder(function(folder)
      assert(assert(data.read_record(FOLDER .. "challenge")):plot(folder .. "/page.svg"))
      assert.equal("<svg", files.read(folder .. "/page.svg"):sub(1, 4))
    end)
  end)
end)

describe("a WFDB record that is wrong", function()
  local function record(header, dat, fn)
    temporary.folder(function(folder)
      temporary.write(folder .. "/r.hea", header)
      if dat then temporary.write(folder .. "/r.dat", dat) end
      fn(folder, data.read_record(folder .. "/r"))
    end)
  end

  local function fails(header, dat, pattern)
    record(header, dat, function(folder, value, message)
      assert.is_nil(value)
      assert(message:find(folder .. "/r", 1, true), message)
      assert.matches(pattern, message)
    end)
  end

  local line = "r.dat 16 200 16 0 0 0 0 I\n"

  it("names the file that is missing", function()
    local none, message = data.read_record("/nowhere/at/all")
    assert.is_nil(none)
    assert.matches("^/nowhere/at/all%.hea: No such file", message)
    fails("r 1 100 10\n" .. line, nil, "r%.dat: No such file")
  end)

  it("says how many bytes were expected and came", function()
    fails("r 1 100 10\n" .. line, ("x"):rep(19), "r%.dat: expected at least 20 bytes %(10 samples of 1 signals in format 16 "
      .. "from byte 0 on%), got 19 bytes, enough for 9")
    fails("r 1 100 0\n" .. line, "x", "expected samples from byte 0 on, got 1 bytes")
  end)

  it("does not believe its header", function()
    fails("", nil, "expected a WFDB header, got no record line")
    fails("r 2 100 10\n" .. line, ("x"):rep(20), "says 2 signals, lists 1")
    fails("r 1000000000 100 10\n" .. line, ("x"):rep(20), "says 1000000000 signals, lists 1")
    fails("r 1 100 9000000000000000000\n" .. line, ("x"):rep(20), "more than any file holds")
    fails("r 1 100 9223372036854775807\n" .. line, ("x"):rep(20), "line 1: expected the number of samples")
    fails("r 1 -5 10\n" .. line, ("x"):rep(20), "line 1: expected a sampling rate above 0.*got \"%-5\"")
    fails("r 1 nan 10\n" .. line, ("x"):rep(20), "line 1: expected a sampling rate")
    fails("r 1 100 10\nr.dat\n", ("x"):rep(20), "line 2: expected a signal format.*got the end of the line")
    fails("r 1 100 10\nr.dat 16 x200\n", ("x"):rep(20), "line 2: expected a gain")
    fails("r 1 100 10\nr.dat 16 1e-300\n", ("x"):rep(20), "its gain of 1e%-300 cannot be right")
    fails("r 1 100 10\nr.dat 17 200\n", ("x"):rep(20), "expected format 8, 16, .* got 17")
    fails("r 1 100 10\nr.dat 16x70000 200\n", ("x"):rep(20), "line 2: expected a signal format")
    fails("r/3 1 100 10\nr_1 5\n", nil, "says 3 segments, lists 1")
    fails("r 0 100 10\n", nil, "expected at least one signal")
    fails("r 1 100 10\n\0", nil, "not text")
  end)

  it("may not lead to other folders", function()
    for _, name in ipairs{"../r.dat", "/etc/passwd", "..", "-"} do
      fails("r 1 100 10\n" .. name .. " 16 200\n", nil, "expected the plain name of a signal file")
    end
    fails("r 1 100 10\n~ 16 200 16 0 0 0 0 I\n", nil, "signal 1 %(I%) has no samples")
  end)

  it("is refused where its files are no files", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/r.hea", "r 1 100 10\nr.dat 16 200\n")
      assert(os.execute(("mkdir '%s/r.dat'"):format(folder)))
      local none, message = data.read_record(folder .. "/r")
      assert.is_nil(none)
      assert.matches("expected a regular file, got a folder", message)
      assert(os.execute(("rmdir '%s/r.dat' && mkfifo '%s/r.dat'"):format(folder, folder)))
      none, message = data.read_record(folder .. "/r") -- and does not wait for a writer
      assert.is_nil(none)
      assert.matches("expected a regular file, got a pipe", message)
    end)
  end)

  it("is found out by its checksums", function()
    local samples = string.pack("<i2i2i2", 5, -7, 100)
    record("r 1 100 3\nr.dat 16 200 16 0 5 98 0 I\n", samples, function(_, value) assert.equal(0, value.missing) end)
    record("r 1 100 3\nr.dat 16 200 16 0 5 99 0 I\n", samples, function(folder, value, message)
      assert.is_nil(value)
      assert.matches("signal 1 %(I%) have checksum 98, the header says 99; without verify it is read all the same", message)
      assert(data.read_record(folder .. "/r", {verify = false}))
    end)
    -- Unsigned, as some writers have it; and none at all.
    record("r 1 100 1\nr.dat 16 200 16 0 0 65529 0 I\n", string.pack("<i2", -7), function(_, value) assert.is_table(value) end)
    record("r 1 100 3\nr.dat 16 200 16 0 0 0 0 I\n", samples, function(_, value) assert.is_table(value) end)
  end)

  it("raises for wrong arguments", function()
    assert.error_matches(function() data.read_record(5) end, "data.read_record: argument 1 %(path%) must be string, got 5")
    assert.error_matches(function() data.read_record("r", {verfy = true}) end, "unknown option 'verfy'; known options: verify")
    assert.error_matches(function() core.wfdb.read(FOLDER .. "skew", {channels = {4}}) end, "integer from 1 to 3")
    assert.error_matches(function() core.wfdb.read(FOLDER .. "skew", {channels = {}}) end, "from 1 to 3 channels, got 0")
  end)
end)

describe("core.wfdb.load", function()
  local function load(names, given)
    local paths = {}
    for i, name in ipairs(names) do paths[i] = FOLDER .. name end
    return core.wfdb.load(paths, given)
  end

  it("keeps the rows of what could be read, and says why of the others", function()
    local signals, fates = load({"challenge", "nothing", "mixed", "challenge"}, {rate = 500, length = 60})
    assert.same({2, 60, 12}, signals:shape())
    local record = assert(data.read_record(FOLDER .. "challenge"))
    assert.is_true(signals[1]:equal(record.signals))
    assert.is_true(signals[2]:equal(record.signals))
    assert.matches("nothing%.hea: No such file", fates[2].error)
    assert.matches("mixed%.hea: has no lead II; its signals are I, lead two, V1", fates[3].error)
    assert.equal("Age: 47\nSex: Male\nDx: 426783006,713427006\nRx: Unknown\n", fates[1].comments)
    assert.equal(500, fates[1].rate)
    assert.equal(60, fates[1].length)
  end)

  it("gives the same for any number of threads", function()
    local threads, names, sums = core.num_threads(), {}, {}
    for i = 1, 9 do names[i] = "challenge" end
    for n = 1, 3 do
      core.set_num_threads(n)
      sums[n] = core.signal.hashes(load(names, {rate = 128, length = 15}))
    end
    core.set_num_threads(threads)
    assert.same(sums[1], sums[2])
    assert.same(sums[1], sums[3])
  end)

  it("drops or pads what is too short", function()
    local signals, fates = load({"challenge"}, {rate = 500, length = 61})
    assert.equal(0, #signals)
    assert.is_true(fates[1].shorter)
    assert.matches("expected at least 0.122 s, got 0.12 s %(60 samples%)", fates[1].error)
    signals, fates = load({"challenge"}, {rate = 500, length = 70, pad = true})
    assert.equal(10, fates[1].padded)
    assert.equal(0, signals[1]:narrow(1, 61, 10):abs():max():item())
    assert.is_true(signals[1]:narrow(1, 1, 60):equal(assert(data.read_record(FOLDER .. "challenge")).signals))
  end)

  it("changes the rate as asked", function()
    local record = assert(data.read_record(FOLDER .. "challenge"))
    local slow = load({"challenge"}, {rate = 100, length = 12})
    assert.is_true(slow[1]:equal(core.signal.resample(record.signals, 500, 100)))
    local held = load({"challenge"}, {rate = 100, length = 8, edges = "hold"})
    assert.is_true(held[1]:equal(core.signal.resample(record.signals, 500, 100, {edges = "hold"}):narrow(1, 1, 8)))
    local every = load({"challenge"}, {rate = 100, length = 12, method = "decimate"})
    assert.is_true(every[1]:equal(core.signal.decimate(record.signals, 5)))
    local _, fates = load({"challenge"}, {rate = 128, length = 12, method = "decimate"})
    assert.matches("cannot be decimated from 500 to 128", fates[1].error)
  end)

  it("fills short gaps and refuses long ones", function()
    local names = {leads = {"I", "II"}, rate = 100, length = 35}
    local signals, fates = load({"skew"}, names)
    assert.equal(1, fates[1].gaps)
    assert.equal(1, fates[1].repaired)
    local raw = assert(data.read_record(FOLDER .. "skew")).signals:totable()
    assert.near((raw[5][2] + raw[7][2]) / 2, signals[1][6][2]:item(), 1e-6)
    assert.equal(0, signals:count_nonfinite())
    names.length, names.longest_gap = 40, .04
    local _, refused = load({"skew"}, names)
    assert.matches("lead I misses 0.05 s on end, more than the 0.04 s that are filled", refused[1].error)
  end)

  it("does not believe units and gains that no heart has", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/a.hea", "a 1 100 3\na.dat 16 1/mV 16 0 0 0 0 I\n")
      temporary.write(folder .. "/b.hea", "b 1 100 3\na.dat 16 1/mmHg 16 0 0 0 0 I\n")
      temporary.write(folder .. "/c.hea", "c 2 100 3\na.dat 16 1/uV 16 0 0 0 0 I\na.dat 16 1/uV 16 0 0 0 0 i\n")
      temporary.write(folder .. "/a.dat", string.pack("<i2i2i2i2i2i2", 5, -700, 900, 0, 1, 2))
      local _, fates = core.wfdb.load({folder .. "/a", folder .. "/b", folder .. "/c"}, {leads = {"I"}, rate = 100, length = 3})
      assert.matches("lead I spans 1600 mV: its gain or its units cannot be right", fates[1].error)
      assert.matches("expected mV, uV, nV or V, got units of mmHg", fates[2].error)
      assert.matches("has lead I twice, as signals 1 and 2", fates[3].error)
    end)
  end)

  it("raises for options that make no sense", function()
    assert.error_matches(function() load({}, {rate = 0}) end, "expected leads, a length, a rate and a longest gap")
    assert.error_matches(function() load({}, {method = "guess"}) end, 'method must be "resample" or "decimate", got "guess"')
    assert.error_matches(function() load({}, {length = 0}) end, "length must be an integer of at least 1, got 0")
    assert.error_matches(function() load({}, {leads = {}}) end, "expected from 1 to 4096 leads, got 0")
    assert.error_matches(function() core.wfdb.load({1}, {}) end, "paths must be a string, got 1")
    assert.same({0, 1000, 12}, load({}, {}):shape())
  end)
end)

describe("where memory runs out", function()
  local function calls()
    return {
      header = function() return core.wfdb.header(FOLDER .. "mixed") end,
      read = function() return core.wfdb.read(FOLDER .. "mixed", {channels = {3, 1}}) end,
      load = function() return core.wfdb.load({FOLDER .. "challenge", FOLDER .. "mixed"}, {rate = 250, length = 20}) end,
      resample = function() return core.signal.resample(core.zeros(2, 30, 3), 360, 250, {edges = "hold"}) end,
      repair = function() return core.signal.repair(core.zeros(30, 3):narrow(2, 1, 2)) end,
      minmax = function() return core.signal.minmax(core.zeros(30, 3)) end,
      standardise = function() return core.signal.standardise(core.zeros(30, 3)) end,
    }
  end

  for name, call in pairs(calls()) do
    it("a Lua error tells, and nothing stays behind: " .. name, function()
      assert(call())
      collectgarbage()
      local blocks = core.memory().blocks
      for _, forever in ipairs{false, true} do
        local nth, done = 0, false
        while not done do
          nth = nth + 1
          core.fail_allocation(nth, forever)
          local ok, value, message = pcall(call)
          core.fail_allocation(0)
          done = ok and value ~= nil
          if not done then assert.matches("memory", ok and message or value) end
          value = nil -- luacheck: ignore
          collectgarbage()
          assert.equal(blocks, core.memory().blocks)
          assert.is_true(nth < 1000)
        end
        assert.is_true(nth > 1)
      end
    end)
  end
end)
