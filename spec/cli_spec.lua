local core = require "ecgraft.core"
local eg = require "ecgraft"
local files = require "ecgraft.files"
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"
local writer = require "spec.support.wfdb_writer"

--- Runs bin/ecgraft in a folder.
local function ecgraft(folder, ...)
  local command = {process.root .. "/bin/ecgraft", ...}
  command.cwd = folder
  return process.lua(command)
end

--- A model of 12 leads at 100 Hz that was trained for an epoch, in folder/model.h5. Returns the net.
local function model(folder)
  eg.manual_seed(1)
  local set = eg.data.synthetic{records = 40, hospital = "B", seconds = 5, seed = 1}
  local net = eg.models.resnet1d18{classes = #set.classes, width = 2, hidden = 4}
  eg.fit(net, set, {epochs = 1, progress = false, batch = 20})
  assert(net:save(folder .. "/model.h5"))
  return net, set
end

describe("ecgraft predict", function()
  it("gives for a raw record what predict gives for its signals, whatever rate and lead order", function()
    temporary.folder(function(folder)
      local net = model(folder)
      local reversed = {}
      for i = 1, 12 do reversed[i] = writer.leads[13 - i] end
      local function value(i, k) return math.floor(300 * math.sin(i / 40 + k)) end
      writer.write(folder, "a", {rate = 500, length = 2500, value = value})
      writer.write(folder, "b", {rate = 500, length = 2500, leads = reversed, value = function(i, k) return value(i, 13 - k) end})
      writer.write(folder, "c", {rate = 100, length = 250, value = value})
      local code, out = ecgraft(folder, "predict", "model.h5", "a", "b.hea", "c", "--csv")
      assert.equal(0, code)
      local rows = {}
      for line in out:gmatch "[^\n]+" do
        local row = {}
        for field in line:gmatch "[^,]+" do row[#row + 1] = field end
        rows[#rows + 1] = row
      end
      assert.equal(4, #rows)
      assert.same({"record", table.unpack(net.card.classes)}, rows[1])
      for k = 2, #rows[1] do assert.equal(rows[2][k], rows[3][k]) end -- the order of leads does not matter
      local record = assert(eg.data.read_record(folder .. "/a"))
      local signals = assert(record:select(net.card.leads)):resample(100).signals:narrow(1, 1, 500)
      local expected = eg.predict(net, signals:unsqueeze(1)):totable()[1]
      for k, p in ipairs(expected) do assert.is_true(math.abs(tonumber(rows[2][k + 1]) - p) < 1e-6) end
      code, out = ecgraft(folder, "predict", "model.h5", "a")
      assert.equal(0, code)
      assert.matches("NORM", out)
    end)
  end)

  it("names what a record lacks, and still predicts the others", function()
    temporary.folder(function(folder)
      model(folder)
      writer.write(folder, "whole", {length = 2500})
      writer.write(folder, "few", {length = 2500, leads = {"I", "II", "V1"}})
      local code, out, err = ecgraft(folder, "predict", "model.h5", "few", "whole", "missing")
      assert.equal(1, code)
      assert.matches("whole", out)
      assert.matches("few: the model needs the leads I, II, III.* its leads are I, II, V1", err)
      assert.matches("missing", err)
    end)
  end)

  it("refuses a file that is no model", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/text.h5", "not at all")
      local code, _, err = ecgraft(folder, "predict", "text.h5", "a")
      assert.equal(1, code)
      assert.matches("text.h5", err)
      local all = assert(files.read((model(folder)) and folder .. "/model.h5"))
      temporary.write(folder .. "/cut.h5", all:sub(1, #all // 2))
      code, _, err = ecgraft(folder, "predict", "cut.h5", "a")
      assert.equal(1, code)
      assert.matches("cut.h5", err)
    end)
  end)
end)

describe("ecgraft synth --layout", function()
  it("writes what the readers of published sets read, at the layout's rate", function()
    temporary.folder(function(folder)
      for name, read in pairs{ptbxl = eg.data.ptbxl, challenge = eg.data.cpsc2018, ptb = eg.data.ptb, code = eg.data.code} do
        local code, out, err = ecgraft(folder, "synth", "--layout", name, "-n", "24", "--seconds", "5", name)
        assert.equal(0, code, err)
        assert.matches("24 records", out)
        assert.matches("\nread by eg%.data%.", out)
        local set = assert(read(folder .. "/" .. name, {seconds = 5, strict = true}))
        assert.matches("^synthetic ECGs in the layout of ", set.source)
        assert.is_true(#set > 12 and #set <= 24)
      end
      local _, out = ecgraft(folder, "synth", "xl", "--layout", "ptbxl", "--rate", "500", "-n", "3")
      assert.matches('read by eg.data.ptbxl%("xl"%)', out)
      assert(eg.data.ptbxl(folder .. "/xl", {rate = 500, unlabelled = "keep"}))
    end)
  end)

  it("says what is wrong", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/mine/file", "x")
      local code, _, err = ecgraft(folder, "synth", "mine", "--layout", "ptbxl")
      assert.equal(1, code)
      assert.matches("mine: expected a new or empty folder", err)
      code, _, err = ecgraft(folder, "synth", "new", "--layout", "ptb", "--rate", "100", "-n", "2")
      assert.equal(1, code)
      assert.matches("layout 'ptb' has 1000 samples a second, the set has 100", err)
      assert.equal(2, (ecgraft(folder, "synth", "new", "--layout", "mimic")))
      for _, name in ipairs{"new", "new.hdf5"} do -- no other command would take it for a prepared dataset
        local status, _, said = ecgraft(folder, "synth", name)
        assert.equal(2, status)
        assert.matches("give it a name that ends in .h5", said, 1, true)
      end
      assert.equal(2, (ecgraft(folder, "evaluate", "model.h5", "set.h5", "--folds", "10")))
      assert.equal(2, (ecgraft(folder, "synth", "new", "--layout", "ptb", "--wfdb")))
      assert.matches("ecgraft synth ptb%-xl %-%-layout ptbxl", select(2, ecgraft(folder, "synth", "--help")))
    end)
  end)
end)

describe("a command that writes", function()
  it("replaces no set, model or weights without --force, and says what is there", function()
    temporary.folder(function(folder)
      assert.equal(0, (ecgraft(folder, "synth", "a.h5", "-n", "3", "--seconds", "5")))
      local before = files.read(folder .. "/a.h5")
      local code, _, err = ecgraft(folder, "synth", "a.h5", "-n", "4", "--seconds", "5")
      assert.equal(1, code)
      assert.equal("ecgraft: a.h5 is already there, a prepared dataset; --force replaces it\n", err)
      assert.equal(before, files.read(folder .. "/a.h5"))
      assert.equal(0, (ecgraft(folder, "synth", "a.h5", "-n", "4", "--seconds", "5", "--force")))
      assert.not_equal(before, files.read(folder .. "/a.h5"))
      eg.manual_seed(1)
      assert(eg.models.gru{classes = 2, head = "mean", hidden = 4}:save(folder .. "/model.h5"))
      local untouched = files.read(folder .. "/model.h5")
      for _, arguments in ipairs{{"synth", "model.h5"}, {"import", "w.safetensors", "-o", "model.h5"}} do
        code, _, err = ecgraft(folder, table.unpack(arguments))
        assert.equal(1, code)
        assert.matches("model.h5 is already there, a model; --force", err, 1, true)
      end
      assert.equal(0, (ecgraft(folder, "export", "model.h5", "w.safetensors")))
      code, _, err = ecgraft(folder, "export", "model.h5", "w.py") -- w.safetensors would go with it
      assert.equal(1, code)
      assert.matches("w.safetensors is already there, a file; --force", err, 1, true)
      assert.is_false(files.exists(folder .. "/w.py"))
      assert.equal(0, (ecgraft(folder, "export", "model.h5", "w.py", "--force")))
      assert.equal(1, (ecgraft(folder, "import", "w.safetensors", "-o", "model.h5")))
      assert.equal(untouched, files.read(folder .. "/model.h5"))
      assert.equal(0, (ecgraft(folder, "synth", "records", "--wfdb", "-n", "2", "--seconds", "5")))
      code, _, err = ecgraft(folder, "synth", "records", "--wfdb", "-n", "2", "--seconds", "5")
      assert.equal(1, code)
      assert.matches("records is already there, a folder with %d+ entries; %-%-force writes there all the same", err)
      assert.equal(0, (ecgraft(folder, "synth", "records", "--wfdb", "-n", "2", "--seconds", "5", "-f")))
      for _ = 1, 2 do assert.equal(0, (ecgraft(folder, "plot", "a.h5", "--record", "synthetic-A-000001"))) end
    end)
  end)

  it("replaces pages, and no notebook or script", function()
    temporary.folder(function(folder)
      assert(files.write(folder .. "/look.lua", "-- %%\nprint(1)\n"))
      for _ = 1, 2 do assert.equal(0, (ecgraft(folder, "notebook", "look.lua", "-q"))) end
      assert.equal(0, (ecgraft(folder, "notebook", "look.lua", "--ipynb", "-q")))
      local code, _, err = ecgraft(folder, "notebook", "look.lua", "--ipynb", "-q")
      assert.equal(1, code)
      assert.matches("look.ipynb is already there, a file; --force replaces it", err, 1, true)
      code = ecgraft(folder, "notebook", "look.ipynb", "-o", "look.lua")
      assert.equal(1, code)
      assert.equal(0, (ecgraft(folder, "notebook", "look.ipynb", "-o", "look.lua", "--force")))
    end)
  end)
end)

describe("ecgraft synth, evaluate, info and plot", function()
  it("write, measure, tell and draw", function()
    temporary.folder(function(folder)
      model(folder)
      local code, out, err = ecgraft(folder, "synth", "b.h5", "-n", "60", "--hospital", "B", "--seconds", "5", "--seed", "5")
      assert.equal(0, code, err)
      assert.matches("60 records", out)
      code, out, err = ecgraft(folder, "synth", "--wfdb", "records", "-n", "3", "--hospital", "B")
      assert.equal(0, code, err)
      assert.matches("3 records", out)
      assert.matches("synthetic%-B%-000001: 10 s at 100 Hz", select(2, ecgraft(folder, "info", "records/synthetic-B-000001")))
      code, out, err = ecgraft(folder, "evaluate", "model.h5", "b.h5")
      assert.equal(0, code, err)
      assert.matches("macro", out)
      code, out = ecgraft(folder, "evaluate", "model.h5", "b.h5", "--json")
      assert.equal(0, code)
      assert.equal(60, files.from_json(out).records)

      code, out = ecgraft(folder, "info", "model.h5")
      assert.equal(0, code)
      assert.matches("ResNet1d", out)
      assert.matches("500 samples at 100 Hz, mV", out)
      code, out = ecgraft(folder, "info", "b.h5")
      assert.equal(0, code)
      assert.matches("60 records", out)

      assert(core.store.save(folder .. "/c.h5", {}, {ecgraft_kind = "checkpoint"}))
      local status, _, said = ecgraft(folder, "info", "c.h5")
      assert.equal(1, status)
      assert.matches("c.h5 is a damaged checkpoint: its history: expected JSON text, got nil", said)

      writer.write(folder, "r", {length = 5000, dx = "426783006"})
      code, out = ecgraft(folder, "info", "r")
      assert.equal(0, code)
      assert.matches("10 s at 500 Hz", out)
      code, out = ecgraft(folder, "plot", "r", "-o", "r.svg")
      assert.equal(0, code)
      assert.equal("r.svg\n", out)
      assert.matches("^<svg", files.read(folder .. "/r.svg"):sub(1, 300))
      assert.matches("10 s · NSR<", files.read(folder .. "/r.svg"), 1, true)
      code, out = ecgraft(folder, "plot", "records/synthetic-B-000001", "-o", "l.svg")
      assert.equal(0, code, out)
      local labels = eg.data.read_record(folder .. "/records/synthetic-B-000001").findings
      assert.matches("10 s · " .. table.concat(labels, ", ") .. "<", files.read(folder .. "/l.svg"), 1, true)
      if require("ecgraft.plot.save").can_convert() then
        assert.equal(0, (ecgraft(folder, "plot", "r", "-o", "r.png")))
        assert.equal("\137PNG", files.read(folder .. "/r.png"):sub(1, 4))
      end
      code, out, err = process.lua{process.root .. "/bin/ecgraft", "plot", "r", "-o", "s.png", cwd = folder, env = {PATH = "/nowhere"}}
      assert.same({1, ""}, {code, out})
      assert.matches("needs the program rsvg%-convert %(Debian: librsvg2%-bin", err)
      assert.is_false(files.exists(folder .. "/s.png"))
    end)
  end)

  it("say what is wrong", function()
    temporary.folder(function(folder)
      model(folder)
      assert.equal(0, (ecgraft(folder, "synth", "a.h5", "-n", "20", "--hospital", "A", "--seconds", "5")))
      local code, _, err = ecgraft(folder, "evaluate", "model.h5", "a.h5")
      assert.equal(1, code)
      assert.matches("the model knows the classes NORM, AF, IAVB, SB.* the set has NORM, AF, IAVB, LBBB", err)
      code, _, err = ecgraft(folder, "evaluate", "model.h5", folder)
      assert.equal(1, code)
      assert.matches("say with %-%-set", err)
      code = ecgraft(folder, "synth", "a.h5", "--hospital", "C")
      assert.equal(2, code)
      code, _, err = ecgraft(folder, "plot", "nothing")
      assert.equal(1, code)
      assert.matches("nothing", err)
    end)
  end)
end)

describe("ecgraft info of a folder", function()
  it("counts its records by their headers, and names sets and models", function()
    temporary.folder(function(folder)
      local set = eg.data.synthetic{records = 12, hospital = "A", seconds = 5, seed = 2}
      assert(eg.data.write_wfdb(set, folder .. "/ward"))
      local code, out = ecgraft(folder, "info", "ward")
      assert.equal(0, code)
      assert.matches("^ward:\n  12 WFDB records: 12 leads, 100 Hz, 5 s each; 1 min 00 s in all\n  findings: ", out)
      local findings = files.from_json(select(2, ecgraft(folder, "info", "ward", "--json"))).findings
      for k, class in ipairs(set.classes) do
        local count = set:counts()[k]
        assert.equal(count > 0 and count or nil, findings[class])
      end
      assert(files.make_folder(folder .. "/mixed"))
      assert(files.write(folder .. "/mixed/broken.hea", "broken 12\n"))
      writer.write(folder .. "/mixed", "r", {length = 5000, dx = "164889003,12345"})
      writer.write(folder .. "/mixed", "s", {length = 2500, dx = "164889003"})
      assert(set:save(folder .. "/mixed/set.h5"))
      assert(files.write(folder .. "/mixed/torn.h5", "no such thing"))
      code, out = ecgraft(folder, "info", "mixed")
      assert.equal(0, code)
      assert.matches("  set.h5: a prepared dataset\n  [^\n]*torn.h5[^\n]*\n  3 WFDB records: 12 leads, 500 Hz, 5 to 10 s each; 15 s", out)
      assert.matches("findings: AF 2, 12345 1\n", out, 1, true)
      assert.matches("1 header cannot be read; the first: [^\n]*broken", out)
      assert(files.make_folder(folder .. "/unsaid"))
      assert(files.write(folder .. "/unsaid/u.hea", "u 1 100\nu.dat 16 200 12 0 0 0 0 I\n")) -- its length is that of its file
      code, out = ecgraft(folder, "info", "unsaid")
      assert.equal(0, code)
      assert.equal("unsaid:\n  1 WFDB record: 1 lead, 100 Hz\n  1 header without the length of the record\n", out)
      assert(files.make_folder(folder .. "/empty"))
      local _, err
      code, _, err = ecgraft(folder, "info", "empty")
      assert.equal(1, code)
      assert.matches("empty: expected WFDB records", err)
    end)
  end)
end)

describe("the command line", function()
  local cli = require "ecgraft.cli"

  it("has examples in every command's help, and understands each of them", function()
    local seen = {}
    for _, each in ipairs(cli.examples()) do
      local words = {}
      for word in each.line:gsub("%s*>.*", ""):gsub("%s*&&.*", ""):gsub("^.*ecgraft ", ""):gmatch "%S+" do words[#words + 1] = word end
      assert.equal(each.command, words[1])
      local parsed, message = cli.parse(words)
      assert(parsed, each.line .. ": " .. tostring(message))
      seen[each.command] = true
    end
    for _, name in ipairs{"study", "status", "report", "predict", "evaluate", "info", "plot", "synth", "export", "import", "repl",
        "notebook",
        "completion"} do
      assert.is_true(seen[name], name)
    end
    assert.is_nil(cli.parse{"plot", "--colour", "red"})
  end)

  it("completes commands and options in bash", function()
    temporary.folder(function(folder)
      local code, script = ecgraft(folder, "completion", "bash")
      assert.equal(0, code)
      assert(files.write(folder .. "/completion", script))
      local function completed(...)
        local words = {"ecgraft", ...}
        local quoted = {}
        for i, word in ipairs(words) do quoted[i] = ("%q"):format(word) end
        local pipe = assert(io.popen(("bash -c 'source %s/completion; COMP_WORDS=(%s); COMP_CWORD=%d; _ecgraft; echo ${COMPREPLY[@]}'")
          :format(folder, table.concat(quoted, " "), #words - 1)))
        local out = pipe:read "a"
        pipe:close()
        return out
      end
      assert.equal("study status synth\n", completed "s")
      assert.matches("%-%-workers", completed("study", "--w"))
      for _, shell in ipairs{"zsh", "fish"} do
        code, script = ecgraft(folder, "completion", shell)
        assert.equal(0, code)
        assert.matches("evaluate", script)
      end
    end)
  end)

  it("takes folders and prepared sets where it takes records, and says which record it wants", function()
    temporary.folder(function(folder)
      local net, set = model(folder)
      assert(eg.data.write_wfdb(set:subset{1, 2, 3}, folder .. "/ward"))
      assert(set:subset{1, 2, 3}:save(folder .. "/ward.h5"))
      local code, out = ecgraft(folder, "predict", "model.h5", "ward.h5", "ward", "--json")
      assert.equal(0, code)
      local rows = files.from_json(out)
      assert.equal(6, #rows)
      local expected = eg.predict(net, set:subset{1, 2, 3}):totable()
      for i = 1, 3 do
        assert.equal(set.records[i], rows[i].record)
        for k, class in ipairs(net.card.classes) do
          assert.is_true(math.abs(rows[i].probabilities[class] - expected[i][k]) < 1e-6)
          assert.is_true(math.abs(rows[i + 3].probabilities[class] - expected[i][k]) < 0.02) -- whole microvolts in the file
        end
      end
      local _, _, err = ecgraft(folder, "plot", "ward.h5")
      assert.matches("ward.h5 holds 3 records; say which with %-%-record NAME: synthetic%-B%-000001", err)
      _, _, err = ecgraft(folder, "plot", "ward", "--record", "nobody")
      assert.matches("ward holds 3 records, none of them nobody", err)
      code, out = ecgraft(folder, "plot", "ward", "--record", set.records[2])
      assert.equal(0, code)
      assert.equal(set.records[2] .. ".svg\n", out)
      code, out = ecgraft(folder, "info", "ward")
      assert.equal(0, code)
      assert.matches("3 WFDB records", out)
      code, _, err = ecgraft(folder, "synth", "ward.wav")
      assert.equal(2, code)
      assert.matches("%.h5", err)
    end)
  end)

  it("gives programs what it prints for people", function()
    temporary.folder(function(folder)
      local net, set = model(folder)
      assert(set:save(folder .. "/ward.h5"))
      local function json(...)
        local code, out, err = ecgraft(folder, ...)
        assert(code == 0, err)
        return files.from_json(out)
      end
      local info = json("info", "model.h5", "--json")
      assert.same({"model", net.card.classes, 500, 100}, {info.kind, info.classes, info.samples, info.rate})
      info = json("info", "ward.h5", "--json")
      assert.same({"dataset", 40, (set:counts())}, {info.kind, info.records, info.counts})
      assert(net:save(folder .. "/again.h5"))
      local made = json("synth", "other.h5", "-n", "7", "--json")
      assert.same({"other.h5", 7}, {made.file, made.records})
      assert.equal(40, json("evaluate", "model.h5", "ward.h5", "--json").records)
      local plan = json("study", process.root .. "/examples/08_study.lua", "--plan", "--json", "--", "--smoke")
      assert.is_true(#plan.runs > 2 and plan.records > 0 and plan.seconds > 0)
    end)
  end)
end)

describe("ecgraft without a command", function()
  it("lists the commands on standard error and exits with 2", function()
    local code, out, err = ecgraft(nil)
    assert.equal(2, code)
    assert.equal("", out)
    for _, name in ipairs{"study", "predict", "repl", "notebook"} do assert.matches("\n +" .. name .. " +%u", err) end
    assert.matches("ecgraft: a command is required\n$", err)
    assert.not_matches("\n +kernel ", err)
    code, out, err = ecgraft(nil, "stduy")
    assert.same({2, ""}, {code, out})
    assert.matches("unknown command 'stduy'\nDid you mean 'study'?", err, 1, true)
    assert.not_matches("predict", err)
  end)
end)
