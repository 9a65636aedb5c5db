--- Writes the pictures of the README and of docs/: an ECG page, and the figures of a study's report.
--
--   lua5.4 scripts/pictures.lua FOLDER [STUDY]     STUDY: the folder of examples/08_study.lua's runs (`make study` fills runs/first)
--
-- (LUA_CPATH, or ./build, has the core.) The study's figures are left as they are where STUDY holds no finished study.
package.path = "./lua/?.lua;./lua/?/init.lua;" .. package.path
package.cpath = package.cpath .. ";./build/?.so"
local eg = require "ecgraft"
local files = require "ecgraft.files"

local folder, study = arg[1], arg[2] or "runs/first"
if not folder then
  io.stderr:write "usage: scripts/pictures.lua FOLDER [STUDY]\n"
  os.exit(2)
end

-- The first record of the generator that shows a right bundle branch block and nothing else: R' in V1.
local function ecg_page()
  local set = eg.data.synthetic{records = 60, hospital = "A", rate = 250, seed = 1, noise = 0.15, several = false}
  local shown = set:filter(function(record) return record.labels.RBBB end)
  return shown:record(1)
end

-- ORDER FIGURES: {file of the study's figures, its name here}.
local figures = {
  {"score-hospital-b-resnet1d18-narrow.svg", "score-cnn.svg"},
  {"score-hospital-b-gru-mean-hidden32.svg", "score-rnn.svg"},
  {"gains-hospital-b.svg", "gains.svg"},
}

assert(files.make_folder(folder))
assert(ecg_page():plot(folder .. "/ecg.svg"))
local written = {"ecg.svg"}
local described = require("ecgraft.study.results").read(study)
local status = described and require("ecgraft.study").status_of(study, described.plan, described.name)
if status and status.done == status.total then
  assert(require("ecgraft.study.results").report(study))
  for _, figure in ipairs(figures) do
    assert(files.write(folder .. "/" .. figure[2], assert(files.read(study .. "/figures/" .. figure[1]))))
    written[#written + 1] = figure[2]
  end
else
  io.stderr:write(("pictures: %s holds no finished study (make study): its figures stay as they are\n"):format(study))
end
print(("%s: %s"):format(folder, table.concat(written, ", ")))
