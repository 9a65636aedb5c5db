--- Fuzzes prepared sets: HDF5 files whose content data.open checks, the JSON in them too.
local core = require "ecgraft.core"
require "ecgraft.tensor"
local prepared = require "ecgraft.data.prepared"
local from_hdf5 = require "ecgraft.data.from_hdf5"

local function text_of(items, attributes)
  local path = os.tmpname()
  assert(core.store.save(path, items, attributes))
  local file <close> = assert(io.open(path, "rb"))
  local text = file:read "a"
  os.remove(path)
  return text
end

local signals = core.zeros(3, 4, 2)
local labels = core.tensor{{0, 1}, {1, 0}, {1, 1}}

local function seed(compression, checksum)
  return text_of({
    {name = "signals", tensor = signals, checksum = checksum, compression = compression}, {name = "labels", tensor = labels},
    {name = "records", values = {"a", "b", "c"}}, {name = "patients", values = {"p", "p", "q"}}, {name = "fold", values = {1, 2, 3}},
    {name = "ages", values = {1.5, 0 / 0, 3}}, {name = "sexes", values = {"male", "", "female"}},
    {name = "truth", values = {'{"a": [1, 2]}', '{"b": "\\u00e9"}', "{}"}}, {name = "skipped/records", values = {"x"}},
    {name = "skipped/reasons", values = {"y"}}}, {
    ecgraft_kind = "dataset", ecgraft_version = "0", classes = {"A", "B"}, leads = {"I", "II"}, rate = 100, units = "mV",
    source = "x", notes = {"n"}, scaler = '{"kind": "set", "mean": 0.5, "deviation": 2}'})
end

return {
  file = "s.h5", most = 1 << 14,
  words = {"dataset", "signals", "labels", "records", "classes", "leads", "rate", "[[", '{"', "null", "1e999",
    "TREE", "SNOD", "HEAP", "GCOL"},
  seeds = {seed(0, true), seed(4, false)},
  read = function(path)
    local own, why = from_hdf5.read{path = path, records = "records", patients = "patients", fold = "fold", leads = {"I", "II"},
      file_rate = 100, seconds = .04}
    assert(own or why:find(path, 1, true), why)
    local set, message = prepared.open(path)
    local stream = prepared.open(path, {stream = true})
    if stream then -- what cannot be read later on raises, as text
      local ok, reason = pcall(function() for _ in stream:blocks() do end end)
      assert(ok or (type(reason) == "string" and reason:find(path, 1, true)), reason)
    end
    if not set then return nil, message end
    assert(#set.records == set.signals:size(1) and tostring(set))
    return true
  end,
}
