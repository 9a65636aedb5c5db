--- Every reader and every kind of damage: nil and a message, or a counted skip, that names the file and says what was expected and what
-- came; never a Lua error, nor memory or time out of proportion. (Other specs of this folder say more of each reader; spec/fuzz looks
-- for the rest.)
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local layouts = require("spec.support.small_layouts")
local lfs = require("lfs")
local models = require("ecgraft.models")
local temporary = require("spec.support.temporary")
local writer = require("spec.support.wfdb_writer")

local function read_file(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

-- What a user reads: one line of printable text that names the place, and is no longer than it has to be.
local function check_message(message, place)
  assert.is_string(message)
  assert(message:find(place, 1, true), message)
  assert(#message < 700 and not message:find("%c"), message)
  assert(not message:find("attempt to") and not message:find("%.lua:%d"), message)
end

-- Other files than text or ECGs.
local other = "\137PNG\r\n\26\n" .. ("\1\2\3\200"):rep(200)

local damages = {
  missing = function(path) os.remove(path) end,
  empty = function(path) temporary.write(path, "") end,
  cut = function(path, text) temporary.write(path, text:sub(1, #text * 6 // 10)) end,
  other = function(path) temporary.write(path, other) end,
  folder = function(path)
    os.remove(path)
    lfs.mkdir(path)
  end,
  pipe = function(path) -- which nobody writes to
    os.remove(path)
    assert(os.execute(("mkfifo '%s'"):format(path)))
  end,
}

-- What is said, by kind of file.
local says = {
  table = {missing = "No such file", empty = "expected a line of column names, got an empty file",
    cut = "line %d: expected %d+ fields, got %d+", other = "has no column '.*'; its columns are %?PNG"},
  list = {empty = "expected WFDB records %(.hea files%), found none", cut = "No such file",
    other = "expected the names of records and of folders below it, got"},
  hea = {missing = "No such file", empty = "expected a WFDB header, got no record line", cut = "says 12 signals, lists 8",
    other = "expected a WFDB header, got a file that is not text"},
  signal = {missing = "No such file", empty = "expected at least %d+ bytes .* got 0 bytes",
    cut = "expected at least %d+ bytes .* got %d+ bytes", other = "the samples of signal 1 %(I%) have checksum %d+, the header says"},
  mat = {missing = "No such file", empty = "expected a MAT file of version 5, got 0 bytes",
    cut = "damaged MAT file: a variable of 3926 bytes, there are 2335", other = "expected a MAT file of version 5, got something else"},
  csv = {missing = "No such file", empty = "expected rows of numbers, got an empty file", cut = "expected at least 0.2 s, got 0.1 s",
    other = "expected a number, got"},
  npy = {missing = "No such file", empty = "not a valid .npy file: it is too short", cut = "160 bytes of data expected, there are %d+",
    other = "does not begin with .x93NUMPY"},
  h5 = {missing = "No such file", empty = "expected an HDF5 file, got 0 bytes that are none",
    cut = "HDF5 file cut short: %d+ bytes, expected %d+", other = "expected an HDF5 file, got 808 bytes that are none"},
}
for _, each in pairs(says) do each.folder, each.pipe = "expected a regular file, got a folder", "expected a regular file, got a .*pipe" end

local NO_DATABASE = "expected ecg_tracings.hdf5 %(the test set%) or exams.csv"
local NO_PARTS = "none of the files that the csv names is there; the first: exams_part0.hdf5"

-- Where a reader says something else, or can do without (false).
local exceptions = {
  ["challenge/RECORDS missing"] = false, ["challenge/g1/RECORDS missing"] = false, ["ptb/RECORDS missing"] = false,
  ["challenge/g1/RECORDS cut"] = false, -- "A1", which is a record
  ["code/exams.csv missing"] = NO_DATABASE, ["code_test/ecg_tracings.hdf5 missing"] = NO_DATABASE,
  ["code/exams_part0.hdf5 missing"] = NO_PARTS, ["code_test/attributes.csv missing"] = false,
  ["cpsc2018/REFERENCE.csv missing"] = "expected headers %(.hea, the Challenge's layout%) or REFERENCE.csv",
  ["cpsc2018/REFERENCE.csv cut"] = "has no column 'Third_label'; its columns are Recording, First_label, Second_label, Th",
}

local function kind_of(name, file)
  local ending = file:match("%.(%w+)$")
  if not ending then return "list" end
  if ending == "csv" then return layouts[name].signals[file] and "csv" or "table" end
  if ending == "mat" then return name == "cpsc2018" and "mat" or "signal" end
  return ending == "hdf5" and "h5" or ending
end

-- One skipped record, whose reason is the text looked at; or nil and a message.
local function check_outcome(name, file, damage, folder)
  local layout = layouts[name]
  local set, message = layout.read(folder, layout.variants and layout.variants[1])
  local expected = exceptions[("%s/%s %s"):format(name, file, damage)]
  if expected == nil then expected = says[kind_of(name, file)][damage] end
  if expected == false then return assert(set, message) end
  if set then
    assert.equal(1, #set.skipped)
    assert.equal(layout.signals[file] or set.skipped[1].record, set.skipped[1].record)
    message = set.skipped[1].reason
  else
    assert.is_nil(layout.signals[file])
  end
  check_message(message, folder)
  assert.matches(expected, message)
end

local names = {}
for name in pairs(layouts) do names[#names + 1] = name end
table.sort(names)

describe("a file of a set that is missing, empty, cut off, of another kind, a folder or a pipe:", function()
  for _, name in ipairs(names) do
    it(name, function()
      local layout, files = layouts[name], {}
      for _, list in ipairs{layout.tables, layout.arrays or {}} do table.move(list, 1, #list, #files + 1, files) end
      for file in pairs(layout.signals) do files[#files + 1] = file end
      for _, file in ipairs(files) do
        for damage, change in pairs(damages) do
          temporary.folder(function(folder)
            layout.fill(folder)
            change(folder .. "/" .. file, read_file(folder .. "/" .. file))
            check_outcome(name, file, damage, folder)
          end)
        end
      end
    end)
  end
end)

-- Fills a layout's folder, changes it, and looks at what its reader says: a message or a reason.
local function damaged(name, change, pattern)
  temporary.folder(function(folder)
    layouts[name].fill(folder)
    change(folder)
    local set, message = layouts[name].read(folder, layouts[name].variants and layouts[name].variants[1])
    if set then
      assert(#set.skipped == 1, "nothing was skipped")
      message = set.skipped[1].reason
    end
    check_message(message, folder)
    assert.matches(pattern, message)
  end)
end

local function replace(file, from, to)
  return function(folder)
    local path = folder .. "/" .. file
    local text, count = read_file(path):gsub(from, to)
    assert.equal(1, count)
    temporary.write(path, text)
  end
end

local function put(file, text) return function(folder) temporary.write(folder .. "/" .. file, text) end end

local function store(file, items) return function(folder) assert(core.store.save(folder .. "/" .. file, items, {})) end end

describe("numbers and names that cannot be", function()
  it("in tables are named with their place", function()
    damaged("ptbxl", replace("ptbxl_database.csv", "\n2,", "\n1,"), "ptbxl_database.csv: record 1 is there twice")
    damaged("ptbxl", replace("ptbxl_database.csv", ",9,rec", ",nine,rec"), 'record 2: expected a number as strat_fold, got "nine"')
    damaged("ptbxl", replace("ptbxl_database.csv", "15.0}", "15.0"), 'record 2: scp_codes: expected .* got ""')
    damaged("cpsc2018", replace("REFERENCE.csv", "9,3", "99999999999999999999,3"), 'Second_label: expected a number from 1 to 9, got "9+"')
    damaged("code", replace("exams.csv", "\n12,", "\n1e300,"), 'exams.csv, row 2: expected a number as exam_id, got "1e300"')
    damaged("code_test", replace("annotations/gold_standard.csv", "1,0,0,0,0,0", "2,0,0,0,0,0"),
      'gold_standard.csv, row 1: column 1dAVb: expected 0, 1, True or False, got "2"')
    damaged("sph", replace("metadata.csv", "60%+310;22", "60;;22"), 'record A00001: expected codes as in 60%+310;22, got "60;;22"')
    damaged("own", replace("table.csv", "b.npy,p2,true", "b.npy,p2,maybe"),
      'record b.npy: column AF: expected 0, 1, true or false, got "maybe"')
    damaged("own", replace("table.csv", "b.npy", ""), "table.csv, row 2: column file: expected a file's name, got nothing")
    damaged("own", replace("table.csv", ",2,100", ",2,-5"), "b.npy: expected a sampling rate above 0, got %-5")
    damaged("own", replace("table.csv", ",2,100", ",2,1e999"), "b.npy: expected a sampling rate above 0, got inf")
    damaged("own", replace("table.csv", ",2,100", ",2,fast"), "b.npy: does not say how many samples a second it has")
  end)

  it("in tables that are empty or encoded otherwise are missed", function()
    for _, name in ipairs(names) do
      for _, file in ipairs(layouts[name].tables) do
        if file:find("%.csv$") then
          local place = file:gsub("%p", "%%%0")
          damaged(name, replace(file, "^([^\n]*\n).*$", "%1"), place .. ": expected rows behind the names of columns, got none")
          damaged(name, replace(file, "^.*$", function(text) return "\255\254" .. text:gsub(".", "%0\0") end),
            place .. ": expected text in UTF%-8, got UTF%-16")
        end
      end
    end
  end)

  it("in diagnoses beyond 64 bits are codes like others", function()
    temporary.folder(function(folder)
      layouts.sph.fill(folder)
      replace("metadata.csv", "60%+310;22", "99999999999999999999;007;1234567890123456789012345")(folder)
      local set = assert(layouts.sph.read(folder))
      assert.same({"1", "7", "99999999999999999999", "1234567890123456789012345"}, set.classes)
    end)
  end)

  it("in lists of records lead nowhere else, nor round in circles", function()
    for _, line in ipairs{"../A1", "g1/../../A1", "/etc/passwd", "./g1/", "g1//A1", "a\\b"} do
      damaged("challenge", put("RECORDS", line .. "\n"), "RECORDS: expected the names of records and of folders below it, got")
    end
    damaged("challenge", put("RECORDS", "g1/\ng1/A1\n"), "record g1/A1 is listed twice")
    damaged("ptb", put("RECORDS", "patient001/s1\n\npatient001/s1\n"), "record patient001/s1 is listed twice")
    for _, listed in ipairs{true, false} do
      temporary.folder(function(folder)
        layouts.challenge.fill(folder)
        for k = 1, 20 do assert(os.execute(("ln -s . '%s/g1/link%d'"):format(folder, k))) end
        local lines = {}
        for k = 1, 20 do lines[k] = ("link%d/\n"):format(k) end
        os.remove(folder .. "/RECORDS")
        temporary.write(folder .. "/g1/RECORDS", "A1\nA2\n" .. table.concat(lines))
        if not listed then os.remove(folder .. "/g1/RECORDS") else temporary.write(folder .. "/RECORDS", "g1/\n") end
        assert.same({"A1", "A2"}, assert(layouts.challenge.read(folder, "challenge")).records)
      end)
    end
  end)

  it("in signals are missing samples, or a reason", function()
    local function row(value) return "II,V1\n" .. ("0.1,0.2\n"):rep(10) .. value .. ",1\n" .. ("0,-1\n"):rep(9) end
    for _, value in ipairs{"nan", "", "NA"} do
      temporary.folder(function(folder)
        layouts.own.fill(folder)
        temporary.write(folder .. "/a.csv", row(value))
        local set = assert(layouts.own.read(folder))
        assert.same({}, set.skipped)
        assert.equal(0, set.signals:count_nonfinite())
      end)
    end
    damaged("own", put("a.csv", row("1e300")), 'a.csv: row 12: expected a number, got "1e300"')
    damaged("own", put("a.csv", row("1e30")), "a.csv: .*gain or its units cannot be right")
    damaged("own", put("a.csv", row("x\0y")), 'a.csv: row 12: expected a number, got "x%?y"')
    damaged("own", put("a.csv", "II,V1\n"), "a.csv: expected rows of numbers, got names of columns alone")
    damaged("own", put("a.csv", "II,V1\n" .. ("nan,nan\n"):rep(20)), "a.csv: lead V1 has no valid sample")
    damaged("own", function(folder) assert(core.store.save_npy(folder .. "/b.npy", core.zeros(40))) end,
      "b.npy: expected signals of shape %(samples, leads%), got {40}")
    damaged("own", store("c.h5", {{name = "signals", values = {"a", "b"}}}), "c.h5: expected signals to hold numbers, got text")
    damaged("own", store("c.h5", {{name = "ecg", tensor = core.zeros(20, 2)}}), "c.h5: has no array 'signals'; its arrays are ecg")
    damaged("sph", store("records/A00002.h5", {{name = "ecg", values = {"a"}}}), "A00002.h5: expected ecg to hold numbers, got text")
    damaged("sph", store("records/A00002.h5", {{name = "ecg", tensor = core.zeros(3, 12, 50)}}),
      "A00002.*expected signals of shape %(samples, leads%), got {3, 12, 50}")
    damaged("sph", store("records/A00002.h5", {{name = "ecg", tensor = core.zeros(12, 0)}}), "A00002.h5: has no sample")
  end)

  it("in arrays of a whole set are named", function()
    local x, ids = core.randn(3, 90, 12), {name = "exam_id", values = {12, 11, 0}}
    local function part(...) return store("exams_part0.hdf5", {...}) end
    damaged("code", part(ids, {name = "tracings", values = {"a"}}), "exams_part0.hdf5: expected tracings to hold numbers, got text")
    damaged("code", part({name = "exam_id", values = {12, 11}}, {name = "tracings", tensor = x}),
      "expected exam_id to have 3 entries, one for each record, got shape {2}")
    damaged("code", part({name = "exam_id", tensor = core.zeros(3, 2)}, {name = "tracings", tensor = x}), "got shape {3, 2}")
    damaged("code", part({name = "tracings", tensor = x}), "has no array 'exam_id'; its arrays are tracings")
    local signals, labels = {name = "signals", tensor = x}, {name = "labels", tensor = core.tensor{{0, 1}, {1, 0}, {0, 0}}}
    local records = {name = "records", values = {"a", "b", "c"}}
    local function array(list, pattern) damaged("from_hdf5", store("x.h5", list), pattern) end
    array({signals, records, {name = "labels", values = {"a", "b", "c"}}}, "expected labels to hold numbers, got text")
    array({signals, records, {name = "labels", tensor = core.tensor{{0, 1}, {1, 0 / 0}, {0, 0}}}}, "record 2: expected 0 or 1, got %-?nan")
    array({signals, labels, {name = "records", values = {"a", "b", "b"}}}, "record b is there twice")
    array({signals, labels, {name = "records", values = {"a", "b"}}}, "expected records to have 3 entries, .* got shape {2}")
    array({{name = "signals", values = {"a"}}, labels, records}, "expected signals to hold numbers, got text")
    array({{name = "signals", tensor = core.zeros(0, 90, 12)}, labels, records}, "expected signals of one record or more, got none")
    for _, classes in ipairs{{"A", "A"}, {1, 2}} do
      array({signals, records, {name = "labels", tensor = labels.tensor, attributes = {classes = classes}}},
        "x.h5: expected a name for each class, each once, got .* as class")
    end
  end)
end)

-- Memory that a call takes, in MB: the core's, and all of Lua's, with nothing given back.
local function megabytes(fn)
  collectgarbage()
  collectgarbage("stop")
  local live, before = core.memory().live, collectgarbage("count")
  core.memory_reset_peak()
  fn()
  local taken = (core.memory().peak - live) / 2 ^ 20 + (collectgarbage("count") - before) / 1024
  collectgarbage("restart")
  return taken
end

-- A record with a header and r.dat; what data.read_record says.
local function record(header, dat, pattern)
  temporary.folder(function(folder)
    temporary.write(folder .. "/r.hea", header)
    temporary.write(folder .. "/r.dat", dat)
    local none, message
    local taken = megabytes(function() none, message = data.read_record(folder .. "/r") end)
    assert.is_nil(none)
    check_message(message, folder .. "/r.")
    assert.matches(pattern, message)
    assert.is_true(taken < 20)
  end)
end

describe("headers that promise too much", function()
  it("of records", function()
    local line, dat = "r.dat 16 200 16 0 0 0 0 I\n", ("x"):rep(20)
    record("r 1 500 1000000000000\n" .. line, dat, "expected at least 2000000000000 bytes .* got 20 bytes, enough for 10")
    record("r 1000000000 500 10\n" .. line, dat, "says 1000000000 signals, lists 1")
    record("r 99999999999999999999 500 10\n" .. line, dat, "line 1: expected the number of signals")
    record("r 100000 500 10\n" .. line:rep(30000), dat, "expected at most 4096 signals, got 30000 lines")
    record("r 4096 500 10\n" .. ("r.dat 16x65536 200\n"):rep(4096), dat, "expected at least %d+ bytes")
    record("r 1 1e308 10\n" .. line:gsub("16 200", "16x65536 200"), dat, "expected at least")
    record("r 1 500 10\nr.dat 516 200\n", dat, "expected a FLAC stream")
    record("r 1 500 10\nr.dat 999 200\n", dat, "expected format 8, 16, .* got 999")
    record("r/99999999 1 500\nr_1 5\n", dat, "says 99999999 segments, lists 1")
    record(("#" .. ("x"):rep(1000) .. "\n"):rep(1100), dat, "expected a WFDB header of at most 1048576 bytes, got 1102200")
  end)

  it("of gaps in records of several segments", function()
    temporary.folder(function(folder)
      for _, name in ipairs{"fixed_0.hea", "fixed_0.dat"} do
        temporary.write(folder .. "/" .. name, read_file("spec/fixtures/annotations/" .. name))
      end
      temporary.write(folder .. "/x.hea", "x/2 2 250\nfixed_0 20\n~ 100000000\n")
      local none, message
      local taken = megabytes(function() none, message = data.read_record(folder .. "/x") end)
      assert.is_nil(none)
      assert.matches("x.hea: expected from 1 to 16782336 values in segments of such files, got 100000020 samples of 2 signals", message)
      assert.is_true(taken < 5)
    end)
  end)

  it("of arrays and tables", function()
    local function header(text) return "\147NUMPY\1\0" .. string.pack("<s2", text .. "\n") end
    local function npy(shape) return header(("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }"):format(shape)) .. ("x"):rep(80) end
    local function mat(rows, columns)
      local inner = string.pack("<I4I4I4I4 I4I4i4i4 I4I4 I4I4", 6, 8, 6, 0, 5, 8, rows, columns, 1, 0, 9, 8) .. ("x"):rep(8)
      return ("MATLAB 5.0"):rep(13):sub(1, 124) .. "\0\1IM" .. string.pack("<I4I4", 14, #inner) .. inner
    end
    local function both(layout, file, text, pattern)
      assert.is_true(megabytes(function() damaged(layout, put(file, text), pattern) end) < 20)
    end
    both("own", "b.npy", npy("(1000000000000, 12)"), "b.npy: not a valid .npy file: 48000000000000 bytes of data expected, there are 80")
    both("own", "b.npy", npy("(9223372036854775807, 9)"), "b.npy: not a valid .npy file: its shape is beyond what can be addressed")
    both("own", "b.npy", npy("(99999999999999999999,)"), "b.npy: not a valid .npy file: a dim that is too large")
    both("cpsc2018", "A2.mat", mat(0x7fffffff, 0x7fffffff), "A2.mat: damaged MAT file: .* beyond what can be addressed")
    both("cpsc2018", "A2.mat", mat(12, 100000000), "A2.mat: damaged MAT file: expected 9600000000 bytes of numbers, got 8")
    both("cpsc2018", "REFERENCE.csv", ("a,"):rep(100000) .. "\n", "has no column 'Recording'; its columns are a, a, .*100001 in all")
    both("own", "a.csv", ("1,"):rep(20000) .. "1\n1\n", "a.csv: row 2 has 1 fields, the first 20001")
    -- The shape {20, 2} of an HDF5 array made another.
    local function lie(rows, columns)
      return function(folder)
        local whole, honest = read_file(folder .. "/c.h5"), string.pack("<i8i8", 20, 2)
        local at = assert(whole:find(honest, 1, true))
        temporary.write(folder .. "/c.h5", whole:sub(1, at - 1) .. string.pack("<i8i8", rows, columns) .. whole:sub(at + #honest))
      end
    end
    for _, shape in ipairs{{1000000000000, 12}, {1 << 62, 12}, {1 << 62, 1 << 62}, {0, 1 << 62}, {21, 2}} do
      assert.is_true(megabytes(function() damaged("own", lie(shape[1], shape[2]), "c.h5: ") end) < 20)
    end
  end)

  it("of weights", function()
    temporary.folder(function(folder)
      local net = models.resnet1d18{leads = 2, classes = 2, width = 8}
      local function fails(text, pattern)
        temporary.write(folder .. "/w.safetensors", text)
        local none, message
        local taken = megabytes(function() none, message = models.load_safetensors(net, folder .. "/w.safetensors") end)
        assert.is_nil(none)
        check_message(message, folder .. "/w.safetensors")
        assert.matches(pattern, message)
        assert.is_true(taken < 20)
      end
      local function file(header) return string.pack("<s8", header) .. ("x"):rep(16) end
      fails("", "not a valid safetensors file: 0 bytes, expected at least 8")
      fails(string.pack("<I8", 1 << 60) .. "{}", "a header of 1152921504606846976 bytes in a file of 10")
      fails(file('{"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}'),
        "'a' is said to lie from byte 0 to 4000000000000")
      fails(file('{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,16]}}'), "'a' has 16 bytes for shape")
      fails(file('{"a":{"dtype":"F31","shape":[4],"data_offsets":[0,16]}}'), "a dtype that is not known")
      fails(file(("["):rep(100000)), "the header does not begin with '{'")
    end)
  end)
end)

describe("files that grow when they are unpacked", function()
  it("are refused before they do", function()
    local taken = "expected at most %d+ values in a file of %d+ bytes, got .* of shape {.*3000000, 12}"
    local made = {}
    temporary.folder(function(folder)
      local zeros = core.zeros(1, 3000000, 12) -- 144 MB, in the file a thousandth of that
      for file, items in pairs{one = {{name = "signals", tensor = zeros[1], compression = 9}},
          part = {{name = "tracings", tensor = zeros, compression = 9}, {name = "exam_id", values = {11}}}} do
        assert(core.store.save(folder .. "/" .. file, items, {}))
        made[file] = read_file(folder .. "/" .. file)
        assert.is_true(#made[file] < 1 << 20)
      end
    end)
    assert.is_true(megabytes(function() damaged("own", put("c.h5", made.one), "c.h5: " .. taken) end) < 20)
    assert.is_true(megabytes(function() damaged("code", put("exams_part0.hdf5", made.part), "exams_part0.hdf5: " .. taken) end) < 20)
    assert.is_true(megabytes(function()
      temporary.folder(function(folder)
        temporary.write(folder .. "/x.h5", made.part)
        local none, message = data.from_hdf5{path = folder .. "/x.h5", signals = "tracings", labels = "exam_id", file_rate = 100}
        assert.is_nil(none)
        assert.matches("^data.from_hdf5: .*x.h5: " .. taken, message)
      end)
    end) < 20)
  end)
end)

describe("long runs of one character", function()
  it("take no longer than others", function()
    local spaces, digits = (" "):rep(1000000), ("1"):rep(1000000)
    local started = os.clock()
    temporary.folder(function(folder)
      writer.write(folder, "r", {length = 20, rate = 100, dx = "1" .. spaces .. "x"})
      assert.same({"1"}, assert(data.read_record(folder .. "/r")).codes)
      temporary.write(folder .. "/fixed_0.hea", read_file("spec/fixtures/annotations/fixed_0.hea"))
      temporary.write(folder .. "/fixed_0.dat", read_file("spec/fixtures/annotations/fixed_0.dat"))
      temporary.write(folder .. "/x.hea", "x/1 2 250 20\nfixed_0 20\n# Age: 5" .. spaces .. "0\n")
      assert(data.read_record(folder .. "/x"))
    end)
    damaged("own", put("table.csv", "file," .. spaces .. "x\na,b\n"), "has no column 'AF'; its columns are file, x")
    damaged("own", put("a.csv", "II,V1\n1," .. spaces .. "x\n"), "a.csv: row 2: expected a number, got .*%(1000001 bytes%)")
    damaged("challenge", put("RECORDS", spaces .. "g" .. spaces .. "x/"), "expected WFDB records")
    damaged("sph", replace("metadata.csv", "60%+310;22", digits .. "x"), "expected codes as in .*%(1000001 bytes%)")
    damaged("ptbxl", replace("ptbxl_database.csv", "{'IMI'.-}", "{" .. spaces .. "x"), "scp_codes: expected a value at character 1000002")
    assert.is_true(os.clock() - started < 20)
  end)
end)

describe("an annotation file", function()
  local function fails(text, pattern)
    temporary.folder(function(folder)
      temporary.write(folder .. "/x.atr", text)
      local none, message
      local taken = megabytes(function() none, message = data.read_annotations(folder .. "/x.atr", {rate = 250}) end)
      assert.is_nil(none)
      check_message(message, folder .. "/x.atr")
      assert.matches(pattern, message)
      assert.is_true(taken < 5)
    end)
  end

  local function word(kind, low) return string.pack("<I2", kind << 10 | low) end
  local function note(text) return word(22, 0) .. word(63, #text) .. text .. ("\0"):rep(#text % 2) end

  it("that is damaged says where", function()
    fails("", "damaged annotation file: is cut off at byte 0")
    fails(word(1, 5):sub(1, 1), "is cut off at byte 0")
    fails(word(1, 5), "is cut off at byte 2")
    fails(word(61, 5) .. word(0, 0), "has a field before the first annotation, at byte 0")
    fails(word(59, 0) .. string.pack("<i2I2", -1, 0) .. word(1, 0) .. word(0, 0), "goes back before the beginning")
    fails(note("## time resolution: 0.0000001") .. word(1, 5) .. word(0, 0),
      "expected at least 0.001 ticks or samples a second, got 1e%-07")
    fails(note("## time resolution: 0") .. word(1, 5) .. word(0, 0), "expected at least 0.001 ticks")
    fails(("\0"):rep(1 << 24) .. "\0", "expected at most 16777216 bytes, got 16777217")
    fails(other, "damaged annotation file")
  end)

  it("that is no file says so", function()
    temporary.folder(function(folder)
      for damage, pattern in pairs{missing = "No such file", folder = "got a folder", pipe = "got a named pipe"} do
        os.execute(("rm -rf '%s/x.atr'"):format(folder))
        temporary.write(folder .. "/x.atr", "")
        damages[damage](folder .. "/x.atr")
        local none, message = data.read_annotations(folder .. "/x.atr")
        assert.is_nil(none)
        assert.matches(pattern, message)
      end
    end)
  end)
end)
