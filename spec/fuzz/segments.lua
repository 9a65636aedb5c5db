--- Fuzzes headers of several segments, with sound segments beside them.
local record = require "ecgraft.data.record"

local FOLDER = "spec/fixtures/annotations/"

local function text_of(name)
  local file <close> = assert(io.open(FOLDER .. name, "rb"))
  return file:read "a"
end

local beside = {}
for _, name in ipairs{"fixed_0", "fixed_1", "varied_a", "varied_layout"} do beside[name .. ".hea"] = text_of(name .. ".hea") end
for _, name in ipairs{"fixed_0", "fixed_1", "varied_a"} do beside[name .. ".dat"] = text_of(name .. ".dat") end

return {
  file = "r.hea", most = 1 << 13, beside = beside,
  words = {"fixed_0", "fixed_1", "varied_a", "varied_layout", "~", "r", "..", "/", " 20\n", " 15\n", " 0\n", "\n", "\r\n", "# ", "#",
    "r/2 2 250 ", "~ 16000000\n", "fixed_0.dat 16 200\n"},
  seeds = {
    text_of "fixed.hea", text_of "varied.hea", "r/2 2 250 35\nfixed_0 20\nfixed_1 15\n# a comment\n",
    "r/3 2 250 45\nfixed_0 20\n~ 10\nfixed_1 15\n", "r/3 3 250\nvaried_layout 0\nvaried_a 20\n~ 7\n",
    "r 2 250 20\nfixed_0.dat 16 200 16 0 0 0 0 I\nfixed_0.dat 16 200 16 0 0 0 0 II\n#Age: 5\n#Dx: 1,2\n",
  },
  read = function(path)
    local read, message = record.read(path)
    if not read then return nil, message end
    assert(#read.leads == read.signals:size(2) and tostring(read))
    return true
  end,
}
