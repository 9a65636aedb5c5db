--- The layouts in which data.write_layout writes synthetic ECGs. A new one is a file in this folder and its name here. Each is a table:
--
--   name, title   "ptbxl", "PTB-XL"
--   reader        the line that reads it back, FOLDER for the folder
--   rates         samples a second that it has, the usual one first; nothing else is written
--   longest       samples in a record at most, where there is a limit
--   classes       what data.synthetic is best asked for: findings that have a label there; nil: those of the hospital
--   repeats       data.synthetic's option, where the layout wants another than its default
--   files         Lua patterns of the names it writes, relative to the folder
--   write(job)    writes into job.folder; true, or nil and a message
--
-- A job: set (signals in mV in the order of the standard leads), folder, patient (numbers from 1 by record, in the order of the set), and
-- says(i), which is what a comment of record i has to say.
local layouts = {}

--- ORDER LAYOUTS: as the help lists them.
layouts.names = {"ptbxl", "challenge", "ptb", "code"}

function layouts.of(name) return require("ecgraft.data.layouts." .. name) end

return layouts
