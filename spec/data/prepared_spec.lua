--- The prepared file: what was saved is what is opened, and what is damaged says so.
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local files = require("spec.support.files")
local small_set = require("spec.support.small_set")
local temporary = require("spec.support.temporary")

local function full_set()
  local ages, sexes, truth = {}, {}, {}
  for i = 1, 12 do ages[i], sexes[i], truth[i] = i % 3 > 0 and 20.5 + i, i % 4 > 0 and "male", {heart_rate = 60 + i, beats = {1, 2}} end
  return small_set(12, {fold = core.random.permutation(12, 1), ages = ages, sexes = sexes, truth = truth,
    skipped = {{record = "x1", reason = "x1.dat: too short"}}, notes = {"one", "µV"}})
end

describe("a prepared file", function()
  it("gives back the set", function()
    temporary.folder(function(folder)
      local set, path = full_set(), folder .. "/set.h5"
      for _, given in ipairs{{}, {compression = 4}} do
        assert(set:save(path, given))
        local again = assert(data.open(path))
        assert.is_true(again.signals:equal(set.signals))
        assert.is_true(again.labels:equal(set.labels))
        for _, name in ipairs{"classes", "records", "patients", "leads", "rate", "units", "source", "fold", "ages", "sexes", "truth",
            "skipped", "notes"} do
          assert.same(set[name], again[name], name)
        end
        assert.equal(tostring(set), tostring(again))
        assert.same(set:split().train.records, again:split().train.records)
      end
    end)
  end)

  it("gives back parts of sets, scaled ones too", function()
    temporary.folder(function(folder)
      local part = small_set(40):take(15)
      assert(part:save(folder .. "/part.h5"))
      local again = assert(data.open(folder .. "/part.h5"))
      assert.is_true(again.signals:equal(part.signals))
      assert.is_nil(again.fold)
      assert.same({}, again.skipped)
      for _, kind in ipairs{"set", "lead"} do
        local scaled = data.scaler.fit(part, {kind = kind}):apply(part)
        assert(scaled:save(folder .. "/scaled.h5"))
        again = assert(data.open(folder .. "/scaled.h5"))
        assert.equal("scaled", again.units)
        assert.same(scaled.scaler:state(), again.scaler:state())
      end
      assert.error_matches(function() data.scaler.fit(part):apply(again) end, "scaled already")
    end)
  end)

  it("is refused where it is something else", function()
    local function fails(path, pattern)
      local none, message = data.open(path)
      assert.is_nil(none)
      assert.matches(pattern, message)
    end
    temporary.folder(function(folder)
      fails(folder .. "/none.h5", "none%.h5")
      temporary.write(folder .. "/text.h5", "no HDF5 at all")
      fails(folder .. "/text.h5", "text%.h5: expected an HDF5 file, got 14 bytes that are none")
      local x = core.zeros(2, 3)
      assert(core.store.save(folder .. "/array.h5", {{name = "x", tensor = x}}, {}))
      fails(folder .. "/array.h5", "expected a prepared dataset, got an HDF5 file that ecgraft did not write")
      assert(core.store.save(folder .. "/model.h5", {{name = "x", tensor = x}}, {ecgraft_kind = "model"}))
      fails(folder .. "/model.h5", "expected a prepared dataset, got a model")
      local attributes = {ecgraft_kind = "dataset", classes = {"A"}, leads = {"I"}, rate = 100, units = "mV", source = "x"}
      assert(core.store.save(folder .. "/part.h5", {{name = "signals", tensor = x}}, attributes))
      fails(folder .. "/part.h5", "not a whole dataset: it has no array labels")
      assert(core.store.save(folder .. "/shape.h5", {{name = "signals", tensor = x}, {name = "labels", tensor = x},
        {name = "records", values = {"a", "b"}}}, attributes))
      fails(folder .. "/shape.h5", "not a whole dataset: .*signals must have shape %(N, L, 1%)")
      attributes.rate = "fast"
      assert(core.store.save(folder .. "/rate.h5", {{name = "signals", tensor = x:reshape(2, 3, 1)}, {name = "labels", tensor = x},
        {name = "records", values = {"a", "b"}}}, attributes))
      fails(folder .. "/rate.h5", "not a whole dataset: .*option 'rate' must be number")
    end)
  end)

  it("is refused where it is cut short or a sample was changed", function()
    temporary.folder(function(folder)
      local path = folder .. "/set.h5"
      assert(full_set():save(path))
      local whole = files.read(path)
      for size = 0, #whole - 1, 97 do
        temporary.write(path, whole:sub(1, size))
        local none, message = data.open(path)
        assert.is_nil(none)
        assert.matches("set%.h5", message)
      end
      temporary.write(path, whole)
      -- Signals are stored as the scalar of the build.
      local kind = core.scalar == "float64" and "<d" or "<f"
      local at = assert(whole:find(string.pack(kind, assert(data.open(path)).signals[1][1][1]:item()), 1, true))
      temporary.write(path, whole:sub(1, at - 1) .. string.char(whole:byte(at) ~ 1) .. whole:sub(at + 1))
      local none, message = data.open(path)
      assert.is_nil(none)
      assert.matches("set%.h5", message)
    end)
  end)

  it("is refused where it holds something else than it should", function()
    local arrays = {signals = core.zeros(2, 20, 1), labels = core.zeros(2, 2), records = {"a", "b"}}
    local attributes = {ecgraft_kind = "dataset", classes = {"A", "B"}, leads = {"I"}, rate = 100, units = "mV", source = "x"}
    local function fails(name, value, pattern)
      local items, about = {}, {}
      for key, each in pairs(attributes) do about[key] = each end
      local list = {}
      for key, each in pairs(arrays) do list[key] = each end
      if name:find("^@") then about[name:sub(2)] = value else list[name] = value end
      for key, each in pairs(list) do
        local is_list = type(each) == "table"
        items[#items + 1] = {name = key, tensor = not is_list and each or nil, values = is_list and each or nil}
      end
      temporary.folder(function(folder)
        local path = folder .. "/x.h5"
        assert(core.store.save(path, items, about))
        local set, message = data.open(path)
        if not pattern then return assert(set, message) end
        assert.is_nil(set)
        assert(message:find(path, 1, true) == 1, message)
        assert.matches(pattern, message)
      end)
    end
    fails("x", {1})
    fails("labels", {"a", "b"}, "expected labels to hold numbers, got text")
    fails("labels", core.full({2, 2}, 0 / 0), "labels: expected 0 or 1, got numbers that are not finite")
    fails("records", {1, 2}, "records: expected a list of strings, got 1 as entry 1")
    fails("records", core.zeros(2, 2), "'records' has 2 dims")
    fails("fold", {"a", "b"}, 'fold: expected a list of numbers, got "a" as entry 1')
    fails("ages", {"a", "b"}, 'ages: expected a list of numbers, got "a" as entry 1')
    fails("truth", {"{", "{}"}, "damaged JSON")
    fails("@classes", {1, 2}, "classes: expected a list of strings, got 1 as entry 1")
    fails("@classes", {"A", "A"}, 'classes: "A" occurs twice')
    fails("@notes", {1, 2}, "notes: expected a list of strings")
    fails("@rate", 1 / 0, "rate: expected samples a second, got inf")
    fails("@rate", 0 / 0, "rate: expected samples a second, got %-?nan")
    fails("@rate", -1, "option 'rate' must be at least 0.001, got %-1")
    fails("@scaler", ("["):rep(50000), "damaged JSON")
    fails("@scaler", "[1]", "scaler: unknown option '1'")
    fails("@ecgraft_kind", {"a", "b"}, "expected a prepared dataset, got an HDF5 file that ecgraft did not write")
  end)

  it("raises for wrong arguments", function()
    local set = small_set(3)
    assert.error_matches(function() set:save() end, "set:save: argument 1 %(path%) must be string, got nil")
    assert.error_matches(function() set:save("x.h5", {compression = 10}) end, "option 'compression' must be at most 9, got 10")
    local ok, message = set:save("/nowhere/at/all.h5")
    assert.is_nil(ok)
    assert.matches("/nowhere/at/all.h5", message)
  end)
end)
