--- ecgraft synth FILE: synthetic ECGs as a prepared dataset or as WFDB records.
local command = {name = "synth", summary = "Write synthetic 12-lead ECGs: a prepared dataset (HDF5) or a folder of WFDB records."}

function command.configure(parser)
  parser:argument("file", "The file to write (.h5), or with --wfdb the folder.")
  parser:flag("--wfdb", "Write WFDB records with labels and beat annotations.")
  parser:option("-n --records", "How many."):default "1000":convert(math.tointeger):argname "N"
  parser:option("--hospital", "A or B: they differ in gain, noise, prevalence and classes."):default "A":choices{"A", "B"}
    :argname "NAME"
  parser:option("--rate", "Samples a second."):default "100":convert(tonumber):argname "HZ"
  parser:option("--seconds", "Length of a record."):default "10":convert(tonumber):argname "S"
  parser:option("--seed", "Which records: another seed gives others."):default "1":convert(math.tointeger):argname "N"
end

function command.run(a)
  local set = require("ecgraft.data").synthetic{records = a.records, hospital = a.hospital, rate = a.rate, seconds = a.seconds,
    seed = a.seed}
  local ok, message
  if a.wfdb then ok, message = require("ecgraft.data").write_wfdb(set, a.file) else ok, message = set:save(a.file) end
  if not ok then return require("ecgraft.cli").fail(message) end
  print(set)
  return 0
end

return command
