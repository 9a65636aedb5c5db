--- ecgraft synth FILE: synthetic ECGs as a prepared dataset, as WFDB records, or in the layout of a published set.
local layouts = require "ecgraft.data.layouts"
local replace = require "ecgraft.cli.replace"

local command = {
  name = "synth", summary = "Write synthetic 12-lead ECGs: a prepared dataset (HDF5), WFDB records, or a published set's layout.",
  examples = {
    "ecgraft synth ward.h5 --records 2000 --hospital B",
    "ecgraft synth ward --wfdb --records 5 --rate 500",
    "ecgraft synth ptb-xl --layout ptbxl --records 200",
  },
  more = [[
Layouts, and what reads them:
  ptbxl       eg.data.ptbxl(DIR)                at 100 samples a second; with --rate 500 also records500
  challenge   eg.data.challenge{path = DIR}     at 500; also eg.data.cpsc2018 and, with --hospital B, eg.data.georgia
  ptb         eg.data.ptb(DIR)                  at 1000, with the Frank leads
  code        eg.data.code(DIR)                 at 400, 10.24 seconds at most]],
}

function command.configure(parser)
  parser:argument("file", "The file to write (.h5), or with --wfdb or --layout the folder.")
  parser:mutex(
    parser:flag("--wfdb", "Write WFDB records with labels and beat annotations."),
    parser:option("--layout", "Write the folder as this publisher does: " .. table.concat(layouts.names, ", ") .. ".")
      :choices(layouts.names):argname "NAME")
  replace.configure(parser)
  parser:flag("--json", "What was written, as JSON.")
  parser:option("-n --records", "How many."):default "1000":convert(math.tointeger):argname "N"
  parser:option("--hospital", "A or B: they differ in gain, noise, prevalence and classes."):default "A":choices{"A", "B"}
    :argname "NAME"
  parser:option("--rate", "Samples a second (100, or what the layout has)."):convert(tonumber):argname "HZ"
  parser:option("--seconds", "Length of a record."):default "10":convert(tonumber):argname "S"
  parser:option("--seed", "Which records: another seed gives others."):default "1":convert(math.tointeger):argname "N"
end

local function write(a, set)
  local data = require "ecgraft.data"
  if a.layout then return data.write_layout(set, a.file, {layout = a.layout}) end
  if a.wfdb then return data.write_wfdb(set, a.file) end
  return set:save(a.file)
end

function command.run(a)
  local fail = require("ecgraft.cli").fail
  if not a.layout and not a.wfdb and not a.file:find("%.h5$") then
    return require("ecgraft.cli").wrong_usage(a.file .. ": a prepared dataset is an HDF5 file: give it a name that ends in .h5, or say "
      .. "--wfdb or --layout for a folder")
  end
  local layout = a.layout and layouts.of(a.layout) or {rates = {100}}
  if a.layout then -- before the records are made, which may take a while
    local place, message = require("ecgraft.data.layouts.place").check(a.file)
    if not place then return fail(message) end
  end
  local refusal = replace.refusal(a, a.file)
  if refusal then return fail(refusal) end
  local set = require("ecgraft.data").synthetic{records = a.records, hospital = a.hospital, rate = a.rate or layout.rates[1],
    seconds = a.seconds, seed = a.seed, classes = layout.classes, repeats = layout.repeats}
  local ok, message = write(a, set)
  if not ok then return fail(message) end
  if a.json then
    return require("ecgraft.cli").print_json{file = a.file, records = #set, classes = set.classes, counts = set:counts(), rate = set.rate,
      seconds = set:shape()[2] / set.rate, reader = a.layout and layout.reader or nil}
  end
  print(set)
  if a.layout then print("read by " .. layout.reader:gsub("FOLDER", function() return ("%q"):format(a.file) end)) end
  return 0
end

return command
