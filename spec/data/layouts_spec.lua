-- Synthetic ECGs in each publisher's layout, read back by the reader of the real set.
local eg = require "ecgraft"
local core = require "ecgraft.core"
local data = require "ecgraft.data"
local files = require "ecgraft.files"
local layouts = require "ecgraft.data.layouts"
local lfs = require "lfs"
local real_data = require "spec.support.real_data"
local temporary = require "spec.support.temporary"

local function largest(x) return x:abs():max():item() end

--- Names in a folder, sorted.
local function names_in(folder)
  local names = {}
  for name in lfs.dir(folder) do
    if name ~= "." and name ~= ".." then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- Runs fn with layout.field set to `value`.
local function with_field(layout, field, value, fn)
  local old = layout[field]
  layout[field] = value
  local ok, message = pcall(fn)
  layout[field] = old
  if not ok then error(message, 0) end
end

local function has(list, wanted)
  for _, each in ipairs(list) do if each == wanted then return true end end
  return false
end

--- The rows of labels that `classes` should have: class_of(finding, truth) names a finding's class, or nil.
local function expected(set, classes, class_of)
  local rows = {}
  for i, truth in ipairs(set.truth) do
    local row = {}
    for k, class in ipairs(classes) do
      row[k] = 0
      for _, finding in ipairs(truth.findings) do if class_of(finding, truth) == class then row[k] = 1 end end
    end
    rows[i] = row
  end
  return rows
end

--- Whether two lists group the same positions.
local function same_groups(a, b)
  local to, from = {}, {}
  for i = 1, #a do
    if (to[a[i]] or b[i]) ~= b[i] or (from[b[i]] or a[i]) ~= a[i] then return false end
    to[a[i]], from[b[i]] = b[i], a[i]
  end
  return #a == #b
end

--- What every layout keeps: count, people, signals to half a unit of the file; and patients, unless that is false.
local function assert_agrees(set, again, resolution, patients)
  assert.equal(#set, #again)
  assert.same(set.ages, again.ages)
  assert.same(set.sexes, again.sexes)
  assert.same({}, again.skipped)
  assert.is_true(largest(again.signals - set.signals) <= resolution)
  if patients ~= false then assert.is_true(same_groups(set.patients, again.patients)) end
  assert.truthy(again.source:find("^synthetic ECGs in the layout of "))
  assert.truthy(tostring(again):find("synthetic", 1, true))
end

local superclass = {NORM = "NORM", MI = "MI", LVH = "HYP", LBBB = "CD", RBBB = "CD", IAVB = "CD", STD = "STTC", TAb = "STTC", TInv = "STTC",
  LQT = "STTC"}

describe("data.write_layout: PTB-XL", function()
  local classes = layouts.of("ptbxl").classes

  it("is read by data.ptbxl with superclasses, folds, people and signals", function()
    temporary.folder(function(folder)
      local set = data.synthetic{records = 60, classes = classes, several = .3}
      assert(data.write_layout(set, folder .. "/deep/xl", {layout = "ptbxl"}))
      local again = assert(data.ptbxl(folder .. "/deep/xl", {strict = true, unlabelled = "keep"}))
      assert_agrees(set, again, 5.1e-4)
      assert.equal("1", again.records[1])
      assert.equal("60", again.records[60])
      local rows = expected(set, again.classes, function(finding, truth)
        if finding == "STE" then return not has(truth.findings, "MI") and "STTC" or nil end
        return superclass[finding]
      end)
      assert.same(rows, again.label_rows)
      local labelled, fold_of = 0, {}
      for i, row in ipairs(rows) do
        labelled = labelled + math.max(table.unpack(row))
        assert.equal(again.fold[i], fold_of[again.patients[i]] or again.fold[i])
        fold_of[again.patients[i]] = again.fold[i]
      end
      assert.is_true(labelled < 60)
      assert.equal(labelled, #assert(data.ptbxl(folder .. "/deep/xl")))
      for fold = 1, 10 do assert.is_true(has(again.fold, fold)) end
      local all = assert(data.ptbxl(folder .. "/deep/xl", {labels = "all"}))
      assert.equal(71, #all.classes)
      local statement = {NORM = "NORM", AF = "AFIB", SB = "SBRAD", STach = "STACH", PVC = "PVC", PAC = "PAC", STE = "STE_", LQT = "LNGQT"}
      for i, truth in ipairs(set.truth) do
        local labels = all:record(i).labels
        for _, finding in ipairs(truth.findings) do
          if statement[finding] and not (finding == "STE" and has(truth.findings, "MI")) then
            assert.is_true(has(labels, statement[finding]), finding)
          elseif finding == "MI" then
            assert.is_true(has(labels, ({anterior = "AMI", inferior = "IMI", lateral = "LMI"})[truth.region]))
          end
        end
        local f = truth.findings
        assert.equal(not (has(f, "AF") or has(f, "SB") or has(f, "STach")), has(labels, "SR"))
      end
      local header = files.read(folder .. "/deep/xl/records100/00000/00001_lr.hea")
      assert.matches("^00001_lr 12 100 1000\n00001_lr.dat 16 1000.0%(0%)/mV 16 0 %-?%d+ %d+ 0 I\n", header)
      assert.matches("# Synthetic: synthetic%-A%-000001, made by a generator, from no patient", header)
      assert.is_nil(lfs.attributes(folder .. "/deep/xl/records500"))
    end)
  end)

  it("has records500 and records100 where the set has 500 samples a second", function()
    temporary.folder(function(folder)
      local set = data.synthetic{records = 12, classes = {"NORM", "MI"}, rate = 500, seconds = 5}
      assert(data.write_layout(set, folder .. "/xl", {layout = "ptbxl"}))
      assert_agrees(set, assert(data.ptbxl(folder .. "/xl", {rate = 500, seconds = 5})), 5.1e-4)
      local low = assert(data.ptbxl(folder .. "/xl", {rate = 100, seconds = 5}))
      for i = 1, 12 do
        assert.is_true(largest(low.signals[i] - core.signal.resample(set.signals:select(1, i), 500, 100)) < 5.1e-4)
      end
    end)
  end)

  it("has the columns and statements of the real tables", function()
    local real, reason = real_data.folder "ptbxl"
    if not real then return pending(reason) end
    temporary.folder(function(folder)
      local set = data.synthetic{records = 3, seconds = 5}
      assert(data.write_layout(set, folder .. "/xl", {layout = "ptbxl"}))
      local _, columns = assert(data.csv(folder .. "/xl/ptbxl_database.csv"))
      local _, wanted = assert(data.csv(real .. "/ptbxl_database.csv"))
      assert.same(wanted, columns)
      local rows, names = assert(data.csv(folder .. "/xl/scp_statements.csv"))
      local real_rows, real_names = assert(data.csv(real .. "/scp_statements.csv"))
      assert.same(real_names, names)
      assert.equal(#real_rows, #rows)
      for i, row in ipairs(rows) do
        for _, column in ipairs{"", "description", "diagnostic", "form", "rhythm", "diagnostic_class", "diagnostic_subclass"} do
          assert.equal(real_rows[i][column], row[column])
        end
      end
    end)
  end)
end)

describe("data.write_layout: the Challenge", function()
  it("is read by data.cpsc2018, data.georgia and data.challenge", function()
    temporary.folder(function(folder)
      for _, each in ipairs{{"A", data.cpsc2018}, {"B", data.georgia}} do
        local set = data.synthetic{records = 24, hospital = each[1], rate = 500, seconds = 5, several = .3}
        local place, read = folder .. "/" .. each[1], each[2]
        assert(data.write_layout(set, place, {layout = "challenge"}))
        local again = assert(read(place, {rate = 500, seconds = 5, strict = true}))
        assert_agrees(set, again, 5.1e-4, false)
        assert.same(set.classes, again.classes)
        assert.is_true(again.labels:equal(set.labels))
        assert.equal(24, again:patient_count())
      end
      local any = assert(data.challenge{path = folder .. "/A", seconds = 5})
      assert.equal(24, #any)
      assert.is_true(has(any.classes, "164884008"))
      assert.truthy(any.source:find("^synthetic"))
    end)
  end)

  it("has folders g1, g2 and so on, and a MAT file's head of version 4", function()
    temporary.folder(function(folder)
      local set = data.synthetic{records = 7, rate = 500, seconds = 5, classes = {"NORM", "PVC"}}
      set = set:with_signals(set.signals, {ages = {61, false, 40, 41, 42, 43, 44},
        sexes = {"female", false, "male", "male", "male", "male", "male"}})
      with_field(layouts.of "challenge", "in_folder", 3, function()
        assert(data.write_layout(set, folder .. "/c", {layout = "challenge"}))
      end)
      assert.same({"RECORDS", "SYNTHETIC.txt", "g1", "g2", "g3"}, names_in(folder .. "/c"))
      assert.equal("g1/\ng2/\ng3/\n", files.read(folder .. "/c/RECORDS"))
      assert.same({"RECORDS", "X00007.hea", "X00007.mat"}, names_in(folder .. "/c/g3"))
      local mat = files.read(folder .. "/c/g1/X00001.mat")
      assert.equal("\30\0\0\0\12\0\0\0\196\9\0\0\0\0\0\0\4\0\0\0val\0", mat:sub(1, 24))
      assert.equal(24 + 2 * 12 * 2500, #mat)
      local header = files.read(folder .. "/c/g1/X00001.hea")
      assert.matches("^X00001 12 500 2500\nX00001.mat 16%+24 1000.0%(0%)/mV 16 0 %-?%d+ %-?%d+ 0 I\n", header)
      assert.matches("\n#Age: 61\n#Sex: Female\n#Dx: %d+[%d,]*\n", header)
      assert.matches("\n#Synthetic: synthetic%-A%-000001, made by a generator, from no patient", header)
      assert.matches("\n#Age: NaN\n#Sex: Unknown\n", files.read(folder .. "/c/g1/X00002.hea"))
      local again = assert(data.challenge{path = folder .. "/c", classes = {"NSR", "PVC"}, seconds = 5, rate = 500})
      assert.is_true(again.labels:equal(set.labels))
      assert.same(set.ages, again.ages)
      assert.same(set.sexes, again.sexes)
    end)
  end)
end)

describe("data.write_layout: PTB", function()
  it("is read by data.ptb: reasons for admission, patients, signals", function()
    temporary.folder(function(folder)
      local classes = {table.unpack(layouts.of("ptb").classes)}
      classes[#classes + 1] = "STD"
      local set = data.synthetic{records = 40, classes = classes, rate = 1000, seconds = 5, repeats = .5, several = .2}
      assert(data.write_layout(set, folder .. "/ptb", {layout = "ptb"}))
      local kept = {}
      for i, truth in ipairs(set.truth) do
        if #truth.findings > 1 or truth.findings[1] ~= "STD" then kept[#kept + 1] = i end
      end
      assert.is_true(#kept < 40)
      local some = set:subset(kept)
      local again = assert(data.ptb(folder .. "/ptb", {rate = 1000, seconds = 5, strict = true}))
      assert_agrees(some, again, 2.6e-4)
      assert.same(expected(some, {"MI", "NORM"}, function(finding) return finding end), again.label_rows)
      assert.matches("%d records? without a reason for admission left out", tostring(again))
      for k, i in ipairs(kept) do assert.equal(("s%04d_re"):format(i), again.records[k]) end
      assert.matches("^patient%d%d%d$", again.patients[1])
      local header = files.read(folder .. "/ptb/patient001/s0001_re.hea")
      assert.matches("^s0001_re 15 1000 5000\ns0001_re.dat 16 2000 16 0 %-?%d+ %-?%d+ 0 i\n", header)
      assert.matches("\n# Synthetic: synthetic%-A%-000001, made by a generator, from no patient", header)
    end)
  end)

  it("has Frank leads from which Dower's coefficients give the twelve", function()
    temporary.folder(function(folder)
      local set = data.synthetic{records = 6, classes = {"NORM", "MI", "LVH"}, rate = 1000, seconds = 5, clean = true}
      assert(data.write_layout(set, folder .. "/ptb", {layout = "ptb"}))
      local xyz = assert(data.ptb(folder .. "/ptb", {rate = 1000, seconds = 5, leads = {"vx", "vy", "vz"}}))
      local dower = {[1] = {.632, -.235, .059}, [2] = {.235, 1.066, -.132}, [7] = {-.515, .157, -.917}, [10] = {1.213, .127, -.601}}
      for lead, factors in pairs(dower) do
        local seen = set.signals:select(3, lead)
        local sum = xyz.signals:select(3, 1) * factors[1] + xyz.signals:select(3, 2) * factors[2] + xyz.signals:select(3, 3) * factors[3]
        -- Three digits of coefficients and half a microvolt of the file.
        local off = largest(sum - seen)
        assert.is_true(off < .01 * largest(seen) + 1e-3, ("lead %d: %g of %g"):format(lead, off, largest(seen)))
      end
    end)
  end)
end)

describe("data.write_layout: CODE-15 %", function()
  it("is read by data.code, zeros at both ends and the empty exam 0 left out", function()
    temporary.folder(function(folder)
      local classes = {table.unpack(layouts.of("code").classes)}
      classes[#classes + 1] = "PVC"
      local set = data.synthetic{records = 30, classes = classes, rate = 400, several = .2}
      local place = folder .. "/code"
      assert(data.write_layout(set, place, {layout = "code"}))
      local again = assert(data.code(place, {rate = 400, strict = true}))
      assert_agrees(set, again, 1e-6)
      local name = {IAVB = "1dAVb", STach = "ST", RBBB = "RBBB", LBBB = "LBBB", SB = "SB", AF = "AF"}
      local rows = expected(set, again.classes, function(finding) return name[finding] end)
      for _, row in ipairs(rows) do row[7] = 1 - math.max(table.unpack(row, 1, 6)) end
      assert.same(rows, again.label_rows)
      assert.truthy(tostring(again):find("zeros at both ends cut off 30 records", 1, true))
      local file <close> = assert(core.store.open(place .. "/exams_part0.hdf5"))
      assert.same({31, 4096, 12}, file:shape "tracings")
      assert.equal("float32", file:dtype "tracings")
      local ids = assert(file:values "exam_id")
      assert.equal(31, #ids)
      assert.equal(0, ids[31])
      local tracings = assert(file:read "tracings")
      assert.equal(0, largest(tracings[31]))
      assert.equal(0, largest(tracings:narrow(2, 1, 48)))
      assert.equal(0, largest(tracings:narrow(2, 4049, 48)))
      assert.matches("from no patient", file:attributes().synthetic)
      assert.matches("^exam_id,age,is_male,nn_predicted_age,1dAVb,RBBB,LBBB,SB,ST,AF,patient_id,death,timey,normal_ecg," ..
        "trace_file,synthetic\n1,", files.read(place .. "/exams.csv"))
    end)
  end)

  it("has several parts where there are many exams", function()
    temporary.folder(function(folder)
      local set = data.synthetic{records = 7, rate = 400, seconds = 7}
      with_field(layouts.of "code", "in_part", 3, function()
        assert(data.write_layout(set, folder .. "/code", {layout = "code"}))
      end)
      assert.same({"SYNTHETIC.txt", "exams.csv", "exams_part0.hdf5", "exams_part1.hdf5", "exams_part2.hdf5"}, names_in(folder .. "/code"))
      assert_agrees(set, assert(data.code(folder .. "/code", {rate = 400, seconds = 7})), 1e-6)
    end)
  end)
end)

describe("data.write_layout", function()
  it("replaces an earlier set as a whole, and no folder with anything else", function()
    temporary.folder(function(folder)
      local place = folder .. "/set"
      local set = data.synthetic{records = 5, seconds = 5}
      assert(lfs.mkdir(place))
      assert(data.write_layout(set, place, {layout = "ptbxl"})) -- an empty folder
      assert(data.write_layout(set:subset{1, 2}, place .. "/", {layout = "ptbxl"}))
      assert.same({"00001_lr.dat", "00001_lr.hea", "00002_lr.dat", "00002_lr.hea"}, names_in(place .. "/records100/00000"))
      local before = files.read(place .. "/ptbxl_database.csv")
      local none, message = data.write_layout(set:with_signals(set.signals * 1e4), place, {layout = "ptbxl"})
      assert.is_nil(none)
      assert.matches("^data.write_layout: 0000%d_lr: expected samples from %-32.767 to 32.767 mV, got", message)
      assert.equal(before, files.read(place .. "/ptbxl_database.csv"))
      assert.same({"set"}, names_in(folder)) -- nothing is left beside it
      temporary.write(place .. "/records100/notes.txt", "mine")
      none, message = data.write_layout(set, place, {layout = "ptbxl"})
      assert.is_nil(none)
      assert.matches("holds 'records100/notes.txt' beside a synthetic set", message)
      assert.equal("mine", files.read(place .. "/records100/notes.txt"))
      os.remove(place .. "/records100/notes.txt")
      assert(data.write_layout(data.synthetic{records = 3, rate = 400, seconds = 5}, place, {layout = "code"}))
      assert.same({"SYNTHETIC.txt", "exams.csv", "exams_part0.hdf5"}, names_in(place))
      assert.matches("^Synthetic ECGs: made by a generator, from no patient", files.read(place .. "/SYNTHETIC.txt"))

      temporary.write(folder .. "/other/file", "x")
      none, message = data.write_layout(set, folder .. "/other", {layout = "ptbxl"})
      assert.is_nil(none)
      assert.matches("/other: expected a new or empty folder, or one with a synthetic set %(SYNTHETIC.txt%); it holds 'file'", message)
      none, message = data.write_layout(set, folder .. "/other/file", {layout = "ptbxl"})
      assert.is_nil(none)
      assert.matches("expected a folder, got a file", message)
      none, message = data.write_layout(set, ".", {layout = "ptbxl"})
      assert.is_nil(none)
      assert.matches("is the current folder", message)
    end)
  end)

  it("follows a link to the folder, and removes nothing through one", function()
    temporary.folder(function(folder)
      local set = data.synthetic{records = 2, rate = 400, seconds = 5}
      temporary.write(folder .. "/precious/file", "x")
      assert(lfs.mkdir(folder .. "/real"))
      assert(lfs.link(folder .. "/real", folder .. "/link", true))
      assert(data.write_layout(set, folder .. "/link", {layout = "code"}))
      assert.same({"SYNTHETIC.txt", "exams.csv", "exams_part0.hdf5"}, names_in(folder .. "/real"))
      assert(lfs.link(folder .. "/precious", folder .. "/real/exams_part1.hdf5", true)) -- a name of the layout, but a link
      assert(data.write_layout(set, folder .. "/link", {layout = "code"}))
      assert.same({"SYNTHETIC.txt", "exams.csv", "exams_part0.hdf5"}, names_in(folder .. "/real"))
      assert.equal("x", files.read(folder .. "/precious/file"))
      assert.same({"link", "precious", "real"}, names_in(folder))
    end)
  end)

  it("says what it cannot write", function()
    local set = data.synthetic{records = 2, seconds = 5}
    local function fails(pattern, ...)
      local arguments = table.pack(...)
      assert.error_matches(function() data.write_layout(table.unpack(arguments, 1, arguments.n)) end, pattern)
    end
    fails("argument 1 must be a set, got a table", {}, "x", {layout = "ptb"})
    fails("option 'layout'", set, "x")
    fails("option 'layout' must be one of \"ptbxl\", \"challenge\", \"ptb\", \"code\", got \"mimic\"", set, "x", {layout = "mimic"})
    fails("argument 2 %(folder%)", set, nil, {layout = "ptbxl"})
    fails("layout 'ptb' has 1000 samples a second, the set has 100: make it with rate = 1000", set, "x", {layout = "ptb"})
    fails("layout 'code' holds 4096 samples in a record at most, the set has 4400", data.synthetic{records = 1, rate = 400, seconds = 11},
      "x", {layout = "code"})
    fails("must be in mV", set:with_signals(set.signals, {units = "scaled"}), "x", {layout = "ptbxl"})
    local real = data.dataset{signals = eg.zeros(1, 500, 12), labels = eg.zeros(1, 1), classes = {"NORM"}, records = {"r"}, rate = 100}
    fails("the set must be one of data.synthetic, got unnamed", real, "x", {layout = "ptbxl"})
    fails("the set must be one of data.synthetic, got my ward", set:with_signals(set.signals, {source = "my ward"}), "x", {layout = "ptb"})
    local swapped = {"II", "I", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"}
    fails("the set must have the leads I, II, .*, got II, I, ", set:with_signals(set.signals, {leads = swapped}), "x", {layout = "ptbxl"})
  end)
end)
