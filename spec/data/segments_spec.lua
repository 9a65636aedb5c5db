--- Records of several segments as wfdb-python reads them (spec/fixtures/generate_annotations.py), and damaged ones.
require("ecgraft") -- for the methods of tensors
local data = require("ecgraft.data")
local files = require("spec.support.files")
local json = require("dkjson")
local temporary = require("spec.support.temporary")

local FOLDER = "spec/fixtures/annotations/"
local expected = json.decode(files.read(FOLDER .. "expected.json")).records

describe("a record of several segments", function()
  for _, name in ipairs{"fixed", "varied"} do
    it("is read in one piece: " .. name, function()
      local record = assert(data.read_record(FOLDER .. name))
      local wanted, missing = expected[name], 0
      assert.same(wanted.names, record.leads)
      assert.equal(250, record.rate)
      local rows = record.signals:totable()
      assert.equal(#wanted.values, #rows)
      for i, row in ipairs(wanted.values) do
        for k, value in ipairs(row) do
          if value == "NaN" then
            missing = missing + 1
            assert.is_true(rows[i][k] ~= rows[i][k])
          else
            assert.near(value, rows[i][k], 1e-6)
          end
        end
      end
      assert.equal(missing, record.missing)
      assert.equal(name == "varied", missing > 0)
      assert.same(name == "fixed" and {"a comment"} or {}, record.comments)
    end)
  end

  it("says what is wrong", function()
    temporary.folder(function(folder)
      for _, path in ipairs(files.find(FOLDER, "[fv]%w+_?%w*%.%w+$")) do
        temporary.write(folder .. "/" .. path:match("[^/]+$"), files.read(path))
      end
      local function fails(name, text, pattern)
        temporary.write(folder .. "/" .. name .. ".hea", text)
        local none, message = data.read_record(folder .. "/" .. name)
        assert.is_nil(none)
        assert.matches(pattern, message)
      end
      assert(data.read_record(folder .. "/fixed"))
      fails("x", "x/2 2 250 40\nfixed_0 20\n", "says 2 segments, lists 1")
      fails("x", "x/1 2 250 40\nfixed_0 20\n", "says 40 samples, its segments have 20")
      fails("x", "x/2 2 250 41\nfixed_0 20\nfixed_1 21\n", "fixed_1.hea: expected 21 samples of each signal, got 15")
      fails("x", "x/1 2 250 20\n../fixed_0 20\n", "expected a segment's plain name and length")
      fails("x", "x/1 2 250 20\nfixed_0 twenty\n", 'got "fixed_0 twenty"')
      fails("x", "x/1 2 250 20\nnone 20\n", "none.hea: No such file")
      fails("x", "x/1 2 250 20\n~ 20\n", "the first segment is a gap")
      fails("x", "x/1 2 250\nx 20\n", "segment x has segments of its own")
      fails("x", "x/2 2 250\nfixed_0 20\n~ 99999999999\n", "its segments are too long")
      fails("x", "x/2 2 250\nfixed_0 20\n~ 9223372036854775807\n", "its segments are too long")
      fails("x", "x/3 2 250\nfixed_0 20\n~ 9223372036854775800\n~ 9223372036854775800\n", "its segments are too long")
      fails("x", "x/2 2 250\nfixed_0 20\n~ 268000000\n",
        "expected from 1 to 16782336 values in segments of such files, got 268000020 samples of 2 signals")
      fails("x", "x/2 2 250 40\nfixed_0 20\nvaried_a 20\n", "varied_a.hea: signal 1, II, is not in the layout there")
    end)
  end)
end)
