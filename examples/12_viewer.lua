-- An ECG viewer: a page with the records of a folder, one below the other, for any browser.
--   lua5.4 examples/12_viewer.lua [FOLDER [OUT.html]]          without a folder: a few synthetic records
local eg = require "ecgraft"
local escape = require("ecgraft.markup").escape
local folder, out = ...
if folder == "--smoke" then folder = nil end
out = out and out ~= "--smoke" and out or "viewer.html"

if not folder then
  folder = "viewer-records"
  assert(eg.data.write_wfdb(eg.data.synthetic{records = 4, hospital = "A", rate = 500, seed = 5}, folder))
end

local listing = require "ecgraft.data.listing"
local paths, message = listing.records(folder)
if not paths then
  print(message)
  return os.exit(1)
end

local page = {'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
  "<title>Records</title><style>body{font:16px sans-serif;margin:1em} svg{max-width:100%;height:auto}</style>"}
local drawn = 0
for _, path in ipairs(paths) do
  local record, why = eg.data.read_record(path)
  if record then
    local quality = record:quality()
    page[#page + 1] = ("<h2>%s</h2><pre>%s</pre>"):format(escape(record.name), escape(tostring(quality))) -- a file may say anything
    page[#page + 1] = eg.plot.ecg(record)
    drawn = drawn + 1
  else
    print(why) -- one damaged file does not hide the others
  end
end
page[#page + 1] = "</html>\n"

local file = assert(io.open(out, "w"))
file:write(table.concat(page, "\n"))
file:close()
print(("%s: %d of %d records"):format(out, drawn, #paths))
