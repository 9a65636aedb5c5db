--- The recording in a file of one's own, by the ending of its name: CSV, NPY, HDF5, and WFDB for all others.
local core = require "ecgraft.core"
local csv = require "ecgraft.data.csv"
local hdf5_array = require "ecgraft.data.hdf5_array"
local load = require "ecgraft.data.load"
local text_of = require "ecgraft.data.text"

local signal_file = {}

local MOST_CSV = 1 << 28 -- bytes; a larger table of numbers is no single recording

local MOST = 3e38 -- what a float holds

-- Rows of numbers; an empty field or "nan" is a missing sample.
local function numbers(path, list, first)
  if first > #list then return nil, path .. ": expected rows of numbers, got names of columns alone" end
  local out, width = {}, #list[first]
  for i = first, #list do
    local row = list[i]
    if #row ~= width then return nil, ("%s: row %d has %d fields, the first %d"):format(path, i, #row, width) end
    for c, text in ipairs(row) do
      local value = tonumber(text)
      if not value or value > MOST or value < -MOST then
        local word = text_of.trim(text):lower()
        if word ~= "" and word ~= "nan" and word ~= "na" then
          return nil, ("%s: row %d: expected a number, got %s"):format(path, i, text_of.show(text))
        end
        value = 0 / 0
      end
      row[c] = value
    end
    out[i - first + 1] = row
  end
  return core.tensor(out)
end

-- A table with a column for each lead; the first line may name them. Fields are separated by commas, semicolons or tabs.
local function read_csv(path)
  local text, message = text_of.read(path, MOST_CSV)
  if not text then return nil, message end
  local line = text:match("^[^\r\n]*")
  if not line:find(",", 1, true) then text = text:gsub(line:find(";", 1, true) and ";" or "\t", ",") end
  local list
  list, message = csv.rows(text, path)
  if not list then return nil, message end
  if #list == 0 then return nil, path .. ": expected rows of numbers, got an empty file" end
  local names
  for _, field in ipairs(list[1]) do
    if not tonumber(field) and field:find("%a") and field:lower() ~= "nan" then names = list[1] end
  end
  for c, name in ipairs(names or {}) do names[c] = text_of.trim(name) end
  local signals
  signals, message = numbers(path, list, names and 2 or 1)
  if not signals then return nil, message end
  return {signals = signals, leads = names}
end

local function read_npy(path)
  local signals, message = core.store.load_npy(path)
  if not signals then return nil, message end
  return {signals = signals}
end

local function read_hdf5(path, o)
  local file <close>, message = core.store.open(path)
  if not file then return nil, message end
  local shape, ok
  shape, message = hdf5_array.numbers(file, path, o.signals)
  if not shape then return nil, message end
  ok, message = hdf5_array.explained(path, o.signals, shape)
  if not ok then return nil, message end
  local signals
  signals, message = file:read(o.signals)
  if not signals then return nil, message end
  return {signals = signals}
end

local function read_wfdb(path, o)
  local read, message = core.wfdb.read(path, {verify = o.verify})
  if not read then return nil, message end
  local leads, units = {}, read.header.signals[1].units
  for i, signal in ipairs(read.header.signals) do
    leads[i] = signal.name
    if not core.wfdb.millivolts(signal.units) then units = signal.units end
  end
  -- The values are in mV already where the units are a voltage.
  return {signals = read.signals, rate = read.rate, leads = leads, units = core.wfdb.millivolts(units) and "mV" or units}
end

local readers = {csv = read_csv, txt = read_csv, tsv = read_csv, npy = read_npy, h5 = read_hdf5, hdf5 = read_hdf5, hdf = read_hdf5}

--- The files that a recording is in.
function signal_file.files(path)
  return readers[(path:match("%.(%w+)$") or ""):lower()] and {path} or load.files_of(path)
end

--- {signals =, and what the file says of rate, leads, units}; or nil, message. o.signals names the array of an HDF5 file.
function signal_file.read(path, o)
  return (readers[(path:match("%.(%w+)$") or ""):lower()] or read_wfdb)(path, o)
end

return signal_file
