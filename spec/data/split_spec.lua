--- Stratified folds against a published implementation of the method (spec/fixtures/generate_split.py).
require("ecgraft") -- for the methods of tensors
local core = require("ecgraft.core")
local data = require("ecgraft.data")
local files = require("ecgraft.files")
local split = require("ecgraft.data.split")

local fixture = assert(files.read_json "spec/fixtures/split/folds.json")
local STREAM_PARTS = 1 -- as in data/split.lua

--- A set with these labels, "0110" a record; each record is its own patient and its own signal.
local function set_of(labels)
  local rows, records, classes = {}, {}, {}
  for i, text in ipairs(labels) do
    rows[i], records[i] = {}, ("r%04d"):format(i)
    for k = 1, #text do rows[i][k] = tonumber(text:sub(k, k)) end
  end
  for k = 1, #labels[1] do classes[k] = "C" .. k end
  return data.dataset{signals = core.arange(#labels):reshape(#labels, 1, 1), labels = core.tensor(rows), classes = classes,
    records = records, leads = {"I"}, rate = 100}
end

--- Column k of the counts of each fold, in ascending order: which fold is called the first means nothing.
local function sorted(counts, k)
  local list = {}
  for fold, row in ipairs(counts) do list[fold] = row[k] end
  table.sort(list)
  return list
end

for _, case in ipairs(fixture.cases) do
  describe(("iterative stratification of %d records"):format(#case.labels), function()
    it("decides as the published implementation where both take the first of equals", function()
      -- Fixture record i is put where the seed's order comes to it as the i-th.
      local n = #case.labels
      local order, labels = core.random.permutation(n, 7, STREAM_PARTS), {}
      for i, row in ipairs(order) do labels[row] = case.labels[i] end
      local shares = {}
      for fold = 1, fixture.k do shares[fold] = 1 / fixture.k end
      local parts = split.parts(set_of(labels), shares, {by = "patient", seed = 7, stratified = true})
      local part_of, got = {}, {}
      for part, rows in ipairs(parts) do for _, row in ipairs(rows) do part_of[row] = part end end
      for i, row in ipairs(order) do got[i] = part_of[row] end
      assert.equal(case.first, table.concat(got))
    end)

    it("gives each fold as many records of each class as the published one, within one", function()
      local set = set_of(case.labels)
      for seed = 1, 20 do
        local counts, sizes = {}, {}
        for fold, parts in ipairs(set:folds{k = fixture.k, seed = seed}) do
          counts[fold], sizes[fold] = parts.test:counts(), {#parts.test}
        end
        for k, name in ipairs(set.classes) do
          local ours, theirs = sorted(counts, k), sorted(case.counts, k)
          for fold = 1, fixture.k do
            assert(math.abs(ours[fold] - theirs[fold]) <= 1, ("seed %d, class %s: {%s}, published {%s}"):format(seed, name,
              table.concat(ours, " "), table.concat(theirs, " ")))
          end
        end
        local ours, theirs = sorted(sizes, 1), table.move(case.sizes, 1, fixture.k, 1, {})
        table.sort(theirs)
        for fold = 1, fixture.k do assert.near(theirs[fold], ours[fold], 2) end
      end
    end)
  end)
end
