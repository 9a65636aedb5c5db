local core = require "ecgraft.core"
local store = core.store
local temporary = require "spec.support.temporary"
local lfs = require "lfs"

local FIXTURES = "spec/fixtures/store/"

--- What the fixtures hold at row-major position i (from 0): see spec/fixtures/generate_store.py.
local function expected(i, unsigned) return (37 * i + 11) % 101 - (unsigned and 0 or 20) end

local function check_values(tensor, shape, unsigned, name)
  assert.same(shape, tensor:shape(), name)
  for i, value in ipairs(tensor:numel() > 0 and tensor:reshape(-1):totable() or {}) do
    if value ~= expected(i - 1, unsigned) then
      error(("%s: at %d is %s, expected %s"):format(name, i, value, expected(i - 1, unsigned)), 2)
    end
  end
end

local function names_in(folder)
  local names = {}
  for name in lfs.dir(folder) do if name:sub(1, 1) ~= "." then names[#names + 1] = name end end
  table.sort(names)
  return names
end

local function assert_raises(fn, ...)
  local ok, message = pcall(fn)
  assert.is_false(ok)
  for _, part in ipairs{...} do
    if not tostring(message):find(part, 1, true) then
      error(("expected '%s' in the message '%s'"):format(part, message), 2)
    end
  end
end

describe("HDF5 files of h5py", function()
  local ATTRIBUTES = {
    text = "Ligne électrique", fixed = "mV", texts = {"NORM", "AF", ""}, fixed_texts = {"I", "aVR"},
    integer = -9007199254740993, large = 2.0 ^ 63 + 2048, real = 0.228, single = 0.5, truth = true, truths = {true, false},
    integers = {1, 2, 3}, reals = {0.5, -1.5}, matrix = {0.0, 1.0, 2.0, 3.0, 4.0, 5.0}, nothing = {},
  }
  local SHAPES = {
    ["chunked/plain"] = {7, 5}, ["chunked/gzip"] = {20, 6}, ["chunked/checked"] = {9, 4}, ["chunked/all"] = {11, 3, 2},
    ["chunked/single"] = {4, 4}, ["chunked/single_gzip"] = {4, 4}, ["chunked/many"] = {300}, ["grows/one"] = {25, 3},
    ["grows/last"] = {3, 40}, ["grows/both"] = {18, 16}, ["grows/both_gzip"] = {6, 6},
  }
  local NUMBERS = {
    f2 = "float16", f4 = "float32", f8 = "float64", i1 = "int8", i2 = "int16", i4 = "int32", i8 = "int64", u1 = "uint8", u2 = "uint16",
    u4 = "uint32", u8 = "uint64", big_f4 = "float32", big_f8 = "float64", big_i2 = "int16", big_i4 = "int32",
  }

  for _, version in ipairs{"earliest", "latest"} do
    it("are read whole: format " .. version, function()
      local file <close> = assert(store.open(FIXTURES .. version .. ".h5"))
      for name, shape in pairs(SHAPES) do check_values(assert(file:read(name)), shape, false, name) end
      for code, dtype in pairs(NUMBERS) do
        assert.equal(dtype, file:dtype("numbers/" .. code))
        check_values(assert(file:read("numbers/" .. code)), {3, 5}, code:sub(1, 1) == "u", code)
      end
      assert.equal("bool", file:dtype "bool")
      assert.same({1, 0, 1}, file:read("bool"):totable())
      assert.same({true, false, true}, file:values "bool")
      assert.equal(2.5, file:read("scalar"):item())
      assert.equal(2.5, file:read("linked"):item())
      assert.same({0, 3}, file:read("empty"):shape())
      assert.same({0}, file:shape "null")
      assert.same({"I", "aVR", "V1"}, file:values "text/fixed")
      assert.same({"", "a", "Vorhofflimmern", "心电图"}, file:values "text/long")
      assert.equal("a single string", file:values "text/one")
      for i, value in ipairs(file:read("chunked/lzf"):totable()) do assert.equal(expected(i - 1) // 8, value) end
      local sparse = file:read("chunked/sparse"):totable()
      for i, row in ipairs(sparse) do
        for j, value in ipairs(row) do
          assert.equal((i == 3 or i == 4) and expected((i - 3) * 4 + j - 1) or -7, value)
        end
      end
    end)

    it("have attributes of all kinds: format " .. version, function()
      local file <close> = assert(store.open(FIXTURES .. version .. ".h5"))
      assert.same(ATTRIBUTES, file:attributes())
      assert.same(ATTRIBUTES, file:attributes "scalar")
      assert.same({}, file:attributes "bool")
      assert.equal("integer", math.type(file:attributes().integer))
      assert.same(ATTRIBUTES, store.attributes(FIXTURES .. version .. ".h5"))
    end)

    it("say what cannot be read: format " .. version, function()
      local file <close> = assert(store.open(FIXTURES .. version .. ".h5"))
      local dtype, why = file:dtype "compound"
      assert.equal("other", dtype)
      assert.equal("a compound type", why)
      local tensor, message = file:read "chunked/scaled"
      assert.is_nil(tensor)
      assert.is_truthy(message:find("'chunked/scaled' cannot be read: compressed with scale-offset", 1, true), message)
      for _, name in ipairs(file:names()) do assert.is_nil(name:find("soft") or name:find("elsewhere")) end
      assert.is_false(file:has "soft")
      assert.is_true(file:has "scalar")
    end)
  end

  it("are read in rows", function()
    for _, version in ipairs{"earliest", "latest"} do
      local file <close> = assert(store.open(FIXTURES .. version .. ".h5"))
      for name, shape in pairs(SHAPES) do
        local whole = assert(file:read(name))
        for _, rows in ipairs{{1, 1}, {2, shape[1]}, {shape[1], shape[1]}, {3, 2}} do
          local first, last = rows[1], rows[2]
          if last >= first then
            assert.same(whole:narrow(1, first, last - first + 1):totable(), file:read(name, first, last):totable())
          else
            assert.equal(0, #file:read(name, first, last))
          end
        end
        assert.same(whole:narrow(1, 2, shape[1] - 1):totable(), file:read(name, 2):totable())
      end
    end
  end)

  it("may have a user block, more links than one node holds, or an order of their own", function()
    check_values(assert(store.load(FIXTURES .. "user_block.h5")).x, {4, 3}, false, "x")
    local many, _, names = assert(store.load(FIXTURES .. "many_links.h5"))
    assert.equal(300, #names)
    for _, name in ipairs(names) do assert.equal(5, many[name]:item()) end
    local ordered, attributes
    ordered, attributes, names = assert(store.load(FIXTURES .. "ordered.h5"))
    assert.equal(40, #names)
    for i = 0, 39 do
      assert.equal(("%02d"):format(i * 7 % 40), names[i + 1])
      assert.equal(i, ordered[names[i + 1]]:item())
    end
    assert.equal(("x"):rep(70000), attributes.long)
    for i = 0, 29 do assert.equal(i, attributes["a" .. i]) end
    local paged = assert(store.load(FIXTURES .. "paged.h5"))
    check_values(paged.fixed, {1500}, false, "fixed")
    check_values(paged.implicit, {7, 5}, false, "implicit")
  end)

  it("are listed", function()
    local list = assert(store.list(FIXTURES .. "latest.h5"))
    local by_name = {}
    for _, entry in ipairs(list) do by_name[entry.name] = entry end
    assert.same({name = "chunked/all", shape = {11, 3, 2}, dtype = "float64"}, by_name["chunked/all"])
    assert.same({name = "text/long", shape = {4}, dtype = "string"}, by_name["text/long"])
    assert.equal("a compound type", by_name.compound.refused)
  end)
end)

describe("store.save and store.load", function()
  it("keep tensors in their order, lists and attributes", function()
    temporary.folder(function(folder)
      local path = folder .. "/a.h5"
      local weight, bias = core.randn(5, 3, 2), core.randn(5)
      local attributes = {
        classes = {"NORM", "AF"}, rate = 100.0, samples = 1000, units = "mV", strict = true, thresholds = {0.5, 0.25}, sizes = {100, 200},
        mixed = {1, 2.5}, empty = {}, card = ("{}"):rep(20000), nothing = "", truths = {true, false},
      }
      assert.is_true(store.save(path, {
        {name = "layer1.0.conv1.weight", tensor = weight}, {name = "bias", tensor = bias},
        {name = "a/transposed", tensor = weight:transpose(1, 3), checksum = false},
        {name = "a/records", values = {"r1", "", "r3"}, attributes = {unit = "ä", n = 3}},
        {name = "folds", values = {1, 2, -3}}, {name = "one", values = 2.5},
        {name = "counts", tensor = core.tensor{1, 2, 300}, dtype = "int16", compression = 4},
      }, attributes))
      assert.same({"a.h5"}, names_in(folder))
      local tensors, found, names = store.load(path)
      assert.same({"layer1.0.conv1.weight", "bias", "a/transposed", "a/records", "folds", "one", "counts"}, names)
      assert.same(weight:totable(), tensors["layer1.0.conv1.weight"]:totable())
      assert.same(weight:transpose(1, 3):totable(), tensors["a/transposed"]:totable())
      assert.same(bias:totable(), tensors.bias:totable())
      assert.same({"r1", "", "r3"}, tensors["a/records"])
      assert.same({1, 2, -3}, tensors.folds:totable())
      assert.same({1, 2, 300}, tensors.counts:totable())
      attributes.mixed = {1.0, 2.5}
      assert.same(attributes, found)
      assert.equal("float", math.type(found.rate))
      assert.equal("integer", math.type(found.samples))
      local file <close> = store.open(path)
      assert.same({unit = "ä", n = 3}, file:attributes "a/records")
      assert.equal("integer", math.type(file:values("folds")[3]))
      assert.equal(2.5, file:values "one")
      assert.equal("int16", file:dtype "counts")
    end)
  end)

  it("keep NaN and infinities", function()
    temporary.folder(function(folder)
      local tensor = core.tensor{0 / 0, math.huge, -math.huge, -0.0}
      assert(store.save(folder .. "/a.h5", {{name = "x", tensor = tensor}}, {nan = 0 / 0, list = {math.huge}}))
      local tensors, attributes = store.load(folder .. "/a.h5")
      local x = tensors.x:totable()
      assert.is_true(x[1] ~= x[1] and x[2] == math.huge and x[3] == -math.huge and 1 / x[4] == -math.huge)
      assert.is_true(attributes.nan ~= attributes.nan)
      assert.same({math.huge}, attributes.list)
    end)
  end)

  it("give nil and a message for what the world gets wrong", function()
    temporary.folder(function(folder)
      local function refused(message_part, value, message)
        assert.is_nil(value)
        assert.is_truthy(message:find(message_part, 1, true), message)
      end
      refused("No such file", store.load(folder .. "/none.h5"))
      refused("none.h5", store.open(folder .. "/none.h5"))
      refused("folder", store.attributes(folder))
      refused("README.md: expected an HDF5 file, got", store.list "README.md")
      refused("No such file", store.save(folder .. "/no/such.h5", {}))
      refused("Is a directory", store.save(folder, {}))
      temporary.write(folder .. "/cut.h5", io.open(FIXTURES .. "latest.h5", "rb"):read(2000))
      refused("cut.h5: HDF5 file cut short: 2000 bytes, expected", store.load(folder .. "/cut.h5"))
      refused("cannot be read: compressed with scale-offset", store.load(FIXTURES .. "latest.h5"))
    end)
  end)

  it("leave the old file where the new one cannot be written", function()
    temporary.folder(function(folder)
      local path = folder .. "/model.h5"
      local x = core.ones(100, 100)
      assert(store.save(path, {{name = "x", tensor = x}}, {version = 1}))
      local failures = 0
      for step = 1, 1000 do
        store.fail_write_at(step, step % 2 == 0 and "EIO" or "ENOSPC")
        local ok, message = store.save(path, {{name = "x", tensor = x * 2}}, {version = 2})
        store.fail_write_at(0)
        if ok then break end
        failures = failures + 1
        assert.is_truthy(message:find(step % 2 == 0 and "Input/output error" or "No space left on device", 1, true), message)
        assert.is_truthy(message:find(path, 1, true))
        local tensors, attributes = store.load(path)
        assert.equal(1, attributes.version)
        assert.equal(10000, tensors.x:sum():item())
        assert.same({"model.h5"}, names_in(folder))
      end
      assert.is_true(failures >= 4)
      assert.equal(2, store.attributes(path).version)
    end)
  end)

  it("name function, expectation and what came for wrong arguments", function()
    local x = core.ones(2)
    assert_raises(function() store.save() end, "store.save", "the path must be a string", "nil")
    assert_raises(function() store.save("a.h5") end, "store.save", "the list of arrays must be a table")
    assert_raises(function() store.save("a.h5", {1}) end, "store.save", "each entry must be a table", "1")
    assert_raises(function() store.save("a.h5", {{tensor = x}}) end, "store.save", "needs a name")
    assert_raises(function() store.save("a.h5", {{name = "x"}}) end, "store.save", "'x' needs either a tensor or values")
    assert_raises(function() store.save("a.h5", {{name = "x", tensor = 1}}) end, "store.save", "x must be a tensor", "1")
    assert_raises(function() store.save("a.h5", {{name = "x", tensor = x, shape = 1}}) end, "unknown option 'shape'", "checksum")
    assert_raises(function() store.save("a.h5", {{name = "x", tensor = x, dtype = "f4"}}) end, "dtype must be float32", "f4")
    assert_raises(function() store.save("a.h5", {{name = "x", tensor = x, compression = 10}}) end, "compression", "from 0 to 9", "10")
    assert_raises(function() store.save("a.h5", {{name = "x", values = {1, "a"}}}) end, "entry 2 of 'x'", "another kind")
    assert_raises(function() store.save("a.h5", {{name = "x", values = {1, nil, 3}}}) end, "'x'", "must be")
    assert_raises(function() store.save("a.h5", {{name = "x", values = print}}) end, "'x' must be a string, a number", "function")
    assert_raises(function() store.save("a.h5", {}, {a = {b = 1}}) end, "'a' must be a list", "1 keys")
    assert_raises(function() store.save("a.h5", {}, {a = {{}}}) end, "'a' must be a string, a number")
    assert_raises(function() store.save("a.h5", {}, {a = "x\0y"}) end, "'a' holds a byte 0")
    assert_raises(function() store.save("a.h5", {}, {[1] = "x"}) end, "names must be strings", "1")
    assert_raises(function() store.save("a.h5", {{name = "x", tensor = core.tensor{300}, dtype = "int8"}}) end, "x",
      "the value 300 does not fit the type int8")
    assert_raises(function() store.save("a.h5", {{name = "a", tensor = x}, {name = "a/b", tensor = x}}) end, "beside")
    assert.is_nil(lfs.attributes "a.h5")
    local file <close> = store.open(FIXTURES .. "latest.h5")
    assert_raises(function() file:read "none" end, "there is no array 'none'")
    assert_raises(function() file:read("chunked/plain", 0) end, "read", "the first row", "0")
    assert_raises(function() file:read("chunked/plain", 1, 8) end, "read", "the last row", "8")
    assert_raises(function() file:read "text/fixed" end, "holds strings")
    assert_raises(function() file:values "chunked/plain" end, "2 dims")
    assert_raises(function() file.read(x, "a") end, "ecgraft.StoreFile")
    file:close()
    file:close()
    assert_raises(function() file:names() end, "closed")
  end)
end)

describe("store.create", function()
  it("takes arrays row by row", function()
    temporary.folder(function(folder)
      local path = folder .. "/set.h5"
      local signals = core.randn(23, 10, 12)
      local writer <close> = assert(store.create(path))
      assert(writer:reserve("signals", {23, 10, 12}))
      assert(writer:reserve("grown", {0, 10, 12}, {dtype = "float64", compression = 1, chunk = 4}))
      for first = 1, 23, 5 do
        local rows = signals:narrow(1, first, math.min(5, 24 - first))
        assert(writer:append("signals", rows))
        assert(writer:append("grown", rows))
      end
      assert(writer:write{name = "records", values = {"a", "b"}})
      assert(writer:attributes({unit = "mV"}, "signals"))
      assert(writer:attributes{rate = 100})
      assert.is_nil(lfs.attributes(path))
      assert.is_true(writer:commit())
      assert_raises(function() writer:commit() end, "closed")
      local tensors, attributes = store.load(path)
      assert.same(signals:totable(), tensors.signals:totable())
      assert.same(signals:totable(), tensors.grown:totable())
      assert.same({"a", "b"}, tensors.records)
      assert.same({rate = 100}, attributes)
    end)
  end)

  it("leaves nothing behind where it is not committed", function()
    temporary.folder(function(folder)
      do
        local writer <close> = assert(store.create(folder .. "/a.h5"))
        assert(writer:write{name = "x", tensor = core.ones(3)})
        assert.equal(1, #names_in(folder))
      end
      assert.same({}, names_in(folder))
      local writer = assert(store.create(folder .. "/a.h5"))
      assert(writer:reserve("x", {5, 2}))
      assert(writer:append("x", core.ones(3, 2)))
      assert_raises(function() writer:append("x", core.ones(3, 2)) end, "has 3 of its 5 rows; 3 more are too many")
      assert_raises(function() writer:append("x", core.ones(1, 3)) end, "rows of {1, 3} cannot be appended to {5, 2}")
      assert_raises(function() writer:append("y", core.ones(1, 2)) end, "no array 'y'")
      assert_raises(function() writer:commit() end, "'x' has 3 of its 5 rows")
      assert.same({}, names_in(folder))
    end)
  end)
end)

describe("safetensors", function()
  it("of the reference implementation are read: every type, metadata", function()
    local tensors, metadata, names = assert(store.load_safetensors(FIXTURES .. "everything.safetensors"))
    assert.equal(16, #names)
    for _, dtype in ipairs{"float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint64", "uint32", "uint16",
                           "uint8"} do
      check_values(tensors[dtype], {3, 5}, dtype:sub(1, 1) == "u", dtype)
    end
    for i, value in ipairs(tensors.bool:reshape(-1):totable()) do assert.equal(expected(i - 1) > 20 and 1 or 0, value) end
    assert.equal(2.5, tensors.scalar:item())
    assert.same({}, tensors.scalar:shape())
    assert.same({0, 3}, tensors.empty:shape())
    assert.same({1}, tensors['quoted "心"\n']:totable())
    assert.same({format = "pt", note = 'a "quote" and é'}, metadata)
    tensors, metadata, names = assert(store.load_safetensors(FIXTURES .. "nothing.safetensors"))
    assert.same({{}, {}, {}}, {tensors, metadata, names})
  end)

  it("come back as they were written", function()
    temporary.folder(function(folder)
      local path = folder .. "/a.safetensors"
      local weight = core.randn(4, 3, 2)
      assert.is_true(store.save_safetensors(path, {
        {name = "conv.weight", tensor = weight:transpose(2, 3)}, {name = "steps", tensor = core.tensor(7), dtype = "int64"},
      }, {format = "pt"}))
      local tensors, metadata = store.load_safetensors(path)
      assert.same(weight:transpose(2, 3):totable(), tensors["conv.weight"]:totable())
      assert.equal(7, tensors.steps:item())
      assert.same({format = "pt"}, metadata)
      assert.same({"a.safetensors"}, names_in(folder))
    end)
  end)

  it("that are wrong give nil and a message, wrong arguments raise", function()
    local tensors, message = store.load_safetensors(FIXTURES .. "float8.safetensors")
    assert.is_nil(tensors)
    assert.is_truthy(message:find("float8.safetensors: not a valid safetensors file: a dtype that is not known", 1, true), message)
    tensors, message = store.load_safetensors(FIXTURES .. "latest.h5")
    assert.is_nil(tensors)
    assert.is_truthy(message:find("not a valid safetensors file", 1, true))
    local x = core.ones(2)
    assert_raises(function() store.load_safetensors(3) end, "load_safetensors", "the path", "3")
    assert_raises(function() store.save_safetensors("a", {{name = "x"}}) end, "save_safetensors", "x must be a tensor")
    assert_raises(function() store.save_safetensors("a", {{name = "x", tensor = x}, {name = "x", tensor = x}}) end, "two tensors")
    assert_raises(function() store.save_safetensors("a", {}, {a = 1}) end, "save_safetensors", "a must be a string", "1")
    assert_raises(function() store.save_safetensors("a", {}, {a = "\0"}) end, "byte 0")
    assert.is_nil(lfs.attributes "a")
  end)
end)

describe(".npy files", function()
  it("of NumPy are read: types, byte orders, versions, Fortran order", function()
    local types = {f2 = "float16", f4 = "float32", f8 = "float64", i1 = "int8", i2 = "int16", i4 = "int32", i8 = "int64", u1 = "uint8",
      u2 = "uint16", u4 = "uint32", u8 = "uint64", big_f4 = "float32", big_f8 = "float64", big_i2 = "int16", big_i4 = "int32"}
    for code, dtype in pairs(types) do
      local tensor, found = assert(store.load_npy(FIXTURES .. code .. ".npy"))
      assert.equal(dtype, found)
      check_values(tensor, {3, 5}, code:sub(1, 1) == "u", code)
    end
    check_values(store.load_npy(FIXTURES .. "fortran.npy"), {2, 3, 4}, false, "fortran")
    check_values(store.load_npy(FIXTURES .. "list.npy"), {7}, false, "list")
    check_values(store.load_npy(FIXTURES .. "version2.npy"), {2, 2}, false, "version2")
    check_values(store.load_npy(FIXTURES .. "version3.npy"), {2, 2}, false, "version3")
    assert.equal(2.5, store.load_npy(FIXTURES .. "scalar.npy"):item())
    assert.same({0, 3}, store.load_npy(FIXTURES .. "empty.npy"):shape())
    assert.equal("bool", select(2, store.load_npy(FIXTURES .. "bool.npy")))
  end)

  it("run no pickle", function()
    local tensor, message = store.load_npy(FIXTURES .. "objects.npy")
    assert.is_nil(tensor)
    assert.is_truthy(message:find("an element type other than", 1, true), message)
  end)

  it("come back as they were written", function()
    temporary.folder(function(folder)
      local x = core.randn(3, 4)
      assert.is_true(store.save_npy(folder .. "/a.npy", x:transpose(1, 2), {dtype = "float64"}))
      local back, dtype = store.load_npy(folder .. "/a.npy")
      assert.same(x:transpose(1, 2):totable(), back:totable())
      assert.equal("float64", dtype)
      assert_raises(function() store.save_npy(folder .. "/b.npy", x, {type = "float64"}) end, "unknown option 'type'")
      assert_raises(function() store.save_npy(folder .. "/b.npy", {1}) end, "save_npy", "must be a tensor")
    end)
  end)
end)

describe("store.tensor_bytes", function()
  it("gives a tensor's elements in row-major order, little-endian", function()
    local x = core.tensor{{1, 2, 3}, {-4, 5.5, 6}}
    assert.equal(string.pack("<ffffff", 1, 2, 3, -4, 5.5, 6), store.tensor_bytes(x))
    assert.equal(string.pack("<dddddd", 1, -4, 2, 5.5, 3, 6), store.tensor_bytes(x:transpose(1, 2), {dtype = "float64"}))
    assert.equal(string.pack("<i8i8", 3, 6), store.tensor_bytes(x:select(2, 3), {dtype = "int64"}))
    assert.equal("", store.tensor_bytes(core.zeros(0, 3)))
    assert.equal(4 * 70000, #store.tensor_bytes(core.ones(70000)))
    assert_raises(function() store.tensor_bytes(x, {dtype = "uint8"}) end, "-4 does not fit the type uint8")
    assert_raises(function() store.tensor_bytes(x, {dtype = "float16"}) end, "tensor_bytes: a tensor cannot be written as float16")
    assert_raises(function() store.tensor_bytes(3) end, "tensor_bytes", "must be a tensor")
    assert_raises(function() store.tensor_bytes(x, {type = "int8"}) end, "unknown option 'type'")
  end)
end)

describe("store.write_file", function()
  it("replaces a file as a whole", function()
    temporary.folder(function(folder)
      assert.is_true(store.write_file(folder .. "/a", "one\0two"))
      local file <close> = io.open(folder .. "/a", "rb")
      assert.equal("one\0two", file:read "a")
      store.fail_write_at(1)
      local ok, message = store.write_file(folder .. "/a", "other")
      store.fail_write_at(0)
      assert.is_nil(ok)
      assert.is_truthy(message:find("No space left", 1, true))
      assert.same({"a"}, names_in(folder))
      assert_raises(function() store.write_file(folder .. "/a") end, "write_file", "the text")
    end)
  end)
end)

describe("files and memory", function()
  local SAVED = {{name = "x", tensor = core.ones(60, 50)}, {name = "r", values = {"a", "b"}}}

  it("leave nothing behind whatever allocation fails", function()
    temporary.folder(function(folder)
      local calls = {
        function() return store.save(folder .. "/a.h5", SAVED, {classes = {"x"}}) end,
        function() return store.load(FIXTURES .. "user_block.h5") end,
        function() return store.attributes(FIXTURES .. "user_block.h5") end,
        function() return store.load_safetensors(FIXTURES .. "everything.safetensors") end,
        function() return store.save_safetensors(folder .. "/a.safetensors", {{name = "x", tensor = SAVED[1].tensor}}, {a = "b"}) end,
        function() return store.load_npy(FIXTURES .. "fortran.npy") end,
      }
      for number, call in ipairs(calls) do
        collectgarbage()
        collectgarbage()
        local before = core.memory().blocks
        for nth = 1, 2000 do
          core.fail_allocation(nth, number % 2 == 0)
          local ok, result = pcall(call)
          core.fail_allocation(0)
          if ok then
            assert.is_truthy(result)
            assert.is_true(nth > 1)
            break
          end
          assert.is_truthy(tostring(result):find("out of memory", 1, true), tostring(result))
          result = nil -- luacheck: ignore
          collectgarbage()
          collectgarbage()
          assert.equal(before, core.memory().blocks)
        end
      end
    end)
  end)
end)
