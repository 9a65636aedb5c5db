--- ecgraft plot RECORD: the 12-lead picture on ECG paper.
local command = {
  name = "plot", summary = "Draw a record on ECG paper (25 mm/s, 10 mm/mV) as SVG; as PNG or PDF with rsvg-convert.",
  examples = {
    "ecgraft plot ward/0001.hea",
    "ecgraft plot ward/0001 --out page.svg --layout 6x2 --seconds 5",
    "ecgraft plot ward.h5 --record synthetic-B-000001",
  },
}

function command.configure(parser)
  parser:argument("record", "The record's header, with or without .hea; or a folder or prepared dataset (.h5) that holds it.")
  parser:option("--record", "Which record of a folder or prepared dataset."):argname "NAME":target "name"
  parser:option("-o --out", "The picture (default: here, the record's name with .svg)."):argname "FILE"
  parser:option("--layout", "Rows and columns of leads (default 3x4); stack: the record's own leads.")
    :choices{"3x4", "6x2", "12x1", "stack"}:argname "ROWSxCOLUMNS"
  parser:option("--paper", "auto (default): A4 where the record fills it, else as large as what is on it; a4; fit.")
    :choices{"auto", "a4", "fit"}:argname "SIZE"
  parser:option("--seconds", "How much of the record (default 10)."):convert(tonumber):argname "S"
end

function command.run(a)
  local cli = require "ecgraft.cli"
  local records = require "ecgraft.cli.records"
  local list, message = records.of{a.record}
  if not list then return cli.fail(message) end
  local record
  record, message = records.one(list, a.name, a.record)
  if not record then return cli.fail(message) end
  local out = a.out or (a.name or a.record):match("[^/]*$"):gsub("%.hea$", ""):gsub("%.mat$", ""):gsub("%.dat$", "") .. ".svg"
  local ok
  ok, message = record:plot(out, {layout = a.layout, seconds = a.seconds, paper = a.paper})
  if not ok then return cli.fail(message) end
  print(out)
  return 0
end

return command
