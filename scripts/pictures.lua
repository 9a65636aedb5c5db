--- Writes the pictures of the README and of docs/: ECGs of the generator, those that the code of docs/figures.md writes, and the figures of
-- a study's report.
--
--   lua5.4 scripts/pictures.lua FOLDER [STUDY]     STUDY: the folder of examples/08_study.lua's runs (`make study` fills runs/first)
--
-- (LUA_CPATH, or ./build, has the core.) The study's figures are left as they are where STUDY holds no finished study.
local lfs = require "lfs"
local here = lfs.currentdir()
package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;"):format(here, here) .. package.path
package.cpath = ("%s;%s/build/?.so"):format(package.cpath, here)
local eg = require "ecgraft"
local files = require "ecgraft.files"

local folder, study = arg[1], arg[2] or "runs/first"
if not folder then
  io.stderr:write "usage: scripts/pictures.lua FOLDER [STUDY]\n"
  os.exit(2)
end

-- The record that the README's first script draws.
local function first_script()
  local set = eg.data.synthetic{records = 1200, hospital = "A", seconds = 5, seed = 1}
  local parts = set:split{train = 0.6, val = 0.2, test = 0.2, by = "patient", seed = 1}
  return parts.test:record(1)
end

-- One lead of one record for each of the generator's findings, below each other.
local function findings_page()
  local columns, names = {}, {}
  local function add(finding, lead)
    local other = finding == "NORM" and "AF" or "NORM"
    local set = eg.data.synthetic{records = 40, classes = {finding, other}, rate = 250, seconds = 8, seed = 4 + #names, noise = 0.15,
      several = false}
    local shown = set:filter(function(record) return record.labels[finding] end)
    columns[#columns + 1], names[#names + 1] = shown:record(1):select{lead}.signals, finding .. ", " .. lead
  end
  for _, finding in ipairs{"NORM", "AF", "SB", "STach", "IAVB", "PAC", "PVC"} do add(finding, "II") end
  for _, finding in ipairs{"LBBB", "RBBB"} do add(finding, "V1") end
  add("MI", "V3")
  for _, finding in ipairs{"LVH", "STD", "TInv"} do add(finding, "V5") end
  add("LQT", "II")
  return eg.plot.ecg({signals = eg.cat(columns, 2), leads = names, rate = 250, synthetic = true}, {seconds = 8, gain = 5,
    title = "Findings of the generator, one lead of each"})
end

-- A lead with wander, hum and some muscle noise, and what filters make of it.
local function filters_page()
  local set = eg.data.synthetic{records = 8, classes = {"NORM", "AF"}, rate = 250, seconds = 8, seed = 7, noise = 0.6}
  local filters, record = eg.data.filters, set:record(2):select{"II"}
  local time = eg.arange(0, 1999):reshape(2000, 1) * (2 * math.pi / 250)
  record.signals = record.signals + (time * 50):sin() * 0.12 + (time * 0.23):sin() * 0.5
  local steady = filters.baseline(record)
  local quiet = filters.notch(steady, {frequency = 50})
  local narrow = filters.bandpass(record, {low = 0.5, high = 40})
  return eg.plot.ecg({
    signals = eg.cat({record.signals, steady.signals, quiet.signals, narrow.signals}, 2), rate = 250, synthetic = true,
    leads = {"II, as recorded", "filters.baseline", "then filters.notch", "filters.bandpass, 0.5 to 40 Hz"},
  }, {seconds = 8, title = "A noisy lead, filtered", offset = "none"})
end

-- ORDER FIGURES: {file of the study's figures, its name here}.
local figures = {
  {"score-hospital-b-resnet1d18-narrow.svg", "score-cnn.svg"},
  {"score-hospital-b-gru-mean-hidden32.svg", "score-rnn.svg"},
  {"gains-hospital-b.svg", "gains.svg"},
}

-- Runs the Lua blocks of docs/figures.md in a new folder; the pictures that it shows, {name, text} each.
local function page_pictures()
  local page, code, inside = assert(files.read "docs/figures.md"), {}, false
  for line in page:gmatch "([^\n]*)\n" do
    if inside and line == "```" then inside = false end
    code[#code + 1] = inside and line or ""
    if line == "```lua" then inside = true end
  end
  local work = os.tmpname()
  os.remove(work)
  assert(lfs.mkdir(work))
  local chunk = assert(load(table.concat(code, "\n"), "@docs/figures.md", "t"))
  assert(lfs.chdir(work))
  local done, why = pcall(chunk)
  assert(lfs.chdir(here))
  local list = {}
  for _, name in ipairs(assert(files.names(work))) do
    local path = work .. "/" .. name
    if page:find("(pictures/figures/" .. name .. ")", 1, true) then list[#list + 1] = {name, assert(files.read(path))} end
    assert(os.remove(path))
  end
  assert(lfs.rmdir(work))
  assert(done, why)
  return list
end

assert(files.make_folder(folder .. "/figures"))
assert(first_script():plot(folder .. "/ecg.svg"))
assert(eg.plot.save(folder .. "/findings.svg", findings_page()))
assert(eg.plot.save(folder .. "/filters.svg", filters_page()))
local written = {"ecg.svg", "findings.svg", "filters.svg"}
for _, each in ipairs(page_pictures()) do
  assert(files.write(("%s/figures/%s"):format(folder, each[1]), each[2]))
  written[#written + 1] = "figures/" .. each[1]
end
local described = require("ecgraft.study.results").read(study)
local status = described and require("ecgraft.study").status_of(study, described.plan, described.name, described.costs)
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
