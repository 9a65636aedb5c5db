--- The readers' option `prepared`: the same set as without it, the same bytes each time, and an earlier start's parts are not read again.
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local files = require("spec.support.files")
local lfs = require("lfs")
local prepared = require("ecgraft.data.prepared")
local process = require("spec.support.process")
local signal_file = require("ecgraft.data.signal_file")
local temporary = require("spec.support.temporary")
local uv = require("luv")

local function same(a, b)
  assert.is_true(a.signals:equal(b.signals))
  assert.is_true(a.labels:equal(b.labels))
  for _, name in ipairs{"classes", "records", "patients", "leads", "rate", "units", "source", "fold", "ages", "sexes", "skipped",
      "notes"} do
    assert.same(a[name], b[name], name)
  end
  assert.equal(tostring(a), tostring(b))
end

local function given(path, more)
  local o = {path = path, part = 7, progress = false}
  for name, value in pairs(more or {}) do o[name] = value end
  return o
end

-- A table of recordings as .csv and .npy files, one of which is damaged.
local function write_table(folder)
  local lines = {"file,af,patient"}
  for i = 1, 17 do
    local x = core.randn(300, 2)
    if i % 2 == 0 then
      assert(core.store.save_npy(("%s/r%d.npy"):format(folder, i), x))
    else
      local rows = {"I,II"}
      for _, row in ipairs(x:totable()) do rows[#rows + 1] = ("%.4f,%.4f"):format(row[1], row[2]) end
      temporary.write(("%s/r%d.csv"):format(folder, i), table.concat(rows, "\n"))
    end
    lines[#lines + 1] = ("r%d.%s,%d,p%d"):format(i, i % 2 == 0 and "npy" or "csv", i % 3 == 0 and 1 or 0, i // 2)
  end
  temporary.write(folder .. "/r5.csv", "I,II\n1,x\n")
  temporary.write(folder .. "/table.csv", table.concat(lines, "\n") .. "\n")
end

local function layout(name, rate, classes)
  return function(folder)
    local set = data.synthetic{records = 20, rate = rate, classes = classes, seed = 3}
    assert(data.write_layout(set, folder .. "/" .. name, {layout = name}))
  end
end

-- Each reader: what writes its folder, and how it is called with its options.
local readers = {
  ptbxl = {layout("ptbxl", 100, {"NORM", "MI", "STD"}), function(folder, o) return data.ptbxl(folder .. "/ptbxl", o) end},
  georgia = {layout("challenge", 500, {"NORM", "AF", "SB"}), function(folder, o) return data.georgia(folder .. "/challenge", o) end},
  ptb = {layout("ptb", 1000, {"NORM", "MI"}), function(folder, o) return data.ptb(folder .. "/ptb", o) end},
  code = {layout("code", 400, {"NORM", "AF", "LBBB"}), function(folder, o)
    o.seconds = 7
    return data.code(folder .. "/code", o)
  end},
  from_table = {write_table, function(folder, o)
    o.csv, o.path_column, o.label_columns, o.patient_column = folder .. "/table.csv", "file", {"af"}, "patient"
    o.leads, o.columns, o.file_rate, o.seconds = {"II", "I"}, {"I", "II"}, 100, 2
    return data.from_table(o)
  end},
  from_hdf5 = {function(folder)
    assert(core.store.save(folder .. "/own.h5", {{name = "signals", tensor = core.randn(20, 300, 2)},
      {name = "labels", tensor = core.zeros(20, 2)}}))
  end, function(folder, o)
    o.path, o.file_rate, o.leads, o.seconds, o.columns = folder .. "/own.h5", 100, {"I", "II"}, 2, {"I", "II"}
    return data.from_hdf5(o)
  end},
  from_reader = {function() end, function(_, o)
    local i = 0
    o.leads, o.seconds = {"I"}, 1
    return data.from_reader(function()
      i = i + 1
      if i == 4 then return {id = "r4", error = "lost"} end
      return i <= 20 and {id = "r" .. i, signals = core.arange(i, i + 99):reshape(100, 1), rate = 100, labels = {"A"}} or nil
    end, o)
  end},
}

describe("a reader with the option prepared", function()
  for name, reader in pairs(readers) do
    it("gives the same set, from memory and from the file: " .. name, function()
      temporary.folder(function(folder)
        local write, read = table.unpack(reader)
        write(folder)
        local path = folder .. "/set.h5"
        local plain = assert(read(folder, {}))
        local made = assert(read(folder, {prepared = given(path)}))
        same(plain, made)
        assert.is_nil(lfs.attributes(path .. ".parts"))
        assert.is_nil(lfs.attributes(path .. ".lock"))
        local bytes = files.read(path)
        same(plain, assert(read(folder, {prepared = path}))) -- opened, not made again
        local streamed = assert(read(folder, {prepared = given(path, {stream = true})}))
        assert.is_nil(rawget(streamed, "signals"))
        assert.same(plain.hashes, streamed.hashes)
        same(plain, streamed)
        os.remove(path)
        assert(read(folder, {prepared = given(path, {part = 512})})) -- whatever the size of the parts
        assert.is_true(files.read(path) == bytes)
      end)
    end)
  end

  it("goes on from the parts of an earlier start", function()
    for name, count in pairs{ptbxl = core.wfdb, from_table = signal_file} do
      temporary.folder(function(folder)
        local write, read = table.unpack(readers[name])
        write(folder)
        local path, full = folder .. "/set.h5", prepared.write
        prepared.write = function() return nil, "the disk is full" end
        local none, message = read(folder, {prepared = given(path)})
        prepared.write = full
        assert.is_nil(none)
        assert.matches("the disk is full", message)
        local key = count == core.wfdb and "load" or "read"
        local called, plain = 0, count[key]
        count[key] = function(...)
          called = called + 1
          return plain(...)
        end
        local made = assert(read(folder, {prepared = given(path)}))
        count[key] = plain
        assert.equal(0, called)
        same(assert(read(folder, {})), made)
        assert.is_nil(lfs.attributes(path .. ".parts"))
      end)
    end
  end)

  it("reads again what has changed since", function()
    temporary.folder(function(folder)
      local write, read = table.unpack(readers.from_table)
      write(folder)
      local path, full = folder .. "/set.h5", prepared.write
      prepared.write = function() return nil, "the disk is full" end
      read(folder, {prepared = given(path)})
      prepared.write = full
      assert(core.store.save_npy(folder .. "/r10.npy", core.ones(300, 2)))
      local made = assert(read(folder, {prepared = given(path)}))
      same(assert(read(folder, {})), made)
      for i, record in ipairs(made.records) do
        if record == "r10.npy" or record == "r10" then assert.equal(200 * 2, made.signals[i]:sum():item()) end
      end
    end)
  end)

  it("gives the same file when it was killed and started again", function()
    temporary.folder(function(folder)
      local set = data.synthetic{records = 200, rate = 500, classes = {"NORM", "AF"}, seed = 5}
      assert(data.write_layout(set, folder .. "/challenge", {layout = "challenge"}))
      local path, program = folder .. "/set.h5", folder .. "/prepare.lua"
      temporary.write(program, ([[assert(require("ecgraft").data.georgia(%q, {prepared = {path = %q, part = 4, progress = false}}))]])
        :format(folder .. "/challenge", path))
      assert.equal(0, (process.lua{program}))
      local whole = files.read(path)
      os.remove(path)
      local killed = 0
      for part = 2, 42, 10 do
        local child = assert(uv.spawn(uv.exepath(), {args = {program}, stdio = {nil, nil, 2}, env = process.environment()}, function() end))
        local stop = uv.hrtime() + 60e9
        while not lfs.attributes(("%s.parts/%06d.h5"):format(path, part)) and not lfs.attributes(path) and uv.hrtime() < stop do
          uv.run("nowait")
          uv.sleep(1)
        end
        child:kill("sigkill")
        uv.run("default")
        if not lfs.attributes(path) then killed = killed + 1 end
      end
      assert.is_true(killed > 0)
      assert.equal(0, (process.lua{program}))
      assert.is_true(files.read(path) == whole)
      assert.is_nil(lfs.attributes(path .. ".lock"))
    end)
  end)

  it("says what a file was made from, and whether that is still so", function()
    temporary.folder(function(folder)
      local write, read = table.unpack(readers.from_table)
      write(folder)
      local path = folder .. "/set.h5"
      assert(read(folder, {prepared = given(path)}))
      assert.is_true(data.check_sources(path, folder))
      temporary.write(folder .. "/r1.csv", "I,II\n1,2\n")
      os.remove(folder .. "/r2.npy")
      local ok, changed = data.check_sources(path, folder)
      assert.is_false(ok)
      assert.equal("r1.csv", changed[1][1])
      assert.matches("has 9 bytes, had %d+", changed[1][2])
      assert.same({"r2.npy", "cannot be read"}, changed[2])
      assert(data.open(path):save(folder .. "/plain.h5"))
      local none, message = data.check_sources(folder .. "/plain.h5", folder)
      assert.is_nil(none)
      assert.matches("plain.h5: does not say what it was made from", message)
      for _, case in ipairs{
        {{1, 2}, {1, 2}, {1, 2}, "expected sources/names to be strings, got 1"},
        {{"a", "b"}, {"x", "y"}, {1, 2}, 'expected sources/crc32 to be integers, got "x"'},
        {{"a", "b"}, {1, 2}, {1}, "expected sources/bytes to have 2 entries, .* got shape {1}"},
      } do
        assert(core.store.save(folder .. "/plain.h5", {{name = "sources/names", values = case[1]},
          {name = "sources/crc32", values = case[2]}, {name = "sources/bytes", values = case[3]}}, {}))
        none, message = data.check_sources(folder .. "/plain.h5", folder)
        assert.is_nil(none)
        assert.matches("plain.h5: " .. case[4], message)
      end
    end)
  end)

  it("refuses a file that was made from other files than those in the folder", function()
    temporary.folder(function(folder)
      for i, name in ipairs{"A", "B"} do
        local set = data.synthetic{records = 3 + i, rate = 500, classes = {"NORM", "AF"}, hospital = name, seed = i}
        assert(data.write_layout(set, folder .. "/" .. name, {layout = "challenge"}))
      end
      local path = folder .. "/set.h5"
      local function read(name) return data.georgia(folder .. "/" .. name, {prepared = given(path)}) end
      assert.equal(4, #assert(read "A"))
      local none, message = read "B"
      assert.is_nil(none)
      assert.matches("set.h5 was prepared from other files than those in .*/B: g1/X00001%.hea has %d+ bytes, had %d+; name another",
        message)
      assert.equal(4, #assert(read "gone")) -- a folder that is not there any more
    end)
    temporary.folder(function(folder)
      local write, read = table.unpack(readers.from_table)
      write(folder)
      local path, csv = folder .. "/set.h5", folder .. "/table.csv"
      assert(read(folder, {prepared = given(path)}))
      assert(read(folder, {prepared = given(path)}))
      temporary.write(csv, (files.read(csv):gsub("r1%.csv,0", "r1.csv,1")))
      local none, message = read(folder, {prepared = given(path)})
      assert.is_nil(none)
      assert.matches("table.csv has changed", message)
    end)
  end)

  it("goes on where a record that the table names is nowhere", function()
    temporary.folder(function(folder)
      readers.code[1](folder)
      local exams = folder .. "/code/exams.csv"
      temporary.write(exams, (files.read(exams):gsub("\n(%d+),", "\n9%1,", 1)))
      local path, full = folder .. "/set.h5", prepared.write
      local function read(o)
        o.seconds = 7
        return data.code(folder .. "/code", o)
      end
      local plain = assert(read{})
      assert.equal(1, #plain.skipped)
      prepared.write = function() return nil, "the disk is full" end
      read{prepared = given(path)}
      prepared.write = full
      same(plain, assert(read{prepared = given(path)}))
    end)
  end)

  it("says where a file cannot be made, and blames who gave a wrong option", function()
    temporary.folder(function(folder)
      readers.ptbxl[1](folder)
      local none, message = data.ptbxl(folder .. "/ptbxl", {prepared = given(folder .. "/no/x.h5")})
      assert.is_nil(none)
      assert.matches("^data.ptbxl: .*no/x.h5", message)
      local ok, raised = pcall(function() data.ptbxl(folder .. "/ptbxl", {prepared = given(folder .. "/x.h5"), rat = 1}) end)
      assert.is_false(ok)
      assert.matches("data.ptbxl: unknown option 'rat'", raised)
      assert.not_matches("prepare.lua", raised, 1, true)
    end)
  end)

  it("refuses a file that was prepared otherwise", function()
    temporary.folder(function(folder)
      readers.from_hdf5[1](folder)
      local function read(o)
        return readers.from_hdf5[2](folder, o)
      end
      local path = folder .. "/set.h5"
      assert(read{prepared = given(path)})
      local none, message = read{prepared = given(path), limit = 3}
      assert.is_nil(none)
      assert.matches("set.h5 was prepared otherwise: .*; asked for is .*\"limit\":3.*; name another file or remove this one", message)
      none, message = read{prepared = given(path, {dtype = "int16"})}
      assert.is_nil(none)
      assert.matches("\"dtype\":\"int16\"", message)
      assert(data.synthetic{records = 3}:save(path))
      none, message = read{prepared = given(path)}
      assert.is_nil(none)
      assert.matches("was prepared otherwise: by set:save", message)
      assert.error_matches(function() read{prepared = {}} end, "data.from_hdf5: option 'prepared': option 'path' is required")
      none, message = read{prepared = folder .. "/own.h5"}
      assert.is_nil(none)
      assert.matches("own.h5: expected a prepared dataset", message)
    end)
  end)
end)
